import EaselModel
import Glibc
import Synchronization

/// The engine's log: lines with a time, in one file that is rotated once, at 8 MiB. Never holds a secret.
package final class EngineLog: Sendable {
  private let path: String?
  private let limit: Int
  private let file: Mutex<Int32>

  /// - Parameter path: nil writes to standard error.
  package init(path: String?, limit: Int = 8 << 20) {
    self.path = path
    self.limit = limit
    file = Mutex(path.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) } ?? 2)
  }

  deinit { file.withLock { if path != nil, $0 >= 0 { close($0) } } }

  /// Writes one line; a log that cannot be written stops nothing.
  package func write(_ message: String) {
    let line = Array("\(Timestamp.wallClock()) [\(getpid())] \(message)\n".utf8)
    file.withLock { descriptor in
      rotate(&descriptor)
      _ = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
  }

  private func rotate(_ descriptor: inout Int32) {
    var status = stat()
    guard let path, fstat(descriptor, &status) == 0, status.st_size > limit else { return }
    rename(path, path + ".1")
    close(descriptor)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  }
}
