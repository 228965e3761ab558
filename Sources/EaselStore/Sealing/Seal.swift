import CSodium
import EaselModel

/// Seals secrets for rest: XChaCha20-Poly1305 under the site's key, with the name as additional data, so that a value that
/// was moved to another name does not open.
struct Seal {
  private let key: [UInt8]

  init(key: [UInt8]) { self.key = key }

  private static let nonceSize = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
  private static let tagSize = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

  /// A random nonce, then the sealed bytes with their tag.
  func close(_ value: Secret, name: String) -> [UInt8] {
    value.withBytes { bytes in
      var nonce = [UInt8](repeating: 0, count: Self.nonceSize)
      randombytes_buf(&nonce, nonce.count)
      var sealed = [UInt8](repeating: 0, count: bytes.count + Self.tagSize)
      let data = Array(name.utf8)
      crypto_aead_xchacha20poly1305_ietf_encrypt(
        &sealed, nil, bytes, UInt64(bytes.count), data, UInt64(data.count), nil, nonce, key)
      return nonce + sealed
    }
  }

  /// - Throws: `SecretDamaged` when the bytes were changed, moved to another name, or sealed with another key.
  func open(_ sealed: [UInt8], name: String) throws -> Secret {
    let data = Array(name.utf8)
    guard sealed.count >= Self.nonceSize + Self.tagSize else { throw damaged(name) }
    let nonce = Array(sealed[..<Self.nonceSize])
    let body = Array(sealed[Self.nonceSize...])
    var bytes = [UInt8](repeating: 0, count: body.count - Self.tagSize)
    let status = crypto_aead_xchacha20poly1305_ietf_decrypt(
      &bytes, nil, nil, body, UInt64(body.count), data, UInt64(data.count), nonce, key)
    guard status == 0 else { throw damaged(name) }
    return Secret(bytes)
  }

  private func damaged(_ name: String) -> EaselError {
    EaselError(
      .failed, "SecretDamaged", "opening the secret \(name): it does not fit its seal or the key is another one",
      advice: "put seal.key back from a backup; a cluster's own secrets are made anew by its next operation")
  }
}
