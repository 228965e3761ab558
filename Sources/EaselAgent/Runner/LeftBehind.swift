import CSys
import EaselProcess
import Glibc

/// The processes of a step that was running when the agent itself was killed: they carry the step's mark in their environment.
enum LeftBehind {
  /// Kills them and waits until the kernel has let them go. Returns how many there were.
  static func kill(marker: String) async -> Int {
    let wanted = Array("EASEL_STEP=\(marker)".utf8)
    var killed = 0
    // A process may have forked between the look and the signal: look until there is none, which ends because each round kills.
    for _ in 0..<100 {
      let found = processes(wanted)
      if found.isEmpty { break }
      for pid in found {
        let fd = csys_pidfd_open(pid)
        guard fd >= 0 else {
          _ = Glibc.kill(pid, SIGKILL)
          continue
        }
        // Behind the descriptor is one process for good: look again, so that a reused number is not hit.
        if environment(of: pid, holds: wanted), csys_pidfd_signal(fd, SIGKILL) == 0 {
          killed += 1
          try? await Reactor.shared.wait(fd, .readable)
          Reactor.shared.forget(fd)
        }
        _ = close(fd)
      }
    }
    return killed
  }

  private static func processes(_ wanted: [UInt8]) -> [Int32] {
    (Files.names(in: "/proc") ?? []).compactMap { Int32($0) }
      .filter { $0 != getpid() && environment(of: $0, holds: wanted) }
  }

  private static func environment(of pid: Int32, holds wanted: [UInt8]) -> Bool {
    guard let bytes = try? Files.read("/proc/\(pid)/environ", limit: 4 << 20) else { return false }
    return bytes.split(separator: 0).contains { $0.elementsEqual(wanted) }
  }
}
