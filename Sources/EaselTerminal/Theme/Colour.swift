/// A colour as a theme names it.
package enum Colour: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case standard
  /// One of the terminal's 16 colours, which the user may have chosen: 0 to 7, and 8 to 15 bright.
  case terminal(UInt8)
  /// An entry of the 256-colour table, 16 to 255.
  case indexed(UInt8)
  case rgb(UInt8, UInt8, UInt8)

  static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

  /// The colour of a word in a theme file: `default`, `red`, `bright-red`, `#d75f00`, `208`; nil when it is none.
  init?(word: some StringProtocol) {
    if word == "default" {
      self = .standard
    } else if let index = Self.names.firstIndex(where: { $0 == word }) {
      self = .terminal(UInt8(index))
    } else if word.hasPrefix("bright-"), let index = Self.names.firstIndex(where: { $0 == word.dropFirst(7) }) {
      self = .terminal(UInt8(index + 8))
    } else if word.hasPrefix("#"), word.utf8.count == 7, let value = UInt32(word.dropFirst(), radix: 16) {
      self = .rgb(UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
    } else if let number = UInt8(word) {
      self = number < 16 ? .terminal(number) : .indexed(number)
    } else {
      return nil
    }
  }

  /// Its red, green and blue; what the usual palette has where the terminal decides.
  var components: (Int, Int, Int) {
    switch self {
    case .standard: (0, 0, 0)
    case .rgb(let red, let green, let blue): (Int(red), Int(green), Int(blue))
    case .terminal(let index): Self.ansi[Int(index)]
    case .indexed(let index):
      if index < 232 {
        (Self.step((Int(index) - 16) / 36), Self.step((Int(index) - 16) / 6 % 6), Self.step((Int(index) - 16) % 6))
      } else {
        (8 + (Int(index) - 232) * 10, 8 + (Int(index) - 232) * 10, 8 + (Int(index) - 232) * 10)
      }
    }
  }

  private static func step(_ level: Int) -> Int { level == 0 ? 0 : 55 + 40 * level }

  private static let ansi: [(Int, Int, Int)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]

  private func distance(to other: Colour) -> Int {
    let (r1, g1, b1) = components
    let (r2, g2, b2) = other.components
    // Weighted as the eye sees it.
    return 2 * (r1 - r2) * (r1 - r2) + 4 * (g1 - g2) * (g1 - g2) + 3 * (b1 - b2) * (b1 - b2)
  }

  private func nearest(_ candidates: some Sequence<Colour>) -> Colour {
    candidates.min { distance(to: $0) < distance(to: $1) } ?? self
  }

  /// The number that a terminal of this tier knows it by, -1 for its own colour. Richer colours become the nearest one.
  package func number(in tier: ColourTier) -> Int32 {
    switch (tier, self) {
    case (.mono, _), (_, .standard): return -1
    case (.eight, .terminal(let index)): return Int32(index & 7)
    // Terminals with direct colour know only the first eight of their own by number.
    case (.true, .terminal(let index)) where index < 8: return Int32(index)
    case (.indexed, .terminal(let index)), (.sixteen, .terminal(let index)): return Int32(index)
    case (.true, _):
      let (red, green, blue) = components
      return Int32(red << 16 | green << 8 | blue)
    case (.indexed, .indexed(let index)): return Int32(index)
    case (.indexed, _): return nearest((16...255).map { .indexed($0) }).number(in: .indexed)
    case (.sixteen, _): return nearest((0..<16).map { .terminal($0) }).number(in: .sixteen)
    case (.eight, _): return nearest((0..<8).map { .terminal($0) }).number(in: .eight)
    }
  }
}

/// How many colours a terminal has.
package enum ColourTier: String, CaseIterable, Sendable, Comparable {
  case mono, eight = "8", sixteen = "16", indexed = "256", `true`

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (a: ColourTier, b: ColourTier) -> Bool { a.rank < b.rank }

  /// The tier of a terminal that has so many colours; `NO_COLOR` makes every terminal mono.
  package init(colours: Int, noColour: Bool = false) {
    self =
      switch colours {
      case _ where noColour: .mono
      case ..<8: .mono
      case ..<16: .eight
      case ..<256: .sixteen
      case ...256: .indexed
      default: .true
      }
  }
}
