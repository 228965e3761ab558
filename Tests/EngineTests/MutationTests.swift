import EaselEngine
import EaselModel
import EaselSimulation
import Testing

/// The invariants can fail: each test breaks one rule on purpose and sees it reported.
@Suite struct MutationTests {
  @Test func withoutTheQuorumTestALostQuorumIsReported() throws {
    var rules = EngineRules()
    rules.testsQuorum = false
    let scene = try Scene(hosts: 5, rules: rules)
    try scene.create(3, 0)
    scene.site.world.checksReconfiguration = false
    scene.site.world.kill(try scene.uid("h2"))
    try scene.site.settle(seconds: 60)
    _ = try scene.run(.removeMachine(cluster: "edge", machine: "edge-cp-3"))
    try scene.site.settle(seconds: 60)
    #expect(scene.site.violations.contains { $0.contains("lost its quorum by our act") }, "\(scene.site.violations)")
  }

  @Test func withTheQuorumTestTheSameStoryKeepsItsQuorum() throws {
    let scene = try Scene(hosts: 5)
    try scene.create(3, 0)
    scene.site.world.kill(try scene.uid("h2"))
    try scene.site.settle(seconds: 60)
    let operation = try scene.run(.removeMachine(cluster: "edge", machine: "edge-cp-3"))
    #expect(operation.status.phase == .blocked)
    #expect(operation.status.message.contains("quorum would be at risk"))
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test func withoutTheQuorumTestsARebootThatBreaksTheQuorumIsReported() throws {
    var rules = EngineRules()
    rules.testsQuorum = false
    let scene = try Scene(hosts: 3, rules: rules)
    try scene.create(3, 0)
    scene.site.world.checksReconfiguration = false
    scene.site.world.kill(try scene.uid("h2"))
    try scene.site.settle(seconds: 60)
    _ = try scene.reboot("h3")
    #expect(scene.site.violations.contains { $0.contains("lost its quorum by our act") }, "\(scene.site.violations)")
  }

  @Test func aHostThatIsSentDownTwiceByOneOperationIsReported() throws {
    let scene = try Scene(hosts: 2)
    try scene.create(1, 1)
    _ = try scene.reboot("h2")
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
    var task = try #require(try scene.site.snapshot().tasks.first { $0.spec.verb == .reboot })
    // The same operation under a key that the agent has not seen, made for the boot that the host is in now.
    task.metadata.name = "\(task.spec.operation.name)/edge-workers-1/reboot/9"
    task.spec.context?.bootID = scene.site.world.hosts[try scene.uid("h2")]?.bootID
    scene.site.world.start(task, from: HostOwner(site: "site", epoch: scene.site.leader.epoch), now: scene.site.now)
    try scene.site.settle(seconds: 120)
    #expect(scene.site.violations.contains { $0.contains("has sent h2 down 2 times") }, "\(scene.site.violations)")
  }

  @Test func aRebootThatIsHandedOutAgainInTheNextBootRebootsNothing() throws {
    let scene = try Scene(hosts: 2)
    try scene.create(1, 1)
    _ = try scene.reboot("h2")
    let uid = try scene.uid("h2")
    let boots = scene.site.world.hosts[uid]?.boots
    var task = try #require(try scene.site.snapshot().tasks.first { $0.spec.verb == .reboot })
    task.metadata.name = "\(task.spec.operation.name)/edge-workers-1/reboot/9"
    scene.site.world.start(task, from: HostOwner(site: "site", epoch: scene.site.leader.epoch), now: scene.site.now)
    try scene.site.settle(seconds: 120)
    #expect(scene.site.world.hosts[uid]?.boots == boots)
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test func withoutTheUndoOfCordonsANodeLeftCordonedIsReported() throws {
    var rules = EngineRules()
    rules.restoresCordons = false
    let scene = try Scene(hosts: 4, rules: rules)
    try scene.create(1, 2)
    _ = try scene.site.submit(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
    try scene.until("edge-workers-1/drain/1")
    let operation = try scene.control { .abort(operation: $0.name) }
    Checker.checkEnded(operation, scene.site)
    #expect(scene.site.violations.contains { $0.contains("still cordoned by us") }, "\(scene.site.violations)")
  }

  @Test func anOldLeaderCommitsNothing() throws {
    let scene = try Scene(hosts: 3)
    _ = try scene.site.submit(.createCluster(name: "edge", spec: scene.spec(1, 1), labels: [:]))
    try scene.until("edge-cp-1/preflight/1")
    let old = try scene.site.replaceLeader()
    let version = try scene.site.store.latestVersion()
    scene.site.letActAgain(old)
    #expect(try scene.site.store.latestVersion() == version)
    #expect(scene.site.violations.isEmpty)
  }

  @Test func anAgentRefusesAnOlderEpoch() throws {
    let scene = try Scene(hosts: 2)
    try scene.create(1, 0)
    let uid = try scene.uid("h1")
    _ = try scene.site.replaceLeader()
    try scene.run(.cordon(cluster: "edge", machine: "edge-cp-1"))
    var task = try #require(try scene.site.snapshot().tasks.first { $0.spec.verb == .prepare })
    task.metadata.name = "stale/edge-cp-1/reset/1"
    task.spec.verb = .reset
    let refused = scene.site.world.hosts[uid]?.refused ?? 0
    scene.site.world.start(task, from: HostOwner(site: "site", epoch: 1), now: scene.site.now)
    #expect(scene.site.world.hosts[uid]?.refused == refused + 1)
    #expect(scene.site.world.hosts[uid]?.owner != nil)
  }

  @Test func aFinishedPlanPlannedAgainIsEmpty() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 2)
    let submission = try scene.site.submit(scene.change { _ in })
    #expect(submission.operation == nil)
    try scene.site.settle(seconds: 3600)
    let state = try scene.site.store.read { try SiteState(reading: $0) }
    for scope in state.allScopes {
      let snapshot = try #require(state.snapshot(for: scope, epoch: 1))
      let decision = Engine.decide(snapshot, now: scene.site.now)
      #expect(decision.isEmpty && decision.lookAgain == nil && decision.looks.isEmpty)
    }
  }
}
