import EaselEngine
import EaselModel
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

  @Test func namesAreOrderedAsPeopleCount() {
    let names = ["h10", "h2", "h1", "a", "h2b"].sorted(by: NaturalOrder.precedes)
    #expect(names == ["a", "h1", "h2", "h2b", "h10"])
  }
}
