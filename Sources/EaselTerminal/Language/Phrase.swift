/// A text for people as it stands in the code, with numbered places for what is put into it:
/// `"\(count) of \(total)"` is `{1} of {2}` in the catalogues, so that another language may order them otherwise.
package struct Phrase: ExpressibleByStringInterpolation, Sendable {
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var key: String
    fileprivate var arguments: [String] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      key = ""
      key.reserveCapacity(literalCapacity + 3 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { key += literal }

    package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      arguments.append(value.description)
      key += "{\(arguments.count)}"
    }
  }

  /// What the catalogues know it by.
  let key: String
  let arguments: [String]

  package init(stringLiteral value: String) { (key, arguments) = (value, []) }
  package init(stringInterpolation: StringInterpolation) {
    (key, arguments) = (stringInterpolation.key, stringInterpolation.arguments)
  }

  /// The text with the arguments in their places. A place that no argument is for stays as it is written.
  static func fill(_ text: String, with arguments: [String]) -> String {
    guard !arguments.isEmpty else { return text }
    var filled = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      filled += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"), let number = Int(rest[rest.index(after: open)..<close]),
        arguments.indices.contains(number - 1)
      else {
        filled.append(rest.removeFirst())
        continue
      }
      filled += arguments[number - 1]
      rest = rest[rest.index(after: close)...]
    }
    return filled + rest
  }
}
