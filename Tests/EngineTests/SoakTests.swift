import EaselEngine
import EaselModel
import EaselSimulation
import FoundationEssentials
import Testing

/// Random histories of intents, faults and changes of leader. `EASEL_SEEDS` says how many, `EASEL_SEED` which is the first.
@Suite struct SoakTests {
  static let environment = ProcessInfo.processInfo.environment
  static let count = environment["EASEL_SEEDS"].flatMap { Int($0) } ?? 2000
  static let first = environment["EASEL_SEED"].flatMap { UInt64($0) } ?? 1
  static let shards = 4

  @Test(arguments: 0..<shards)
  func noHistoryBreaksAnInvariant(shard: Int) throws {
    for index in stride(from: shard, to: Self.count, by: Self.shards) {
      let seed = Self.first + UInt64(index)
      let history = try History(seed: seed, keepsTranscript: Self.count == 1)
      try history.play()
      if !history.site.violations.isEmpty {
        let replay = try History(seed: seed, keepsTranscript: true)
        try replay.play()
        Issue.record(
          """
          seed \(seed): \(history.site.violations.joined(separator: "\n"))
          replay: make soak SEEDS=1 SEED=\(seed)
          \(replay.site.transcript.joined(separator: "\n"))
          """)
        return
      }
      if Self.count == 1 { print(history.site.transcript.joined(separator: "\n")) }
    }
  }
}

/// One random history.
final class History {
  let scene: Scene
  var site: SimulatedSite { scene.site }
  var random: RandomSource
  let disasters: Bool

  init(seed: UInt64, keepsTranscript: Bool, rules: EngineRules = EngineRules()) throws {
    random = RandomSource(seed: seed, for: "history")
    disasters = seed % 4 != 0
    scene = try Scene(hosts: 4 + Int(seed % 4), seed: seed, faultRate: seed % 3 == 0 ? 0 : 0.08, rules: rules)
    scene.site.keepsTranscript = keepsTranscript
    scene.site.decidesTwice = seed % 3 == 1 || keepsTranscript
  }

  func play() throws {
    let planes = [1, 1, 3][random.below(3)]
    try attempt(.createCluster(name: "edge", spec: scene.spec(planes, random.below(3)), labels: [:]))
    for _ in 0..<(2 + random.below(4)) {
      try attempt(try intent())
    }
    // In the end everything is mended: what is still open must end, or say why it waits for the operator.
    for host in site.world.hosts.values.sorted(by: { $0.name < $1.name }) {
      if host.partitioned { site.world.partition(host.uid, false) }
      site.world.breakBoot(host.uid, false)
      if !host.alive { site.world.revive(host.uid) }
      site.world.fillDisk(host.uid, false)
    }
    for cluster in site.world.clusters.values {
      for node in cluster.budgets.keys { site.world.setBudget(nil, on: node, of: cluster.uid) }
    }
    // A long upgrade of slow hosts takes an hour; one that gets nowhere in two does not get on.
    for _ in 0..<16 {
      try site.settle(seconds: 450)
      if try site.snapshot().operations.allSatisfy({ $0.status.phase != .running }) { break }
    }
    for operation in try site.snapshot().operations { Checker.checkEnded(operation, site) }
    for operation in try site.snapshot().operations where !operation.status.phase.isFinal {
      if operation.status.phase == .running {
        site.violate("\(operation.name) neither ends nor says why it waits: \(operation.status.message)")
      }
    }
  }

  private func attempt(_ intent: Intent?) throws {
    guard let intent else { return }
    let name: String?
    do { name = try site.submit(intent).operation?.name } catch let error as EaselError {
      site.note("refused: \(error)")
      return
    }
    guard let name else { return }
    for _ in 0..<(20 + random.below(120)) {
      guard try site.step() else { break }
      if disasters, random.chance() < 0.02 { try disaster() }
      guard let operation = try? scene.operation(name) else { return }
      if operation.status.phase.isFinal {
        Checker.checkEnded(operation, site)
        return
      }
      if operation.status.phase == .stopped, random.chance() < 0.5 { operate(operation) }
    }
  }

