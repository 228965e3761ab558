import EaselModel

/// A value on its way into a file; fields keep the order in which the types declare them.
indirect enum OutputValue {
  case null
  case boolean(Bool)
  /// A number as it is written.
  case number(String)
  case string(String)
  case sequence([OutputValue])
  case mapping([(key: String, value: OutputValue)])

  /// Encodes any `Encodable`.
  static func encoding(_ value: some Encodable) throws -> OutputValue {
    let encoder = ValueEncoder()
    return try encoder.encoded(value)
  }
}

/// What an encoder has collected so far: containers are filled in after they were handed out.
final class OutputBox {
  enum Content {
    case empty
    case value(OutputValue)
    case sequence([OutputBox])
    case mapping([(key: String, box: OutputBox)])
  }

  var content = Content.empty

  var value: OutputValue {
    switch content {
    case .empty: .mapping([])
    case .value(let value): value
    case .sequence(let boxes): .sequence(boxes.map(\.value))
    case .mapping(let fields): .mapping(fields.map { ($0.key, $0.box.value) })
    }
  }

  func append() -> OutputBox {
    let box = OutputBox()
    var boxes: [OutputBox] = []
    if case .sequence(let before) = content { boxes = before }
    // Without this the array would be copied at each element.
    content = .empty
    boxes.append(box)
    content = .sequence(boxes)
    return box
  }

  func field(_ key: String) -> OutputBox {
    let box = OutputBox()
    var fields: [(key: String, box: OutputBox)] = []
    if case .mapping(let before) = content { fields = before }
    fields.removeAll { $0.key == key }
    content = .mapping(fields + [(key, box)])
    return box
  }
}

/// Encodes any `Encodable` into output values.
struct ValueEncoder: Encoder {
  let box = OutputBox()
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func encoded<T: Encodable>(_ value: T) throws -> OutputValue {
    switch value {
    case let text as String: return .string(text)
    case let flag as Bool: return .boolean(flag)
    case let number as Double: return .number(Self.text(number))
    case let number as Float: return .number(Self.text(Double(number)))
    case let number as any FixedWidthInteger: return .number(String(describing: number))
    // Dictionaries have no order of their own; files must not change from run to run.
    case let texts as [String: String]:
      return .mapping(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    case let times as [String: Timestamp]:
      return .mapping(times.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) })
    default:
      let encoder = ValueEncoder()
      try value.encode(to: encoder)
      return encoder.box.value
    }
  }

  private static func text(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    return "\(number)"
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .empty = box.content { box.content = .mapping([]) }
    return KeyedEncodingContainer(FieldsEncoder(box: box))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .empty = box.content { box.content = .sequence([]) }
    return ElementsEncoder(box: box)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleEncoder(box: box) }
}

private struct FieldsEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: OutputBox
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil(forKey key: Key) throws { box.field(key.stringValue).content = .value(.null) }
  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    box.field(key.stringValue).content = .value(try ValueEncoder().encoded(value))
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  {
    let field = box.field(key.stringValue)
    field.content = .mapping([])
    return KeyedEncodingContainer(FieldsEncoder<Nested>(box: field))
  }
  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    let field = box.field(key.stringValue)
    field.content = .sequence([])
    return ElementsEncoder(box: field)
  }
  mutating func superEncoder() -> any Encoder { ValueEncoder() }
  mutating func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder() }
}

private struct ElementsEncoder: UnkeyedEncodingContainer {
  let box: OutputBox
  var count: Int { if case .sequence(let boxes) = box.content { boxes.count } else { 0 } }
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() throws { box.append().content = .value(.null) }
  mutating func encode<T: Encodable>(_ value: T) throws {
    box.append().content = .value(try ValueEncoder().encoded(value))
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    let element = box.append()
    element.content = .mapping([])
    return KeyedEncodingContainer(FieldsEncoder<Nested>(box: element))
  }
  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    let element = box.append()
    element.content = .sequence([])
    return ElementsEncoder(box: element)
  }
  mutating func superEncoder() -> any Encoder { ValueEncoder() }
}

private struct SingleEncoder: SingleValueEncodingContainer {
  let box: OutputBox
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() throws { box.content = .value(.null) }
  mutating func encode<T: Encodable>(_ value: T) throws { box.content = .value(try ValueEncoder().encoded(value)) }
}
