import EaselModel

/// Where something stands in a file: both count from 1, the column in characters.
package struct Mark: Hashable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }
}

/// A part of a document as it was written, with its place.
package struct YAMLNode: Sendable {
  package indirect enum Content: Sendable {
    /// `plain` when it was written without quotes, so that it may be a number, a boolean or null.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: String, mark: Mark, value: YAMLNode)])
  }

  package var content: Content
  package var mark: Mark
  /// The nodes in it, aliases counted as often as they are used.
  var size: Int

  /// The value of a field of a mapping.
  package subscript(key: String) -> YAMLNode? {
    guard case .mapping(let fields) = content else { return nil }
    return fields.first { $0.key == key }?.value
  }

  /// Whether it is null: nothing, `~` or `null`, without quotes.
  var isNull: Bool {
    guard case .scalar(let text, plain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// What it is, for error messages.
  var whatItIs: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let text, let plain):
      switch plain ? PlainScalar(text) : .string {
      case .null: "nothing"
      case .boolean: "the boolean \(text)"
      case .number: "the number \(text)"
      case .string: "the text \"\(text.prefix(40))\""
      }
    }
  }
}

/// What a scalar without quotes means (YAML 1.2, 10.3, the core schema).
enum PlainScalar {
  case null, boolean, number, string

  init(_ text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE", "false", "False", "FALSE": self = .boolean
    default: self = Self.isNumber(text) ? .number : .string
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    let special = [".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"]
    if special.contains(text) { return true }
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where digits.hasPrefix(prefix) {
      return UInt64(digits.dropFirst(2), radix: radix) != nil
    }
    guard let first = digits.utf8.first, (48...57).contains(first) || first == UInt8(ascii: ".") else { return false }
    let allowed = digits.utf8.allSatisfy {
      (48...57).contains($0) || [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), 43, 45].contains($0)
    }
    return allowed && Double(text) != nil
  }
}

/// One document of a file.
package struct YAMLDocument: Sendable {
  package var root: YAMLNode
  package var file: String

  /// Decodes the document; fields that the type does not know are refused.
  package func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try NodeDecoder.decode(type, from: root, path: FieldPath(), file: file)
  }
}
