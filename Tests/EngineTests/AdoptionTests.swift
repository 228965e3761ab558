// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation
import FoundationEssentials
import Testing

/// What happens between two sites, as each of them tells it.
struct AdoptionStory: Sendable, CustomTestStringConvertible {
  let name: String
  let play: @Sendable (TwoSites) throws -> Void
  var testDescription: String { name }

  init(_ name: String, _ play: @escaping @Sendable (TwoSites) throws -> Void) { (self.name, self.play) = (name, play) }

  static let all: [AdoptionStory] = [
    AdoptionStory("another site adopts a cluster and changes it") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
      _ = try two.adopt(by: two.second, from: two.first.site)
      try two.settle()
      // The former owner hears it, says who it was, and is refused at its own door.
      two.tryToSubmit(two.first.site, try two.first.change { $0.pools[0].replicas = 0 })
      let cluster = try two.second.snapshot().clusters.first!
      two.tryToSubmit(
        two.second, .changeCluster(name: "edge", spec: cluster.spec, expecting: nil))
      try two.run(two.second, .cordon(cluster: "edge", machine: "edge-workers-1"))
    },
    AdoptionStory("a former owner that has not heard of it is refused by the hosts") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(1, 1) }
      let intent = try two.adoption(from: two.first.site)
      try two.on(two.second) { _ = try $0.submit(intent) }
      let plane = two.first.machine("edge-cp-1")
      _ = try two.runUntil { two.look { $0.hosts[plane]?.site?.site } == "site-2" }
      let name = try two.on(two.first.site) { site in
        try site.submit(.cordon(cluster: "edge", machine: "edge-workers-1")).operation!.name
      }
      let refused = try two.end(of: name, on: two.first.site)
      two.first.site.note("\(refused.name) is \(refused.status.phase.rawValue): \(refused.status.message)")
    },
    AdoptionStory("a cluster is adopted and taken back") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(1, 1) }
      _ = try two.adopt(by: two.second, from: two.first.site)
      try two.settle()
      var spec = try two.second.snapshot().clusters.first!.spec
      spec.pools = []
      try two.run(two.second, .changeCluster(name: "edge", spec: spec, expecting: nil))
      let back = try two.adopt(by: two.first.site, from: two.second)
      two.first.site.note("\(back.name) is \(back.status.phase.rawValue): \(back.status.message)")
      try two.settle()
      two.tryToSubmit(two.second, .deleteCluster(name: "edge"))
      two.tryToSubmit(two.second, .forgetCluster(name: "edge"))
    },
    AdoptionStory("a host that is away is taken over when it comes back") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
      let away = two.first.machine("edge-cp-3")
      two.change { $0.kill(away) }
      _ = try two.adopt(by: two.second, from: two.first.site)
      two.second.note("its operation: \(try two.operation("adopt-h3-1").status.message)")
      two.change { $0.revive(away) }
      _ = try two.end(of: "adopt-h3-1", on: two.second)
      try two.settle()
    },
    AdoptionStory("without a majority nothing is taken over") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(3, 0) }
      two.change { world in
        world.kill(two.first.machine("edge-cp-2"))
        world.kill(two.first.machine("edge-cp-3"))
      }
      two.tryToSubmit(two.second, try two.adoption(from: two.first.site))
    },
    AdoptionStory("an adoption that another site was faster with stops and is given up") { two in
      try two.on(two.first.site) { _ in _ = try two.first.create(3, 0) }
      var intent = try two.adoption(from: two.first.site)
      guard case .adoptCluster(var adoption) = intent else { return }
      // What was seen is old: the hosts have accepted more since.
      adoption.ownerEpoch = 0
      intent = .adoptCluster(adoption)
      try two.on(two.first.site) { site in
        for _ in 0..<4 { try site.replaceLeader() }
        _ = try two.first.run(.cordon(cluster: "edge", machine: "edge-cp-1"))
        _ = try two.first.run(.cordon(cluster: "edge", machine: "edge-cp-2"))
      }
      let name = try two.on(two.second) { try $0.submit(intent) }.operation!.name
      let stopped = try two.end(of: name, on: two.second)
      two.second.note("\(stopped.name) is \(stopped.status.phase.rawValue): \(stopped.status.message)")
      _ = try two.on(two.second) { try $0.submit(.abort(operation: name)) }
      _ = try two.runUntil { try two.operation(name).status.phase.isFinal }
      two.second.note("\(name) is \(try two.operation(name).status.phase.rawValue)")
      two.second.note("hosts left here: \(try two.second.snapshot().hosts.count)")
    },
  ]
}

