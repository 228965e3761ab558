/// A value that can be written as a row of bytes and be made again from it, in this process: a third of its size, for what is
/// kept in great numbers and looked at little by little. Nothing packed is ever stored or sent.
///
/// Fields stand one after another without names, so both directions name them all, in the same order.
package protocol Packable {
  func pack(into writer: inout PackedWriter)
  init(packed reader: inout PackedReader)
}

/// Writes values for a `PackedReader` of the same process.
package struct PackedWriter {
  private(set) var bytes: [UInt8] = []

  /// What was written, with no room to spare.
  var packed: PackedRow { bytes.withUnsafeBytes { PackedRow($0) } }

  mutating func add(_ byte: UInt8) { bytes.append(byte) }
  mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
  mutating func add(_ row: [UInt8]) { bytes += row }
  mutating func add(_ row: PackedRow) { row.withUnsafeBytes { bytes.append(contentsOf: $0) } }

  /// Seven bits at a time, the lowest first; the sign is the lowest bit of all.
  mutating func add(_ value: Int64) {
    var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// All 64, for numbers that are mostly large.
  mutating func add(bits: UInt64) {
    withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ value: Int) { add(Int64(value)) }
  mutating func add(_ time: Timestamp) { add(time.milliseconds) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// A text that other objects most likely have too.
  mutating func add(word text: String) {
    let number = Vocabulary.shared.number(of: text)
    add(number)
    if number == 0 { add(text) }
  }

  mutating func add<Value: CaseIterable & Equatable>(_ value: Value) {
    for (number, other) in Value.allCases.enumerated() where other == value { bytes.append(UInt8(number)) }
  }

  mutating func add(_ value: some Packable) { value.pack(into: &self) }

  mutating func add<Value>(_ value: Value?, _ add: (inout PackedWriter, Value) -> Void) {
    self.add(value != nil)
    if let value { add(&self, value) }
  }

  mutating func add<Element>(_ list: some Collection<Element>, _ add: (inout PackedWriter, Element) -> Void) {
    self.add(list.count)
    for element in list { add(&self, element) }
  }

  mutating func add(_ texts: [String: String]) {
    add(texts) { writer, text in
      writer.add(word: text.key)
      writer.add(text.value)
    }
  }
}

/// Reads what a `PackedWriter` of this process wrote, and so trusts it.
package struct PackedReader {
  private let bytes: PackedRow
  private var place = 0

  init(_ bytes: PackedRow) { self.bytes = bytes }

  mutating func byte() -> UInt8 {
    place += 1
    return bytes.withUnsafeBytes { [place] in $0[place - 1] }
  }

  mutating func flag() -> Bool { byte() == 1 }

  mutating func integer() -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var next = byte()
    while next > 127 {
      value |= UInt64(next & 127) << shift
      shift += 7
      next = byte()
    }
    value |= UInt64(next) << shift
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func bits() -> UInt64 {
    place += 8
    return bytes.withUnsafeBytes { [place] in $0.loadUnaligned(fromByteOffset: place - 8, as: UInt64.self) }
  }

  mutating func count() -> Int { Int(integer()) }
  mutating func time() -> Timestamp { Timestamp(milliseconds: integer()) }

  mutating func row() -> PackedRow { bytes { PackedRow(UnsafeRawBufferPointer(rebasing: $0)) } }
  mutating func string() -> String { bytes { String(decoding: $0, as: UTF8.self) } }

  /// Looks at as many bytes as a count before them says.
  private mutating func bytes<Value>(_ look: (Slice<UnsafeRawBufferPointer>) -> Value) -> Value {
    let count = count()
    place += count
    return bytes.withUnsafeBytes { [place] in look($0[place - count..<place]) }
  }

  mutating func skip(_ count: Int) { place += count }
  mutating func skipString() { skip(count()) }

  mutating func word() -> String {
    let number = byte()
    return number == 0 ? string() : Vocabulary.shared.text(number)
  }

  mutating func skipWord() { if byte() == 0 { skipString() } }

  mutating func oneOf<Value: CaseIterable>(_ type: Value.Type) -> Value where Value.AllCases == [Value] {
    Value.allCases[Int(byte())]
  }

  mutating func optional<Value>(_ read: (inout PackedReader) -> Value) -> Value? { flag() ? read(&self) : nil }

  mutating func list<Element>(_ element: (inout PackedReader) -> Element) -> [Element] {
    (0..<count()).map { _ in element(&self) }
  }

  mutating func texts() -> [String: String] {
    var texts: [String: String] = [:]
    for _ in 0..<count() { texts[word()] = string() }
    return texts
  }
}
