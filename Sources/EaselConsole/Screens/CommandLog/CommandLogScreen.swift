internal import EaselModel
internal import EaselTerminal

/// What was done from this console since it was started, as the commands that do the same: to learn from, and to put into a script.
struct CommandLogScreen: ConsoleScreen {
  private var pager = PagerState(wraps: true)
  private var lines: [[Span]] = []

  var title: String { tr("Done in this session, as commands") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }
  static let keys = KeyMap(
    "commands",
    [Binding("commands.copy", [.character("y")], tr("Copy the commands"), hint: tr("copy"), group: tr("Commands"))])

  mutating func refresh(_ surroundings: Surroundings) {
    lines = surroundings.commands.reversed().flatMap { entry -> [[Span]] in
      let command = entry.command.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      return command.enumerated().map { place, line in
        place == 0
          ? [Span(Words.clock(entry.at) + "  ", .muted), Span("$ \(line)", .accent)] : [Span(String(line), .accent)]
      } + [[Span("          "), Span(entry.result, .muted)]]
    }
    if !lines.isEmpty { lines += [[], [Span(Self.rest, .muted)]] }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    guard action == "commands.copy" else { return [] }
    return [
      .effect(.copy(surroundings.commands.map(\.command).joined(separator: "\n"))),
      .say(tr("copied"), isProblem: false),
    ]
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] {
    lines.isEmpty ? [PlainLine(Self.nothing)] : lines.map { PlainLine($0.plainText) }
  }

  private static var nothing: String {
    tr("Nothing yet. Every change made here is listed as the easel command that does the same.") + " " + rest
  }

  private static var rest: String { tr("What was done before and by others is in the audit log (:audit).") }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    if lines.isEmpty {
      _ = canvas.part(canvas.bounds.inset(horizontal: 2, vertical: min(1, canvas.height / 2))).paragraph(
        Self.nothing, .muted)
    }
    Pager(lines).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }
}
