import EaselModel
import EaselStore
import Glibc

/// Changes a thousand hosts a second in a store that others follow: `--storm-run DIRECTORY SECONDS`, a process of its own.
enum StoreStorm {
  private static let rate = 1000.0
  private static let together = 20

  static func run(_ path: String, seconds: Double) throws {
    let store = try SQLiteStore.open(directory: path, create: false)
    let uids = try store.read { try $0.records(.host, scope: nil) }.map(\.uid)
    guard !uids.isEmpty else { throw BenchError("there are no hosts in \(path)") }
    let start = monotonicSeconds()
    var changes = 0
    while case let now = monotonicSeconds(), now < start + seconds {
      let due = start + Double(changes) / rate
      if due > now { usleep(UInt32((due - now) * 1e6)) }
      try store.write(epoch: nil) { writer in
        for index in changes..<changes + together {
          guard case .host(var host)? = try writer.record(.host, uid: uids[index * 7919 % uids.count]) else { continue }
          host.status.lastSeen = .wallClock()
          host.status.phase = index % 50 == 0 ? .notReady : .ready
          try writer.put(.host(host), expecting: nil)
        }
      }
      changes += together
    }
    print(Double(changes) / (monotonicSeconds() - start))
  }
}
