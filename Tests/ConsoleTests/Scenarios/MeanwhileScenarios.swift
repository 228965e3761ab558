import EaselEngine
import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Somebody else does something while a question or a plan is open.
struct MeanwhileScenarios {
  private func frozen() async -> (Player, FrozenSite) {
    let site = FrozenSite(Fixture.site)
    let player = Player(site)
    await player.user.settle()
    return (player, site)
  }

  private func change(_ site: FrozenSite, _ player: Player, _ body: (inout SiteSnapshot) -> Void) async {
    var snapshot = Fixture.site.snapshot
    body(&snapshot)
    snapshot.version += 1
    site.show(SiteView(snapshot))
    await player.look()
  }

  @Test func `a question about an operation that ends says so, and does nothing any more`() async {
    let (player, site) = await frozen()
    await player.go("operation upgrade-lab-2")
    await player.act("operation.abort")
    await player.press(.tab)
    await change(site, player) { $0.operations[1].status.phase = .succeeded }
    #expect(player.shows("There is nothing to ask any more: upgrade-lab-2 has ended: Succeeded."), "\(player.screen)")
    #expect(player.shows("> Close <") && !player.shows("[ Abort ]") && player.shows("Enter close"))
    await player.press(.tab, .enter)
    #expect(player.user.app.question == nil && site.submitted.isEmpty)
  }

  @Test func `nothing is retried that goes on already`() async {
    let (player, site) = await frozen()
    await player.go("operation upgrade-lab-2")
    await player.act("operation.retry")
    await change(site, player) { $0.operations[1].status.phase = .running }
    #expect(player.shows("upgrade-lab-2 goes on already."), "\(player.screen)")
    await player.press(.enter)
    #expect(player.user.app.question == nil && site.submitted.isEmpty)
  }

  @Test func `a question about several goes on for those that are left`() async throws {
    let (player, site) = await frozen()
    func second(_ snapshot: inout SiteSnapshot, _ phase: Operation.Phase) {
      var other = snapshot.operations[1]
      other.metadata = Metadata(name: "upgrade-far-2", uid: UID("op-far"), createdAt: other.metadata.createdAt)
      other.status.phase = phase
      snapshot.operations.append(other)
    }
    await change(site, player) { second(&$0, .stopped) }
    await player.go("operations")
    await player.press(.space, .down, .space)
    await player.act("operation.abort")
    #expect(player.shows("upgrade-far-2") && player.shows("upgrade-lab-2"))
    await change(site, player) { second(&$0, .aborted) }
    #expect(player.shows("[ Abort ]"), "\(player.screen)")
    await player.confirm()
    #expect(site.submitted == [.abort(operation: "upgrade-lab-2")])
  }

  @Test func `a host that is forgotten elsewhere is not asked about any more`() async {
    let (player, site) = await frozen()
    await player.go("host sim-6")
    await player.act("host.remove")
    await player.type("sim")
    await change(site, player) { $0.hosts.packed.remove(at: 5) }
    #expect(player.shows("host sim-6 is not there any more") && !player.shows("Type sim-6"), "\(player.screen)")
    await player.press(.enter)
    #expect(player.user.app.question == nil && site.submitted.isEmpty)
  }

