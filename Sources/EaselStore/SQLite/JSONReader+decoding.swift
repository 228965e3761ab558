// How Codable types read the values that a JSONReader has found.

import EaselModel

/// One value in the text.
struct JSONNode: Decoder, SingleValueDecodingContainer {
  let reader: JSONReader
  let index: Int
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  var token: JSONReader.Token { reader.tokens[index] }

  func mismatch(_ type: Any.Type) -> DecodingError {
    DecodingError.typeMismatch(
      type, .init(codingPath: [], debugDescription: "found something else at byte \(token.start)"))
  }

  func value<T: Decodable>(_ type: T.Type) throws -> T {
    if type == String.self { return unsafeBitCast(try decode(String.self), to: T.self) }
    if type == Timestamp.self, token.kind == .string, let time = Timestamp(utf8: reader.slice(token)) {
      return unsafeBitCast(time, to: T.self)
    }
    if type == UID.self, token.kind == .string, let uid = UID(digits: reader.slice(token)) {
      return unsafeBitCast(uid, to: T.self)
    }
    if type == [String: String].self, token.kind == .object {
      return unsafeBitCast(try reader.dictionary(self), to: T.self)
    }
    return try T(from: self)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard token.kind == .object else { throw mismatch([String: Any].self) }
    return KeyedDecodingContainer(Fields(object: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard token.kind == .array else { throw mismatch([Any].self) }
    return Elements(array: self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  private func number<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard let value: T = reader.integer(token) else { throw mismatch(type) }
    return value
  }

  func decodeNil() -> Bool { token.kind == .null }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard token.kind == .yes || token.kind == .no else { throw mismatch(type) }
    return token.kind == .yes
  }

  func decode(_ type: String.Type) throws -> String {
    guard token.kind == .string || token.kind == .escapedString else { throw mismatch(type) }
    return try reader.string(token)
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard token.kind == .number, let value = Double(String(decoding: reader.slice(token), as: UTF8.self)) else {
      throw mismatch(type)
    }
    return value
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try number(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try number(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try number(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try number(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try number(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try number(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try number(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try number(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try number(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try number(type) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try value(type) }
}

/// The fields of an object. They mostly are asked for in the order in which they stand, so each search starts after the last find.
private final class Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let object: JSONNode
  private let end: Int
  private var place: Int
  var codingPath: [any CodingKey] { [] }

  init(object: JSONNode) {
    self.object = object
    end = Int(object.token.next)
    place = object.index + 1
  }

  private var reader: JSONReader { object.reader }

  private func node(_ key: Key) throws -> JSONNode {
    guard let node = find(key.stringValue) else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: [], debugDescription: "no \"\(key.stringValue)\" at byte \(object.token.start)"))
    }
    return node
  }

  private func find(_ name: String) -> JSONNode? {
    let first = object.index + 1
    var next = place
    repeat {
      if next == end { next = first }
      if next == end { return nil }
      let token = reader.tokens[next]
      let isIt =
        token.kind == .string
        ? Int(token.count) == name.utf8.count && name.utf8.elementsEqual(reader.slice(token))
        : (try? reader.string(token)) == name
      let after = Int(reader.tokens[next + 1].next)
      if isIt {
        place = after
        return JSONNode(reader: reader, index: next + 1)
      }
      next = after
    } while next != place && !(next == end && place == first)
    return nil
  }

  var allKeys: [Key] {
    var keys: [Key] = []
    var next = object.index + 1
    while next < end {
      if let name = try? reader.string(reader.tokens[next]), let key = Key(stringValue: name) { keys.append(key) }
      next = Int(reader.tokens[next + 1].next)
    }
    return keys
  }

  func contains(_ key: Key) -> Bool { find(key.stringValue) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try node(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try node(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try node(key).decode(type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try node(key).decode(type) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try node(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try node(key).decode(type) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try node(key).decode(type) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try node(key).decode(type) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try node(key).decode(type) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try node(key).decode(type) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try node(key).decode(type) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try node(key).decode(type) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try node(key).decode(type) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try node(key).decode(type) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try node(key).decode(type) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try node(key).value(type) }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let node = find(key.stringValue), !node.decodeNil() else { return nil }
    return try node.value(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try node(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try node(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { object }
  func superDecoder(forKey key: Key) throws -> any Decoder { try node(key) }
}

private struct Elements: UnkeyedDecodingContainer {
  private let array: JSONNode
  private let end: Int
  private var next: Int
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }

  init(array: JSONNode) {
    self.array = array
    end = Int(array.token.next)
    next = array.index + 1
  }

  var count: Int? {
    var count = currentIndex
    var place = next
    while place < end {
      count += 1
      place = Int(array.reader.tokens[place].next)
    }
    return count
  }

  var isAtEnd: Bool { next >= end }

  private mutating func take() throws -> JSONNode {
    guard next < end else {
      throw DecodingError.valueNotFound(Any.self, .init(codingPath: [], debugDescription: "the list is at its end"))
    }
    defer {
      next = Int(array.reader.tokens[next].next)
      currentIndex += 1
    }
    return JSONNode(reader: array.reader, index: next)
  }

  mutating func decodeNil() throws -> Bool {
    guard next < end, array.reader.tokens[next].kind == .null else { return false }
    _ = try take()
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take().value(type) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try take().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try take() }
}
