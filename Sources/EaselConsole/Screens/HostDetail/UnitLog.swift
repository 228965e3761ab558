internal import EaselModel
internal import EaselTerminal

/// The live log of one unit: a ring that never grows, with marks where the connection was lost and came back, filtered by what is
/// typed behind `/`.
struct UnitLog {
  static let lineLimit = 5000
  /// Bytes of all lines together.
  static let byteLimit = 4 << 20

  private struct Entry {
    var number: Int
    var text: String
    /// A line of ours between the host's.
    var isMark = false
  }

  /// As the site is asked for it.
  let unit: HostUnit
  private(set) var cursor: String?
  /// Why the host does not answer, and since when; nil while it does.
  private(set) var lost: (error: EaselError, since: Timestamp)?
  /// Whether anything was ever heard.
  private(set) var isKnown = false
  var pager = PagerState(follows: true)
  private(set) var filter = FilterLine(prompt: "/")
  private var entries: [Entry] = []
  private var bytes = 0
  private var next = 1
  private var test = ListFilter("")
  /// What passes the filter, with its matches marked; made once for each line.
  private var shown: [(number: Int, line: [Span])] = []

  init(_ unit: HostUnit) { self.unit = unit }

  /// Lines that came, also those that are not kept any more.
  var count: Int { next - 1 }
  var dropped: Int { (entries.first?.number ?? next) - 1 }
  var shownCount: Int { shown.count }
  /// What is kept of the lines that pass the filter, as the host wrote them: for saving and copying.
  var text: String {
    let passed = Set(shown.map(\.number))
    return entries.filter { passed.contains($0.number) }.map(\.text).joined(separator: "\n")
  }

  /// What the linear mode is told of a filter.
  var plainFilter: (text: String, shown: Int, all: Int)? {
    filter.text.isEmpty ? nil : (filter.text, shown.count, entries.count)
  }

  // Lines that come

  /// Takes an answer of the host, or that there was none.
  mutating func take(_ result: Result<HostLogPage, EaselError>, host: String, at now: Timestamp) {
    switch result {
    case .success(let page):
      if let lost {
        add(
          tr(
            "-- \(Words.clock(now)) \(host) answers again, after \(Words.duration(now.seconds(since: lost.since))) --"),
          mark: true)
      }
      (lost, isKnown) = (nil, true)
      for line in page.lines { add(line) }
      // A host that cannot say where its log ends is not asked again: its lines would come twice.
      cursor = page.cursor ?? cursor
    case .failure(let error):
      if lost == nil, isKnown { add(tr("-- \(Words.clock(now)) no answer from \(host) --"), mark: true) }
      lost = (error, lost?.since ?? now)
    }
  }

  private mutating func add(_ text: String, mark: Bool = false) {
    let entry = Entry(number: next, text: text, isMark: mark)
    next += 1
    entries.append(entry)
    bytes += text.utf8.count
    if let line = line(entry) { shown.append((entry.number, line)) }
    var gone = 0
    while entries.count - gone > Self.lineLimit || bytes > Self.byteLimit, gone < entries.count - 1 {
      bytes -= entries[gone].text.utf8.count
      gone += 1
    }
    // Moving the rest is paid for by many lines at once.
    guard gone > 0 else { return }
    entries.removeFirst(gone)
    let first = entries.first?.number ?? next
    let old = shown.prefix { $0.number < first }.count
    shown.removeFirst(old)
    if !pager.follows { pager.top = max(0, pager.top - old) }
  }

  // The filter

  private func line(_ entry: Entry) -> [Span]? {
    if entry.isMark { return [Span(entry.text, .warning)] }
    let text = Self.short(entry.text)
    guard test.isEmpty || test.matches({ column in column == nil ? [text] : [] }) else { return nil }
    return test.marked(text)
  }

  /// A line without what every line has: of its time the clock alone, and not the host's name, or a container's stream.
  static func short(_ line: String) -> String {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard words.count > 2, words[0].utf8.count >= 19, words[0].dropFirst(10).first == "T" else { return line }
    let clock = words[0].dropFirst(11).prefix(8)
    let isContainer = ["stdout", "stderr"].contains(words[1]) && ["F", "P"].contains(words[2])
    return "\(clock) " + words.dropFirst(isContainer ? 3 : 2).joined(separator: " ")
  }

  mutating func beginFilter() { filter.begin() }
  /// Shows all lines again; false where all are shown.
  mutating func clearFilter() -> Bool {
    guard !filter.text.isEmpty else { return false }
    filter.set("")
    arrange()
    return true
  }
  mutating func paste(_ text: String) {
    filter.paste(text)
    arrange()
  }

  /// Keys of the filter line; false when it is not being typed.
  mutating func type(_ key: Key) -> Bool {
    guard filter.isEditing else { return false }
    if filter.handle(key) != .unused { arrange() }
    return true
  }

  private mutating func arrange() {
    test = ListFilter(filter.text)
    filter.error = test.problem
    shown = entries.compactMap { entry in line(entry).map { (entry.number, $0) } }
    pager.top = 0
  }

  // Drawing

  mutating func draw(on canvas: Canvas, host: String, at now: Timestamp) {
    let body = canvas.part(Rect(x: 1, width: canvas.width - 1, height: canvas.height - 1))
    if let empty = emptyText(host, at: now) {
      _ = body.paragraph(empty.text, y: min(1, body.height - 1), empty.style)
    } else {
      Pager(shown.map(\.line)).draw(&pager, on: body)
    }
    let last = canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1))
    if filter.isEditing { return filter.draw(on: last) }
    let end = last.text(unit.shortName, x: 1, .heading)
    let state = status(at: now)
    last.text(state.text, x: end, state.style)
  }

  private func emptyText(_ host: String, at now: Timestamp) -> (text: String, style: Style)? {
    guard shown.isEmpty else { return nil }
    if let lost {
      return (
        tr("\(lost.error.description)\nNo answer for \(Words.age(lost.since, at: now)); it is asked again and again."),
        .warning
      )
    }
    if !isKnown { return (tr("Asking \(host) ..."), .muted) }
    return (
      entries.isEmpty ? tr("\(unit.shortName) has logged nothing.") : tr("Nothing matches \"\(filter.text)\"."), .muted
    )
  }

  private func status(at now: Timestamp) -> (text: String, style: Style) {
    var words = [
      filter.text.isEmpty
        ? tr(count, one: "\(count) line", other: "\(count) lines")
        : tr("\(shown.count) of \(count) lines match \(filter.text)")
    ]
    if dropped > 0 { words.append(tr("the first \(dropped) are not kept")) }
    words.append(pager.follows ? tr("following") : tr("not following"))
    if pager.wraps { words.append(tr("wrapped")) }
    guard let lost else { return (": " + words.joined(separator: ", "), .muted) }
    return (tr(": no answer for \(Words.age(lost.since, at: now)); ") + words.joined(separator: ", "), .stale)
  }

  func plain(after number: Int?) -> PlainLog {
    let new = number.map { last in shown.filter { $0.number > last } } ?? shown.suffix(PlainLog.first)
    return PlainLog(lines: new.map(\.line.plainText), last: count)
  }

  var lines: [PlainLine] { shown.map { PlainLine($0.line.plainText) } }
}
