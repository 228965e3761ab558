import EaselModel

/// What is wrong with one object, as it is found.
final class Problems {
  /// How many are told at most: who has more has given another kind of file.
  static let most = 100

  private var found: [EaselError] = []
  var count: Int { found.count }
  var isEmpty: Bool { found.isEmpty }
  var areTooMany: Bool { found.count >= Problems.most }

  func add(_ error: EaselError) { if !areTooMany { found += error.each } }

  /// All of it in the order of the file; nil when nothing is wrong.
  var error: EaselError? {
    EaselError.all(found.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) })
  }
}

/// Something is wrong that is noted already, and nothing could take its place.
struct Spoilt: Error {}

/// Values that take the place of what could not be read. Nobody sees them: an object that holds one is never given out.
enum StandIn {
  /// Texts that one or another of our types takes.
  private static let words = ["", "x", "v1.31.0", "2026-01-01T00:00:00Z", "10.0.0.0/24", "10.0.0.1"]

  static func value<T: Decodable>(_ type: T.Type) -> T? {
    for word in words { if let value = try? HollowDecoder(word: word, depth: 0).value(type) { return value } }
    return nil
  }
}

/// Gives every type what it asks for: nothing where it may be absent, no elements, zero, false, a word.
private struct HollowDecoder: Decoder {
  private struct TooDeep: Error {}

  let word: String
  let depth: Int
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func value<T: Decodable>(_ type: T.Type) throws -> T {
    guard depth < 32 else { throw TooDeep() }
    if let value = word as? T { return value }
    if let value = false as? T { return value }
    if let integer = type as? any FixedWidthInteger.Type, let value = integer.init(0) as? T { return value }
    if let value = 0.0 as? T { return value }
    if let type = type as? any CaseIterable.Type {
      let cases = type.allCases as any Collection
      for first in cases.prefix(1) { if let value = first as? T { return value } }
    }
    return try T(from: HollowDecoder(word: word, depth: depth + 1))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields(decoder: self))
  }
  func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(decoder: self) }
  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: HollowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { false }
    func decodeNil(forKey key: Key) -> Bool { true }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder.value(type) }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<
      Nested
    > { decoder.container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
  }

  private struct Elements: UnkeyedDecodingContainer {
    let decoder: HollowDecoder
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 0 }
    var isAtEnd: Bool { true }
    var currentIndex: Int { 0 }

    func decodeNil() -> Bool { true }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
      decoder.container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { self }
    func superDecoder() -> any Decoder { decoder }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: HollowDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
  }
}
