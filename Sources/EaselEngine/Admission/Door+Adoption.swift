internal import EaselModel

/// Intents that take over what another site owns, and that let go of what another site has taken.
extension Door {
  /// A cluster that another site has adopted is not ours to change.
  func requireOwned(_ cluster: Cluster) throws {
    guard let condition = cluster.status.conditions[Host.owned], condition.status == .no else { return }
    throw EaselError(
      .refused, "AdoptedByAnotherSite", "cluster \(cluster.name) takes changes from another site: \(condition.message)",
      advice: "change it there, take it back with: easel adopt cluster \(cluster.name) --via HOST, or let it go with: "
        + "easel forget cluster \(cluster.name)")
  }

  /// A host that another site has adopted takes nothing from us.
  func requireOwned(_ host: Host) throws {
    guard let condition = host.status.conditions[Host.owned], condition.status == .no else { return }
    let advice =
      if let cluster = host.status.cluster {
        "change it there, or take it back with its cluster: easel adopt cluster \(cluster) --via HOST"
      } else {
        "change it there, take it back with: easel adopt host \(host.name), or let it go with: "
          + "easel host remove \(host.name) --force"
      }
    throw EaselError(
      .refused, "AdoptedByAnotherSite", "host \(host.name) takes changes from another site: \(condition.message)",
      advice: advice)
  }

  func adopt(_ adoption: Adoption, operationUID: UID, newUID: () -> UID) throws -> Admitted {
    let wanted = adoption.cluster
    try check(adoption)
    let known = site.clusters.first(wanted.uid)
    var cluster = Cluster(
      metadata: Metadata(
        name: wanted.name, uid: wanted.uid, generation: wanted.generation, createdAt: wanted.createdAt,
        labels: wanted.labels), spec: wanted.spec)
    if let known {
      cluster.metadata.resourceVersion = known.metadata.resourceVersion
      cluster.metadata.generation = max(wanted.generation, known.metadata.generation + 1)
      cluster.status = known.status
    }
    cluster.status.phase = .running
    cluster.status.initializedAt = wanted.initializedAt
    cluster.status.observedGeneration = cluster.metadata.generation
    cluster.status.kubernetesVersion = wanted.members.compactMap(\.status.kubeletVersion).min()
    // What a former owner has minted is not here, and what we had minted before may be void.
    cluster.status.secrets = [:]

    var writes: [Record] = [.cluster(cluster)]
    var deletes: [(kind: Kind, uid: UID)] = []
    var claims: [Claim] = []
    var released: [UID] = []
    let old = site.machines.filter { $0.spec.cluster.uid == wanted.uid }
    for machine in old where !wanted.members.contains(where: { $0.uid == machine.uid }) {
      deletes.append((.machine, machine.uid))
      guard let host = machine.host else { continue }
      released.append(host.uid)
      if var free = site.hosts.first(host.uid), !wanted.members.contains(where: { same($0, free) }) {
        (free.status.cluster, free.status.machine) = (nil, nil)
        writes.append(.host(free))
      }
    }
    var later: [Host] = []
    let standing = site.claims
    for member in wanted.members {
      let isAbsent = adoption.absent.contains(member.host.name)
      let host = try host(of: member, in: cluster, standing, absent: isAbsent)
      writes.append(.host(host))
      if host.metadata.annotations[Host.adoptsLater] != nil { later.append(host) }
      let before = old.first { $0.uid == member.uid }
      var machine = Machine(
        metadata: Metadata(
          name: member.name, uid: member.uid, resourceVersion: before?.metadata.resourceVersion ?? 0,
          createdAt: before?.metadata.createdAt ?? now, labels: member.labels),
        spec: Machine.Spec(
          cluster: ObjectReference(cluster), role: member.role, pool: member.pool,
          binding: .host(ObjectReference(host)),
          nodeName: member.nodeName, address: member.address, podCIDR: member.podCIDR), status: member.status)
      machine.status.phase = .running
      writes.append(.machine(machine))
      let claim = Claim(
        host: host.uid, cluster: cluster.uid, machine: machine.uid, podCIDR: member.podCIDR, claimedAt: now)
      if let stands = standing[host.uid] {
        if stands.machine == claim.machine, stands.podCIDR == claim.podCIDR { continue }
        if !released.contains(host.uid) { released.append(host.uid) }
      }
      claims.append(claim)
    }
    writes += closeOpen(on: wanted.uid)
    for host in later where running(on: host.uid) == nil {
      writes.append(
        .operation(
          makeOperation(.adoptHost, "adopt", on: ObjectReference(host), generation: 1, uid: newUID())))
    }
    let operation = makeOperation(
      .adoptCluster, "adopt", on: ObjectReference(cluster), generation: cluster.metadata.generation, uid: operationUID)
    let planes = wanted.members.count { $0.role == .controlPlane }
    let owner = wanted.owner.name.isEmpty ? "site \(wanted.owner.site)" : "site \(wanted.owner.name)"
    var admitted = accept(
      operation, "adopt",
      "adopt cluster \(wanted.name) with \(count(wanted.members.count, "host")), \(count(planes, "control plane")), from \(owner)"
        + (later.isEmpty ? "" : "; when they come back: \(list(later.map(\.name)))"),
      writing: writes)
    (admitted.deletes, admitted.newClaims, admitted.releasedClaims) = (deletes, claims, released)
    admitted.leastEpoch = adoption.ownerEpoch
    return admitted
  }

