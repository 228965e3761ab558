import EaselModel

/// Decodes any `Decodable` from nodes. What a type does not ask for is refused as an unknown field, with its place.
final class NodeDecoder: Decoder {
  let node: YAMLNode
  let path: FieldPath
  let file: String
  /// The fields that the type knows, in the order in which it asked; nil as long as it did not look at fields.
  fileprivate(set) var known: [String]?
  /// What is wrong in the whole object so far.
  let problems: Problems
  var codingPath: [any CodingKey] { [AnyKey(path.text)] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ node: YAMLNode, path: FieldPath, file: String, problems: Problems = Problems()) {
    (self.node, self.path, self.file, self.problems) = (node, path, file, problems)
  }

  /// - Throws: everything that is wrong, as one `EaselError`, in the order of the file.
  static func decode<T: Decodable>(_ type: T.Type, from node: YAMLNode, path: FieldPath, file: String) throws -> T {
    let problems = Problems()
    var value: T?
    do {
      value = try NodeDecoder(node, path: path, file: file, problems: problems).value(type)
    } catch let error as EaselError {
      problems.add(error)
    } catch is Spoilt {}
    guard let value, problems.isEmpty else {
      throw problems.error ?? EaselError(.usage, "InvalidValue", "reading \(file) failed", file: file)
    }
    return value
  }

  /// Decodes a part. What is wrong is noted, and a stand-in takes its place, so that what is wrong besides is found as well.
  fileprivate func part<T: Decodable>(_ type: T.Type) throws -> T {
    do {
      return try value(type)
    } catch let error as EaselError {
      problems.add(error)
    } catch is Spoilt {}
    return try standIn(type)
  }

  fileprivate func standIn<T: Decodable>(_ type: T.Type) throws -> T {
    guard !problems.areTooMany, let value = StandIn.value(type) else { throw Spoilt() }
    return value
  }

  fileprivate func value<T: Decodable>(_ type: T.Type) throws -> T {
    if let value = try scalar(type) { return value }
    let before = problems.count
    do {
      let value = try T(from: self)
      refuseUnknownFields()
      return value
    } catch let error as DecodingError {
      // A type may not like the stand-ins.
      if problems.count > before { throw Spoilt() }
      throw translated(error, choices: NodeDecoder.choices(type))
    }
  }

  /// The words that a type allows, if it is an enumeration of words.
  private static func choices<T>(_ type: T.Type) -> [String] {
    guard let type = type as? any CaseIterable.Type else { return [] }
    let cases = type.allCases as any Collection
    return cases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .mapping(let fields) = node.content else { throw wrongType("a mapping of fields") }
    known = known ?? []
    return KeyedDecodingContainer(
      FieldsContainer(
        decoder: self, fields: Dictionary(fields.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
        order: fields.map(\.key)))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .sequence(let elements) = node.content else { throw wrongType("a list") }
    return ElementsContainer(decoder: self, elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { ValueContainer(decoder: self) }

  func wrongType(_ expected: String, advice: String = "") -> EaselError {
    error("WrongType", "\(expected) is expected here, not \(node.whatItIs)", advice: advice)
  }

  func error(_ code: String, _ message: String, advice: String = "", at mark: Mark? = nil, field: String? = nil)
    -> EaselError
  {
    let place = mark ?? node.mark
    let field = field ?? path.text
    return EaselError(
      .usage, code, message, advice: advice, field: field.isEmpty ? nil : field, file: file, line: place.line,
      column: place.column)
  }

  fileprivate func noteKnown(_ key: String) {
    if known?.contains(key) == false { known?.append(key) }
  }

  private func refuseUnknownFields() {
    guard let known, case .mapping(let fields) = node.content else { return }
    for (key, mark, _) in fields where !known.contains(key) && !problems.areTooMany {
      problems.add(
        error(
          "UnknownField", "there is no field \"\(key)\" here",
          advice: known.isEmpty ? "remove it" : "known here: \(known.joined(separator: ", "))", at: mark,
          field: path.field(key).text))
    }
  }

  /// What the types' own decoding complains about, at this node.
  private func translated(_ error: DecodingError, choices: [String]) -> EaselError {
    if !choices.isEmpty, case .scalar(let text, _) = node.content {
      return self.error(
        "InvalidValue", "\"\(text)\" is not known here", advice: "use one of \(choices.joined(separator: ", "))")
    }
    switch error {
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
      return self.error("InvalidValue", context.debugDescription)
    case .keyNotFound(let key, _):
      return self.error("MissingField", "the field \"\(key.stringValue)\" is missing", advice: "add it")
    @unknown default:
      return self.error("InvalidValue", "\(error)")
    }
  }
}

/// The fields of a mapping.
private struct FieldsContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder
  let fields: [String: YAMLNode]
  let order: [String]
  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] {
    let keys = order.compactMap { Key(stringValue: $0) }
    keys.forEach { decoder.noteKnown($0.stringValue) }
    return keys
  }

  func contains(_ key: Key) -> Bool {
    decoder.noteKnown(key.stringValue)
    return fields[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    decoder.noteKnown(key.stringValue)
    return fields[key.stringValue]?.isNull ?? true
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let part: NodeDecoder
    do { part = try nested(key) } catch let error as EaselError {
      decoder.problems.add(error)
      return try decoder.standIn(type)
    }
    return try part.part(type)
  }

  private func value(_ key: Key) throws -> YAMLNode {
    decoder.noteKnown(key.stringValue)
    guard let node = fields[key.stringValue] else {
      throw decoder.error(
        "MissingField", "the field \"\(key.stringValue)\" is missing", advice: "add it",
        field: decoder.path.field(key.stringValue).text)
    }
    return node
  }

  private func nested(_ key: Key) throws -> NodeDecoder {
    NodeDecoder(
      try value(key), path: decoder.path.field(key.stringValue), file: decoder.file, problems: decoder.problems)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try nested(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }
}

/// The elements of a list.
private struct ElementsContainer: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  let elements: [YAMLNode]
  var currentIndex = 0
  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  init(decoder: NodeDecoder, elements: [YAMLNode]) { (self.decoder, self.elements) = (decoder, elements) }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try nested().part(type)
  }

  private mutating func nested() throws -> NodeDecoder {
    guard !isAtEnd else { throw decoder.error("MissingField", "the list is too short") }
    defer { currentIndex += 1 }
    return NodeDecoder(
      elements[currentIndex], path: decoder.path.element(currentIndex), file: decoder.file, problems: decoder.problems)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try nested().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try nested().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try nested() }
}

/// A single value.
private struct ValueContainer: SingleValueDecodingContainer {
  let decoder: NodeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.node.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try decoder.value(type)
  }
}
