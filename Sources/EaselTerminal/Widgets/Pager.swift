/// What a pager of text remembers: place, wrapping, search, and whether it follows the end.
package struct PagerState: Sendable {
  /// The first visible line.
  package var top = 0
  /// Columns that are scrolled away at the left.
  package var left = 0
  /// Long lines go on in the next row.
  package var wraps = false
  /// Stays at the end while lines come.
  package var follows = false
  /// The text that is highlighted; case does not matter.
  package var search = ""
  private var page = 1
  private var count = 0

  package init(follows: Bool = false, wraps: Bool = false) {
    self.follows = follows
    self.wraps = wraps
  }

  fileprivate mutating func fit(count: Int, height: Int) {
    self.count = count
    page = max(1, height)
    let last = max(0, count - page)
    top = follows ? last : max(0, min(top, last))
  }

  /// Moves, `w` wraps, `f` follows the end. Moving up stops following; going to the end starts it again only with `f`.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .up, .character("k"): top -= 1
    case .down, .character("j"), .enter: top += 1
    case .pageUp: top -= page
    case .pageDown, .space: top += page
    case .home, .character("g"): top = 0
    case .end, .character("G"): top = count
    case .left, .character("h"):
      left = max(0, left - 8)
      return true
    case .right, .character("l"):
      left += 8
      return true
    case .character("w"):
      wraps.toggle()
      left = 0
      return true
    case .character("f"):
      follows.toggle()
      return true
    default: return false
    }
    follows = false
    top = max(0, min(top, max(0, count - page)))
    return true
  }

  /// Goes to the next line that has the search text (`backward`: the previous one); returns whether there is one.
  package mutating func find(_ lines: [[Span]], backward: Bool = false) -> Bool {
    guard !search.isEmpty, !lines.isEmpty else { return false }
    let needle = search.lowercased()
    for offset in 1...lines.count {
      let index = (top + (backward ? lines.count - offset : offset)) % lines.count
      guard lines[index].plainText.lowercased().contains(needle) else { continue }
      top = index
      follows = false
      return true
    }
    return false
  }
}

/// Lines of text to read: manifests, logs, help, plans.
package struct Pager {
  /// The lines, each of styled runs.
  package var lines: [[Span]]

  package init(_ lines: [[Span]]) { self.lines = lines }
  package init(text: String) {
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { [Span(String($0))] }
  }

  /// Draws the lines that are visible.
  package func draw(_ state: inout PagerState, on canvas: Canvas) {
    guard canvas.width > 0 else { return }
    var width = canvas.width
    var shown = state.wraps ? wrapped(width) : lines
    if shown.count > canvas.height, width > 1 {
      // The scroll bar has its own column.
      width -= 1
      if state.wraps { shown = wrapped(width) }
    }
    state.fit(count: shown.count, height: canvas.height)
    for row in 0..<canvas.height where state.top + row < shown.count {
      let line = canvas.part(Rect(x: -state.left, y: row, width: width + state.left, height: 1))
      let visible = Canvas(grid: canvas.grid, frame: line.frame, within: canvas.visible)
      visible.spans(shown[state.top + row])
      highlight(state.search, shown[state.top + row], on: visible)
    }
    canvas.scrollBar(
      first: state.top, visible: min(canvas.height, shown.count), count: shown.count, y: 0, height: canvas.height)
  }

  /// The rest of a line that is too long goes on two columns further in than the line began.
  private func wrapped(_ width: Int) -> [[Span]] {
    lines.flatMap { line -> [[Span]] in
      guard line.cellWidth > width else { return [line] }
      let (text, style) = (line.plainText, line.first?.style ?? .plain)
      let indent = text.prefix { $0 == " " }.count
      guard indent > 0, indent + 2 < width / 2, let first = CellText.wrap(text, width: width).first else {
        return CellText.wrap(text, width: width).map { [Span($0, style)] }
      }
      let rest = String(text.dropFirst(first.count).drop { $0 == " " })
      let blank = String(repeating: " ", count: indent + 2)
      return [[Span(first, style)]] + CellText.wrap(rest, width: width - indent - 2).map { [Span(blank + $0, style)] }
    }
  }

  private func highlight(_ search: String, _ line: [Span], on canvas: Canvas) {
    guard !search.isEmpty else { return }
    let text = CellText.cells(of: line.plainText)
    let needle = CellText.cells(of: search.lowercased()).map(\.text)
    guard !needle.isEmpty, text.count >= needle.count else { return }
    let lowered = text.map { $0.text.lowercased() }
    var column = 0
    for start in text.indices {
      if start + needle.count <= text.count, lowered[start..<start + needle.count].elementsEqual(needle) {
        let width = Array(text[start..<start + needle.count]).cellWidth
        canvas.restyle(Rect(x: column, width: width, height: 1), Style(.match))
      }
      column += Int(text[start].width)
    }
  }
}
