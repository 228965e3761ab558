import CSodium
import EaselModel
import Glibc

/// The site's two keys, each a file of 32 random bytes that only the owner may read, made once with the site.
struct Keys {
  let directory: StoreFolder

  static let size = 32

  /// Makes the keys that are not there yet.
  static func create(in directory: StoreFolder) throws {
    try startSodium()
    for file in [directory.sealKey, directory.auditKey] where try directory.contents(of: file) == nil {
      var key = [UInt8](repeating: 0, count: size)
      randombytes_buf(&key, size)
      try directory.replace(file, with: key)
      sodium_memzero(&key, size)
    }
  }

  func seal() throws -> [UInt8] { try load(directory.sealKey, without: "its secrets cannot be read") }
  func audit() throws -> [UInt8] { try load(directory.auditKey, without: "its audit log cannot be written or checked") }

  private func load(_ file: String, without: String) throws -> [UInt8] {
    try Self.startSodium()
    guard let key = try directory.contents(of: file), key.count == Self.size else {
      throw EaselError(
        .failed, "KeyMissing", "reading \(file): the site's key is missing or damaged, \(without)",
        advice: "put the key file back from a backup of the state directory")
    }
    return key
  }

  private static func startSodium() throws {
    if sodium_init() < 0 {
      throw EaselError(.failed, "StoreFailed", "starting libsodium: it found no source of random numbers")
    }
  }
}
