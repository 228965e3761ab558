internal import EaselModel
internal import EaselTerminal

/// One operation as a tree that lives: phases, hosts, steps, times, and the last line of each log.
struct OperationDetailScreen: ConsoleScreen {
  let name: String
  private var tree = TreeState()
  private var items: [TreeItem] = []
  private var operation: Operation?
  private var standstill: Standstill?
  /// Whether the selection follows what is being done; moving ends it.
  private var follows = true

  init(_ name: String) { self.name = name }

  var title: String { name }
  var tab: RootTab { .operations }
  var keyMap: KeyMap { Self.keys }

  static let keys = KeyMap(
    "operation",
    [
      Binding(
        "operation.retry", [.character("r")], tr("Retry what stopped"), hint: tr("retry"), group: tr("Operation"),
        changes: true),
      Binding(
        "operation.skip", [.character("x")], tr("Go on without the selected host's part"), hint: tr("skip"),
        group: tr("Operation"),
        changes: true),
      Binding(
        "operation.abort", [.character("A")], tr("Abort after the running step"), hint: tr("abort"),
        group: tr("Operation"),
        changes: true),
      Binding(
        "operation.log", [.character("L")], tr("Log of the selected host's step"), hint: tr("log"),
        group: tr("Operation")),
      Binding(
        "operation.target", [.character("c")], tr("The cluster or host that it changes"), hint: tr("target"),
        group: tr("Operation")
      ),
      Binding(
        "operation.engine", [.character("E")], tr("Start an engine, where none runs"), hint: tr("start engine"),
        group: tr("Operation"), changes: true),
      Binding("operation.compare", [.character("=")], tr("What it changes in the definition"), group: tr("Operation")),
      Binding("operation.follow", [.character("f")], tr("Follow what is being done"), group: tr("Operation")),
    ])

  func offers(_ action: ActionID) -> Bool {
    if action == "operation.engine" { return standstill != nil }
    if action == "operation.follow" { return operation?.status.phase.isFinal == false }
    if action == "operation.log" { return line?.item.map { item in task(of: item) != nil } ?? false }
    return OperationActions.offers(action, operation)
  }

