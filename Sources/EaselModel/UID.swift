/// The identity of an object: never reused, also when a name is. Made by whoever writes the object first; the engine
/// derives the ones it needs from its input, so that deciding twice gives the same object.
package struct UID: Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
  package var text: String

  package init(_ text: String) { self.text = text }
  package init(stringLiteral value: String) { text = value }

  package static func < (a: UID, b: UID) -> Bool { a.text < b.text }
  package var description: String { text }

  package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
