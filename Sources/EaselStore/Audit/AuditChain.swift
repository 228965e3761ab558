import CSodium
import EaselModel

/// The keyed hash that ties each audit record to the one before it.
struct AuditChain {
  /// What a record does that Easel itself writes where it finds no head.
  static let headMissingVerb = "audit-head-missing"

  private let key: [UInt8]

  init(key: [UInt8]) { self.key = key }

  /// Hexadecimal keyed BLAKE2b (32 bytes) over the previous hash and every field of the record, each with its length.
  func hash(_ record: AuditRecord, after previous: String) -> String {
    var message: [UInt8] = []
    func add(_ field: String) {
      withUnsafeBytes(of: UInt64(field.utf8.count).littleEndian) { message.append(contentsOf: $0) }
      message.append(contentsOf: field.utf8)
    }
    for field in [
      previous, String(record.sequence), String(record.at.milliseconds), record.actor, record.verb,
      record.object.kind.rawValue, record.object.name, record.object.uid.text, record.detail,
    ] { add(field) }
    var digest = [UInt8](repeating: 0, count: 32)
    crypto_generichash(&digest, digest.count, message, UInt64(message.count), key, key.count)
    return hexadecimal(digest)
  }
}

/// Lower-case hexadecimal digits of bytes.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// The newest audit record as the file beside the database remembers it, so that cutting the database's end shows.
///
/// It is written after the commit and may therefore be behind by what was committed since (a crash, a full disk); it is
/// never ahead. It is there from the making of a site on, so that its absence always means that somebody took it away.
struct AuditHead: Equatable {
  /// Before the first record.
  static let start = AuditHead(sequence: 0, hash: "-")

  var sequence: Int64
  var hash: String

  /// One line: the number, a space, the hash.
  var bytes: [UInt8] { Array("\(sequence) \(hash)\n".utf8) }

  init(sequence: Int64, hash: String) { (self.sequence, self.hash) = (sequence, hash) }

  init?(_ bytes: [UInt8]) {
    let parts = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0 else { return nil }
    (self.sequence, self.hash) = (sequence, String(parts[1]))
  }

  /// Reads the file; nil if there is none or it is no head.
  static func read(_ directory: StoreFolder) throws -> AuditHead? {
    try directory.contents(of: directory.auditHead).flatMap(AuditHead.init)
  }

  /// Writes the file unless another process has written a newer head meanwhile.
  func write(_ directory: StoreFolder) throws {
    try directory.exclusively {
      if let stored = try Self.read(directory), stored.sequence >= sequence { return }
      try directory.replace(directory.auditHead, with: bytes)
    }
  }
}
