internal import EaselModel
internal import EaselTerminal

/// One host: state and conditions, what it is made of, its units and their live logs, what was done on it, its definition.
struct HostDetailScreen: ListTabsScreen {
  enum Tab: String, CaseIterable { case overview, hardware, units, logs, tasks, events, yaml }

  struct TaskRow {
    var task: DurableTask
    var now: Timestamp

    var lastWord: String { task.status.failure?.message ?? task.status.progress?.line ?? "" }

    /// How long it has run; nil before it starts.
    var seconds: Double? {
      task.status.startedAt.map { (task.status.finishedAt ?? now).seconds(since: $0) }
    }
  }

  let name: String
  private var open = Tab.overview
  private var host: Host?
  private var lines: [[Span]] = []
  private var pager = PagerState(wraps: true)
  private var units = UnitList()
  private var log: UnitLog?
  /// The log was opened from the list of units, where going back leads.
  private var cameFromUnits = false
  /// The unit to read as soon as the host has said which there are.
  private var wantedUnit: String?
  private var isAsking = false
  /// Half seconds until the host is asked again.
  private var rest = 0
  private var now = Timestamp.zero
  private var tasks = ObjectList<TaskRow>(
    Self.taskColumns, empty: tr("Nothing was done on this host lately."), identity: { $0.task.name })

  private var events = ObjectList<EaselModel.Event>(
    EventsScreen.columns, empty: tr("Nothing has happened yet."), identity: { "\($0.sequence)" })

  init(_ name: String, tab: Tab = .overview, unit: String? = nil) {
    self.name = name
    open = tab
    wantedUnit = unit
  }

  var title: String { name }
  var tab: RootTab { .hosts }
  var keyMap: KeyMap { open == .logs ? Self.logKeys : Self.keys }
  var tabs: (titles: [String], selected: Int)? {
    (
      [tr("Overview"), tr("Hardware"), tr("Units"), tr("Logs"), tr("Tasks"), tr("Events"), tr("YAML")],
      Tab.allCases.firstIndex(of: open) ?? 0
    )
  }
  var isTyping: Bool { isFiltering || open == .logs && log?.filter.isEditing ?? false }

  var list: (any FilterableList)? {
    get {
      switch open {
      case .tasks: tasks
      case .events: events
      case .units: units.answeredAt == nil ? nil : units.list
      default: nil
      }
    }
    set {
      if let changed = newValue as? ObjectList<EaselModel.Event> { events = changed }
      if let changed = newValue as? ObjectList<TaskRow> { tasks = changed }
      if let changed = newValue as? ObjectList<UnitList.Row> { units.list = changed }
    }
  }
  var footnote: String? {
    switch open {
    case .units: units.list.selected.map { tr("\($0.unit.title). Enter reads its log.") }
    case .events: EventsScreen.footnote(events)
    case .tasks: tasks.selected.map { $0.task.title + $0.lastWord.prefixed(": ") }
    default: nil
    }
  }
  var wantsTicks: Bool { open == .units || open == .logs }

  static let keys = KeyMap("host", hostBindings + ObjectList<TaskRow>.bindings)

  /// What can be done with the host, on whichever of its tabs.
  private static let hostBindings = [
    Binding(
      "host.maintenance", [.character("m")], tr("Maintenance on or off"), group: tr("Host"),
      changes: true),
    Binding("host.cordon", [.character("x")], tr("Cordon its node"), group: tr("Host"), changes: true),
    Binding("host.uncordon", [.character("X")], tr("Uncordon its node"), group: tr("Host"), changes: true),
    Binding(
      "host.drain", [.character("d")], tr("Drain its node"), hint: tr("drain"), group: tr("Host"), changes: true),
    Binding("host.reboot", [.character("R")], tr("Reboot it"), hint: tr("reboot"), group: tr("Host"), changes: true),
    Binding(
      "host.shutdown", [.character("P")], tr("Shut it down, or power a simulated one on"), hint: tr("power"),
      group: tr("Host"), changes: true),
    Binding(
      "host.reset", [.character("Z")], tr("Take off what a cluster left, when it is free"), group: tr("Host"),
      changes: true),
    Binding(
      "host.remove", [.character("D")], tr("Forget the host, when it is free"), group: tr("Host"), changes: true),
    Binding(
      "host.cluster", [.character("c")], tr("The cluster that it serves"), hint: tr("cluster"), group: tr("Host")),
    Binding("host.logs", [.character("L")], tr("Live logs of its units"), hint: tr("logs"), group: tr("Host")),
  ]

