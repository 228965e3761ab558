/// The identity of an object: never reused, also when a name is. Made by whoever writes the object first; the engine
/// derives the ones it needs from its input, so that deciding twice gives the same object.
///
/// Most are 32 hexadecimal digits, and those are held as the 128 bits that they stand for: there are several in each object
/// of a large site, and they are compared and hashed all the time.
package struct UID: Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Form: Hashable, Sendable {
    case bits(UInt64, UInt64)
    /// Anything that is not exactly 32 lower-case digits, so that every identity has one form only.
    case text(String)
  }

  private let form: Form

  package init(_ text: String) { self = UID(digits: text.utf8) ?? UID(form: .text(text)) }
  package init(stringLiteral value: String) { self.init(value) }

  /// An identity of 128 bits.
  package init(_ high: UInt64, _ low: UInt64) { form = .bits(high, low) }

  /// The identity of something that belongs to this object and is told from its other things by a path: always the same.
  ///
  /// FNV-1a of 128 bits over both: names are chosen by the site's own operators, so nobody is to be kept from finding two
  /// that meet.
  package func derived(_ path: String) -> UID {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    func add(_ byte: UInt8) { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
    for byte in text.utf8 { add(byte) }
    add(UInt8(ascii: "/"))
    for byte in path.utf8 { add(byte) }
    return UID(UInt64(truncatingIfNeeded: hash >> 64), UInt64(truncatingIfNeeded: hash))
  }

  package var text: String {
    switch form {
    case .text(let text): text
    case .bits(let high, let low):
      String(unsafeUninitializedCapacity: 32) { buffer in
        for index in 0..<32 {
          let word = index < 16 ? high : low
          let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 15
          buffer[index] = digit < 10 ? 48 + digit : 87 + digit
        }
        return 32
      }
    }
  }

  private init(form: Form) { self.form = form }

  /// The identity of 32 lower-case hexadecimal digits; nil for anything else.
  package init?(digits: some Collection<UInt8>) {
    guard digits.count == 32 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for byte in digits {
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      default: return nil
      }
      words.0 = words.0 << 4 | words.1 >> 60
      words.1 = words.1 << 4 | UInt64(digit)
    }
    form = .bits(words.0, words.1)
  }

  /// The order of the texts.
  package static func < (a: UID, b: UID) -> Bool {
    if case .bits(let high, let low) = a.form, case .bits(let otherHigh, let otherLow) = b.form {
      return (high, low) < (otherHigh, otherLow)
    }
    return a.text < b.text
  }

  package var description: String { text }

  package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension UID: Packable {
  package func pack(into writer: inout PackedWriter) {
    switch form {
    case .text(let text):
      writer.add(false)
      writer.add(text)
    case .bits(let high, let low):
      writer.add(true)
      writer.add(bits: high)
      writer.add(bits: low)
    }
  }

  package init(packed reader: inout PackedReader) {
    if reader.flag() {
      self.init(reader.bits(), reader.bits())
    } else {
      self.init(form: .text(reader.string()))
    }
  }
}