  private func operate(_ operation: Operation) {
    let stopped = operation.status.steps.flatMap { step in
      step.items.filter { $0.state == .stopped }.map { (step, $0) }
    }
    guard let (step, item) = stopped.last else { return }
    let intent: Intent =
      switch random.below(4) {
      case 0: .abort(operation: operation.name)
      case 1: .skip(operation: operation.name, step: step.name, item: item.name)
      default: .retry(operation: operation.name, step: nil, item: nil)
      }
    do { try site.submit(intent) } catch { site.note("refused: \(error)") }
  }

  private func intent() throws -> Intent? {
    if random.chance() < 0.25 { return try power() }
    guard let cluster = try site.snapshot().clusters.first else {
      return .createCluster(name: "edge", spec: scene.spec([1, 3][random.below(2)], random.below(3)), labels: [:])
    }
    if let running = try site.snapshot().operations.first(where: { !$0.status.phase.isFinal }), random.chance() < 0.4 {
      return .abort(operation: running.name)
    }
    var spec = cluster.spec
    let machines = try scene.machines()
    switch random.below(9) {
    case 0, 1: spec.controlPlane.replicas = [1, 3, 3, 5][random.below(4)]
    case 2, 3:
      let replicas = random.below(4)
      if spec.pools.isEmpty { spec.pools = [Cluster.Pool(name: "workers", replicas: replicas)] }
      spec.pools[0].replicas = replicas
    case 4, 5:
      let next = KubernetesVersion(major: 1, minor: spec.kubernetesVersion.minor + 1, patch: 1)
      spec.kubernetesVersion = next
    case 6:
      guard let machine = pick(machines) else { return nil }
      return .removeMachine(cluster: cluster.name, machine: machine.name)
    case 7:
      guard let machine = pick(machines) else { return nil }
      let kind = random.below(3)
      if kind == 0 { return .cordon(cluster: cluster.name, machine: machine.name) }
      if kind == 1 { return .uncordon(cluster: cluster.name, machine: machine.name) }
      return .drain(cluster: cluster.name, machine: machine.name)
    default: return random.chance() < 0.6 ? .deleteCluster(name: cluster.name) : .removeHost(name: "h1", force: true)
    }
    return .changeCluster(name: cluster.name, spec: spec, expecting: nil)
  }

  private func power() throws -> Intent? {
    let hosts = try site.snapshot().hosts.sorted { $0.name < $1.name }
    guard let host = pick(hosts) else { return nil }
    switch random.below(8) {
    case 0, 1: return .host(.reboot, names: [host.name])
    case 2:
      return .host(.reboot, names: hosts.filter { $0.status.cluster == host.status.cluster }.map(\.name))
    case 3, 4: return .host(.shutDown, names: [host.name])
    case 5:
      if let off = hosts.first(where: { $0.status.absence?.isOff == true }) {
        return .host(.powerOn, names: [off.name])
      }
      return .host(.reset, names: [host.name])
    case 6: return .host(.drain, names: hosts.filter { $0.status.cluster != nil }.map(\.name))
    default:
      if random.chance() < 0.5 { site.world.breakBoot(host.uid, !host.name.hasSuffix("1")) }
      return .host(.uncordon, names: [host.name])
    }
  }

  private func disaster() throws {
    let hosts = site.world.hosts.values.sorted { $0.name < $1.name }
    guard let host = pick(hosts) else { return }
    switch random.below(8) {
    case 0:
      site.note("\(host.name) loses power")
      site.world.kill(host.uid)
    case 1, 2:
      site.note("\(host.name) reboots")
      site.world.kill(host.uid)
      site.world.revive(host.uid, after: 30)
    case 3:
      site.note("\(host.name) is cut off: \(!host.partitioned)")
      site.world.partition(host.uid, !host.partitioned)
    case 4:
      if random.chance() < 0.3 {
        site.note("\(host.name) is installed anew")
        site.world.reimage(host.uid)
      }
    case 5:
      if let cluster = site.world.clusters.values.first {
        site.note("a budget holds \(host.name)")
        site.world.setBudget(host.name == "h2" ? nil : "default/web", on: host.name, of: cluster.uid)
      }
    case 6:
      if !host.alive { site.world.revive(host.uid) }
    default:
      let old = try site.replaceLeader()
      if random.chance() < 0.5 { site.letActAgain(old) }
    }
  }

  private func pick<T>(_ list: [T]) -> T? { list.isEmpty ? nil : list[random.below(list.count)] }
}
