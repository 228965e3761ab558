/// Encodes any `Encodable` straight into JSON bytes.
///
/// Every commit of the engine passes here. Foundation's encoder builds a tree of boxes first and took about two thirds of
/// a commit's time; this one writes each field where it belongs as it comes. That works because `Encodable` types fill a
/// container to its end before they go on with its parent; a parent that goes on closes what is open below it.
package final class JSONWriter: Encoder {
  // Only the thread that made it has a writer, and no access to these lasts longer than one call below.
  @exclusivity(unchecked) private var bytes: [UInt8] = []
  /// The closing bytes of what is open, outermost first, and whether something stands in it already.
  @exclusivity(unchecked) private var open: [(closing: UInt8, filled: Bool)] = []
  package var codingPath: [any CodingKey] { [] }
  package var userInfo: [CodingUserInfoKey: Any] { [:] }

  private init() { bytes.reserveCapacity(4096) }

  /// The JSON of a value.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let writer = JSONWriter()
    try writer.write(value)
    return writer.bytes
  }

  package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields(writer: self, depth: begin(UInt8(ascii: "{"), UInt8(ascii: "}"))))
  }

  package func unkeyedContainer() -> any UnkeyedEncodingContainer {
    Elements(writer: self, depth: begin(UInt8(ascii: "["), UInt8(ascii: "]")))
  }

  package func singleValueContainer() -> any SingleValueEncodingContainer { Single(writer: self) }

  // MARK: Writing

  /// Opens a container and says how deep it is.
  fileprivate func begin(_ opening: UInt8, _ closing: UInt8) -> Int {
    bytes.append(opening)
    open.append((closing, false))
    return open.count
  }

  /// Closes what is deeper than `depth`.
  private func close(to depth: Int) {
    while open.count > depth, let last = open.popLast() { bytes.append(last.closing) }
  }

  /// Makes room for the next element of the container at a depth.
  fileprivate func next(_ depth: Int) {
    close(to: depth)
    if open[depth - 1].filled { bytes.append(UInt8(ascii: ",")) }
    open[depth - 1].filled = true
  }

  fileprivate func key(_ key: String, _ depth: Int) {
    next(depth)
    write(key)
    bytes.append(UInt8(ascii: ":"))
  }

  fileprivate func write<T: Encodable>(_ value: T) throws {
    if T.self == String.self { return write(unsafeBitCast(value, to: String.self)) }
    let depth = open.count
    try value.encode(to: self)
    close(to: depth)
  }

  fileprivate func writeNull() { bytes.append(contentsOf: "null".utf8) }
  fileprivate func write(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }
  fileprivate func write(number value: some FixedWidthInteger) { bytes.append(contentsOf: String(value).utf8) }

  fileprivate func write(_ value: Double) throws {
    guard value.isFinite else {
      throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
    }
    bytes.append(contentsOf: value.description.utf8)
  }

  fileprivate func write(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = value
    text.withUTF8 { utf8 in
      var start = 0
      for (index, byte) in utf8.enumerated()
      where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: utf8[start..<index])
        start = index + 1
        escape(byte)
      }
      bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    default: bytes.append(contentsOf: (byte < 16 ? "u000" : "u00").utf8 + Array(String(byte, radix: 16).utf8))
    }
  }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let writer: JSONWriter
  let depth: Int
  var codingPath: [any CodingKey] { [] }

  private func start(_ key: Key) { writer.key(key.stringValue, depth) }

  func encodeNil(forKey key: Key) { start(key); writer.writeNull() }
  func encode(_ value: Bool, forKey key: Key) { start(key); writer.write(value) }
  func encode(_ value: String, forKey key: Key) { start(key); writer.write(value) }
  func encode(_ value: Double, forKey key: Key) throws { start(key); try writer.write(value) }
  func encode(_ value: Float, forKey key: Key) throws { start(key); try writer.write(Double(value)) }
  func encode(_ value: Int, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: Int8, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: Int16, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: Int32, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: Int64, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: UInt, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: UInt8, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: UInt16, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: UInt32, forKey key: Key) { start(key); writer.write(number: value) }
  func encode(_ value: UInt64, forKey key: Key) { start(key); writer.write(number: value) }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { start(key); try writer.write(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    start(key)
    return writer.container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    start(key)
    return writer.unkeyedContainer()
  }
  func superEncoder() -> any Encoder { superEncoder(named: "super") }
  func superEncoder(forKey key: Key) -> any Encoder { superEncoder(named: key.stringValue) }
  private func superEncoder(named name: String) -> any Encoder {
    writer.key(name, depth)
    return writer
  }
}

private struct Elements: UnkeyedEncodingContainer {
  let writer: JSONWriter
  let depth: Int
  var count = 0
  var codingPath: [any CodingKey] { [] }

  init(writer: JSONWriter, depth: Int) { (self.writer, self.depth) = (writer, depth) }

  private mutating func start() {
    count += 1
    writer.next(depth)
  }

  mutating func encodeNil() { start(); writer.writeNull() }
  mutating func encode<T: Encodable>(_ value: T) throws { start(); try writer.write(value) }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    start()
    return writer.container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    start()
    return writer.unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder {
    start()
    return writer
  }
}

private struct Single: SingleValueEncodingContainer {
  let writer: JSONWriter
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { writer.writeNull() }
  func encode(_ value: Bool) { writer.write(value) }
  func encode(_ value: String) { writer.write(value) }
  func encode(_ value: Double) throws { try writer.write(value) }
  func encode(_ value: Float) throws { try writer.write(Double(value)) }
  func encode(_ value: Int) { writer.write(number: value) }
  func encode(_ value: Int8) { writer.write(number: value) }
  func encode(_ value: Int16) { writer.write(number: value) }
  func encode(_ value: Int32) { writer.write(number: value) }
  func encode(_ value: Int64) { writer.write(number: value) }
  func encode(_ value: UInt) { writer.write(number: value) }
  func encode(_ value: UInt8) { writer.write(number: value) }
  func encode(_ value: UInt16) { writer.write(number: value) }
  func encode(_ value: UInt32) { writer.write(number: value) }
  func encode(_ value: UInt64) { writer.write(number: value) }
  func encode<T: Encodable>(_ value: T) throws { try writer.write(value) }
}
