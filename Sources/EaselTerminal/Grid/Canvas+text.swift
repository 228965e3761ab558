/// Where a text stands in the width that it is given.
package enum Alignment: Sendable {
  case left, right, centre
}

extension Canvas {
  var ellipsis: UInt32 { Glyph.ellipsis.scalar(in: glyphs).value }

  /// Draws a text from `x` on, cut with an ellipsis at `width` columns (by default, at the right edge). The text is
  /// sanitised. Returns the column after it.
  @discardableResult
  package func text(
    _ text: String, x: Int = 0, y: Int = 0, _ style: Style = .plain, width: Int? = nil, align: Alignment = .left,
    truncate: Truncation = .end
  ) -> Int {
    let room = max(0, width ?? self.width - x)
    if let end = plainText(text, x: x, y: y, style, room: room, align: align) { return end }
    let cells = CellText.cells(of: text).truncated(to: room, truncate, ellipsis: ellipsis)
    var column = x
    switch align {
    case .left: break
    case .right: column += room - cells.cellWidth
    case .centre: column += (room - cells.cellWidth) / 2
    }
    for cell in cells { column += put(cell, x: column, y: y, style) }
    return column
  }

  /// The same for a text of ASCII alone that fits, as most do; nil for any other.
  private func plainText(_ text: String, x: Int, y: Int, _ style: Style, room: Int, align: Alignment) -> Int? {
    let count = text.utf8.count
    guard count <= room, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    var column = x
    switch align {
    case .left: break
    case .right: column += room - count
    case .centre: column += (room - count) / 2
    }
    let (row, first) = (frame.y + y, frame.x + column)
    if row >= visible.y, row < visible.bottom {
      let hidden = max(0, visible.x - first)
      let seen = text.utf8.dropFirst(hidden).prefix(max(0, visible.right - first - hidden))
      grid.put(ascii: seen, style, x: first + hidden, y: row)
    }
    return column + count
  }

  /// Draws runs of text one after the other, cut at the right edge or at `width` columns; returns the column after them.
  @discardableResult
  package func spans(_ spans: [Span], x: Int = 0, y: Int = 0, width: Int? = nil) -> Int {
    let room = max(0, width ?? self.width - x)
    var column = x
    let fits = spans.cellWidth <= room
    for span in spans {
      let cells = CellText.cells(of: span.text)
      let left = x + room - column
      if !fits, cells.cellWidth >= left {
        for cell in (cells + [TextCell(base: 0x20)]).truncated(to: left, ellipsis: ellipsis) {
          column += put(cell, x: column, y: y, span.style)
        }
        return column
      }
      for cell in cells { column += put(cell, x: column, y: y, span.style) }
    }
    return column
  }

  /// Draws a wrapped text from row `y` on; returns the row after it.
  @discardableResult
  package func paragraph(_ text: String, x: Int = 0, y: Int = 0, _ style: Style = .plain) -> Int {
    var row = y
    for line in CellText.wrap(text, width: width - x) {
      self.text(line, x: x, y: row, style)
      row += 1
    }
    return row
  }

  /// Draws a box along the edges, with a title in the upper one.
  package func box(title: String = "", _ style: Style = .border, titleStyle: Style = .title) {
    guard width > 1, height > 1 else { return }
    rule(y: 0, style)
    rule(y: height - 1, style)
    for y in 1..<max(1, height - 1) {
      put(.vertical, x: 0, y: y, style)
      put(.vertical, x: width - 1, y: y, style)
    }
    put(.topLeft, x: 0, y: 0, style)
    put(.topRight, x: width - 1, y: 0, style)
    put(.bottomLeft, x: 0, y: height - 1, style)
    put(.bottomRight, x: width - 1, y: height - 1, style)
    if !title.isEmpty, width > 6 {
      text(" \(title) ", x: 2, y: 0, titleStyle, width: width - 4)
    }
  }

  /// Draws a horizontal line.
  package func rule(y: Int, _ style: Style = .border) {
    for x in 0..<width { put(.horizontal, x: x, y: y, style) }
  }
}
