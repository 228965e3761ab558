import EaselEngine
import EaselModel
import EaselSimulation

/// Hands tasks to the simulated world, whose parts and clock are stored in the same transactions as what was seen in it: so
/// separate processes, one after the other, live in one world.
final class SimulatedExecutor: Executor {
  /// Milliseconds of virtual time that are played at once when nobody watches: what happens within goes into one commit.
  private static let stride: Int64 = 1000

  private let site: UID
  private let sender: HostOwner
  private let pace: Double?
  private var world: SimulatedWorld
  private var seen: [Sighting] = []
  /// Changed and not yet on disk; nil for a part that is gone.
  private var parts: [String: [UInt8]?] = [:]
  private var savedNow: Timestamp
  /// Where virtual and real time were tied together, when there is a pace.
  private var anchor: (virtual: Timestamp, real: Int64)
  private let wakeup = Wakeup()

  init(site: Site, parts: [String: [UInt8]], epoch: Int64, pace: Double?, tellsProgress: Bool) throws {
    let now = site.status.simulatedNow ?? site.metadata.createdAt
    let simulation = site.spec.simulation ?? Site.Simulation()
    (self.site, self.pace) = (site.uid, pace)
    sender = HostOwner(site: site.uid, name: site.name, epoch: epoch)
    world = try SimulatedWorld(seed: simulation.seed, faultRate: simulation.faultRate, parts: parts, now: now)
    world.tellsProgress = tellsProgress
    savedNow = now
    anchor = (now, MonotonicClock.milliseconds())
  }

  var now: Timestamp { world.now }

  func update(_ site: Site) {}
  func watch(_ hosts: [Host]) {
    notice(hosts)
    if world.hosts.count > hosts.count {
      let known = Set(hosts.map(\.uid))
      for uid in world.hosts.keys where !known.contains(uid) { world.forgetHost(uid) }
    }
  }

  func notice(_ hosts: [Host]) { for host in hosts { world.ensureHost(host) } }

  func start(_ tasks: [DurableTask]) { for task in tasks { world.start(task, from: sender, now: now) } }
  func recover(_ tasks: [DurableTask]) { for task in tasks { world.ask(task, from: sender, now: now) } }
  func cancel(_ tasks: [DurableTask]) { for task in tasks { world.cancel(task.uid, now: now) } }
  func look(_ looks: [Look]) { for look in looks { world.look(look, now: now) } }

  func take() -> [Sighting] {
    defer { seen = [] }
    return seen
  }

  func save(in writer: any StoreWriter) throws {
    for (key, bytes) in world.takeChangedParts() { parts.updateValue(bytes, forKey: key) }
    for (key, bytes) in parts { try writer.setWorldPart(key, bytes) }
    guard now != savedNow, var site = try writer.record(.site, uid: site)?.asSite else { return }
    site.status.simulatedNow = now
    try writer.put(.site(site), expecting: nil)
  }

  func saved() {
    parts = [:]
    savedNow = now
  }

  func idle(until deadline: Timestamp?, milliseconds: Int64) -> Bool {
    guard let next = [world.nextEvent(), deadline].compactMap({ $0 }).min() else {
      if pace != nil || milliseconds > 0 { wakeup.wait(milliseconds: milliseconds) }
      return false
    }
    guard let pace else {
      advance(to: Timestamp(milliseconds: (next.milliseconds / Self.stride + 1) * Self.stride))
      return true
    }
    let elapsed = Double(MonotonicClock.milliseconds() - anchor.real) * pace
    let virtual = anchor.virtual.adding(seconds: elapsed / 1000)
    if next <= virtual {
      advance(to: virtual)
    } else {
      wakeup.wait(milliseconds: min(milliseconds, Int64(Double(next.milliseconds - virtual.milliseconds) / pace) + 1))
    }
    return true
  }

  var isUnderWay: Bool { world.nextEvent() != nil }

  private func advance(to time: Timestamp) {
    for observation in world.advance(to: time) { seen.append(Sighting(observation: observation)) }
  }

  func end() {}
}
