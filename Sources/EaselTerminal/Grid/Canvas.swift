/// A rectangle of a grid to draw on; everything outside of it is clipped. Coordinates count from its own top left.
package struct Canvas {
  let grid: Grid
  /// Where it lies on the grid, and how large it wants to be; parts of it may be clipped.
  let frame: Rect
  /// The part of it that can be seen, on the grid.
  let visible: Rect

  init(grid: Grid, frame: Rect, within outer: Rect? = nil) {
    self.grid = grid
    self.frame = frame
    visible = frame.intersection(outer ?? Rect(grid.size))
  }

  /// Columns that it wants; a part of them may be clipped.
  package var width: Int { frame.width }
  /// Rows that it wants; a part of them may be clipped.
  package var height: Int { frame.height }
  /// All of it, in its own coordinates.
  package var bounds: Rect { Rect(width: frame.width, height: frame.height) }
  /// Which characters the terminal can show.
  package var glyphs: GlyphSet { grid.glyphs }

  /// A part of it, in its own coordinates.
  package func part(_ rect: Rect) -> Canvas {
    Canvas(
      grid: grid,
      frame: Rect(x: frame.x + rect.x, y: frame.y + rect.y, width: rect.width, height: rect.height), within: visible)
  }

  /// Divides it from top to bottom.
  package func rows(_ parts: Length...) -> [Canvas] { bounds.rows(parts).map(part) }

  /// Divides it from left to right.
  package func columns(_ parts: Length...) -> [Canvas] { bounds.columns(parts).map(part) }

  /// Shows the cursor here, if the place can be seen.
  package func setCursor(x: Int, y: Int) {
    let point = Point(x: frame.x + x, y: frame.y + y)
    if visible.contains(point) { grid.cursor = point }
  }

  /// Draws one character; returns the columns that it takes.
  @discardableResult
  package func put(_ glyph: TextCell, x: Int, y: Int, _ style: Style = .plain) -> Int {
    let column = frame.x + x
    let row = frame.y + y
    guard row >= visible.y, row < visible.bottom, column >= visible.x, column < visible.right else {
      return Int(glyph.width)
    }
    if grid.glyphs == .ascii, glyph.base > 0x7E {
      let question = TextCell(base: 0x3F)
      grid.put(question, style, x: column, y: row)
      if glyph.width == 2, column + 1 < visible.right { grid.put(question, style, x: column + 1, y: row) }
    } else if glyph.width == 2, column + 1 >= visible.right {
      grid.put(CellText.blank, style, x: column, y: row)
    } else {
      grid.put(glyph, style, x: column, y: row)
    }
    return Int(glyph.width)
  }

  /// Draws a character of the frame.
  @discardableResult
  package func put(_ glyph: Glyph, x: Int, y: Int, _ style: Style = .plain) -> Int {
    put(TextCell(base: glyph.scalar(in: glyphs).value), x: x, y: y, style)
  }

  /// Fills it, or a part of it, with blanks in one style.
  package func fill(_ rect: Rect? = nil, _ style: Style = .plain, with glyph: TextCell = TextCell(base: 0x20)) {
    let area = rect ?? bounds
    let seen = Rect(x: frame.x + area.x, y: frame.y + area.y, width: area.width, height: area.height)
      .intersection(visible)
    for y in seen.y..<seen.bottom {
      for x in seen.x..<seen.right { grid.put(glyph, style, x: x, y: y) }
    }
  }

  /// Changes the style of what is drawn already.
  package func restyle(_ rect: Rect? = nil, _ style: Style) {
    let area = rect ?? bounds
    let seen = Rect(x: frame.x + area.x, y: frame.y + area.y, width: area.width, height: area.height)
      .intersection(visible)
    for y in seen.y..<seen.bottom {
      for x in seen.x..<seen.right { grid.restyle(style, x: x, y: y) }
    }
  }
}
