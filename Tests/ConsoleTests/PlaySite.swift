import EaselEngine
import EaselModel
import EaselSimulation
import Synchronization

@testable import EaselConsole

/// A simulated site with the real rules at the door and the real engine, which works when it is told to.
final class PlaySite: SiteAccess {
  // The simulated site is no value and not made for threads: every use holds the lock.
  private nonisolated(unsafe) let site: SimulatedSite
  private let lock = Mutex(())
  private let isSimulated: Bool

  init(hosts: Int, isSimulated: Bool = true) {
    self.isSimulated = isSimulated
    guard let site = try? Self.found(hosts: hosts, isSimulated: isSimulated) else { fatalError("no simulated site") }
    self.site = site
  }

  private static func found(hosts: Int, isSimulated: Bool) throws -> SimulatedSite {
    let empty = Fixture.emptySnapshot(hosts: hosts)
    let store = MemoryStore()
    try store.write(epoch: nil) { writer in
      var object = empty.site
      if !isSimulated { object.spec.simulation = nil }
      try writer.put(.site(object), expecting: 0)
      for profile in empty.profiles { try writer.put(.profile(profile), expecting: 0) }
      for host in empty.hosts { try writer.put(.host(host), expecting: 0) }
    }
    return try SimulatedSite(store: store, world: SimulatedWorld(seed: 1, now: empty.now), now: empty.now)
  }

  func snapshot() throws -> SiteSnapshot {
    try lock.withLock { _ in
      var snapshot = try site.snapshot()
      snapshot.engineRuns = snapshot.operations.contains { !$0.status.phase.isFinal }
      return snapshot
    }
  }

  func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError
  ) throws -> [Submission] {
    try lock.withLock { _ in try site.submit(intents, as: actor, placing: placing) }
  }

  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    try lock.withLock { _ in try site.store.read { try $0.events(after: sequence, object: object, limit: limit) } }
  }

  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try lock.withLock { _ in try site.store.read { try $0.auditRecords(after: sequence, limit: limit) } }
  }

  func log(ofTask name: String, from line: Int) throws -> [String] {
    lock.withLock { _ in Array(site.world.log(ofTask: name).dropFirst(line)) }
  }

  func units(ofHost name: String) throws -> [HostUnit] { try lock.withLock { _ in try simulated(name).hostUnits } }

  func log(ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int) throws -> HostLogPage {
    try lock.withLock { _ in try simulated(name).logPage(of: unit, after: cursor, lines: lines) }
  }

  /// Only while the lock is held.
  private func simulated(_ name: String) throws -> SimulatedHost {
    if let host = site.world.hosts.values.first(where: { $0.name == name }) { return host }
    throw EaselError(.notFound, "UnknownHost", "there is no host \(name)")
  }

  /// Cuts a host off, or joins it again.
  func partition(_ host: String, _ cut: Bool) {
    lock.withLock { _ in site.world.partition(UID("host-\(host.dropFirst(4))"), cut) }
  }

  /// Lets the engine and the hosts do a little.
  func advance(steps: Int = 1) {
    lock.withLock { _ in for _ in 0..<steps { _ = try? site.step() } }
  }

  /// Lets the operations that run end, or stop.
  func finish() {
    lock.withLock { _ in
      for operation in (try? site.snapshot().operations) ?? [] where !operation.status.phase.isFinal {
        _ = try? site.run(operation.name)
      }
      _ = try? site.step()
    }
  }

  /// Lets time pass, in which the engine looks at hosts and clusters as it does while the site is watched.
  func wait(seconds: Double) {
    lock.withLock { _ in
      let end = site.now.adding(seconds: seconds)
      while site.now < end {
        _ = try? site.step()
        try? site.advance(to: site.now.adding(seconds: 1))
      }
    }
  }

  /// Fills the disk of a host, or empties it.
  func fillDisk(_ host: String, _ full: Bool) { strike(host) { $0.fillDisk($1, full) } }

  /// Does something to a host from outside, and lets the site hear of it.
  func strike(_ host: String, _ change: (inout SimulatedWorld, UID) -> Void) {
    lock.withLock { _ in change(&site.world, UID("host-\(host.dropFirst(4))")) }
  }

  /// Does something to a cluster from outside.
  func strike(cluster name: String, _ change: (inout SimulatedWorld, UID) -> Void) {
    lock.withLock { _ in
      guard let uid = (try? site.snapshot())?.clusters.first(where: { $0.name == name })?.uid else { return }
      change(&site.world, uid)
    }
  }

  /// Asks for something as somebody else would, at another console or by the command line.
  @discardableResult
  func elsewhere(_ intent: Intent) throws -> Submission { try submit(intent, as: Actor(name: "bob")) }

  /// The cluster as it is now.
  func cluster(_ name: String) throws -> Cluster? { try snapshot().clusters.first { $0.name == name } }
}
