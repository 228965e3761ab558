/// Rows under headings, in columns two blanks apart, as kubectl prints them.
struct Table {
  var headings: [String]
  var rows: [[String]] = []

  init(_ headings: [String]) { self.headings = headings }

  func text() -> String {
    var widths = headings.map(\.count)
    for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
    let lines = ([headings] + rows).map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        line += cell
        if index < row.count - 1 { line += String(repeating: " ", count: widths[index] - cell.count + 2) }
      }
      return line
    }
    return lines.joined(separator: "\n")
  }
}

/// A length of time in one or two units: `42s`, `5m30s`, `3h12m`, `12d`.
func shortDuration(_ seconds: Double) -> String {
  let total = Int(max(0, seconds).rounded())
  switch total {
  case ..<120: return "\(total)s"
  case ..<600: return total % 60 == 0 ? "\(total / 60)m" : "\(total / 60)m\(total % 60)s"
  case ..<7200: return "\(total / 60)m"
  case ..<172_800: return "\(total / 3600)h\(total / 60 % 60)m"
  default: return "\(total / 86_400)d"
  }
}