  /// The task of an item of the selected step.
  private func task(of item: String) -> String? {
    operation?.status.steps.first { $0.name == line?.step }?.items.first { $0.name == item }?.task
  }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    operation = site.operation(name) ?? operation
    guard let operation else { return }
    standstill = Standstill(of: operation, site)
    let kept = tree.selected(in: items)?.id
    items = OperationOutline.items(operation, site: site)
    let shown = tree.shown(items)
    if follows, !operation.status.phase.isFinal, let step = operation.currentStep {
      let item = step.items.first { $0.state != .done && $0.state != .waiting && $0.state != .skipped }
      let id = item.map { "\(step.name)/\($0.name)" } ?? step.name
      if let index = shown.firstIndex(where: { $0.id == id }) { tree.scroll.selected = index }
    } else if let kept, let index = shown.firstIndex(where: { $0.id == kept }) {
      tree.scroll.selected = index
    }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    guard tree.handle(key, items: items) else { return nil }
    follows = false
    return []
  }

  private var line: (step: String, item: String?)? {
    tree.selected(in: items).map { OperationOutline.parts(of: $0.id) }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard let operation else { return [] }
    switch action {
    case "open", "operation.log":
      guard let line, let item = line.item else {
        _ = tree.handle(.space, items: items)
        return []
      }
      guard let task = task(of: item) else {
        return [.say(tr("\(item) has no task in this step: it waits or needed none"), isProblem: false)]
      }
      let step = operation.status.steps.first { $0.name == line.step }
      return [.open(LogScreen(task: task, title: "\(item): \(step?.title ?? line.step)"))]
    case "operation.follow" where operation.status.phase.isFinal:
      return [.say(tr("\(name) has ended: there is nothing to follow"), isProblem: false)]
    case "operation.follow":
      follows.toggle()
      return [.say(follows ? tr("following") : tr("not following"), isProblem: false)]
    default: return OperationActions.requests(action, operation: operation, line: line, surroundings)
    }
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    switch mouse.action {
    case .scrollUp: handle(.up, surroundings) ?? []
    case .scrollDown: handle(.down, surroundings) ?? []
    default: []
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard let operation else {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(
        tr("There is no operation \(name) any more."), .muted)
      return
    }
    let head = OperationHead.draw(operation, surroundings, on: canvas)
    Tree(items, empty: tr("Its steps are not known yet.")).draw(
      &tree, on: canvas.part(Rect(y: head, width: canvas.width, height: canvas.height - head)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    guard let site = surroundings.site, let operation else { return [PlainLine(tr("There is no operation \(name)."))] }
    let progress = OperationProgress(operation, site: site)
    let state = "\(operation.name): \(operation.phaseWord)"
    // Each line that changes is read aloud: not every hundredth part is worth it.
    let share = operation.status.phase.isMoving ? "\(Int(progress.fraction * 10) * 10)%" : progress.share
    var lines = [PlainLine("\(state), \(progress.given ?? share)")]
    if let standstill { lines.append(PlainLine(standstill.sentence)) }
    if !operation.status.message.isEmpty { lines.append(PlainLine(operation.status.message)) }
    for (index, item) in tree.shown(items).enumerated() {
      let state = item.trailing.plainText.split(separator: " ").joined(separator: " ")
      let text = String(repeating: "  ", count: item.depth) + item.spans.plainText + state.prefixed(": ")
      let isPart = OperationOutline.parts(of: item.id).item != nil && item.depth == 1
      lines.append(PlainLine(text, choice: isPart ? index : nil, identity: item.id))
    }
    return lines
  }

  mutating func select(_ row: Int, _ surroundings: Surroundings) {
    tree.scroll.selected = row
    follows = false
  }

  func actsOnRow(_ action: ActionID) -> Bool {
    action == "operation.log" || action == "operation.skip" && offers(action)
  }
}

/// The lines above an operation's tree.
enum OperationHead {
  /// The machines that it is about, or its target; a part of a cluster is not called by the cluster's name.
  private static func about(_ operation: Operation) -> String {
    let names = operation.spec.named.map(\.name)
    if names.count > 2 { return tr("\(names[0]) and \(names.count - 1) more") }
    if !names.isEmpty { return names.joined(separator: ", ") }
    let target = operation.spec.target.name
    return operation.spec.verb == .scalePool || operation.spec.verb == .scaleControlPlane ? tr("of \(target)") : target
  }

  /// Returns the rows that it took.
  static func draw(_ operation: Operation, _ surroundings: Surroundings, on canvas: Canvas) -> Int {
    guard let site = surroundings.site, canvas.height > 2 else { return 0 }
    let progress = OperationProgress(operation, site: site)
    if canvas.height <= 6 {
      let share = operation.status.phase == .succeeded ? "" : progress.share
      canvas.spans(
        [
          Span(operation.phaseWord, operation.phaseStyle), Span("  \(share)  "),
          Span(Words.duration(progress.elapsed), .muted),
        ], x: 1)
      return 1
    }
    var time = Words.duration(progress.elapsed)
    if let left = surroundings.remaining(of: operation) { time = tr("\(time), about \(Words.duration(left)) left") }
    // On a wide page the eye does not have to cross all of it.
    canvas.part(Rect(width: min(canvas.width, 100), height: 1)).statusLine(
      left: [
        Span(" " + Words.verb(operation.spec.verb), .heading),
        Span(" \(about(operation))  "),
        Span(operation.phaseWord, operation.phaseStyle),
      ],
      right: [Span(tr("\(time)  by \(operation.spec.actor) "), .muted)])
    if let given = progress.given {
      canvas.text(given, x: 1, y: 1, operation.status.phase.style)
    } else {
      let style: Style = operation.status.phase == .stopped ? .critical : Style(.bar)
      ProgressBar(progress.fraction, style: style).draw(x: 1, y: 1, width: max(0, canvas.width - 2), on: canvas)
    }
    var row = 2
    func paragraph(_ text: String, _ style: Style) {
      let lines = CellText.wrap(text, width: max(1, canvas.width - 2)).prefix(
        max(0, min(max(3, canvas.height / 3), canvas.height - 6)))
      for line in lines {
        canvas.text(line, x: 1, y: row, style)
        row += 1
      }
    }
    if let standstill = Standstill(of: operation, site) { paragraph(standstill.sentence, .critical) }
    let message = operation.status.message
    if !message.isEmpty, operation.status.phase != .running { paragraph(message, operation.status.phase.style) }
    return row + 1
  }
}
