/// What a pager of text remembers: place, wrapping, search, and whether it follows the end.
package struct PagerState: Sendable {
  /// The first visible line.
  package var top = 0
  /// Columns that are scrolled away at the left; none while lines are wrapped.
  package private(set) var left = 0
  /// Long lines go on in the next row.
  package var wraps = false { didSet { if wraps { left = 0 } } }
  /// Stays at the end while lines come.
  package var follows = false
  /// The text that is highlighted; case does not matter.
  package var search = ""
  private var page = 1
  private var count = 0
  /// Columns of the visible lines that are out of sight at the right.
  private var beyond = 0
  /// The row at which each line starts; empty while every line is one row.
  private var starts: [Int] = []
  /// The line that was found last, until one moves away from it.
  private var found: Int?

  package init(follows: Bool = false, wraps: Bool = false) {
    self.follows = follows
    self.wraps = wraps
  }

  fileprivate mutating func fit(count: Int, height: Int, starts: [Int]) {
    self.count = count
    self.starts = starts
    page = max(1, height)
    let last = max(0, count - page)
    top = follows ? last : max(0, min(top, last))
  }

  /// - Parameter widest: columns that the widest of the visible lines takes.
  fileprivate mutating func fit(widest: Int, width: Int) { beyond = max(0, widest - left - width) }

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
      if !wraps, beyond > 0 { left += 8 }
      return true
    case .character("w"):
      wraps.toggle()
      return true
    case .character("f"):
      follows.toggle()
      return true
    default: return false
    }
    follows = false
    found = nil
    top = max(0, min(top, max(0, count - page)))
    return true
  }

  /// Goes to the next line that has the search text (`backward`: the previous one); returns whether there is one.
  package mutating func find(_ lines: [[Span]], backward: Bool = false) -> Bool {
    guard !search.isEmpty, !lines.isEmpty else { return false }
    let needle = search.lowercased()
    let from = found ?? max(0, starts.isEmpty ? top : starts.lastIndex { $0 <= top } ?? 0)
    for offset in 1...lines.count {
      let index = (from + (backward ? lines.count - offset : offset)) % lines.count
      guard lines[index].plainText.lowercased().contains(needle) else { continue }
      found = index
      top = starts.indices.contains(index) ? starts[index] : index
      follows = false
      return true
    }
    return false
  }

  /// How many lines have the search text.
  package func matches(in lines: [[Span]]) -> Int {
    let needle = search.lowercased()
    return needle.isEmpty ? 0 : lines.count { $0.plainText.lowercased().contains(needle) }
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
    var shown = state.wraps ? wrapped(width) : (rows: lines, starts: [])
    if shown.rows.count > canvas.height, width > 1 {
      // The scroll bar has its own column.
      width -= 1
      if state.wraps { shown = wrapped(width) }
    }
    let rows = shown.rows
    state.fit(count: rows.count, height: canvas.height, starts: shown.starts)
    let visible = rows.dropFirst(state.top).prefix(canvas.height)
    state.fit(widest: visible.map(\.cellWidth).max() ?? 0, width: width)
    for row in 0..<canvas.height where state.top + row < rows.count {
      let line = canvas.part(Rect(x: -state.left, y: row, width: width + state.left, height: 1))
      let visible = Canvas(grid: canvas.grid, frame: line.frame, within: canvas.visible)
      visible.spans(rows[state.top + row])
      highlight(state.search, rows[state.top + row], on: visible)
    }
    canvas.scrollBar(
      first: state.top, visible: visible.count, count: rows.count, y: 0, height: canvas.height)
  }

  /// The lines in rows, and the row at which each starts.
  private func wrapped(_ width: Int) -> (rows: [[Span]], starts: [Int]) {
    var (rows, starts): ([[Span]], [Int]) = ([], [])
    for line in lines {
      starts.append(rows.count)
      rows += Self.wrap(line, width)
    }
    return (rows, starts)
  }

  /// The rest of a line that is too long goes on below what its last column holds, or two columns further in than it began.
  private static func wrap(_ line: [Span], _ width: Int) -> [[Span]] {
    guard line.cellWidth > width else { return [line] }
    return CellText.wrap(line, width: width, hang: hang(of: line.plainText, width))
  }

  /// Columns are set apart by two blanks at least, and leave the last of them room to be read.
  private static func hang(of text: String, _ width: Int) -> Int {
    let indent = text.prefix { $0 == " " }.count
    guard indent > 0, indent + 2 < width / 2 else { return 0 }
    var (hang, column, blanks) = (indent + 2, 0, 0)
    for cell in CellText.cells(of: text).dropFirst(indent) {
      if blanks > 1, cell.base != 0x20, indent + column <= width * 3 / 5 { hang = indent + column }
      blanks = cell.base == 0x20 ? blanks + 1 : 0
      column += Int(cell.width)
    }
    return hang
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
