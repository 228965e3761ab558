import EaselModel

/// Reads values from JSON text that the database holds.
///
/// A site of ten thousand hosts is read whole when a console opens. Foundation's decoder makes a string of every key and a map
/// of every text; this one notes where each value lies in one list, which it uses again, and makes nothing but the values. The
/// same text met again (a condition's type, the name of a system) is one string in memory.
final class JSONReader {
  /// A value's place in the text. What belongs to it follows it in the list, keys before their values.
  struct Token {
    enum Kind: UInt8 { case object, array, string, escapedString, number, yes, no, null }

    var kind: Kind
    var start: UInt32
    var count: UInt32
    /// The token after it and all that belongs to it.
    var next: Int32
  }

  struct Malformed: Error, CustomStringConvertible {
    let place: Int
    var description: String { "no JSON at byte \(place)" }
  }

  /// Valid only inside `decode`.
  private(set) var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var tokens: [Token] = []
  private var texts: [String]
  private var labels: [String: [String: String]] = [:]

  /// - Parameter texts: how many long texts are remembered; a power of two.
  init(texts: Int) { self.texts = [String](repeating: "", count: texts) }

  func decode<T: Decodable>(_ type: T.Type, from bytes: UnsafeRawBufferPointer) throws -> T {
    self.bytes = bytes
    defer { self.bytes = UnsafeRawBufferPointer(start: nil, count: 0) }
    tokens.removeAll(keepingCapacity: true)
    var place = 0
    try parse(&place, depth: 0)
    skipBlanks(&place)
    guard place == bytes.count else { throw Malformed(place: place) }
    return try JSONNode(reader: self, index: 0).value(type)
  }

  // MARK: Finding the values

  private func skipBlanks(_ place: inout Int) {
    while place < bytes.count, bytes[place] == 0x20 || (bytes[place] >= 0x09 && bytes[place] <= 0x0D) { place += 1 }
  }

  private func parse(_ place: inout Int, depth: Int) throws {
    skipBlanks(&place)
    guard place < bytes.count, depth < 64 else { throw Malformed(place: place) }
    let index = tokens.count
    let start = place
    switch bytes[place] {
    case UInt8(ascii: "{"): try parseItems(&place, depth, .object, closing: UInt8(ascii: "}"))
    case UInt8(ascii: "["): try parseItems(&place, depth, .array, closing: UInt8(ascii: "]"))
    case UInt8(ascii: "\""): try parseString(&place)
    case UInt8(ascii: "t"): try parseWord(&place, "true", .yes)
    case UInt8(ascii: "f"): try parseWord(&place, "false", .no)
    case UInt8(ascii: "n"): try parseWord(&place, "null", .null)
    default:
      while place < bytes.count, Self.isNumeric(bytes[place]) { place += 1 }
      guard place > start else { throw Malformed(place: place) }
      add(.number, start, place)
    }
    tokens[index].next = Int32(truncatingIfNeeded: tokens.count)
  }

  private func add(_ kind: Token.Kind, _ start: Int, _ end: Int) {
    tokens.append(
      Token(
        kind: kind, start: UInt32(start), count: UInt32(end - start), next: Int32(truncatingIfNeeded: tokens.count) + 1)
    )
  }

  private func parseItems(_ place: inout Int, _ depth: Int, _ kind: Token.Kind, closing: UInt8) throws {
    add(kind, place, place + 1)
    place += 1
    skipBlanks(&place)
    if place < bytes.count, bytes[place] == closing {
      place += 1
      return
    }
    while true {
      if kind == .object {
        skipBlanks(&place)
        try parseString(&place)
        skipBlanks(&place)
        guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { throw Malformed(place: place) }
        place += 1
      }
      try parse(&place, depth: depth + 1)
      skipBlanks(&place)
      guard place < bytes.count else { throw Malformed(place: place) }
      place += 1
      if bytes[place - 1] == closing { return }
      guard bytes[place - 1] == UInt8(ascii: ",") else { throw Malformed(place: place - 1) }
    }
  }

