/// A line of text that is being edited. The cursor stands between characters, 0 before the first.
package struct TextField: Sendable, Hashable {
  package private(set) var text: String
  /// Characters before the cursor.
  package private(set) var cursor: Int
  /// Longest text that it takes, in characters.
  package var limit: Int
  /// Shown as dots: for passwords.
  package var isSecret: Bool

  package init(_ text: String = "", limit: Int = 4096, isSecret: Bool = false) {
    self.text = text
    cursor = text.count
    self.limit = limit
    self.isSecret = isSecret
  }

  /// Replaces the text and puts the cursor at its end.
  package mutating func set(_ text: String) {
    self.text = String(text.prefix(limit))
    cursor = self.text.count
  }

  /// Puts text in at the cursor: line ends become blanks, other control characters are left out.
  package mutating func insert(_ more: String) {
    let clean = CellText.cells(of: more).filter { $0.base != CellText.replacement }.text
    let room = max(0, limit - text.count)
    let added = clean.prefix(room)
    let before = text.count
    text.insert(contentsOf: added, at: text.index(text.startIndex, offsetBy: cursor))
    // Counted afterwards: a combining mark joins the character before it.
    cursor = min(text.count, cursor + max(0, text.count - before))
  }

  /// Edits; Enter, Tab, Escape, up and down are left to whoever owns the field. Returns whether the key was used.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(text.count, cursor + 1)
    case .home: cursor = 0
    case .end, .control("e"): cursor = text.count
    case .backspace:
      guard cursor > 0 else { return true }
      cursor -= 1
      remove(cursor..<cursor + 1)
    case .delete, .control("d"): remove(cursor..<min(text.count, cursor + 1))
    case .control("u"):
      remove(0..<cursor)
      cursor = 0
    case .control("w"):
      let characters = Array(text)
      var start = cursor
      while start > 0, characters[start - 1] == " " { start -= 1 }
      while start > 0, characters[start - 1] != " " { start -= 1 }
      remove(start..<cursor)
      cursor = start
    default:
      guard let character = key.typed else { return false }
      insert(String(character))
    }
    return true
  }

  private mutating func remove(_ range: Range<Int>) {
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    let end = text.index(text.startIndex, offsetBy: range.upperBound)
    text.removeSubrange(start..<end)
  }

  /// Draws it in one row; scrolls sideways so that the cursor is visible. With focus the terminal's cursor is put there.
  package func draw(
    x: Int = 0, y: Int = 0, width: Int? = nil, hasFocus: Bool, placeholder: String = "", on canvas: Canvas
  ) {
    let room = max(0, width ?? canvas.width - x)
    guard room > 0 else { return }
    let style = hasFocus ? Style.input : Style(.input, .dim)
    canvas.fill(Rect(x: x, y: y, width: room, height: 1), style)
    if text.isEmpty, !hasFocus || room > 1 {
      canvas.text(placeholder, x: x, y: y, Style(.muted), width: room)
    }
    let shown = isSecret ? String(repeating: "*", count: text.count) : text
    let cells = CellText.cells(of: shown)
    let before = CellText.width(of: String(shown.prefix(cursor)))
    let skip = max(0, before - room + 1)
    var column = 0
    for cell in cells {
      let next = column + Int(cell.width)
      if column >= skip, next - skip <= room { canvas.put(cell, x: x + column - skip, y: y, style) }
      column = next
    }
    if hasFocus { canvas.setCursor(x: x + min(room - 1, before - skip), y: y) }
  }
}
