import CYAML
import EaselModel

/// Reads YAML 1.1/1.2 and JSON (which YAML contains) with libyaml into nodes that know their places.
///
/// Refused, each with its place: duplicate fields, mappings as keys, merge keys, tags, and documents past the limits.
package enum YAMLReader {
  /// The largest file, in bytes.
  package static let mostBytes = 8 << 20
  /// How deep lists and mappings may be nested.
  package static let mostDepth = 64
  /// How many nodes a file may have once its aliases are written out: what stops files that grow exponentially.
  package static let mostNodes = 500_000

  /// The documents of a file; empty ones are left out.
  ///
  /// - Parameter file: the name that errors bear, for example `-` for standard input.
  package static func documents(text: String, file: String) throws -> [YAMLDocument] {
    try documents(bytes: Array(text.utf8), file: file)
  }

  /// The documents in bytes that should be UTF-8.
  package static func documents(bytes: [UInt8], file: String) throws -> [YAMLDocument] {
    guard bytes.count <= mostBytes else {
      throw EaselError(
        .usage, "TooLarge", "reading a file of \(bytes.count) bytes, at most \(mostBytes) are read",
        advice: "split it into several files", file: file)
    }
    // A mark of the byte order, as some editors write it, says nothing in UTF-8.
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    return try JSONEscapes.joined(text).withUnsafeBufferPointer { buffer in
      try EventReader(buffer, file: file).documents()
    }
  }
}

/// JSON writes characters beyond U+FFFF as two escapes, which libyaml refuses; they are one escape of YAML.
private enum JSONEscapes {
  static func joined(_ bytes: [UInt8]) -> [UInt8] {
    let first = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["), bytes.contains(UInt8(ascii: "\\")) else {
      return bytes
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if let high = unit(bytes, index), (0xd800..<0xdc00).contains(high), let low = unit(bytes, index + 6),
        (0xdc00..<0xe000).contains(low)
      {
        let digits = String(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00), radix: 16)
        result += Array("\\U".utf8) + [UInt8](repeating: 48, count: 8 - digits.utf8.count) + Array(digits.utf8)
        index += 12
      } else {
        // An escaped backslash does not begin an escape.
        let count = bytes[index] == UInt8(ascii: "\\") ? min(2, bytes.count - index) : 1
        result += bytes[index..<index + count]
        index += count
      }
    }
    return result
  }

  private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
  }
}
