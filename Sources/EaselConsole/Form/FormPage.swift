internal import EaselTerminal

extension Form {
  /// Draws it below the head of a page, and at the foot what the page has to say: what it waits for, or what went wrong.
  ///
  /// - Parameter most: rows that the text may take.
  mutating func draw(below head: Int, saying text: String, isProblem: Bool, most: Int, on canvas: Canvas) {
    let lines = CellText.wrap(text, width: max(1, canvas.width - 2)).prefix(text.isEmpty ? 0 : most)
    draw(on: canvas.part(Rect(x: 1, y: head, width: canvas.width - 2, height: canvas.height - head - lines.count)))
    for (index, line) in lines.enumerated() {
      canvas.text(line, x: 1, y: canvas.height - lines.count + index, isProblem ? .critical : .info)
    }
  }
}
