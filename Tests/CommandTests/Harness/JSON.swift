import FoundationEssentials

/// Any JSON, for looking into what the program printed.
enum JSON: Decodable, Equatable {
  case object([String: JSON]), array([JSON]), string(String), number(Double), bool(Bool), null

  init(_ text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  /// The value at a path such as `status.phase`; nil when a part of it is missing.
  subscript(path: String) -> JSON? {
    var value: JSON? = self
    for key in path.split(separator: ".") {
      guard case .object(let members)? = value else { return nil }
      value = members[String(key)]
    }
    return value
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var array: [JSON] { if case .array(let value) = self { value } else { [] } }
}
