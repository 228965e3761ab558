internal import EaselModel
internal import EaselTerminal

/// The themes, each shown as soon as it is selected. Enter keeps it; leaving puts the old one back.
struct ThemeScreen: ConsoleScreen {
  private var choice: Choice
  private let before: String
  private var isKept = false

  init(_ surroundings: Surroundings) {
    let names = surroundings.environment.themeNames
    before = surroundings.settings.theme ?? (names.contains("default") ? "default" : names.first ?? "")
    let options = names.map { name in
      Option(name, name, detail: (try? surroundings.environment.theme(name))?.summary ?? tr("cannot be read"))
    }
    choice = Choice(options, chosen: [before])
  }

  var title: String { tr("Theme") }
  var tab: RootTab { .settings }
  var keyMap: KeyMap { Self.keys }

  static let keys = KeyMap(
    "theme", [Binding("open", [.enter], tr("Keep the selected theme"), hint: tr("keep"), group: tr("Theme"))])

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    guard key != .left, choice.handle(key), let name = choice.chosen.first else { return nil }
    return preview(name, surroundings)
  }

  private func preview(_ name: String, _ surroundings: Surroundings) -> [Request] {
    switch Result(doing: tr("loading the theme \(name)"), { try surroundings.environment.theme(name) }) {
    case .success(let theme): [.effect(.setTheme(theme))]
    case .failure(let error): [.say(error.message, isProblem: true)]
    }
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "open", let name = choice.chosen.first else { return [] }
    isKept = true
    var settings = surroundings.settings
    settings.theme = name
    return [.settings(settings), .back, .say(tr("theme \(name)"), isProblem: false)]
  }

  /// What is shown while it is chosen is taken back by leaving.
  func left(_ surroundings: Surroundings) -> [Request] { isKept ? [] : preview(before, surroundings) }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    canvas.text(tr("Move to see each; Enter keeps it, Esc puts \(before) back."), x: 1, .muted)
    var shown = choice
    let list = canvas.part(
      Rect(x: 1, y: 2, width: canvas.width - 2, height: min(choice.options.count, canvas.height - 2)))
    shown.draw(hasFocus: true, on: list)
    let y = list.height + 3
    guard canvas.height > y else { return }
    // In full: beside its name there may be no room for all of it.
    let below = canvas.part(Rect(x: 1, y: y, width: canvas.width - 2, height: canvas.height - y))
    let row = below.paragraph(choice.selected?.detail ?? "", .accent) + 1
    guard below.height > row else { return }
    drawSample(on: below.part(Rect(y: row, width: below.width, height: below.height - row)))
  }

  /// A list as it looks with the theme, then the words and lines that it colours.
  private func drawSample(on canvas: Canvas) {
    let rows: [(name: String, state: String, style: Style)] = [
      ("edge-1", tr("running"), .ok), ("edge-2", tr("degraded"), .warning), ("edge-3", tr("STOPPED"), .critical),
    ]
    for (y, row) in rows.enumerated() {
      let isSelected = y == 1
      if isSelected { canvas.put(.selected, x: 0, y: y, .selection) }
      canvas.text(row.name, x: 2, y: y, isSelected ? Style(.selection, .bold) : .plain)
      canvas.text(row.state, x: 12, y: y, row.style)
      canvas.text(isSelected ? tr("the selected row") : "", x: 24, y: y, .muted)
    }
    let words: [(String, Style)] = [
      (tr("waits"), .info), (tr("old"), .stale), (tr("muted"), .muted), (tr("key"), .key), (tr("accent"), .accent),
      (tr("banner"), .banner),
    ]
    canvas.spans(words.flatMap { [Span($0.0, $0.1), Span("  ")] }, x: 2, y: rows.count)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    choice.options.enumerated().map { place, option in
      let mark = option.id == before ? tr(" (chosen)") : ""
      return PlainLine("\(option.label)\(mark): \(option.detail)", choice: place)
    }
  }
}
