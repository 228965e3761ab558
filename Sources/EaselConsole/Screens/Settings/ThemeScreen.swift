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
    shown.draw(
      hasFocus: true,
      on: canvas.part(Rect(x: 1, y: 2, width: canvas.width - 2, height: min(choice.options.count, canvas.height - 2))))
    let y = choice.options.count + 3
    guard canvas.height > y + 1 else { return }
    let samples: [(String, Style)] = [
      (tr("running"), .ok), (tr("waits"), .info), (tr("degraded"), .warning), (tr("STOPPED"), .critical),
      (tr("old"), .stale),
      ("muted", .muted), ("key", .key), ("banner", .banner),
    ]
    canvas.spans(samples.flatMap { [Span($0.0, $0.1), Span("  ")] }, x: 1, y: y)
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    choice.options.enumerated().map { place, option in
      let mark = option.id == before ? tr(" (chosen)") : ""
      return PlainLine("\(option.label)\(mark): \(option.detail)", choice: place)
    }
  }
}
