extension CellText {
  /// Breaks a text into lines of at most `width` columns, at blanks where there are any; line ends in the text are kept.
  /// A width below 1 counts as 1.
  package static func wrap(_ text: String, width: Int) -> [String] {
    let limit = max(1, width)
    var lines: [String] = []
    for paragraph in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      lines += wrapParagraph(cells(of: String(paragraph)), limit)
    }
    return lines
  }

  private static func wrapParagraph(_ cells: [TextCell], _ limit: Int) -> [String] {
    guard cells.cellWidth > limit else { return [cells.text] }
    var lines: [String] = []
    var start = 0
    while start < cells.count {
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
      lines.append(Array(cells[start..<end]).text)
      start = end
      while start < cells.count, cells[start].base == 0x20 { start += 1 }
    }
    return lines
  }
}
