import FoundationEssentials
import Synchronization

/// Takes secret values out of everything that is logged, reported or journalled.
final class Redactor: Sendable {
  /// Longest first, so that a value goes before its parts do.
  private let values = Mutex<[[UInt8]]>([])

  /// Learns a value: as a whole, each of its lines of 6 bytes or more, and its base64 form.
  func add(_ secret: [UInt8]) {
    let lines = secret.split { $0 == 10 || $0 == 13 }.map(Array.init)
    let trimmed = Array(String(decoding: secret, as: UTF8.self).utf8).drop { $0 <= 32 }
    var kept = Array(trimmed)
    while let last = kept.last, last <= 32 { kept.removeLast() }
    let base64 = Array(Data(secret).base64EncodedString().utf8)
    let all = ([kept, base64] + lines.filter { $0.count >= 6 }).filter { !$0.isEmpty }
    values.withLock { values in
      values = Array(Set(values + all)).sorted { $0.count > $1.count }
    }
  }

  func redact(_ bytes: [UInt8]) -> [UInt8] {
    values.withLock { values in
      var out = bytes
      for value in values where out.holds(value) { out = out.replacing(value, with: Array("<secret>".utf8)) }
      return out
    }
  }

  func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)), as: UTF8.self) }
}
