package import EaselModel

/// The test that guards every change of etcd members.
///
/// After lifecycle rules of Cluster API's kubeadm control plane: `targetVoting - unhealthy >= floor(targetVoting / 2) + 1`, and no
/// learners. A member to be added counts as unhealthy unless there was at most one member.
package enum Quorum {
  /// Why adding one member is not safe now, as a sentence; nil when it is.
  package static func objectionToAdding(_ members: [ClusterObservation.EtcdMember]) -> String? {
    if let learner = members.first(where: { !$0.voting }) { return "etcd member \(learner.name) is still a learner" }
    let unhealthy = members.count { !$0.healthy } + (members.count <= 1 ? 0 : 1)
    let target = members.count + 1
    return verdict(target: target, unhealthy: unhealthy, members: members, act: "adding one")
  }

  /// Why removing the named member is not safe now, as a sentence; nil when it is.
  package static func objectionToRemoving(_ name: String, _ members: [ClusterObservation.EtcdMember]) -> String? {
    let rest = members.filter { $0.name != name }
    if rest.isEmpty { return "\(name) is the last etcd member" }
    if let learner = rest.first(where: { !$0.voting }) { return "etcd member \(learner.name) is still a learner" }
    // A removal is itself a write: the members that stand now must have their majority first.
    let voting = members.filter(\.voting)
    let healthy = voting.count { $0.healthy }
    if healthy < voting.count / 2 + 1 {
      return "only \(healthy) of \(voting.count) etcd members are healthy, so etcd cannot take the removal"
    }
    return verdict(target: rest.count, unhealthy: rest.count { !$0.healthy }, members: rest, act: "removing \(name)")
  }

  /// Why taking the named member down for a moment is not safe now; nil when it is, or when there are at most two members, for
  /// which the interruption is announced and cannot be avoided.
  package static func objectionToRestarting(_ name: String, _ members: [ClusterObservation.EtcdMember]) -> String? {
    if let learner = members.first(where: { !$0.voting }) { return "etcd member \(learner.name) is still a learner" }
    let bad = members.filter { !$0.healthy && $0.name != name }
    if members.count <= 2 {
      return bad.isEmpty ? nil : "etcd member \(bad[0].name) is not healthy"
    }
    let standing = members.count - bad.count - 1
    if standing >= members.count / 2 + 1 { return nil }
    return "with \(name) down only \(standing) of \(members.count) etcd members would stand, "
      + "\(members.count / 2 + 1) are needed\(list(bad))"
  }

  private static func verdict(
    target: Int, unhealthy: Int, members: [ClusterObservation.EtcdMember], act: String
  ) -> String? {
    let needed = target / 2 + 1
    if target - unhealthy >= needed { return nil }
    return "after \(act) only \(target - unhealthy) of \(target) etcd members would surely stand, \(needed) are needed"
      + list(members.filter { !$0.healthy })
  }

  private static func list(_ bad: [ClusterObservation.EtcdMember]) -> String {
    bad.isEmpty ? "" : " (not healthy: \(bad.map(\.name).sorted().joined(separator: ", ")))"
  }
}
