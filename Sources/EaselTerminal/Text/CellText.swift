import CSys

/// One character as it is shown: a base, at most two combining marks, and the columns that it takes (1 or 2).
package struct TextCell: Hashable, Sendable {
  package var base: UInt32
  package var mark1: UInt32 = 0
  package var mark2: UInt32 = 0
  package var width: UInt8 = 1

  /// The character as text.
  package var text: String {
    var view = String.UnicodeScalarView()
    for value in [base, mark1, mark2] where value != 0 {
      if let scalar = Unicode.Scalar(value) { view.append(scalar) }
    }
    return String(view)
  }
}

/// Text from anywhere, made harmless and measured. This is the only way by which text gets onto a grid, so layout, painting
/// and tests agree on every width.
///
/// - Escape sequences (CSI, OSC, DCS ... in 7 and 8 bit form) are removed whole; one that does not end loses its introducer.
/// - Tabs become blanks up to the next multiple of 8, line ends one blank, other control characters U+FFFD.
/// - Bidi controls, joiners, variation selectors and all other invisible format characters are removed.
/// - At most two combining marks stay on a character; a mark without a base is removed.
/// - What has no known width (private use, unassigned) becomes U+FFFD.
package enum CellText {
  static let replacement: UInt32 = 0xFFFD
  static let blank = TextCell(base: 0x20)

  /// The columns of the widest of some texts: at least and at most so many.
  package static func widest(of texts: some Sequence<String>, least: Int = 0, most: Int = .max) -> Int {
    max(least, min(texts.lazy.map(width(of:)).max() ?? 0, most))
  }

  /// The cells of a text, sanitised.
  package static func cells(of text: String) -> [TextCell] {
    var cells: [TextCell] = []
    cells.reserveCapacity(text.utf8.count)
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      for byte in text.utf8 { cells.append(TextCell(base: UInt32(byte))) }
      return cells
    }
    let scalars = Array(text.unicodeScalars)
    var column = 0
    var index = 0
    while index < scalars.count {
      let value = scalars[index].value
      if let after = endOfEscape(in: scalars, at: index) {
        index = after
        continue
      }
      index += 1
      switch value {
      case 0x09:
        repeat {
          cells.append(blank)
          column += 1
        } while column % 8 != 0
      case 0x0D where index < scalars.count && scalars[index].value == 0x0A:
        break
      case 0x0A, 0x0D:
        cells.append(blank)
        column += 1
      case 0x20..<0x7F:
        cells.append(TextCell(base: value))
        column += 1
      default:
        column += append(scalars[index - 1], to: &cells)
      }
    }
    return cells
  }

  /// Adds one scalar that is not plain ASCII; returns the columns it added.
  private static func append(_ scalar: Unicode.Scalar, to cells: inout [TextCell]) -> Int {
    switch scalar.properties.generalCategory {
    case .format, .surrogate: return 0
    case .lineSeparator, .paragraphSeparator, .spaceSeparator:
      cells.append(blank)
      return 1
    case .control, .privateUse, .unassigned:
      cells.append(TextCell(base: replacement))
      return 1
    default: break
    }
    if scalar.properties.isDefaultIgnorableCodePoint { return 0 }
    switch csys_cell_width(scalar.value) {
    case 0:
      guard let last = cells.indices.last, cells[last].base != 0x20 else { return 0 }
      if cells[last].mark1 == 0 {
        cells[last].mark1 = scalar.value
      } else if cells[last].mark2 == 0 {
        cells[last].mark2 = scalar.value
      }
      return 0
    case 1:
      cells.append(TextCell(base: scalar.value))
      return 1
    case 2:
      cells.append(TextCell(base: scalar.value, width: 2))
      return 2
    default:
      cells.append(TextCell(base: replacement))
      return 1
    }
  }

  /// The index after the escape sequence that begins here; nil when none begins here.
  private static func endOfEscape(in scalars: [Unicode.Scalar], at start: Int) -> Int? {
    var kind = scalars[start].value
    var index = start + 1
    if kind == 0x1B {
      guard index < scalars.count else { return index }
      kind = scalars[index].value
      index += 1
      switch kind {
      case 0x40...0x5F: kind += 0x40
      case 0x20...0x2F:
        while index < scalars.count, (0x20...0x2F).contains(scalars[index].value) { index += 1 }
        return min(scalars.count, index + 1)
      case 0x30...0x7E: return index
      default: return start + 1
      }
    }
    switch kind {
    case 0x9B:
      var end = index
      while end < scalars.count, (0x20...0x3F).contains(scalars[end].value) { end += 1 }
      return end < scalars.count && (0x40...0x7E).contains(scalars[end].value) ? end + 1 : index
    case 0x90, 0x98, 0x9D, 0x9E, 0x9F:
      var end = index
      while end < scalars.count {
        let value = scalars[end].value
        if value == 0x07 || value == 0x9C { return end + 1 }
        if value == 0x1B, end + 1 < scalars.count, scalars[end + 1].value == 0x5C { return end + 2 }
        end += 1
      }
      return index
    default:
      return (0x80...0x9F).contains(kind) ? index : nil
    }
  }

  /// Columns that a text takes after sanitising.
  package static func width(of text: String) -> Int {
    var ascii = 0
    for byte in text.utf8 {
      guard byte >= 0x20, byte < 0x7F else { return cells(of: text).reduce(0) { $0 + Int($1.width) } }
      ascii += 1
    }
    return ascii
  }

  /// The text as it is shown, without anything that could drive a terminal.
  package static func sanitised(_ text: String) -> String { cells(of: text).text }
}

/// Which end of a text that is too long gives way to the ellipsis.
package enum Truncation: Sendable {
  case end, start, middle
}

extension [TextCell] {
  /// Columns that they take.
  package var cellWidth: Int { reduce(0) { $0 + Int($1.width) } }

  /// The cells as text.
  package var text: String {
    var view = String.UnicodeScalarView()
    for cell in self {
      for value in [cell.base, cell.mark1, cell.mark2] where value != 0 {
        if let scalar = Unicode.Scalar(value) { view.append(scalar) }
      }
    }
    return String(view)
  }

  /// As many cells from the front as fit.
  func prefix(columns: Int) -> [TextCell] {
    var used = 0
    return Array(
      prefix { cell in
        used += Int(cell.width)
        return used <= columns
      })
  }

  func suffix(columns: Int) -> [TextCell] { Array(Array(reversed()).prefix(columns: columns).reversed()) }

  /// The cells cut to at most `columns` columns, with `ellipsis` (one column) where something was left out.
  package func truncated(to columns: Int, _ side: Truncation = .end, ellipsis: UInt32) -> [TextCell] {
    guard cellWidth > columns else { return self }
    guard columns > 1 else { return columns == 1 ? [TextCell(base: ellipsis)] : [] }
    let dots = TextCell(base: ellipsis)
    switch side {
    case .end: return prefix(columns: columns - 1) + [dots]
    case .start: return [dots] + suffix(columns: columns - 1)
    case .middle:
      let tail = (columns - 1) / 2
      return prefix(columns: columns - 1 - tail) + [dots] + suffix(columns: tail)
    }
  }
}
