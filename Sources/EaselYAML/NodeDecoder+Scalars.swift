import EaselModel

extension NodeDecoder {
  /// The node as a text, boolean or number if `type` is one of these; nil if it is another type.
  func scalar<T>(_ type: T.Type) throws -> T? {
    if type == String.self { return try string() as? T }
    if type == Bool.self { return try boolean() as? T }
    if type == Double.self { return try double() as? T }
    if type == Float.self { return Float(try double()) as? T }
    if let integer = type as? any FixedWidthInteger.Type { return try number(integer) as? T }
    return nil
  }

  private func string() throws -> String {
    guard case .scalar(let text, let plain) = node.content else { throw wrongType("a text") }
    if plain, PlainScalar(text) != .string {
      throw wrongType("a text", advice: "put it in quotes: \"\(text)\"")
    }
    return text
  }

  private func boolean() throws -> Bool {
    guard case .scalar(let text, plain: true) = node.content else { throw wrongType("true or false") }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw wrongType("true or false")
    }
  }

  private func double() throws -> Double {
    guard case .scalar(let text, plain: true) = node.content, PlainScalar(text) == .number else {
      throw wrongType("a number")
    }
    let lower = text.lowercased()
    if lower.hasSuffix(".inf") { return lower.hasPrefix("-") ? -.infinity : .infinity }
    if lower == ".nan" { return .nan }
    guard let value = Double(text) else { throw wrongType("a number") }
    return value
  }

  private func number<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
    guard case .scalar(let text, plain: true) = node.content, PlainScalar(text) == .number else {
      throw wrongType("a whole number")
    }
    if let value = I(text) { return value }
    let negative = text.hasPrefix("-")
    let digits = negative || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where digits.hasPrefix(prefix) {
      if let value = I((negative ? "-" : "") + digits.dropFirst(2), radix: radix) { return value }
    }
    if digits.utf8.allSatisfy({ (48...57).contains($0) }) {
      throw error("WrongType", "\(text) is out of range: it must lie between \(I.min) and \(I.max)")
    }
    throw wrongType("a whole number")
  }
}
