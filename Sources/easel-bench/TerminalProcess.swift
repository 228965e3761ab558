import CSys
import Glibc

/// A program on a pseudo terminal that this process reads and types on.
final class TerminalProcess {
  struct Size {
    var columns: Int32
    var rows: Int32
    var name: String { "\(columns)x\(rows)" }
  }

  /// What a process has used so far.
  struct Usage {
    /// Seconds of processor time of all threads, those that have ended too.
    var processor: Double
    /// Of the first thread, to a hundredth, which in Easel is the one that draws.
    var firstThread: Double
    /// How often a thread went to sleep and was woken.
    var wakeups: Int
  }

  let pid: Int32
  private let terminal: Int32
  private let path: String
  private let exit: Int32
  private let started: Double

  /// - Parameter home: where the program finds no configuration and may write one.
  init(_ arguments: [String], size: Size, home: String) throws {
    var path = [CChar](repeating: 0, count: 128)
    terminal = csys_pty_open(&path, path.count, size.columns, size.rows)
    guard terminal >= 0 else { throw BenchError("cannot open a pseudo terminal") }
    let side = open(path, O_RDWR | O_NOCTTY)
    guard side >= 0 else { throw BenchError("cannot open the terminal's other side") }
    defer { close(side) }
    self.path = path.withUnsafeBufferPointer {
      String(decoding: $0.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    started = monotonicSeconds()
    (pid, exit) = try start(
      arguments, descriptors: (side, side, side), newSession: true,
      environment: [
        "TERM=xterm-256color", "LC_ALL=C.UTF-8", "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22", "HOME=\(home)",
        "XDG_CONFIG_HOME=\(home)/.config", "XDG_STATE_HOME=\(home)/.state",
      ])
  }

  /// Seconds from the start to the first bytes that draw text.
  func waitForFirstPaint() throws -> Double {
    var seen = 0
    while seen < 400 {
      guard let answer = waitForBytes(milliseconds: 10_000) else { throw BenchError("the program painted nothing") }
      seen += answer.bytes
    }
    return monotonicSeconds() - started
  }

  func press(_ key: String) { _ = key.withCString { write(terminal, $0, strlen($0)) } }

  /// The first bytes after a key, and when they came; nil when none came in time.
  func waitForBytes(milliseconds: Int32) -> (bytes: Int, at: Double)? {
    guard csys_poll(terminal, Int32(CSYS_READABLE), milliseconds) > 0 else { return nil }
    let at = monotonicSeconds()
    let count = readBytes()
    return count > 0 ? (count, at) : nil
  }

  /// Reads until nothing comes for so long, at most for so many seconds.
  @discardableResult
  func drain(quietMilliseconds: Int32, atMost limit: Double = 10) -> Int {
    var bytes = 0
    let end = monotonicSeconds() + limit
    while monotonicSeconds() < end, let more = waitForBytes(milliseconds: quietMilliseconds) { bytes += more.bytes }
    return bytes
  }

  /// Reads for so many seconds; `pictures` counts bytes that came together.
  func watch(seconds: Double) -> (bytes: Int, pictures: Int) {
    var result = (bytes: 0, pictures: 0)
    let end = monotonicSeconds() + seconds
    while case let left = end - monotonicSeconds(), left > 0 {
      guard let first = waitForBytes(milliseconds: Int32(left * 1000) + 1) else { continue }
      result.pictures += 1
      result.bytes += first.bytes + drain(quietMilliseconds: 5, atMost: 1)
    }
    return result
  }

  var usage: Usage {
    let tasks = folder("/proc/\(pid)/task")
    let wakeups = tasks.reduce(0) { $0 + number("voluntary_ctxt_switches:", in: "task/\($1)/status") }
    return Usage(processor: processor, firstThread: ticks("task/\(pid)/stat"), wakeups: wakeups)
  }

  var residentBytes: Int64 { Int64(number("VmRSS:", in: "status")) * 1024 }
  /// The part that is no copy of a file's pages: what one more of the same program costs.
  var privateBytes: Int64 { Int64(number("RssAnon:", in: "status")) * 1024 }

  /// Calls of write(2) on the terminal while `work` runs, as strace sees them; nil where it may not look.
  func countWrites(in folder: String, _ work: () -> Void) throws -> Int? {
    let output = folder + "/strace-\(pid)"
    let tracer = try start(
      ["strace", "-f", "-qq", "-y", "-e", "trace=write,writev", "-o", output, "-p", "\(pid)"],
      descriptors: (-1, -1, -1), newSession: false)
    _ = drain(quietMilliseconds: 500, atMost: 2)
    work()
    _ = csys_pidfd_signal(tracer.exit, SIGINT)
    var end = csys_exit()
    _ = csys_reap(tracer.pid, true, &end)
    close(tracer.exit)
    let lines = try readFile(output).split(separator: "\n").filter { $0.contains("write") }
    return lines.isEmpty ? nil : lines.count { $0.contains("<\(path)") }
  }

  func end() {
    _ = csys_pidfd_signal(exit, SIGTERM)
    var status = csys_exit()
    // It restores the terminal as it ends: somebody must read that.
    drain(quietMilliseconds: 50, atMost: 1)
    if csys_poll(exit, Int32(CSYS_READABLE), 5000) <= 0 { _ = csys_pidfd_signal(exit, SIGKILL) }
    _ = csys_reap(pid, true, &status)
    close(exit)
    close(terminal)
  }

  private func readBytes() -> Int {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { block in
      guard let start = block.baseAddress else { return 0 }
      return read(terminal, start, block.count)
    }
  }

  private func number(_ field: String, in file: String) -> Int {
    guard let text = try? readFile("/proc/\(pid)/\(file)") else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix(field) {
      return line.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }

  /// By the scheduler's own clock: an idle program takes less in a quarter of a minute than a tick of /proc/PID/stat is.
  private var processor: Double {
    var clock: clockid_t = 0
    var time = timespec()
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The fields after the name, which may hold blanks: user and system time are the 12th and 13th of them.
  private func ticks(_ file: String) -> Double {
    guard let text = try? readFile("/proc/\(pid)/\(file)"), let name = text.lastIndex(of: ")") else { return 0 }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private func folder(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
