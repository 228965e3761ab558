import CSys
import Glibc

/// A console on a pseudo terminal that this process reads and types on.
final class ConsoleProcess {
  private let terminal: Int32
  private let pid: Int32
  private let exit: Int32
  private let started: Double

  init(_ easel: String, state: String) throws {
    var path = [CChar](repeating: 0, count: 128)
    terminal = csys_pty_open(&path, path.count, 80, 24)
    guard terminal >= 0 else { throw BenchError("cannot open a pseudo terminal") }
    let side = open(path, O_RDWR | O_NOCTTY)
    guard side >= 0 else { throw BenchError("cannot open the terminal's other side") }
    defer { close(side) }
    started = monotonicSeconds()
    (pid, exit) = try start(
      [easel, "--state", state], descriptors: (side, side, side), newSession: true,
      environment: ["TERM=xterm-256color", "LC_ALL=C.UTF-8", "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22"])
  }

  /// Seconds from the start to the first byte that draws text.
  func waitForFirstPaint() throws -> Double {
    var seen: [UInt8] = []
    while seen.count < 400 {
      guard let bytes = readBytes(milliseconds: 10_000) else { throw BenchError("the console painted nothing") }
      seen += bytes
    }
    return monotonicSeconds() - started
  }

  func press(_ key: String) { _ = key.withCString { write(terminal, $0, strlen($0)) } }

  /// The first bytes after a key, and when they came; nil when none came in time.
  func waitForBytes(milliseconds: Int32) -> (bytes: Int, at: Double)? {
    readBytes(milliseconds: milliseconds).map { ($0.count, monotonicSeconds()) }
  }

  /// Reads until nothing comes for so long; counts.
  func drain(quietMilliseconds: Int32) -> (bytes: Int, reads: Int) {
    var result = (bytes: 0, reads: 0)
    let end = monotonicSeconds() + Double(quietMilliseconds) / 1000 * 4
    while monotonicSeconds() < end, let bytes = readBytes(milliseconds: quietMilliseconds) {
      result.bytes += bytes.count
      result.reads += 1
    }
    return result
  }

  /// `write` calls of the process so far, those that wake its own threads included.
  func writeCalls() -> Int { number("syscw:", in: "io") }
  func residentBytes() -> Int64 { Int64(number("VmRSS:", in: "status")) * 1024 }

  func end() {
    _ = csys_pidfd_signal(exit, SIGTERM)
    var status = csys_exit()
    // The console restores the terminal as it ends: somebody must read that.
    _ = drain(quietMilliseconds: 50)
    if csys_poll(exit, Int32(CSYS_READABLE), 5000) <= 0 { _ = csys_pidfd_signal(exit, SIGKILL) }
    _ = csys_reap(pid, true, &status)
    close(exit)
    close(terminal)
  }

  private func readBytes(milliseconds: Int32) -> [UInt8]? {
    guard csys_poll(terminal, Int32(CSYS_READABLE), milliseconds) > 0 else { return nil }
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(terminal, &block, block.count)
    return count > 0 ? Array(block[..<count]) : nil
  }

  private func number(_ field: String, in file: String) -> Int {
    guard let text = try? readFile("/proc/\(pid)/\(file)") else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix(field) {
      return line.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }
}
