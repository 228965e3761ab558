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
  private var lines: [OverviewLine] = []
  /// The columns that the lines are made for.
  private var width = 80

  static let keys = KeyMap(
    "overview",
    [
      Binding("open", [.enter], tr("Open what is selected"), hint: tr("open"), group: tr("Overview")),
      Binding(
        "operation.retry", [.character("r")], tr("Retry the selected operation"), group: tr("Overview"), changes: true),
      Binding(
        "cluster.create", [.character("c")], tr("Create a cluster"), hint: tr("create cluster"), group: tr("Overview"),
        changes: true),
      Binding("overview.clusters", [.character("C")], tr("All clusters"), group: tr("Overview")),
      Binding("overview.hosts", [.character("H")], tr("All hosts"), group: tr("Overview")),
      Binding("overview.operations", [.character("o")], tr("All operations"), group: tr("Overview")),
    ])

  var footnote: String? {
    let choices = choices
    guard choices.indices.contains(place), case .text(let spans, _) = lines[choices[place]].body,
      lines[choices[place]].identity.hasPrefix("attention"), spans.cellWidth + 20 > width
    else { return nil }
    return spans.last?.text
  }

  func offers(_ action: ActionID) -> Bool { action != "open" || !choices.isEmpty }

  func actsOnRow(_ action: ActionID) -> Bool { action == "operation.retry" }

  private var choices: [Int] { lines.indices.filter { lines[$0].place != nil } }

  mutating func refresh(_ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    compose(site, wide: false, width: width, surroundings)
  }

  private mutating func compose(_ site: SiteView, wide: Bool, width: Int, _ surroundings: Surroundings) {
    self.width = width
    lines = OverviewRows.main(site, width: width, surroundings)
    if !wide { lines += OverviewRows.side(site, events: 8) }
    let choices = choices
    if let selected, let index = choices.firstIndex(where: { lines[$0].identity == selected }) { place = index }
    place = max(0, min(place, choices.count - 1))
    selected = choices.indices.contains(place) ? lines[choices[place]].identity : nil
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    let choices = choices
    var scroll = Scroll(selected: place)
    scroll.fit(count: choices.count, height: 10)
    guard scroll.handle(key, count: choices.count) else { return nil }
    // Lines below the last choice are reached by going on.
    if key == .down, place == choices.count - 1 { top += 1 }
    place = scroll.selected
    selected = choices.indices.contains(place) ? lines[choices[place]].identity : nil
    return []
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    switch action {
    case "open":
      let choices = choices
      guard choices.indices.contains(place), let target = lines[choices[place]].place else {
        return [.say(tr("nothing is selected: there is nothing to open yet"), isProblem: false)]
      }
      return target.requests
    case "operation.retry":
      let choices = choices
      guard choices.indices.contains(place), case .operation(let name) = lines[choices[place]].place,
        let operation = surroundings.site?.operation(name)
      else { return [.say(tr("select an operation that has stopped"), isProblem: false)] }
      return OperationActions.requests(action, operation: operation, line: nil, surroundings)
    case "overview.clusters": return [.root(.clusters)]
    case "overview.hosts": return [.root(.hosts)]
    case "overview.operations": return [.root(.operations)]
    default: return ClusterActions.requests(action, cluster: nil, surroundings)
    }
  }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    switch mouse.action {
    case .press:
      let row = mouse.position.y + top
      guard let index = choices.firstIndex(of: row) else { return [] }
      if index == place { return perform("open", surroundings) }
      place = index
      selected = lines[row].identity
      return []
    default: return scroll(mouse, surroundings)
    }
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    guard let site = surroundings.site else { return }
    let wide = canvas.width >= 120
    let left = wide ? canvas.width * 3 / 5 : canvas.width
    compose(site, wide: wide, width: left, surroundings)
    draw(lines, from: fit(canvas.height), selecting: true, on: canvas.part(Rect(width: left, height: canvas.height)))
    guard wide else { return }
    let side = OverviewRows.side(site, events: max(0, canvas.height - 7))
    draw(
      side, from: 0, selecting: false,
      on: canvas.part(Rect(x: left + 2, width: canvas.width - left - 3, height: canvas.height)))
  }

  /// The first line to show, so that the selection and its heading can be seen.
  private mutating func fit(_ height: Int) -> Int {
    let choices = choices
    let line = choices.indices.contains(place) ? choices[place] : 0
    top = max(0, min(top, lines.count - height))
    if place == 0, line < height { if line < top { top = 0 } }
    if line < top { top = max(0, line - 1) }
    if line >= top + height { top = line - height + 1 }
    return top
  }

  private func draw(_ lines: [OverviewLine], from first: Int, selecting: Bool, on canvas: Canvas) {
    let choices = choices
    let chosen = selecting && choices.indices.contains(place) ? choices[place] : -1
    for y in 0..<canvas.height where first + y < lines.count {
      let line = lines[first + y]
      let indent = selecting ? 2 : 0
      if first + y == chosen { canvas.put(.selected, x: 0, y: y, .selection) }
      switch line.body {
      case .text(let spans, let trailing):
        let room = min(trailing.cellWidth, canvas.width / 3)
        canvas.spans(spans, x: line.place == nil && selecting ? 1 : indent, y: y, width: canvas.width - indent - room)
        canvas.spans(trailing, x: canvas.width - room, y: y, width: room)
      case .bar(let label, let fraction, let note):
        canvas.text(label, x: indent, y: y, width: 8)
        let bar = max(10, min(36, canvas.width / 2 - 10))
        ProgressBar(fraction).draw(x: indent + 8, y: y, width: bar, on: canvas)
        canvas.text(note, x: indent + 9 + bar, y: y, .muted)
      }
    }
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    guard let site = surroundings.site else { return [] }
    compose(site, wide: false, width: 80, surroundings)
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
