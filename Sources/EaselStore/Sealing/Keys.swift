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
    try refuseExposed(file)
    guard let key = try directory.contents(of: file), key.count == Self.size else {
      throw EaselError(
        .failed, "KeyMissing", "reading \(file): the site's key is missing or damaged, \(without)",
        advice: "put the key file back from a backup of the state directory")
    }
    return key
  }

  /// A key that others may read, or that somebody else put there, protects nothing: it is not used until somebody has looked.
  private func refuseExposed(_ file: String) throws {
    var status = stat()
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    guard status.st_uid == geteuid() else { throw StoreFailure.notOwner(file) }
    guard status.st_mode & 0o077 != 0 else { return }
    throw EaselError(
      .refused, "KeyExposed", "reading \(file): other users may read or change the site's key",
      advice: "find out who could read it, then: chmod 600 '\(file)'")
  }

  private static func startSodium() throws {
    if sodium_init() < 0 {
      throw EaselError(.failed, "StoreFailed", "starting libsodium: it found no source of random numbers")
    }
  }
}