  private func parseString(_ place: inout Int) throws {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw Malformed(place: place) }
    place += 1
    let start = place
    var kind = Token.Kind.string
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\") {
        kind = .escapedString
        place += 1
      }
      place += 1
    }
    guard place < bytes.count else { throw Malformed(place: bytes.count) }
    add(kind, start, place)
    place += 1
  }

  private func parseWord(_ place: inout Int, _ word: StaticString, _ kind: Token.Kind) throws {
    let end = place + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[place..<end]) }) else {
      throw Malformed(place: place)
    }
    add(kind, place, end)
    place = end
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
    default: false
    }
  }

  // MARK: Making them

  func slice(_ token: Token) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(token.start)..<Int(token.start + token.count)])
  }

  /// The text of a string; the very same one for the same long text, as long as it was met not too long ago.
  func string(_ token: Token) throws -> String {
    let raw = slice(token)
    if token.kind == .escapedString { return try unescaped(raw, at: Int(token.start)) }
    // Up to 15 bytes lie in the string itself.
    if raw.count <= 15 || raw.count > 256 { return String(decoding: raw, as: UTF8.self) }
    var hash: UInt32 = 0x811c_9dc5
    for byte in raw { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let slot = Int(hash ^ hash >> 16) & (texts.count - 1)
    if texts[slot].utf8.count == raw.count, texts[slot].utf8.elementsEqual(raw) { return texts[slot] }
    let text = String(decoding: raw, as: UTF8.self)
    texts[slot] = text
    return text
  }

  /// Labels and the like: the objects of a cluster have the same ones.
  func dictionary(_ node: JSONNode) throws -> [String: String] {
    guard node.token.next > Int32(node.index) + 1 else { return [:] }
    let last = tokens[Int(node.token.next) - 1]
    let place = Int(node.token.start)..<Int(last.start + last.count)
    let text = String(decoding: bytes[place], as: UTF8.self)
    if let known = labels[text] { return known }
    let value = try [String: String](from: node)
    if labels.count == 256 { labels = [:] }
    labels[text] = value
    return value
  }

  private func unescaped(_ raw: UnsafeRawBufferPointer, at start: Int) throws -> String {
    var text: [UInt8] = []
    text.reserveCapacity(raw.count)
    var place = 0
    func unit() throws -> UInt32 {
      guard place + 4 <= raw.count,
        let value = UInt32(String(decoding: raw[place..<place + 4], as: UTF8.self), radix: 16)
      else { throw Malformed(place: start + place) }
      place += 4
      return value
    }
    while place < raw.count {
      let byte = raw[place]
      place += 1
      guard byte == UInt8(ascii: "\\"), place < raw.count else {
        text.append(byte)
        continue
      }
      place += 1
      switch raw[place - 1] {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "u"):
        var value = try unit()
        if value & 0xFC00 == 0xD800, place + 6 <= raw.count, raw[place] == UInt8(ascii: "\\") {
          place += 2
          value = 0x10000 + (value & 0x3FF) << 10 + (try unit()) & 0x3FF
        }
        text.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
      case let other: text.append(other)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  func integer<T: FixedWidthInteger>(_ token: Token) -> T? {
    guard token.kind == .number else { return nil }
    var value: T = 0
    let raw = slice(token)
    let isNegative = raw[0] == UInt8(ascii: "-")
    guard raw.count > (isNegative ? 1 : 0) else { return nil }
    for byte in raw.dropFirst(isNegative ? 1 : 0) {
      guard (48...57).contains(byte) else { return nil }
      let (tenfold, over) = value.multipliedReportingOverflow(by: 10)
      let digit = T(truncatingIfNeeded: byte - 48)
      let (sum, past) =
        isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
      if over || past { return nil }
      value = sum
    }
    return value
  }
}
