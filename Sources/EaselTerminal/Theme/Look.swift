import Glibc

/// A style as a terminal gets it: what is left of a theme's rendering once its colours were made to fit the tier.
package struct Look: Hashable, Sendable {
  /// The number that the terminal knows a colour by; -1 is its own.
  package var foreground: Int32
  package var background: Int32
  package var attributes: Attributes

  /// In the words of theme files, for the tiers of at most 256 colours: `bold black on yellow`, `plain`.
  package var text: String {
    var words = Attributes.names.filter { attributes.contains($0.attribute) }.map { String($0.name) }
    if foreground != -1 { words.append(Self.name(of: foreground)) }
    if background != -1 { words += ["on", Self.name(of: background)] }
    return words.isEmpty ? "plain" : words.joined(separator: " ")
  }

  private static func name(of number: Int32) -> String {
    switch number {
    case 0..<8: Colour.names[Int(number)]
    case 8..<16: "bright-" + Colour.names[Int(number) - 8]
    default: "\(number)"
    }
  }
}

extension Theme {
  /// How a style looks on a tier. On the mono tier only attributes are left.
  package func look(_ style: Style, _ tier: ColourTier) -> Look {
    let rendering = rendering(style.role, tier)
    return Look(
      foreground: rendering.foreground.number(in: tier), background: rendering.background.number(in: tier),
      attributes: rendering.attributes.union(style.attributes))
  }

  /// How far a role's two colours on a tier are apart, by the formula of WCAG 2 (1 to 21); nil where the theme leaves one of
  /// them to the terminal. The terminal's sixteen colours count as the usual ones.
  package func contrast(_ role: Role, _ tier: ColourTier) -> Double? {
    let look = look(Style(role), tier)
    guard look.foreground != -1, look.background != -1 else { return nil }
    let rendering = rendering(role, tier)
    func seen(_ colour: Colour, _ number: Int32) -> Colour { tier == .true ? colour : Colour(number: number) }
    let a = seen(rendering.foreground, look.foreground).luminance
    let b = seen(rendering.background, look.background).luminance
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }
}

extension Attributes {
  /// The attributes with their words in theme files.
  static let names: [(name: Substring, attribute: Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("reverse", .reverse),
  ]
}

extension Colour {
  /// The colour that a terminal of at most 256 colours has under a number.
  fileprivate init(number: Int32) {
    self =
      switch number {
      case ..<0: .standard
      case ..<16: .terminal(UInt8(number))
      default: .indexed(UInt8(clamping: number))
      }
  }

  /// The relative luminance of WCAG 2, 0 to 1.
  fileprivate var luminance: Double {
    func linear(_ value: Int) -> Double {
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    let (red, green, blue) = components
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
