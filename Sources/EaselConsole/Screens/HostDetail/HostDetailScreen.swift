internal import EaselModel
internal import EaselTerminal

/// One host: state and conditions, what it is made of, what was done on it, its definition.
struct HostDetailScreen: ConsoleScreen {
  enum Tab: CaseIterable { case overview, hardware, tasks, events, yaml }

  struct TaskRow {
    var task: DurableTask
    var now: Timestamp
  }

  let name: String
  private var open = Tab.overview
  private var host: Host?
  private var lines: [[Span]] = []
  private var pager = PagerState(wraps: true)
  private var tasks = ObjectList<TaskRow>(
    Self.taskColumns, empty: "Nothing was done on this host lately.", identity: { $0.task.name })

  init(_ name: String) { self.name = name }

  var title: String { name }
  var tab: RootTab { .hosts }
  var keyMap: KeyMap { Self.keys }
  var tabs: (titles: [String], selected: Int)? {
    (["Overview", "Hardware", "Tasks", "Events", "YAML"], Tab.allCases.firstIndex(of: open) ?? 0)
  }

  static let keys = KeyMap(
    "host",
    [
      Binding(
        "host.maintenance", [.character("m")], "Maintenance on or off", hint: "maintenance", group: "Host",
        changes: true),
      Binding("host.cordon", [.character("x")], "Cordon its node", hint: "cordon", group: "Host", changes: true),
      Binding("host.uncordon", [.character("X")], "Uncordon its node", group: "Host", changes: true),
      Binding("host.drain", [.character("d")], "Drain its node", hint: "drain", group: "Host", changes: true),
      Binding("host.remove", [.character("D")], "Forget the host, when it is free", group: "Host", changes: true),
      Binding("host.cluster", [.character("c")], "The cluster that it serves", hint: "cluster", group: "Host"),
    ])

  private static let taskColumns: [ListColumn<TaskRow>] = [
    ListColumn(Column("step", "STEP", min: 10, ideal: 24, flex: 1)) { TableCell($0.task.spec.step) },
    ListColumn(Column("state", "STATE", min: 8, ideal: 10)) { row in
      let state = row.task.status.state
      return TableCell(state.rawValue, state == .failed ? .critical : state == .succeeded ? .ok : .info)
    },
    ListColumn(Column("operation", "OPERATION", min: 8, ideal: 20, drop: 2)) { TableCell($0.task.spec.operation.name) },
    ListColumn(Column("try", "TRY", min: 3, ideal: 3, align: .right, drop: 3)) { TableCell("\($0.task.spec.attempt)") },
    ListColumn(Column("took", "TOOK", min: 5, ideal: 7, align: .right, drop: 4)) { row in
      guard let start = row.task.status.startedAt else { return TableCell("-") }
      return TableCell(Words.duration((row.task.status.finishedAt ?? row.now).seconds(since: start)))
    },
    ListColumn(Column("line", "LAST WORD", min: 8, ideal: 20, flex: 2, drop: 5)) { row in
      TableCell(row.task.status.failure?.message ?? row.task.status.progress?.line ?? "", .muted)
    },
  ]

  mutating func openTab(_ index: Int, _ surroundings: Surroundings) {
    guard Tab.allCases.indices.contains(index) else { return }
    open = Tab.allCases[index]
    pager = PagerState(wraps: true)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    host = site.host(name)
    guard let host else { return }
    switch open {
    case .overview: lines = HostPages.overview(host, site)
    case .hardware: lines = HostPages.hardware(host, site)
    case .events: lines = HostPages.events(host, site)
    case .yaml: lines = Pager(text: surroundings.environment.manifest(.host(host))).lines
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

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if open == .tasks { return tasks.handle(key) ? [] : nil }
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if action == "open" {
      guard open == .tasks, let row = tasks.selected else { return [] }
      return [.open(LogScreen(task: row.task.name, title: "\(name): \(row.task.spec.step)"))]
    }
    return HostActions.requests(action, hosts: host.map { [$0] } ?? [], surroundings)
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    if open == .tasks { return tasks.handle(mouse) == nil ? [] : perform("open", surroundings) }
    return scroll(mouse, surroundings)
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard host != nil else {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph("There is no host \(name) any more.", .muted)
      return
    }
    if open == .tasks {
      tasks.draw(on: canvas)
    } else {
      Pager(lines).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    open == .tasks ? tasks.lines() : lines.map { PlainLine($0.plainText) }
  }
}
