import EaselEngine
import EaselModel
import EaselSimulation

/// A simulated site with hosts `h1`, `h2`, ... for tests.
struct Scene {
  let site: SimulatedSite

  static let start = Timestamp("2026-01-01T00:00:00Z")!

  init(hosts: Int, seed: UInt64 = 1, faultRate: Double = 0, rules: EngineRules = EngineRules()) throws {
    let store = MemoryStore()
    try store.write(epoch: nil) { writer in
      try writer.put(
        .site(
          Site(
            metadata: Metadata(name: "test", uid: "site", createdAt: Scene.start),
            spec: Site.Spec(simulation: Site.Simulation(seed: seed, faultRate: faultRate)))), expecting: 0)
      try writer.put(.profile(.builtIn(at: Scene.start)), expecting: 0)
      for number in 1...max(1, hosts) {
        var host = Host(
          metadata: Metadata(name: "h\(number)", uid: UID("host-\(number)"), createdAt: Scene.start),
          spec: Host.Spec(transport: .simulated, address: "192.168.77.\(number)"))
        host.status.phase = .ready
        host.status.inventory = nil
        try writer.put(.host(host), expecting: 0)
      }
    }
    var world = try SimulatedWorld(seed: seed, faultRate: faultRate, now: Scene.start)
    world.tellsProgress = false
    site = try SimulatedSite(store: store, world: world, now: Scene.start, rules: rules)
  }

  func spec(_ planes: Int, _ workers: Int, _ version: String = "v1.31.4") -> Cluster.Spec {
    Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: KubernetesVersion(version)!, controlPlane: Cluster.ControlPlane(replicas: planes),
      pools: workers > 0 ? [Cluster.Pool(name: "workers", replicas: workers)] : [])
  }

  @discardableResult
  func create(_ planes: Int, _ workers: Int, name: String = "edge") throws -> Operation {
    try run(.createCluster(name: name, spec: spec(planes, workers), labels: [:]))
  }

  @discardableResult
  func run(_ intent: Intent) throws -> Operation {
    let submission = try site.submit(intent)
    return try site.run(submission.operation!.name, limit: 900)
  }

  func change(_ name: String = "edge", _ edit: (inout Cluster.Spec) -> Void) throws -> Intent {
    var spec = try cluster(name).spec
    edit(&spec)
    return .changeCluster(name: name, spec: spec, expecting: nil)
  }

  func cluster(_ name: String = "edge") throws -> Cluster {
    guard case .cluster(let cluster)? = try site.store.read({ try $0.record(.cluster, name: name) }) else {
      throw EaselError(.notFound, "UnknownCluster", name)
    }
    return cluster
  }

  func operation(_ name: String) throws -> Operation {
    guard case .operation(let operation)? = try site.store.read({ try $0.record(.operation, name: name) }) else {
      throw EaselError(.notFound, "UnknownOperation", name)
    }
    return operation
  }

  func host(_ name: String) throws -> Host {
    guard case .host(let host)? = try site.store.read({ try $0.record(.host, name: name) }) else {
      throw EaselError(.notFound, "UnknownHost", name)
    }
    return host
  }

  func machines() throws -> [Machine] {
    try site.snapshot().machines.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// Steps until something holds; false when nothing is left to do before it does.
  func runUntil(_ holds: () throws -> Bool) throws -> Bool {
    for _ in 0..<5000 {
      if try holds() { return true }
      if try !site.step() { return try holds() }
    }
    return false
  }
}
