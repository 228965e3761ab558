internal import CSodium

/// SHA-256 (FIPS 180-4) by libsodium, for digests of plans and of files.
package struct SHA256: Sendable {
  private var state = crypto_hash_sha256_state()

  package init() { _ = crypto_hash_sha256_init(&state) }

  /// Adds bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let taken: Void? = bytes.withContiguousStorageIfAvailable { bytes in
      _ = crypto_hash_sha256_update(&state, bytes.baseAddress, UInt64(bytes.count))
    }
    guard taken == nil else { return }
    let bytes = Array(bytes)
    _ = crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
  }

  /// The 32 bytes of the digest; the value takes no more bytes afterwards.
  package mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    _ = crypto_hash_sha256_final(&state, &digest)
    return digest
  }

  /// The same in lower-case hexadecimal.
  package mutating func finishHex() -> String { hexadecimal(finish()) }

  /// The digest of some bytes.
  package static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of some bytes in lower-case hexadecimal.
  package static func hex(_ bytes: some Sequence<UInt8>) -> String { hexadecimal(digest(bytes)) }
}

/// Lower-case hexadecimal.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
