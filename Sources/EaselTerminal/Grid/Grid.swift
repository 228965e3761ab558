/// One cell of a grid. The right half of a wide character has base 0.
package struct Cell: Hashable, Sendable {
  package var glyph: TextCell
  package var style: Style

  /// A blank in the plain role.
  package static let blank = Cell(glyph: CellText.blank, style: .plain)
}

/// The picture that an application draws: cells, and where the cursor is. It knows nothing of any terminal.
///
/// A reference type, so that canvases cut from it can be handed to widgets; it stays on the thread that draws.
package final class Grid {
  /// Its columns and rows.
  package let size: Size
  /// Which characters may be drawn on it.
  package let glyphs: GlyphSet
  /// Where the terminal's cursor is shown; nil hides it.
  package var cursor: Point?
  private(set) var cells: [Cell]

  package init(size: Size, glyphs: GlyphSet = .unicode) {
    self.size = size
    self.glyphs = glyphs
    cells = [Cell](repeating: .blank, count: size.width * size.height)
  }

  /// The whole grid to draw on.
  package var canvas: Canvas { Canvas(grid: self, frame: Rect(size)) }

  /// The cell at a point; blank outside.
  package subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, y >= 0, x < size.width, y < size.height else { return .blank }
    return cells[y * size.width + x]
  }

  func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.width..<(y + 1) * size.width] }

  /// Puts a character; the caller has clipped it. Halves of wide characters that it cuts become blanks.
  func put(_ glyph: TextCell, _ style: Style, x: Int, y: Int) {
    let index = y * size.width + x
    clearHalves(index, x)
    if glyph.width == 2 {
      clearHalves(index + 1, x + 1)
      cells[index + 1] = Cell(glyph: TextCell(base: 0, width: 0), style: style)
    }
    cells[index] = Cell(glyph: glyph, style: style)
  }

  /// Puts characters of ASCII beside each other; the caller has clipped them.
  func put(ascii bytes: some BidirectionalCollection<UInt8>, _ style: Style, x: Int, y: Int) {
    let count = bytes.count
    guard count > 0 else { return }
    var index = y * size.width + x
    clearHalves(index, x)
    clearHalves(index + count - 1, x + count - 1)
    cells.withUnsafeMutableBufferPointer { cells in
      for byte in bytes {
        cells[index] = Cell(glyph: TextCell(base: UInt32(byte)), style: style)
        index += 1
      }
    }
  }

  private func clearHalves(_ index: Int, _ x: Int) {
    if cells[index].glyph.width == 0, x > 0 { cells[index - 1].glyph = CellText.blank }
    if cells[index].glyph.width == 2, x + 1 < size.width { cells[index + 1].glyph = CellText.blank }
  }

  func restyle(_ style: Style, x: Int, y: Int) { cells[y * size.width + x].style = style }

  /// Whether it shows the same, in characters, styles and cursor.
  package func isSame(as other: Grid) -> Bool { size == other.size && cursor == other.cursor && cells == other.cells }

  /// The characters, line by line, without blanks at the ends of lines: for goldens.
  package var text: String {
    var text = String.UnicodeScalarView()
    for y in 0..<size.height {
      if y > 0 { text.append("\n") }
      let row = row(y)
      var end = row.endIndex
      while end > row.startIndex, row[end - 1].glyph.base == 0x20 { end -= 1 }
      for cell in row[..<end] {
        guard cell.glyph.base != 0, let base = Unicode.Scalar(cell.glyph.base) else { continue }
        text.append(base)
        guard cell.glyph.mark1 != 0, let mark = Unicode.Scalar(cell.glyph.mark1) else { continue }
        text.append(mark)
        guard cell.glyph.mark2 != 0, let second = Unicode.Scalar(cell.glyph.mark2) else { continue }
        text.append(second)
      }
    }
    return String(text)
  }

  /// One letter per cell for its role, line by line, without dots at the ends of lines: for goldens.
  package var roles: String {
    (0..<size.height).map { y in
      var line = row(y).map(\.style.role.letter)
      while line.last == Role.plain.letter { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }
}
