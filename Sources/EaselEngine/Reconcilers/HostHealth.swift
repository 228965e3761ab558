internal import EaselModel

/// What is said of hosts without being asked. Reads host observations; alone writes `Host.status` and the machine condition
/// `HostOwned`.
enum HostHealth {
  static func reconcile(_ draft: Draft) {
    guard draft.site.spec.simulation == nil else { return }
    for host in draft.hosts.values where host.status.cluster == draft.cluster?.name {
      let age = host.status.lastSeen.map { draft.now.seconds(since: $0) } ?? .infinity
      if age >= draft.rules.idleLook { draft.decision.looks.append(.host(host.uid)) }
      draft.lookAgain(at: draft.now.adding(seconds: draft.rules.idleLook))
    }
  }

  /// The host's agent says from which site it takes changes. What another site has adopted is not ours to change, and we say so.
  static func checkSite(_ seen: HostObservation, of uid: UID, at time: Timestamp, in draft: Draft) {
    guard let owner = seen.owner, let host = draft.hosts[uid] else { return }
    let known = host.status.conditions[Host.owned]
    guard owner.site != draft.site.uid else {
      guard known?.status == .no else { return }
      return draft.updateHost(uid) { $0.status.conditions.set(Host.owned, .yes, reason: "Owner", at: time) }
    }
    let message = owner.adoptionText
    guard known?.status != .no || known?.message != message else { return }
    draft.updateHost(uid) {
      $0.status.conditions.set(Host.owned, .no, reason: "AdoptedByAnotherSite", message: message, at: time)
    }
    // While this site waits to take it over, that it belongs to another one is no news.
    guard host.metadata.annotations[Host.adoptsLater] == nil, host.status.conditions["Reachable"] != nil else { return }
    draft.event(
      .warning, "AdoptedByAnotherSite", "host \(host.name) takes changes from another site now: \(message)",
      about: ObjectReference(host))
  }

  /// A host that carries a machine says whose member it is; a re-imaged one says nothing.
  static func checkOwner(_ seen: HostObservation, of uid: UID, at time: Timestamp, in draft: Draft) {
    if draft.cluster == nil { return checkFree(seen, of: uid, at: time, in: draft) }
    if draft.hosts[uid]?.status.leftover != nil {
      // What it held has become a cluster of this site.
      draft.updateHost(uid) {
        $0.status.leftover = nil
        $0.status.conditions.set("Clean", .yes, reason: "Member", at: time)
      }
    }
    guard let machine = draft.machines.values.first(where: { $0.host?.uid == uid }),
      let joined = machine.status.joinedAt,
      joined < time, !machine.status.hostReset, machine.status.phase != .deleting
    else { return }
    let known = machine.status.conditions["HostOwned"]
    if seen.ownerCluster == machine.spec.cluster.uid {
      guard known?.status == .no else { return }
      draft.updateMachine(machine.uid) { $0.status.conditions.set("HostOwned", .yes, reason: "Member", at: time) }
      return
    }
    guard known?.status != .no else { return }
    let message =
      "host \(machine.host?.name ?? "?") carries nothing of cluster \(machine.spec.cluster.name) any more: it was reinstalled or "
      + "restored; remove machine \(machine.name) and let the cluster take the host again"
    draft.updateMachine(machine.uid) {
      $0.status.conditions.set("HostOwned", .no, reason: "HostReimaged", message: message, at: time)
      $0.status.phase = .failed
    }
    draft.event(.warning, "HostReimaged", message, about: ObjectReference(machine))
  }

  /// A free host should be nobody's member.
  private static func checkFree(_ seen: HostObservation, of uid: UID, at time: Timestamp, in draft: Draft) {
    guard let host = draft.hosts[uid], host.status.cluster == nil, host.status.leftover != seen.ownerCluster else {
      return
    }
    guard let owner = seen.ownerCluster else {
      return draft.updateHost(uid) {
        $0.status.leftover = nil
        $0.status.conditions.set("Clean", .yes, reason: "Clean", at: time)
      }
    }
    let message =
      "host \(host.name) says that it is a member of cluster \(owner), which this site does not have on it: adopt that "
      + "cluster if it is still wanted, or reset the host before another one takes it"
    draft.updateHost(uid) {
      $0.status.leftover = owner
      $0.status.conditions.set("Clean", .no, reason: "HoldsCluster", message: message, at: time)
    }
    draft.event(.warning, "HoldsCluster", message, about: ObjectReference(host))
  }
}
