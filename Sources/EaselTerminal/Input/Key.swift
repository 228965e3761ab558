/// A key with its modifiers, or a character with them.
package struct Key: Hashable, Sendable {
  /// The key without modifiers.
  package enum Code: Hashable, Sendable {
    case character(Character)
    case enter, escape, tab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }

  /// Keys held at the same time; shift is reported for named keys only.
  package struct Modifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let control = Modifiers(rawValue: 1)
    package static let alt = Modifiers(rawValue: 2)
    package static let shift = Modifiers(rawValue: 4)
  }

  package var code: Code
  package var modifiers: Modifiers

  package init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  package static let enter = Key(.enter)
  package static let escape = Key(.escape)
  package static let tab = Key(.tab)
  package static let backTab = Key(.tab, .shift)
  package static let backspace = Key(.backspace)
  package static let delete = Key(.delete)
  package static let insert = Key(.insert)
  package static let up = Key(.up)
  package static let down = Key(.down)
  package static let left = Key(.left)
  package static let right = Key(.right)
  package static let home = Key(.home)
  package static let end = Key(.end)
  package static let pageUp = Key(.pageUp)
  package static let pageDown = Key(.pageDown)
  package static let space = Key(.character(" "))
  package static let interrupt = Key.control("c")

  /// The key that types a character.
  package static func character(_ character: Character) -> Key { Key(.character(character)) }
  /// A character with Ctrl; write it in lower case.
  package static func control(_ character: Character) -> Key { Key(.character(character), .control) }
  /// A character with Alt, or after Escape.
  package static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
  /// F1 to F24.
  package static func function(_ number: Int) -> Key { Key(.function(number)) }

  /// The character that it types into a text; nil when it types none.
  package var typed: Character? {
    guard modifiers.isEmpty, case .character(let character) = code else { return nil }
    return character
  }
}
