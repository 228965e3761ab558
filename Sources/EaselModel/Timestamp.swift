import FoundationEssentials

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Written as ISO 8601 with milliseconds, in UTC.
///
/// Whether it is real time or a simulated site's time depends on the site; leases and audit records use real time.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static let zero = Timestamp(milliseconds: 0)
  /// The end of what does not end: the last moment that can be written with a four-digit year.
  package static let never = Timestamp(milliseconds: 253_402_300_799_999)

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// This time moved by a number of seconds, which may be negative.
  package func adding(seconds: Double) -> Timestamp {
    Timestamp(milliseconds: milliseconds + Int64(seconds * 1000))
  }

  /// Seconds from `earlier` to this time; negative if `earlier` is later.
  package func seconds(since earlier: Timestamp) -> Double {
    (Double(milliseconds) - Double(earlier.milliseconds)) / 1000
  }

  /// The wall clock of this machine.
  package static func wallClock() -> Timestamp {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }
}

extension Timestamp: CustomStringConvertible {
  package var description: String {
    // Years 0 to 9999; what lies outside is written as the nearest of these.
    let milliseconds = min(max(-62_167_219_200_000, milliseconds), Timestamp.never.milliseconds)
    let days = floorDivide(milliseconds, 86_400_000)
    let rest = milliseconds - days * 86_400_000
    let (year, month, day) = civil(fromDays: days)
    // Digit by digit: every object carries several times, and interpolation costs a microsecond each.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    func add(_ value: Int64, _ width: Int, _ mark: Unicode.Scalar) {
      var power: Int64 = 1
      for _ in 1..<width { power *= 10 }
      while power > 0 {
        bytes.append(UInt8(48 + value / power % 10))
        power /= 10
      }
      bytes.append(UInt8(ascii: mark))
    }
    add(year, 4, "-")
    add(month, 2, "-")
    add(day, 2, "T")
    add(rest / 3_600_000, 2, ":")
    add(rest / 60_000 % 60, 2, ":")
    add(rest / 1000 % 60, 2, ".")
    add(rest % 1000, 3, "Z")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `YYYY-MM-DDThh:mm:ss[.fff]Z`; nil for anything else.
  package init?(_ text: String) {
    var text = text
    guard let value = text.withUTF8({ Timestamp(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = value
  }

  /// The same from bytes.
  package init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
      bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
    else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), (1...12).contains(month), let day = number(8..<10),
      (1...31).contains(day), let hour = number(11..<13), hour < 24, let minute = number(14..<16), minute < 60,
      let second = number(17..<19), second < 61
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      guard bytes[19] == UInt8(ascii: "."), bytes.count <= 30, let digits = number(20..<bytes.count - 1) else {
        return nil
      }
      fraction = digits
      for _ in 0..<max(0, 3 - (bytes.count - 21)) { fraction *= 10 }
      for _ in 0..<max(0, bytes.count - 21 - 3) { fraction /= 10 }
    }
    let date = days(year: year, month: month, day: day)
    self.init(milliseconds: ((date * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction)
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is not a time such as 2026-01-31T09:30:00Z")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

private func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-a + b - 1) / b) }

/// Days since 1970-01-01 to a proleptic Gregorian date.
private func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
  let z = days + 719_468
  let era = floorDivide(z, 146_097)
  let dayOfEra = z - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}

/// A proleptic Gregorian date to days since 1970-01-01.
private func days(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shiftedYear = month <= 2 ? year - 1 : year
  let era = floorDivide(shiftedYear, 400)
  let yearOfEra = shiftedYear - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}
