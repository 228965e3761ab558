import EaselModel
import FoundationEssentials
import Glibc

/// Who holds a lease, written so that another process on the same machine can tell whether it still lives.
package struct LeaseHolder: Sendable, Hashable, CustomStringConvertible {
  package var pid: Int32
  /// Clock ticks after boot at which the process started: with the pid and the boot it is unique.
  package var startTicks: String
  /// The boot, and the pid namespace: in another one the same process has another number, or none.
  package var boot: String
  /// Nil of an engine that does not say it, which is older than builds have names.
  package var build: Build?

  package static func current() -> LeaseHolder {
    LeaseHolder(pid: getpid(), startTicks: startTicks(of: getpid()) ?? "0", boot: bootID(), build: .current)
  }

  package var description: String {
    "pid \(pid) started \(startTicks) boot \(boot)"
      + (build.map { " easel \($0.version) build \($0.digest)" } ?? "")
  }

  /// Reads what `description` wrote; nil for anything else.
  package init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    // A newer one may say more than is known here.
    guard words.count >= 6, words[0] == "pid", let pid = Int32(words[1]) else { return nil }
    let build = words.count >= 10 ? Build(version: words[7], digest: words[9]) : nil
    self.init(pid: pid, startTicks: words[3], boot: words[5], build: build)
  }

  init(pid: Int32, startTicks: String, boot: String, build: Build?) {
    (self.pid, self.startTicks, self.boot, self.build) = (pid, startTicks, boot, build)
  }

  /// Whether the process is of another build than this one, as far as both say.
  package var isOfAnotherBuild: Bool { build != .current }

  /// Whether the process is certainly gone: same boot, same pid namespace, and no process of that pid and start.
  package var isCertainlyGone: Bool {
    boot == LeaseHolder.bootID() && LeaseHolder.startTicks(of: pid) != startTicks
  }

  /// When the process started, to the second; nil when this machine has been booted since.
  package var startedAt: Timestamp? {
    guard boot == LeaseHolder.bootID(), let ticks = Int64(startTicks), let stat = LeaseHolder.read("/proc/stat"),
      let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
      let booted = Int64(line.dropFirst(6))
    else { return nil }
    return Timestamp(milliseconds: (booted + ticks / Int64(sysconf(Int32(_SC_CLK_TCK)))) * 1000)
  }

  private static func bootID() -> String {
    let boot = (read("/proc/sys/kernel/random/boot_id") ?? "unknown").prefix { $0 != "\n" }
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    return "\(boot)/\(space?.filter(\.isNumber) ?? "unknown")"
  }

  /// Whether the process is there and was stopped by a signal: it holds its lease, and does nothing.
  package var isSuspended: Bool {
    guard boot == LeaseHolder.bootID(), let fields = LeaseHolder.stat(of: pid) else { return false }
    return fields[0] == "T" && fields[19] == startTicks
  }

  private static func startTicks(of pid: Int32) -> String? {
    // A zombie has ended; who waits for it has just not looked.
    guard let fields = stat(of: pid), fields[0] != "Z" else { return nil }
    return fields[19]
  }

  /// From field 3 of proc(5)'s stat on, so that field 22 is the start; the second field is in brackets and may hold blanks.
  private static func stat(of pid: Int32) -> [String]? {
    guard let text = read("/proc/\(pid)/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ").map(String.init)
    return fields.count > 19 ? fields : nil
  }

  private static func read(_ path: String) -> String? {
    (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Lease {
  /// Whether an engine leads now, as far as can be told from here: one that was killed holds its lease for some seconds more.
  package var isLed: Bool { isHeld(at: .wallClock()) && LeaseHolder(holder)?.isCertainlyGone != true }
}
