// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation
import FoundationEssentials

/// Two sites, each with its own store and engine, in one world: what one observes, the other hears of too.
final class TwoSites {
  let first: Scene
  let second: SimulatedSite
  private var world: SimulatedWorld

  init(hosts: Int, seed: UInt64 = 1, faultRate: Double = 0) throws {
    first = try Scene(hosts: hosts, seed: seed, faultRate: faultRate)
    let store = MemoryStore()
    try store.write(epoch: nil) { writer in
      try writer.put(
        .site(
          Site(
            metadata: Metadata(name: "second", uid: "site-2", createdAt: Scene.start),
            spec: Site.Spec(simulation: Site.Simulation(seed: seed, faultRate: faultRate)))), expecting: 0)
      try writer.put(.profile(.builtIn(at: Scene.start)), expecting: 0)
    }
    world = first.site.world
    second = try SimulatedSite(store: store, world: world, now: Scene.start)
    first.site.sharesWorld = true
    second.sharesWorld = true
  }

  /// Lets one site do something to the world, and tells the other what was seen meanwhile.
  @discardableResult
  func on<T>(_ site: SimulatedSite, _ body: (SimulatedSite) throws -> T) throws -> T {
    site.world = world
    let result = try body(site)
    world = site.world
    let other = site === second ? first.site : second
    try other.overhear(site.takeSeen(), now: site.now)
    return result
  }

  /// The same for the world alone.
  func change(_ body: (inout SimulatedWorld) -> Void) { body(&world) }
  func look<T>(_ body: (SimulatedWorld) -> T) -> T { body(world) }

  /// Both take steps in turn until something holds; false when neither has anything left to do.
  func runUntil(limit: Int = 4000, _ holds: () throws -> Bool) throws -> Bool {
    for _ in 0..<limit {
      if try holds() { return true }
      let one = try on(first.site) { try $0.step() }
      let two = try on(second) { try $0.step() }
      if !one, !two { return try holds() }
    }
    return try holds()
  }

  func end(of operation: String, on site: SimulatedSite) throws -> EaselModel.Operation {
    var known: EaselModel.Operation?
    _ = try runUntil {
      known = try site.store.read { try $0.record(.operation, name: operation) }?.asOperation
      return known.map { $0.status.phase.isFinal || $0.status.phase == .stopped } ?? false
    }
    return known!
  }

  /// What the last publication of a site wrote into the cluster, read as another site reads it.
  func definition(by site: SimulatedSite) throws -> PublishedCluster {
    let published = try site.snapshot().tasks.filter { $0.spec.verb == .publish && $0.status.state == .succeeded }
    let newest = published.max { $0.status.finishedAt! < $1.status.finishedAt! }!
    return try JSONDecoder().decode(PublishedCluster.self, from: Data(newest.spec.context!.definition!.utf8))
  }

  /// What an operator of another site sees and asks for.
  func adoption(from site: SimulatedSite) throws -> Intent {
    let cluster = try definition(by: site)
    let hosts = cluster.members.map { member in look { world in world.hosts[member.host.uid]! } }
    return .adoptCluster(
      Adoption(
        cluster: cluster, ownerEpoch: hosts.map(\.fence).max()!,
        absent: hosts.filter { !$0.answers }.map(\.name)))
  }

  func adopt(by site: SimulatedSite, from other: SimulatedSite) throws -> EaselModel.Operation {
    let intent = try adoption(from: other)
    let name = try on(site) { try $0.submit(intent) }.operation!.name
    return try end(of: name, on: site)
  }

  var violations: [String] { first.site.violations + second.violations }
}

extension Record {
  var asOperation: EaselModel.Operation? { if case .operation(let object) = self { object } else { nil } }
}
