import EaselTerminal
import FoundationEssentials
import Testing

/// Text files beside the tests. `EASEL_UPDATE_GOLDENS=1 swift test --filter Golden` writes them anew.
enum Golden {
  static let folder = String(#filePath.dropLast("Golden.swift".count)) + "Goldens/"
  static let updates = ProcessInfo.processInfo.environment["EASEL_UPDATE_GOLDENS"] == "1"

  static func compare(_ text: String, with name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = folder + name + ".txt"
    let text = text + "\n"
    if updates {
      try Data(text.utf8).write(to: URL(filePath: path))
      return
    }
    let data = FileManager.default.contents(atPath: path)
    let wanted = data.map { String(decoding: $0, as: UTF8.self) }
    #expect(text == wanted, "\(name) differs; look at it, then EASEL_UPDATE_GOLDENS=1", sourceLocation: sourceLocation)
  }

  /// Compares a picture with its sheet: the text, what each cell means, and how that looks on each tier.
  static func compare(_ grid: Grid, with name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try compare(sheet(of: grid), with: name, sourceLocation: sourceLocation)
  }

  /// The tiers whose looks stand in a sheet.
  static let tiers: [ColourTier] = [.indexed, .eight, .mono]

  /// The text; below it one letter for the style of each cell, without dots at the ends of lines; then for each letter the
  /// look that the standard theme gives it on each tier. A look that collapses into plain text says so.
  static func sheet(of grid: Grid) -> String {
    let styles = StyleMap(of: grid)
    let theme = ThemeLibrary.standard(term: "xterm")
    var lines = [grid.text, "==== styles"] + styles.lines + ["==== looks: 256 colours | 8 colours | mono"]
    for (letter, style) in styles.legend {
      let looks = tiers.map { tier in
        let look = theme.look(style, tier)
        return look == theme.look(.plain, tier) && style != .plain ? "as plain" : look.text
      }
      lines.append("\(letter) \(style.role.name): " + looks.joined(separator: " | "))
    }
    return lines.joined(separator: "\n")
  }
}

/// The styles of a picture, one letter per cell: the role's own, a digit where attributes were added to it.
struct StyleMap {
  private(set) var lines: [String] = []
  /// The letters in the order in which they appear, without the plain one.
  private(set) var legend: [(letter: Character, style: Style)] = []

  init(of grid: Grid) {
    for y in 0..<grid.size.height {
      var line = (0..<grid.size.width).map { letter(of: grid[$0, y].style) }
      while line.last == Role.plain.letter { line.removeLast() }
      lines.append(String(line))
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
  }

  private mutating func letter(of style: Style) -> Character {
    if style == .plain { return style.role.letter }
    if let known = legend.first(where: { $0.style == style }) { return known.letter }
    let added = legend.count { $0.letter.isNumber } + 1
    let letter = style.attributes.isEmpty ? style.role.letter : Character("\(added % 10)")
    legend.append((letter, style))
    return letter
  }
}
