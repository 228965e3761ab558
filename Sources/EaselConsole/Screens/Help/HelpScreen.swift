internal import EaselTerminal

/// What can be done where one was, made from the key maps: it cannot be out of date.
struct HelpScreen: ConsoleScreen {
  private let own: KeyMap
  private let of: String
  private let keys: KeyBook
  /// The fields of the page, whose keys go to one of them first.
  private let form: Form?
  private let hasTabs: Bool
  private var pager = PagerState(wraps: true)
  private var isReadOnly = false
  private var hasSite = true
  private var isSimulated = false

  init(about screen: any ConsoleScreen, keys: KeyBook, hasTabs: Bool) {
    own = FormKeys.of(keys[screen.keyMap.name], screen)
    form = screen.isTyping ? screen.plainForm : nil
    (of, self.keys, self.hasTabs) = (screen.title, keys, hasTabs)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    isReadOnly = surroundings.isReadOnly
    hasSite = surroundings.environment.site != nil
    isSimulated = surroundings.site?.isSimulated == true
  }

  var title: String { tr("Help: \(of)") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }
  static let keys = KeyMap("help", [])

  /// The keys in the order in which they are listed; what cannot be done now is left out.
  private var maps: [KeyMap] {
    let maps = form.map { [own, FormKeys.field(of: $0, keys), FormKeys.global(of: $0, keys)] }
    let all = maps ?? [own, keys["move"], keys["global"]]
    return all.map { map in
      var map = isReadOnly ? map.readOnly : map
      if !hasTabs, map.name == "global" { map = map.filtered { !$0.rawValue.hasPrefix("tab.") } }
      if !hasSite { map = map.filtered { !Self.ofSites.contains($0) } }
      return map
    }
  }

  /// What there is nothing for as long as there is no site.
  private static let ofSites: Set<ActionID> = [
    "history.back", "history.forward", "commands", "move.left", "move.right",
  ]

  private func compose(_ width: Int) -> [[Span]] {
    var lines: [[Span]] = []
    if !keys.problems.isEmpty {
      lines += [[Span(tr("Your key file"), .heading)]] + keys.problems.map { [Span("  " + $0, .warning)] }
    }
    let help = maps.flatMap(\.help)
    // On a narrow terminal no wider than the keys need it, and never more than a third.
    let keys = help.filter { !$0.isHeading }.map(\.keys)
    let column = width < 60 ? CellText.widest(of: keys, least: 6, most: width / 3) : 18
    for line in help {
      if line.isHeading {
        if lines.last?.isEmpty == false { lines.append([]) }
        lines.append([Span(line.text, .heading)])
      } else if CellText.width(of: line.keys) > column {
        lines.append([Span("  "), Span(line.keys, .key)])
        lines += indented(line.text, column, width)
      } else {
        var text = indented(line.text, column, width)
        text[0] = [Span("  "), .padded(line.keys, column, .key), Span(" ")] + text[0].dropFirst()
        lines += text
      }
    }
    if form == nil, hasSite { lines += [[], [Span(tr("Typed pages"), .heading)], [Span("  " + FormKeys.note)]] }
    if form?.takesText != true, hasSite {
      lines += [
        [], [Span(tr("Command line"), .heading)],
        [Span(tr("  :edge  goes to the thing of that name;  :scale edge  does;  Tab completes, Up is the history"))],
      ]
    }
    lines.append([])
    if form == nil, hasTabs { lines.append([Span(tr("Numbers open the tabs on the second line."), .muted)]) }
    if !hasSite, form == nil { lines.append([Span(tr("Numbers choose what stands at that place."), .muted)]) }
    lines.append([Span(tr("Ctrl-L paints again, Ctrl-Z suspends, Ctrl-C twice quits."), .muted)])
    if hasSite {
      lines.append([Span(tr("Quitting never stops an operation: the engine is a process of its own."), .muted)])
    }
    if isSimulated { lines += [[], [Span(TimeWords.simulation, .muted)]] }
    return lines
  }

  /// What a key does, in as many lines as it takes, beside the column of keys.
  private func indented(_ text: String, _ column: Int, _ width: Int) -> [[Span]] {
    let blank = Span(String(repeating: " ", count: column + 3))
    let wrapped = CellText.wrap(text, width: max(10, width - column - 4))
    return (wrapped.isEmpty ? [""] : wrapped).map { [blank, Span($0)] }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Pager(compose(canvas.width - 1)).draw(
      &pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    compose(10_000).map { PlainLine($0.plainText) }
  }
}