  func adopt(
    host name: String, _ spec: Host.Spec, _ labels: [String: String], ownerEpoch: Int64, hostUID: UID, operationUID: UID
  ) throws -> Admitted {
    try requireReachable(ownerEpoch)
    let host: Host
    var writes: [Record] = []
    if let known = site.hosts.first(named: name) {
      try requireIdle(ObjectReference(known))
      host = known
    } else {
      try checkNew(host: name, spec)
      host = Host(metadata: Metadata(name: name, uid: hostUID, createdAt: now, labels: labels), spec: spec)
      writes = [.host(host)]
    }
    let operation = makeOperation(.adoptHost, "adopt", on: ObjectReference(host), generation: 1, uid: operationUID)
    var admitted = accept(operation, "adopt", "adopt host \(name) at \(host.spec.address)", writing: writes)
    admitted.leastEpoch = ownerEpoch
    return admitted
  }

  /// Only what another site has adopted is forgotten just so: it goes on without us. Its hosts are forgotten with it.
  func forget(_ name: String) throws -> Admitted {
    let cluster = try self.cluster(name)
    guard cluster.status.conditions[Host.owned]?.status == .no else {
      throw EaselError(
        .refused, "StillOwned", "cluster \(name) takes changes from this site and cannot just be forgotten",
        advice: "delete it with: easel delete cluster \(name); another site takes it over with: easel adopt cluster")
    }
    let machines = site.machines.filter { $0.spec.cluster.uid == cluster.uid }
    var admitted = nothing(ObjectReference(cluster), "forget", "cluster \(name) is forgotten here; its owner keeps it")
    admitted.leastEpoch = 0
    admitted.writes = closeOpen(on: cluster.uid)
    admitted.deletes = machines.map { (.machine, $0.uid) } + [(.cluster, cluster.uid)]
    for reference in machines.compactMap(\.host) {
      admitted.releasedClaims.append(reference.uid)
      guard var host = site.hosts.first(reference.uid) else { continue }
      if host.belongsToAnotherSite {
        admitted.deletes.append((.host, host.uid))
      } else {
        (host.status.cluster, host.status.machine) = (nil, nil)
        admitted.writes.append(.host(host))
      }
    }
    admitted.events = [
      Event(
        at: now, reason: "Forgotten", message: "cluster \(name) is forgotten here", object: ObjectReference(cluster))
    ]
    return admitted
  }

  // MARK: Rules

  /// The highest epoch or generation that is believed: sites count one by one, and a host may say anything.
  private static let highest: Int64 = 1 << 52

  private func requireReachable(_ epoch: Int64) throws {
    guard !(0...Self.highest).contains(epoch) else { return }
    throw EaselError(
      .refused, "UnbelievableEpoch", "a host says that it has accepted epoch \(epoch), which no site ever counts to",
      advice: "its agent's owner record is damaged, or it lies: reinstall that host, then adopt again")
  }