  static let logKeys = KeyMap(
    "unit-log",
    [
      Binding("unit.choose", [.character("u")], tr("Choose another unit"), hint: tr("unit"), group: tr("Log")),
      Binding(
        "log.filter", [.character("/")], tr("Filter: text, ~regex or !not"), hint: tr("filter"), group: tr("Log")),
      Binding("log.follow", [.character("f")], tr("Follow the end, or stay"), hint: tr("follow"), group: tr("Log")),
      Binding("log.wrap", [.character("w")], tr("Wrap long lines"), hint: tr("wrap"), group: tr("Log")),
      Binding("log.save", [.character("S")], tr("Save to a file"), hint: tr("save"), group: tr("Log")),
      Binding("log.pager", [.character("p")], tr("Open in $PAGER"), hint: tr("pager"), group: tr("Log")),
      Binding("log.copy", [.character("y")], tr("Copy to the clipboard"), group: tr("Log")),
    ] + hostBindings.filter { $0.action != "host.logs" })

  static let taskColumns: [ListColumn<TaskRow>] = [
    ListColumn(Column("step", tr("STEP"), min: 20, ideal: 32, flex: 2)) { TableCell($0.task.title) },
    ListColumn(Column("state", tr("STATE"), min: 9, ideal: 9)) { row in
      let state = row.task.status.state
      return TableCell(Words.word(state), state == .failed ? .critical : state == .succeeded ? .ok : .info)
    },
    ListColumn(Column("operation", tr("OPERATION"), min: 13, ideal: 20, flex: 1, drop: 2)) {
      TableCell($0.task.spec.operation.name)
    },
    ListColumn(
      Column("try", tr("TRY"), min: 3, ideal: 3, align: .right, drop: 3),
      key: { .number(Double($0.task.spec.attempt)) }
    ) {
      TableCell("\($0.task.spec.attempt)")
    },
    ListColumn(
      Column("took", tr("TOOK"), min: 6, ideal: 6, align: .right, drop: 4), key: { .number($0.seconds ?? -1) }
    ) { row in
      TableCell(row.seconds.map(Words.duration) ?? "-")
    },
    ListColumn(Column("line", tr("LAST WORD"), min: 8, ideal: 20, flex: 2, drop: 5)) { row in
      TableCell(row.lastWord, .muted)
    },
  ]

  func offers(_ action: ActionID) -> Bool {
    if action.rawValue.hasPrefix("log.") { return log != nil }
    if action.rawValue.hasPrefix("list.") { return list != nil }
    if action == "unit.choose" { return !units.units.isEmpty }
    return !action.rawValue.hasPrefix("host.") || HostActions.offers(action, host)
  }

  func hint(_ action: ActionID) -> String? { HostActions.hint(action, host) }

  mutating func openTab(_ index: Int, _ surroundings: Surroundings) {
    guard Tab.allCases.indices.contains(index) else { return }
    open = Tab.allCases[index]
    cameFromUnits = false
    pager = PagerState(wraps: true)
    rest = 0
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    host = site.host(name)
    now = site.now
    guard let host else { return }
    switch open {
    case .overview: lines = HostPages.overview(host, site)
    case .hardware: lines = HostPages.hardware(host, site)
    case .events: events.update(site.events(about: name, kind: .host))
    case .yaml: lines = Pager(text: surroundings.environment.manifest(.host(host))).lines
    case .units: units.refresh(at: now)
    case .logs: break
    case .tasks:
      let own = site.snapshot.tasks.filter { task in
        if case .host(let target) = task.spec.target { return target.uid == host.uid }
        return false
      }
      tasks.update(
        own.sorted { ($1.metadata.createdAt, $1.name) < ($0.metadata.createdAt, $0.name) }
          .map { TaskRow(task: $0, now: site.now) })
    }
  }

