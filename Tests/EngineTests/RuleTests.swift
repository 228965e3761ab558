import EaselEngine
import EaselModel
import EaselSimulation
import Testing

@Suite struct RuleTests {
  private func members(_ count: Int, bad: Int) -> [ClusterObservation.EtcdMember] {
    (0..<count).map {
      ClusterObservation.EtcdMember(name: "m\($0)", id: "\($0)", voting: true, healthy: $0 >= bad)
    }
  }

  /// The table of Cluster API's kubeadm control plane; two members of which one is dead cannot take the removal in real etcd.
  @Test(arguments: [(3, 1, true), (3, 2, false), (5, 2, true), (5, 3, false)])
  func theBadMemberMayGoOnlyWhenTheRestStands(count: Int, bad: Int, allowed: Bool) {
    #expect((Quorum.objectionToRemoving("m0", members(count, bad: bad)) == nil) == allowed)
  }

  @Test(arguments: [(1, 0, true), (2, 0, true), (3, 0, true), (3, 1, false)])
  func aMemberIsAddedOnlyWhenItsFailureWouldNotMatter(count: Int, bad: Int, allowed: Bool) {
    #expect((Quorum.objectionToAdding(members(count, bad: bad)) == nil) == allowed)
  }

  @Test(arguments: [(1, 0, true), (2, 0, true), (3, 0, true), (5, 1, true)])
  func aHealthyMemberMayRestartWhenTheOthersAreAMajority(count: Int, bad: Int, allowed: Bool) {
    #expect((Quorum.objectionToRestarting("m\(count - 1)", members(count, bad: bad)) == nil) == allowed)
  }

  @Test func aMemberOfThreeMayNotRestartWhileAnotherIsDown() {
    #expect(Quorum.objectionToRestarting("m2", members(3, bad: 1)) != nil)
  }

  @Test func aLearnerHoldsEveryChange() {
    var some = members(3, bad: 0)
    some[1].voting = false
    #expect(Quorum.objectionToAdding(some)?.contains("learner") == true)
    #expect(Quorum.objectionToRemoving("m0", some)?.contains("learner") == true)
  }

  @Test func scalingDownDropsTheNamesOfTheHostsThatTheRuleTakes() throws {
    let scene = try Scene(hosts: 6)
    var spec = scene.spec(3, 0)
    spec.controlPlane.hosts = ["h3", "h2", "h1"]
    spec.pools = [Cluster.Pool(name: "db", replicas: 2)]
    spec.pools[0].hosts = ["h5"]
    try scene.run(.createCluster(name: "edge", spec: spec, labels: [:]))
    let cluster = try scene.cluster()
    var site = try scene.site.snapshot()
    let smaller = cluster.spec.scaled(controlPlane: 1, pools: [("db", 1)], cluster, in: site)
    #expect(smaller.controlPlane.hosts == ["h3"] && smaller.pools[0].hosts == ["h5"])
    for index in site.hosts.indices where site.hosts[index].name == "h3" { site.hosts[index].status.phase = .notReady }
    let without = cluster.spec.scaled(controlPlane: 1, cluster, in: site)
    #expect(without.controlPlane.hosts == ["h2"], "the one that does not answer goes first")
    let larger = cluster.spec.scaled(pools: [("db", 3), ("web", 1)], cluster, in: site)
    #expect(larger.pools.map(\.replicas) == [3, 1] && larger.pools[0].hosts == ["h5"])
    try scene.run(.changeCluster(name: "edge", spec: smaller, expecting: nil))
    #expect(Set(try scene.machines().compactMap { $0.host?.name }) == ["h3", "h5"])
  }

  @Test func namesAreOrderedAsPeopleCount() {
    let names = ["h10", "h2", "h1", "a", "h2b"].sorted(by: NaturalOrder.precedes)
    #expect(names == ["a", "h1", "h2", "h2b", "h10"])
  }
}
