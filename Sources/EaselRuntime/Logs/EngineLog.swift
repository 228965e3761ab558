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

extension EngineLog {
  /// How the last engine that wrote to a log ended, where that was not in order: nil where it was told to end, had nothing left to
  /// do, was killed, or leads.
  package static func lastEnd(_ path: String) -> EngineEnd? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let size = lseek(file, 0, SEEK_END)
    let count = pread(file, &buffer, buffer.count, max(0, size - off_t(buffer.count)))
    guard count > 0 else { return nil }
    for line in String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").reversed() {
      // `2026-01-01T00:00:00Z [123] ends: ...`; other lines are of programs that share the file.
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, parts[1].hasPrefix("["), let at = Timestamp(String(parts[0])) else { continue }
      if parts[2].hasPrefix("leads under") { return nil }
      guard parts[2].hasPrefix(failed) else { continue }
      return EngineEnd(at: at, reason: "the last one ended: \(parts[2].dropFirst(failed.count))")
    }
    return nil
  }

  private static let failed = "ends with an error: "

  /// Notes why an engine cannot go on; `lastEnd` reads it.
  package func writeEnd(_ error: EaselError) { write(Self.failed + error.message) }
}