@Suite struct AdoptionTests {
  @Test(arguments: AdoptionStory.all)
  func theTranscriptsAreAsTheyWere(story: AdoptionStory) throws {
    let two = try TwoSites(hosts: 4)
    try story.play(two)
    #expect(two.violations.isEmpty, "\(two.violations)")
    let text =
      "--- first site\n" + two.first.site.transcript.joined(separator: "\n") + "\n--- second site\n"
      + two.second.transcript.joined(separator: "\n") + "\n"
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Goldens/Adoption/\(story.name.replacing(" ", with: "-")).txt")
    if ProcessInfo.processInfo.environment["EASEL_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == golden, "\(story.name) differs; EASEL_UPDATE_GOLDENS=1 writes it anew, then read the diff")
  }

  @Test func whatIsAdoptedStandsAsItStoodAndNothingIsLeftToDo() throws {
    let two = try TwoSites(hosts: 5)
    try two.on(two.first.site) { _ in _ = try two.first.create(3, 2) }
    let before = try two.first.site.snapshot()
    #expect(try two.adopt(by: two.second, from: two.first.site).status.phase == .succeeded)
    try two.settle()
    let after = try two.second.snapshot()
    let cluster = try #require(after.clusters.first)
    #expect(cluster.uid == before.clusters.first?.uid && cluster.spec == before.clusters.first?.spec)
    #expect(cluster.status.phase == .running, "\(cluster.status.conditions)")
    #expect(Set(after.machines.map(\.uid)) == Set(before.machines.map(\.uid)))
    #expect(after.machines.allSatisfy { $0.status.phase == .running && $0.status.joinedAt != nil })
    #expect(Set(after.claims.values.map(\.podCIDR)) == Set(before.claims.values.map(\.podCIDR)))
    #expect(after.hosts.allSatisfy { $0.status.phase == .ready && !$0.belongsToAnotherSite })
    #expect(cluster.status.secrets["kubeconfig"] != nil)
    // The same again is nothing to do.
    let submission = try two.on(two.second) {
      try $0.submit(.changeCluster(name: "edge", spec: cluster.spec, expecting: nil))
    }
    #expect(submission.operation == nil)
    let old = try #require(two.first.site.snapshot().clusters.first)
    #expect(old.status.conditions[Host.owned]?.status == .no)
    #expect(old.status.conditions[Host.owned]?.message.contains("site second (uid site-2) adopted it at") == true)
  }

  /// What an operator asks of hosts and nodes is refused at the door, by the name of who has them now.
  @Test func nothingIsAskedOfHostsThatAnotherSiteHasAdopted() throws {
    let two = try TwoSites(hosts: 5)
    try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
    let before = try two.first.site.snapshot()
    _ = try two.adopt(by: two.second, from: two.first.site)
    try two.settle()
    let lost = try two.first.site.snapshot()
    let worker = try #require(lost.machines.first { $0.name == "edge-workers-1" }?.host?.name)
    let free = try #require(before.hosts.first { $0.status.cluster == nil }?.name)
    func ask(_ intent: Intent, in snapshot: SiteSnapshot) -> EaselError? {
      do {
        _ = try Admission.admit(intent, as: Actor(name: "alice"), in: snapshot, now: snapshot.now) { "new" }
        return nil
      } catch {
        return error as? EaselError
      }
    }
    /// Only this host has gone; the cluster is still ours.
    func without(_ name: String) -> SiteSnapshot {
      var snapshot = before
      let index = snapshot.hosts.firstIndex { $0.name == name }!
      snapshot.hosts[index].status.conditions.set(
        Host.owned, .no, reason: "AdoptedByAnotherSite", message: "site second (uid site-2) adopted it",
        at: snapshot.now)
      return snapshot
    }
    let nodes: [Intent] = [
      .cordon(cluster: "edge", machine: "edge-workers-1"), .uncordon(cluster: "edge", machine: "edge-workers-1"),
      .drain(cluster: "edge", machine: "edge-workers-1"),
    ]
    for action in HostAction.allCases {
      for (names, snapshot) in [
        ([worker], lost), ([worker], without(worker)), ([free], without(free)),
        (["h1", "h2"], without("h2")),
      ] {
        let refused = ask(.host(action, names: names), in: snapshot)
        #expect(refused?.code == "AdoptedByAnotherSite" && refused?.category == .refused, "\(action) \(names)")
        #expect(refused?.message.contains("site second (uid site-2) adopted it") == true, "\(action) \(names)")
      }
    }
    for intent in nodes {
      for snapshot in [lost, without(worker)] {
        #expect(ask(intent, in: snapshot)?.code == "AdoptedByAnotherSite", "\(intent)")
      }
      // The same is taken as long as the host is ours.
      #expect(ask(intent, in: before) == nil, "\(intent)")
    }
    for action in [HostAction.reboot, .shutDown, .cordon, .uncordon, .drain] {
      #expect(ask(.host(action, names: [worker]), in: before) == nil, "\(action)")
    }
    for action in [HostAction.reboot, .shutDown, .reset] {
      #expect(ask(.host(action, names: [free]), in: before) == nil, "\(action)")
    }
  }

  /// What hosts and a cluster's own definition say is not believed where counting on from it would end the site.
  @Test func anEpochOrAGenerationThatNoSiteCountsToIsRefused() throws {
    let two = try TwoSites(hosts: 4)
    try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
    guard case .adoptCluster(let honest) = try two.adoption(from: two.first.site) else { return }
    let spec = Host.Spec(transport: .simulated, address: "192.168.77.99")
    func code(_ intent: Intent) -> String? {
      do {
        _ = try two.on(two.second) { try $0.submit(intent) }
        return nil
      } catch {
        return (error as? EaselError)?.code
      }
    }
    for epoch in [Int64.max, .max - 1, 1 << 60, -1, .min] {
      var lying = honest
      lying.ownerEpoch = epoch
      #expect(code(.adoptCluster(lying)) == "UnbelievableEpoch")
      #expect(code(.adoptHost(name: "h99", spec: spec, labels: [:], ownerEpoch: epoch)) == "UnbelievableEpoch")
    }
    for generation in [Int64.max, -1] {
      var lying = honest
      lying.cluster.generation = generation
      #expect(code(.adoptCluster(lying)) == "DefinitionDamaged")
    }
    #expect(try two.second.snapshot().clusters.isEmpty && two.second.snapshot().lease.epoch < 10)
    #expect(code(.adoptCluster(honest)) == nil)
  }

  @Test func theAdoptionIsShownBeforeItIsConfirmed() throws {
    let two = try TwoSites(hosts: 4)
    try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
    let intent = try two.adoption(from: two.first.site)
    let plan = try Preview.of(intent, as: Actor(name: "alice"), in: two.second.snapshot())
    #expect(plan.completes, "\(plan.obstacles)")
    #expect(plan.steps.count { $0.verb == .takeOver } == 4 && plan.steps.contains { $0.verb == .publish })
    #expect(plan.summary.contains("adopt cluster edge with 4 hosts, 3 control planes, from site test"))
    // Nothing but words has come of it.
    #expect(try two.second.snapshot().clusters.isEmpty)
  }

  /// An engine of the adopting site that dies at any step leaves what the next one goes on with.
  @Test(arguments: stride(from: 0, through: 24, by: 3).map(\.self))
  func anAdoptionThatIsKilledAtAnyStepGoesOn(steps: Int) throws {
    let two = try TwoSites(hosts: 4)
    two.first.site.keepsTranscript = false
    try two.on(two.first.site) { _ in _ = try two.first.create(3, 1) }
    let intent = try two.adoption(from: two.first.site)
    let name = try two.on(two.second) { try $0.submit(intent) }.operation!.name
    for _ in 0..<steps { _ = try two.on(two.second) { try $0.step() } }
    try two.on(two.second) { site in site.letActAgain(try site.replaceLeader()) }
    #expect(try two.end(of: name, on: two.second).status.phase == .succeeded)
    try two.settle()
    #expect(try two.second.snapshot().clusters.first?.status.phase == .running)
    #expect(two.violations.isEmpty, "\(two.violations)")
  }

  /// Whatever the former owner is doing, with faults: from the adoption on it changes nothing.
  @Test(arguments: 0..<4)
  func aFormerOwnerChangesNothing(shard: Int) throws {
    for seed in stride(from: UInt64(shard + 1), through: 80, by: 4) {
      let (two, adopted) = try history(seed)
      if !two.violations.isEmpty {
        Issue.record(
          """
          seed \(seed), adopted: \(adopted): \(two.violations.joined(separator: "\n"))
          \(two.first.site.transcript.joined(separator: "\n"))
          --- second site
          \(two.second.transcript.joined(separator: "\n"))
          """)
        return
      }
    }
  }

  @Test func hostsThatTakeChangesFromEverySiteAreNoticed() throws {
    var noticed = 0
    for seed in UInt64(1)...20 {
      let (two, _) = try history(seed, checksOwner: false)
      if two.violations.contains(where: { $0.contains("owner no more") }) { noticed += 1 }
    }
    #expect(noticed > 0)
  }

  private func history(_ seed: UInt64, checksOwner: Bool = true) throws -> (TwoSites, adopted: Bool) {
    let two = try TwoSites(hosts: 6, seed: seed, faultRate: seed % 3 == 0 ? 0 : 0.06)
    var random = RandomSource(seed: seed, for: "adoption")
    two.second.decidesTwice = false
    let planes = [1, 3, 3][random.below(3)]
    try two.on(two.first.site) { _ in _ = try two.first.create(planes, 1 + random.below(2)) }
    guard try two.first.site.snapshot().clusters.first?.status.phase == .running else { return (two, false) }
    var spec = try two.first.cluster().spec
    switch random.below(4) {
    case 0: spec.kubernetesVersion = KubernetesVersion("v1.32.1")!
    case 1: spec.controlPlane.replicas = planes == 1 ? 3 : 1
    case 2: spec.pools[0].replicas = 0
    default: spec.pools[0].replicas += 1
    }
    try two.on(two.first.site) { _ = try? $0.submit(.changeCluster(name: "edge", spec: spec, expecting: nil)) }
    for _ in 0..<random.below(80) { _ = try two.on(two.first.site) { try $0.step() } }
    if random.chance() < 0.3 {
      let hosts = two.look { $0.hosts.values.sorted { $0.name < $1.name } }
      let host = hosts[random.below(hosts.count)].uid
      two.change { $0.kill(host) }
      if random.chance() < 0.6 { two.change { $0.revive(host, after: 60) } }
    }
    two.change { $0.checksOwner = checksOwner }
    let intent = try two.adoption(from: two.first.site)
    let old = two.first.site.leader
    guard let name = try? two.on(two.second, { try $0.submit(intent) }).operation?.name else { return (two, false) }
    for _ in 0..<400 {
      try two.on(two.first.site) { _ = try $0.step() }
      try two.on(two.second) { _ = try $0.step() }
      if random.chance() < 0.02 { try two.on(two.second) { site in site.letActAgain(try site.replaceLeader()) } }
      if random.chance() < 0.02 {
        try two.on(two.first.site) { site in
          try site.replaceLeader()
          site.letActAgain(old)
        }
      }
      if let stopped = try? two.first.site.snapshot().operations.first(where: { $0.status.phase == .stopped }),
        random.chance() < 0.2
      {
        try two.on(two.first.site) { _ = try? $0.submit(.retry(operation: stopped.name, step: nil, item: nil)) }
      }
    }
    let operation = try two.second.store.read { try $0.record(.operation, name: name) }?.asOperation
    return (two, operation?.status.phase == .succeeded)
  }
}

extension TwoSites {
  func settle() throws {
    let end = first.site.now.adding(seconds: 300)
    _ = try runUntil { first.site.now > end }
  }

  func run(_ site: SimulatedSite, _ intent: Intent) throws {
    guard let name = try on(site, { try $0.submit(intent) }).operation?.name else { return }
    let ended = try end(of: name, on: site)
    site.note("\(ended.name) is \(ended.status.phase.rawValue): \(ended.status.message)")
  }

  func tryToSubmit(_ site: SimulatedSite, _ intent: Intent) {
    do { _ = try on(site) { try $0.submit(intent) } } catch { site.note("refused: \(error)") }
  }

  func operation(_ name: String) throws -> Operation {
    try second.store.read { try $0.record(.operation, name: name) }!.asOperation!
  }
}

extension Scene {
  /// The host of a machine.
  func machine(_ name: String) -> UID { try! site.snapshot().machines.first { $0.name == name }!.host!.uid }
}