  private func check(_ adoption: Adoption) throws {
    let wanted = adoption.cluster
    try requireReachable(adoption.ownerEpoch)
    guard (0...Self.highest).contains(wanted.generation) else {
      throw EaselError(
        .refused, "DefinitionDamaged",
        "the definition in cluster \(wanted.name) has generation \(wanted.generation), which no site ever counts to",
        advice: "somebody has changed it there: see who may write to its namespace")
    }
    let profile = site.profiles.first { $0.name == wanted.spec.profile.name }
    // What stands is taken as it stands: an even control plane is no reason to leave it to nobody.
    let problems = ClusterValidation.check(name: wanted.name, spec: wanted.spec, profile: profile).filter {
      $0.code != "ControlPlaneSize"
    }
    try throwAll(problems)
    if let other = site.clusters.first(named: wanted.name), other.uid != wanted.uid {
      throw EaselError(
        .conflict, "ClusterExists", "there is another cluster \"\(wanted.name)\" in this site",
        advice: "adopt it from a site of its own: give another --state")
    }
    guard wanted.owner.site != site.site.uid || site.clusters.first(wanted.uid) != nil else {
      // A state directory that lost the cluster but kept its identity was put back from a copy: it must not go on as if nothing was.
      throw EaselError(
        .refused, "OwnCluster", "cluster \(wanted.name) belongs to this site, which does not know it",
        advice: "the state directory is older than the cluster: make a new site and adopt it there")
    }
    let planes = wanted.members.filter { $0.role == .controlPlane }
    let present = planes.filter { !adoption.absent.contains($0.host.name) }
    guard present.count > planes.count / 2 else {
      throw EaselError(
        .refused, "NoMajority", "\(present.count) of \(planes.count) control-plane hosts of \(wanted.name) answer",
        advice: "a majority must take changes from this site before the first change: bring them back first")
    }
    for operation in site.operations where operation.spec.target.uid == wanted.uid {
      if operation.status.phase == .running || operation.status.phase == .pending {
        throw EaselError(
          .refused, "OperationRunning", "operation \(operation.name) is still changing \(wanted.name)",
          advice: "abort it: easel abort \(operation.name)")
      }
    }
  }

  private func same(_ member: PublishedCluster.Member, _ host: Host) -> Bool {
    host.uid == member.host.uid
      || host.spec.address == member.host.spec.address && host.spec.transport == member.host.spec.transport
  }

  /// The host that a member is on: the one that this site knows, or one with the identity that it had.
  private func host(
    of member: PublishedCluster.Member, in cluster: Cluster, _ claims: [UID: Claim], absent: Bool
  ) throws -> Host {
    var host: Host
    if let known = site.hosts.first(where: { same(member, $0) }) {
      host = known
      if let claim = claims[host.uid], claim.cluster != cluster.uid {
        throw EaselError(
          .refused, "HostClaimed",
          "host \(host.name) is in use by cluster \(host.status.cluster ?? claim.cluster.text)",
          advice: "remove it from there first")
      }
      try requireIdle(ObjectReference(host), orWith: .adoptHost)
    } else {
      try checkNew(host: member.host.name, member.host.spec)
      host = Host(
        metadata: Metadata(name: member.host.name, uid: member.host.uid, createdAt: now, labels: member.host.labels),
        spec: member.host.spec)
    }
    host.status.cluster = cluster.name
    host.status.machine = member.name
    // Known to carry an agent: it is asked how it is from now on.
    if host.status.agentVersion == nil { host.status.agentVersion = member.host.agentVersion ?? "unknown" }
    host.metadata.annotations[Host.adoptsLater] = absent ? "true" : nil
    return host
  }

  private func requireIdle(_ host: ObjectReference, orWith verb: Operation.Verb) throws {
    if let operation = running(on: host.uid), operation.spec.verb == verb { return }
    try requireIdle(host)
  }

  /// Operations on a cluster that was somebody else's meanwhile have stopped or wait, and cannot go on: what they meant to change is
  /// not so any more. They end with the tasks that were never answered.
  private func closeOpen(on cluster: UID) -> [Record] {
    site.operations.filter { $0.spec.target.uid == cluster && !$0.status.phase.isFinal }.flatMap { operation in
      var closed = operation
      closed.status.phase = .aborted
      closed.status.reason = "Adopted"
      closed.status.message = "closed: the cluster had another owner meanwhile"
      closed.status.finishedAt = now
      let tasks = site.tasks.filter { $0.spec.operation.uid == operation.uid && !$0.status.state.isFinal }.map { task in
        var task = task
        task.status.state = .cancelled
        task.status.finishedAt = now
        return Record.task(task)
      }
      return tasks + [.operation(closed)]
    }
  }
}