  // Asking the host

  /// Units every 3 seconds, a log every second; a host that does not answer, less often.
  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    guard wantsTicks, !isAsking, let site = surroundings.environment.site, host != nil else { return [] }
    if rest > 0 {
      rest -= 1
      return []
    }
    isAsking = true
    let (name, environment) = (name, surroundings.environment)
    if open == .logs, let log {
      let (unit, cursor) = (log.unit.name, log.cursor)
      return [
        .perform {
          .unitLog(
            await environment.onThread {
              Result(doing: tr("reading the log of \(unit) on \(name)")) {
                try site.log(ofUnit: unit, onHost: name, after: cursor, lines: cursor == nil ? 1000 : 5000)
              }
            }, unit: unit)
        }
      ]
    }
    return [
      .perform {
        .units(
          await environment.onThread {
            Result(doing: tr("asking \(name) for its units")) { try site.units(ofHost: name) }
          })
      }
    ]
  }

  mutating func receive(_ reply: Reply, _ surroundings: Surroundings) -> [Request] {
    switch reply {
    case .units(let result):
      isAsking = false
      units.take(result, at: now)
      rest = units.problem == nil ? 6 : 10
      guard open == .logs, log == nil, units.problem == nil else { return [] }
      let wanted = wantedUnit.flatMap { name in units.units.first { $0.name == name || $0.shortName == name } }
      guard let unit = wanted ?? units.first else { return [] }
      return read(unit, surroundings)
    case .unitLog(let result, let unit):
      isAsking = false
      guard log?.unit.name == unit else { return begin(surroundings) }
      log?.take(result, host: name, at: now)
      rest = log?.lost == nil ? 1 : 4
      // Nothing can be asked for but all of it again.
      if log?.lost == nil, log?.cursor == nil { rest = .max }
      return []
    default: return []
    }
  }

  private mutating func read(_ unit: HostUnit, _ surroundings: Surroundings) -> [Request] {
    open = .logs
    log = UnitLog(unit)
    rest = 0
    return begin(surroundings)
  }

  // Keys

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    switch open {
    case .tasks: return tasks.handle(key) ? [] : nil
    case .events: return events.handle(key) ? [] : nil
    case .units: return units.list.handle(key) ? [] : nil
    case .logs:
      guard log != nil else { return nil }
      if log?.type(key) == true { return [] }
      if key == .left, log?.pager.left == 0 { return nil }
      return log?.pager.handle(key) == true ? [] : nil
    default:
      if key == .left, pager.left == 0 { return nil }
      return pager.handle(key) ? [] : nil
    }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if list?.perform(action) == true { return [] }
    switch action {
    case "list.filter", "list.sort", "list.reverse": return [.say(tr("this tab is no list"), isProblem: false)]
    case "open":
      if open == .units, let row = units.list.selected {
        cameFromUnits = true
        return read(row.unit, surroundings)
      }
      if open == .events { return EventsScreen.operation(of: events.selected) }
      guard open == .tasks, let row = tasks.selected else { return [] }
      return [.open(LogScreen(task: row.task.name, title: "\(name): \(row.task.title)"))]
    case "host.logs":
      openTab(Tab.allCases.firstIndex(of: .logs) ?? 0, surroundings)
      return begin(surroundings)
    case "unit.choose":
      if units.units.isEmpty { return [.say(tr("\(name) has not said which units it has"), isProblem: true)] }
      let items = units.units.enumerated().map { index, unit in
        Menu.Item(ActionID(rawValue: "unit:\(unit.name)"), "\(unit.shortName)  \(unit.state)", key: Self.digit(index))
      }
      let current = log.map { ActionID(rawValue: "unit:\($0.unit.name)") }
      return [.menu(Menu(tr("Log of"), items, current: current))]
    case _ where action.rawValue.hasPrefix("unit:"):
      let wanted = action.rawValue.dropFirst(5)
      guard let unit = units.units.first(where: { $0.name == wanted }) else { return [] }
      return read(unit, surroundings)
    case _ where action.rawValue.hasPrefix("log."): return performOnLog(action, surroundings)
    default: return HostActions.requests(action, hosts: host.map { [$0] } ?? [], surroundings)
    }
  }

  private static func digit(_ index: Int) -> Key? { index < 9 ? .character(Character("\(index + 1)")) : nil }

  private mutating func performOnLog(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard let text = log?.text, let unit = log?.unit.shortName else {
      return [.say(tr("there is no log yet"), isProblem: false)]
    }
    switch action {
    case "log.filter": log?.beginFilter()
    case "log.follow":
      log?.pager.follows.toggle()
      return [
        .say(log?.pager.follows == true ? tr("following") : tr("staying here; lines go on to come"), isProblem: false)
      ]
    case "log.wrap": log?.pager.wraps.toggle()
    case "log.copy": return [.effect(.copy(text)), .say(tr("copied"), isProblem: false)]
    case "log.pager": return External.show(text, named: "\(name)-\(unit).log", surroundings)
    case "log.save": return External.save(text, named: "\(name)-\(unit).log", surroundings)
    default: break
    }
    return []
  }

  mutating func paste(_ text: String) {
    if open == .logs { log?.paste(text) }
    list?.filter.paste(text)
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    switch open {
    case .tasks: tasks.handle(mouse) == nil ? [] : perform("open", surroundings)
    case .events: events.handle(mouse) == nil ? [] : perform("open", surroundings)
    case .units: units.list.handle(mouse) == nil ? [] : perform("open", surroundings)
    default: scroll(mouse, surroundings)
    }
  }

  // Drawing

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard host != nil else {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(tr("There is no host \(name) any more."), .muted)
      return
    }
    switch open {
    case .tasks: tasks.draw(on: canvas)
    case .events: events.draw(on: canvas)
    case .units: units.draw(on: canvas, host: name, at: now)
    case .logs:
      if log == nil { return units.draw(on: canvas, host: name, at: now) }
      log?.draw(on: canvas, host: name, at: now)
    default: Pager(lines).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
    }
  }

  var endsWithNewest: Bool { open == .logs }

  mutating func unwind() -> Bool {
    guard open == .logs else { return list?.clearFilter() ?? false }
    if log?.clearFilter() == true { return true }
    guard cameFromUnits else { return false }
    (open, cameFromUnits, rest) = (.units, false, 0)
    return true
  }

  var plainIntro: String? {
    guard open == .logs, let log else { return nil }
    return tr("Log of \(log.unit.shortName) on \(name)") + (log.lost.map { "; \($0.error.message)" } ?? "")
  }

  func plainLog(after number: Int?) -> PlainLog? { open == .logs ? log?.plain(after: number) : nil }

  var plainFilter: (text: String, shown: Int, all: Int)? { open == .logs ? log?.plainFilter : list?.plainFilter }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    switch open {
    case .tasks: return tasks.lines()
    case .events: return events.lines()
    case .units, .logs:
      if open == .logs, let log, log.shownCount > 0 || log.plainFilter != nil { return log.lines }
      if units.answeredAt != nil { return units.list.lines() }
      return [PlainLine(units.problem?.description ?? log?.lost?.error.description ?? tr("Asking \(name) ..."))]
    default: return lines.map { PlainLine($0.plainText) }
    }
  }
}
