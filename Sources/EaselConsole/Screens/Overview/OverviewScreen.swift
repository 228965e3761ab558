internal import EaselModel
internal import EaselTerminal

/// The first page: what is wrong and what to press, then how things stand.
struct OverviewScreen: ConsoleScreen {
  var title: String { tr("Overview") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }
  private var selected: String?
  private var place = 0
  private var top = 0
  /// What needs an operator and how things stand, then, from `sideStart` on, capacity and what happened last.
  private var lines: [OverviewLine] = []
  private var sideStart = 0
  /// The page that the lines are made for.
  private var page = Size(width: 80, height: 20)
  /// Columns of the left part, where there are two beside each other.
  private var split = 80

  private var isWide: Bool { page.width >= 120 }

  static let keys = KeyMap(
    "overview",
    [
      Binding("open", [.enter], tr("Open what is selected"), hint: tr("open"), group: tr("Overview")),
      Binding(
        "operation.retry", [.character("r")], tr("Retry the selected operation"), group: tr("Overview"), changes: true),
      Binding(
        "host.shutdown", [.character("P")], tr("Power on the selected host"), hint: tr("power on"),
        group: tr("Overview"), changes: true),
      Binding(
        "cluster.create", [.character("c")], tr("Create a cluster"), hint: tr("create cluster"), group: tr("Overview"),
        changes: true),
      Binding("overview.clusters", [.character("C")], tr("All clusters"), group: tr("Overview")),
      Binding("overview.hosts", [.character("H")], tr("All hosts"), group: tr("Overview")),
      Binding("overview.operations", [.character("o")], tr("All operations"), group: tr("Overview")),
    ])

  /// The selected line in full, where it is cut.
  var footnote: String? {
    guard let place = chosen, let full = lines[place].full, case .text(let spans, let trailing) = lines[place].body
    else { return nil }
    let width = !isWide ? page.width : place < sideStart ? split : page.width - split - 1
    return spans.cellWidth > width - Self.indent - room(trailing, width) ? full : nil
  }

  private static let indent = 2

  private func room(_ trailing: [Span], _ width: Int) -> Int { min(trailing.cellWidth, width / 3) }

  /// The selected line; nil where nothing can be selected.
  private var chosen: Int? {
    let choices = choices
    return choices.indices.contains(place) ? choices[place] : nil
  }

  func offers(_ action: ActionID) -> Bool {
    switch action {
    case "open": chosen != nil
    case "host.shutdown": chosen.map { lines[$0].powersOn } == true
    default: true
    }
  }

  func actsOnRow(_ action: ActionID) -> Bool { action == "operation.retry" || action == "host.shutdown" }

  private var choices: [Int] { lines.indices.filter { lines[$0].place != nil } }

  mutating func refresh(_ surroundings: Surroundings) {
    if let site = surroundings.site { compose(site, surroundings) }
  }

  private mutating func compose(_ site: SiteView, _ surroundings: Surroundings) {
    let left = isWide ? page.width * 3 / 5 : page.width
    lines = OverviewRows.main(site, width: left, surroundings)
    sideStart = lines.count
    let side = OverviewRows.side(
      site, events: isWide ? max(0, page.height - 8) : 8, width: isWide ? page.width - left : page.width)
    split = isWide ? Self.split(page.width, lines, side) : page.width
    lines += side
    let choices = choices
    if let selected, let index = choices.firstIndex(where: { lines[$0].identity == selected }) { place = index }
    place = max(0, min(place, choices.count - 1))
    selected = chosen.map { lines[$0].identity }
  }