  @Test func `what somebody else has begun stands against a question about the same cluster`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("host sim-2")
    await player.act("host.cordon")
    try site.elsewhere(.drain(cluster: "edge", machine: "edge-workers-1"))
    await player.look()
    #expect(player.shows("This cannot be done now: drain-edge-2, by bob, is changing edge."), "\(player.screen)")
  }

  @Test func `a plan for a cluster that is deleted elsewhere says so and cannot be confirmed`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("delete edge")
    await player.type("edge")
    try site.elsewhere(.deleteCluster(name: "edge"))
    await player.look()
    #expect(player.shows("This plan is stale: delete-edge-2, by bob, is changing edge."), "\(player.screen)")
    #expect(player.shows("r plan again"))
    site.finish()
    await player.look()
    await player.act("plan.again")
    #expect(player.shows("there is no cluster \"edge\""), "\(player.screen)")
    await player.press(.tab, .enter)
    #expect(try site.snapshot().operations.filter { $0.spec.verb == .deleteCluster }.count == 1)
  }

  @Test func `a plan made again keeps what somebody else has changed`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("scale edge")
    await player.fill("pool0", "2")
    await player.act("form.next")
    var spec = try #require(try site.cluster("edge")).spec
    spec.pools.append(Cluster.Pool(name: "gpu", replicas: 1))
    try site.elsewhere(.changeCluster(name: "edge", spec: spec, expecting: nil))
    site.finish()
    await player.look()
    #expect(player.shows("the definition of edge was changed by somebody else"), "\(player.screen)")
    await player.act("tab.next", "open")
    #expect(try site.cluster("edge")?.metadata.generation == 2, "a stale plan is not handed in")
    // Cancel had the focus: the form is there again, and what it asks for is planned on top of the other change.
    await player.act("form.next")
    spec.pools[1].labels = ["disk": "fast"]
    try site.elsewhere(.changeCluster(name: "edge", spec: spec, expecting: nil))
    site.finish()
    await player.look()
    await player.act("plan.again")
    #expect(!player.shows("stale"), "\(player.screen)")
    await player.confirmPlan()
    site.finish()
    let pools = try #require(try site.cluster("edge")).spec.pools
    #expect(pools.map(\.replicas) == [2, 1] && pools[1].labels == ["disk": "fast"], "\(pools) \(player.screen)")
  }

  @Test func `a host that a plan has chosen is taken elsewhere`() async throws {
    let site = PlaySite(hosts: 3)
    let player = Player(site)
    await player.user.settle()
    await player.planCluster("north")
    let spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: KubernetesVersion(major: 1, minor: 31, patch: 4))
    try site.elsewhere(.createCluster(name: "south", spec: spec, labels: [:]))
    site.finish()
    await player.look()
    #expect(player.shows("This plan is stale: sim-1 was taken by south."), "\(player.screen)")
  }

  @Test func `a change is moved onto another definition field by field`() {
    let old = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: KubernetesVersion(major: 1, minor: 31, patch: 4),
      pools: [
        Cluster.Pool(name: "a", replicas: 1), Cluster.Pool(name: "b", replicas: 1),
        Cluster.Pool(name: "c", replicas: 1),
      ])
    var ours = old
    ours.pools[0].replicas = 5
    ours.pools.remove(at: 2)
    ours.pools.append(Cluster.Pool(name: "d", replicas: 2))
    var theirs = old
    theirs.kubernetesVersion = KubernetesVersion(major: 1, minor: 32, patch: 1)
    theirs.pools[0].labels = ["x": "y"]
    theirs.pools.remove(at: 1)
    let both = ours.moved(from: old, onto: theirs)
    #expect(both.kubernetesVersion == theirs.kubernetesVersion)
    #expect(both.pools.map(\.name) == ["a", "d"], "b is gone by them, c by us")
    #expect(both.pools[0].replicas == 5 && both.pools[0].labels == ["x": "y"])
  }

  @Test func `a plan that is confirmed before the news of another change says so, and is planned again`() async throws {
    let (player, site) = try await Player.withCluster(hosts: 8, workers: 1)
    await player.go("scale edge")
    await player.fill("pool0", "2")
    await player.goOnToPlan()
    var spec = try #require(try site.cluster("edge")).spec
    let version = try #require(
      player.user.app.environment.versions(try site.snapshot()).first { $0 > spec.kubernetesVersion })
    spec.kubernetesVersion = version
    try site.submit(.changeCluster(name: "edge", spec: spec, expecting: nil), as: Actor(name: "bob"))
    await player.confirmPlan()
    #expect(player.shows("the definition of edge was changed by somebody else"), "\(player.screen)")
    #expect(player.shows("plan again") && !player.shows("Downgrade"), "\(player.screen)")
  }
}
