// swift-format-ignore-file: NeverForceUnwrap

import Glibc
import Synchronization

/// A thread with mounts of its own: what it mounts nobody else sees, and it is gone when the thread ends.
enum PrivateMounts {
  private typealias Unshare = @convention(c) (CInt) -> CInt
  private typealias Mount =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>, CUnsignedLong, UnsafePointer<CChar>?
    ) -> CInt

  /// Whether this process may do so; needs CAP_SYS_ADMIN.
  static let permitted: Bool = {
    let allowed = Atomic<Bool>(false)
    inThreads(1) { _ in allowed.store(enter(), ordering: .relaxed) }
    return allowed.load(ordering: .relaxed)
  }()

  /// Runs `body` on such a thread and waits for it.
  static func run(_ body: @escaping @Sendable () -> Void) {
    inThreads(1) { _ in
      precondition(enter(), "no private mounts here")
      body()
    }
  }

  /// Mounts a file system in memory of a limited size.
  static func mountMemory(at path: String, size: String) {
    precondition(mount("none", path, "tmpfs", 0, "size=\(size),mode=0700") == 0)
  }

  /// Makes a mounted file system read-only.
  static func makeReadOnly(_ path: String) {
    precondition(mount("none", path, "tmpfs", 0x21, nil) == 0)
  }

  private static func enter() -> Bool {
    guard let symbol = dlsym(nil, "unshare") else { return false }
    // CLONE_NEWNS; then "private" for the whole tree, so that nothing gets out.
    return unsafeBitCast(symbol, to: Unshare.self)(0x20000) == 0 && mount("none", "/", "none", 0x44000, nil) == 0
  }

  private static func mount(
    _ source: String, _ target: String, _ type: String, _ flags: CUnsignedLong, _ options: String?
  ) -> CInt {
    guard let symbol = dlsym(nil, "mount") else { return -1 }
    let call = unsafeBitCast(symbol, to: Mount.self)
    if let options { return call(source, target, type, flags, options) }
    return call(source, target, type, flags, nil)
  }
}

/// What a thread found out, to be expected on the test's own thread.
final class Findings<Value: Sendable>: Sendable {
  private let stored: Mutex<Value>

  init(_ value: Value) { stored = Mutex(value) }

  var value: Value { stored.withLock { $0 } }
  func set(_ value: Value) { stored.withLock { $0 = value } }
}

/// The bytes of a file.
func contents(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// Replaces the bytes of a file.
func overwrite(_ path: String, _ bytes: [UInt8]) {
  let file = fopen(path, "wb")!
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

/// The permission bits of a file.
func mode(_ path: String) -> mode_t {
  var status = stat()
  stat(path, &status)
  return status.st_mode & 0o7777
}