  /// Columns of the left part: three fifths, or what it needs where the other part needs more than the rest, or the other way
  /// round. In steps, so that nothing jumps when a line changes.
  private static func split(_ width: Int, _ main: [OverviewLine], _ side: [OverviewLine]) -> Int {
    func needed(_ lines: [OverviewLine]) -> Int {
      let widest =
        lines.map { line in
          if case .text(let spans, let trailing) = line.body { spans.cellWidth + trailing.cellWidth } else { 0 }
        }.max() ?? 0
      return (widest + indent + 1 + 9) / 10 * 10
    }
    let (left, right) = (needed(main), needed(side))
    let usual = width * 3 / 5
    if left < usual { return max(left, min(usual, width - right), width * 2 / 5) }
    return max(usual, min(left, width - right))
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    let choices = choices
    var scroll = Scroll(selected: place)
    scroll.fit(count: choices.count, height: 10)
    guard scroll.handle(key, count: choices.count) else { return nil }
    // Lines below the last choice are reached by going on.
    if key == .down, place == choices.count - 1, !isWide { top += 1 }
    place = scroll.selected
    selected = chosen.map { lines[$0].identity }
    return []
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "open":
      guard let chosen, let target = lines[chosen].place else {
        return [.say(tr("nothing is selected: there is nothing to open yet"), isProblem: false)]
      }
      return target.requests
    case "operation.retry":
      guard let chosen, case .operation(let name) = lines[chosen].place,
        let operation = surroundings.site?.operation(name)
      else { return [.say(tr("select an operation that has stopped"), isProblem: false)] }
      return OperationActions.requests(action, operation: operation, line: nil, surroundings)
    case "host.shutdown":
      guard let chosen, lines[chosen].powersOn, case .host(let name) = lines[chosen].place,
        let host = surroundings.site?.host(name)
      else { return [.say(tr("select a host that is shut down and can be powered on from here"), isProblem: false)] }
      return HostActions.requests(action, hosts: [host], surroundings)
    case "overview.clusters": return [.root(.clusters)]
    case "overview.hosts": return [.root(.hosts)]
    case "overview.operations": return [.root(.operations)]
    default: return ClusterActions.requests(action, cluster: nil, surroundings)
    }
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    switch mouse.action {
    case .press:
      let isSide = isWide && mouse.position.x >= split
      let row = mouse.position.y + (isSide ? sideStart : top)
      guard isSide || !isWide || row < sideStart, let index = choices.firstIndex(of: row) else { return [] }
      if index == place { return perform("open", surroundings) }
      place = index
      selected = lines[row].identity
      return []
    default: return scroll(mouse, surroundings)
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    page = Size(width: canvas.width, height: canvas.height)
    compose(site, surroundings)
    let end = isWide ? sideStart : lines.count
    let first = fit(end, canvas.height)
    draw(first..<end, on: canvas.part(Rect(width: split, height: canvas.height)))
    guard isWide else { return }
    draw(
      sideStart..<lines.count,
      on: canvas.part(Rect(x: split + 1, width: canvas.width - split - 1, height: canvas.height)))
  }

  /// The first line to show of those before `end`, so that the selection and its heading can be seen.
  private mutating func fit(_ end: Int, _ height: Int) -> Int {
    top = max(0, min(top, end - height))
    guard let line = chosen, line < end else { return top }
    if place == 0, line < height { top = 0 }
    if line < top { top = max(0, line - 1) }
    if line >= top + height { top = line - height + 1 }
    return top
  }

  private func draw(_ part: Range<Int>, on canvas: Canvas) {
    for (y, place) in part.enumerated() where y < canvas.height {
      let line = lines[place]
      switch line.body {
      case .text(let spans, let trailing):
        let room = room(trailing, canvas.width)
        let x = line.place == nil ? 1 : Self.indent
        canvas.spans(spans, x: x, y: y, width: canvas.width - Self.indent - room)
        canvas.spans(trailing, x: canvas.width - room, y: y, width: room)
        if place == chosen {
          select(spans, y: y, on: canvas.part(Rect(width: canvas.width - room, height: canvas.height)))
        }
      case .bar(let label, let fraction, let note):
        canvas.text(label, x: Self.indent, y: y, width: 8)
        let bar = max(10, min(36, canvas.width / 2 - 10))
        ProgressBar(fraction).draw(x: Self.indent + 8, y: y, width: bar, on: canvas)
        canvas.text(note, x: Self.indent + 9 + bar, y: y, .muted)
      }
    }
  }

  /// Lights the selected line up to the name in it; on a wide page its end is marked as well.
  private func select(_ spans: [Span], y: Int, on canvas: Canvas) {
    canvas.put(.selected, x: 0, y: y)
    var name = Array(spans.prefix(2)).plainText[...]
    while name.last == " " { name.removeLast() }
    canvas.restyle(Rect(y: y, width: Self.indent + CellText.width(of: String(name)), height: 1), .selection)
    let end = Self.indent + spans.cellWidth + 1
    if isWide, end < canvas.width { canvas.put(.selectedEnd, x: end, y: y, .selection) }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    guard let site = surroundings.site else { return [] }
    page = Size(width: 80, height: 20)
    compose(site, surroundings)
    var number = -1
    return lines.map { line in
      if line.place != nil { number += 1 }
      switch line.body {
      case .text(let spans, let trailing):
        let words = (spans + trailing).plainText.split(separator: " ").joined(separator: " ")
        return PlainLine(words, choice: line.place == nil ? nil : number, identity: line.identity)
      case .bar(let label, let fraction, let note): return PlainLine("\(label): \(Int(fraction * 100))%, \(note)")
      }
    }
  }
}

extension Attention.Place {
  /// What an event leads to: its operation, else what it is about; nil where that has no page.
  init?(_ event: EaselModel.Event) {
    if let operation = event.operation {
      self = .operation(operation)
      return
    }
    switch event.object.kind {
    case .cluster: self = .cluster(event.object.name, tab: "overview")
    case .host: self = .host(event.object.name)
    case .operation: self = .operation(event.object.name)
    default: return nil
    }
  }

  /// What opening it asks for.
  var requests: [Request] {
    switch self {
    case .cluster(let name, let tab): [.open(ClusterDetailScreen(name, tab: tab))]
    case .host(let name): [.open(HostDetailScreen(name))]
    case .operation(let name): [.open(OperationDetailScreen(name))]
    case .engine: [.startEngine]
    case .content: [.root(.content)]
    case .settings: [.root(.settings)]
    }
  }
}
