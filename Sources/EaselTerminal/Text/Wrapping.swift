extension CellText {
  /// Breaks a text into lines of at most `width` columns, at blanks where there are any; line ends in the text are kept.
  /// A width below 1 counts as 1.
  package static func wrap(_ text: String, width: Int) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).flatMap { paragraph in
      let cells = cells(of: String(paragraph))
      return rows(of: cells, first: width, others: width).map { Array(cells[$0]).text }
    }
  }

  /// Breaks a line of styled runs in the same way; what goes on in a further row begins `hang` columns in.
  package static func wrap(_ line: [Span], width: Int, hang: Int) -> [[Span]] {
    var (cells, styles): ([TextCell], [Style]) = ([], [])
    for span in line {
      let more = self.cells(of: span.text)
      cells += more
      styles += Array(repeating: span.style, count: more.count)
    }
    let blank = hang > 0 ? [Span(String(repeating: " ", count: hang))] : []
    return rows(of: cells, first: width, others: width - hang).enumerated().map { row, range in
      var spans = row == 0 ? [] : blank
      var start = range.lowerBound
      while start < range.upperBound {
        let end = styles[start..<range.upperBound].firstIndex { $0 != styles[start] } ?? range.upperBound
        spans.append(Span(Array(cells[start..<end]).text, styles[start]))
        start = end
      }
      return spans
    }
  }

  private static func rows(of cells: [TextCell], first: Int, others: Int) -> [Range<Int>] {
    guard cells.cellWidth > max(1, first) else { return [0..<cells.count] }
    var rows: [Range<Int>] = []
    var start = 0
    while start < cells.count {
      let limit = max(1, rows.isEmpty ? first : others)
      var end = start
      var used = 0
      var lastBlank: Int?
      while end < cells.count, used + Int(cells[end].width) <= limit {
        if cells[end].base == 0x20 { lastBlank = end }
        used += Int(cells[end].width)
        end += 1
      }
      if end == start { end += 1 }
      if end < cells.count, cells[end].base != 0x20, let blank = lastBlank, blank > start { end = blank }
      rows.append(start..<end)
      start = end
      while start < cells.count, cells[start].base == 0x20 { start += 1 }
    }
    return rows
  }
}
