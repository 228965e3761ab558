/// A table of measured rows, printed when all are there.
struct Report {
  let title: String
  private var rows: [(what: String, value: String, beside: String)] = []
  /// Sections with a column for each program.
  private var sections: [(what: String, columns: [String], rows: [(what: String, values: [String])])] = []

  init(_ title: String) { self.title = title }

  /// - Parameter beside: what the value is held against: a peer, a goal, a ratio.
  mutating func row(_ what: String, _ value: String, beside: String = "") { rows.append((what, value, beside)) }

  /// Begins a section of rows with several values.
  mutating func header(_ what: String, _ columns: [String]) { sections.append((what, columns, [])) }

  mutating func row(_ what: String, _ values: [String]) { sections[sections.count - 1].rows.append((what, values)) }

  private func printSections() {
    let first = sections.flatMap { [$0.what] + $0.rows.map(\.what) }.map(\.count).max() ?? 0
    let width = sections.flatMap { $0.columns + $0.rows.flatMap(\.values) }.map(\.count).max() ?? 0
    for section in sections {
      let columns = section.columns.map { padLeft($0, width) }.joined(separator: "  ")
      Swift.print("\n  \(pad(section.what, first))  \(columns)")
      for row in section.rows {
        Swift.print("  \(pad(row.what, first))  \(row.values.map { padLeft($0, width) }.joined(separator: "  "))")
      }
    }
  }

  func print() {
    defer { printSections() }
    let first = rows.map(\.what.count).max() ?? 0
    let second = rows.map(\.value.count).max() ?? 0
    Swift.print("\n\(title)")
    for row in rows {
      Swift.print("  \(pad(row.what, first))  \(padLeft(row.value, second))  \(row.beside)")
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func padLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// A number with as many digits behind the point as are worth reading.
func short(_ value: Double, _ unit: String = "") -> String {
  let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let rounded = (value * scale).rounded() / scale
  let text = digits == 0 ? String(Int(rounded)) : String(rounded)
  return unit.isEmpty ? text : "\(text) \(unit)"
}

func seconds(_ value: Double) -> String {
  value < 0.001 ? short(value * 1e6, "us") : value < 1 ? short(value * 1000, "ms") : short(value, "s")
}

func mebibytes(_ bytes: Int64) -> String { short(Double(bytes) / 1_048_576, "MiB") }
