internal import EaselTerminal

/// What can be done where one was, made from the key maps: it cannot be out of date.
struct HelpScreen: ConsoleScreen {
  private let about: String
  private let of: String
  private var pager = PagerState(wraps: true)
  private var lines: [[Span]] = []
  private let keys: KeyBook
  private let form: Form?

  /// - Parameter form: the fields of the page, whose keys go to one of them first.
  init(about: String, title: String, keys: KeyBook, form: Form? = nil) {
    (self.about, of, self.keys, self.form) = (about, title, keys, form)
  }

  mutating func refresh(_ surroundings: Surroundings) {
    lines = Self.compose(about, keys, form, isReadOnly: surroundings.isReadOnly)
    if surroundings.site?.isSimulated == true { lines += [[], [Span(TimeWords.simulation, .muted)]] }
  }

  var title: String { tr("Help: \(of)") }
  var tab: RootTab { .overview }
  var keyMap: KeyMap { Self.keys }
  static let keys = KeyMap("help", [])

  /// - Parameter isReadOnly: leaves out what cannot be done then.
  private static func compose(_ about: String, _ book: KeyBook, _ form: Form?, isReadOnly: Bool) -> [[Span]] {
    var lines: [[Span]] = []
    if !book.problems.isEmpty {
      lines += [[Span(tr("Your key file"), .heading)]] + book.problems.map { [Span("  " + $0, .warning)] }
    }
    let maps =
      form.map { [book[about], FormKeys.field(of: $0, book), FormKeys.global(of: $0, book)] }
      ?? [book[about], book["move"], book["global"]]
    for map in maps {
      for line in (isReadOnly ? map.readOnly : map).help {
        if line.isHeading {
          if lines.last?.isEmpty == false { lines.append([]) }
          lines.append([Span(line.text, .heading)])
        } else {
          lines.append([Span("  "), .padded(line.keys, 18, .key), Span(" "), Span(line.text)])
        }
      }
    }
    if form == nil { lines += [[], [Span(tr("Typed pages"), .heading)], [Span("  " + FormKeys.note)]] }
    if form?.takesText != true {
      lines += [
        [], [Span(tr("Command line"), .heading)],
        [Span(tr("  :edge  goes to the thing of that name;  :scale edge  does;  Tab completes, Up is the history"))],
      ]
    }
    lines.append([])
    if form == nil { lines.append([Span(tr("Numbers open the tabs on the second line."), .muted)]) }
    lines += [
      [Span(tr("Ctrl-L paints again, Ctrl-Z suspends, Ctrl-C twice quits."), .muted)],
      [Span(tr("Quitting never stops an operation: the engine is a process of its own."), .muted)],
    ]
    return lines
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if key == .left, pager.left == 0 { return nil }
    return pager.handle(key) ? [] : nil
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) {
    Pager(lines).draw(&pager, on: canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height)))
  }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] { lines.map { PlainLine($0.plainText) } }
}
