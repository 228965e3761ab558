internal import EaselModel
internal import EaselPlans

/// Intents about clusters.
extension Door {
  func create(
    _ name: String, _ given: Cluster.Spec, _ labels: [String: String], clusterUID: UID, operationUID: UID
  ) throws -> Admitted {
    var spec = given
    if spec.controlPlane.endpoint == nil { spec.controlPlane.endpoint = "api.\(name).easel.internal:6443" }
    let profile = site.profiles.first { $0.name == spec.profile.name }
    if spec.profile.version.isEmpty, let profile { spec.profile.version = profile.spec.version }
    try throwAll(ClusterValidation.check(name: name, spec: spec, profile: profile) + LabelValidation.check(labels))
    if site.clusters.first(named: name) != nil {
      throw EaselError(
        .conflict, "ClusterExists", "there is a cluster \"\(name)\" already",
        advice: "use another name, or change that one")
    }
    guard profile != nil else {
      throw EaselError(
        .refused, "UnknownProfile", "there is no profile \"\(spec.profile.name)\"", field: "spec.profile.name")
    }
    try requireHosts(spec, for: nil)
    try requireContent(spec.kubernetesVersion)
    let cluster = Cluster(
      metadata: Metadata(name: name, uid: clusterUID, createdAt: now, labels: labels), spec: spec)
    let operation = makeOperation(
      .createCluster, "create", on: ObjectReference(cluster), generation: 1, uid: operationUID)
    return accept(
      operation, "create", "create cluster \(name) with \(machines(of: spec)) at \(spec.kubernetesVersion)",
      writing: [.cluster(cluster)])
  }

  /// `1 control plane and 2 workers`, with the pools by name where there is more than the usual one.
  private func machines(of spec: Cluster.Spec) -> String {
    let planes = count(spec.controlPlane.replicas, "control plane")
    guard spec.pools.contains(where: { $0.name != "workers" }) else {
      return "\(planes) and \(count(spec.machineCount - spec.controlPlane.replicas, "worker"))"
    }
    let pools = spec.pools.map { "pool \($0.name) of \($0.replicas)" }
    return "\(planes), \(pools.joined(separator: ", "))"
  }

  func change(_ name: String, to given: Cluster.Spec, expecting: Int64?, operationUID: UID) throws -> Admitted {
    var cluster = try self.cluster(name)
    // Before anything else: what was meant for another definition must not be judged by this one.
    if let expecting, expecting != cluster.metadata.generation {
      throw EaselError(
        .conflict, "Conflict", "cluster \(name) was changed since it was read",
        advice: "read it again and repeat the change")
    }
    let old = cluster.spec
    let spec = given.keepingDefaults(of: old)
    try requireOwned(cluster)
    let profile = site.profiles.first { $0.name == spec.profile.name }
    try throwAll(ClusterValidation.check(name: name, spec: spec, insteadOf: old, profile: profile))
    let reference = ObjectReference(cluster)
    if spec == old {
      let behind = site.behind(cluster)
      guard !behind.isEmpty, running(on: cluster.uid) == nil else {
        return nothing(reference, "change", "cluster \(name) is already so: nothing to do")
      }
      return try finish(cluster, behind, operationUID: operationUID)
    }
    if let operation = running(on: cluster.uid) {
      return try amend(operation, cluster, to: spec)
    }
    guard cluster.status.initializedAt != nil else {
      throw EaselError(
        .refused, "NotRunning", "cluster \(name) has not come up, so there is nothing to change",
        advice: "delete it and create it anew")
    }
    try requireHosts(spec, for: cluster)
    if spec.kubernetesVersion != old.kubernetesVersion { try requireContent(spec.kubernetesVersion) }
    let (verb, word, detail) = describe(from: old, to: spec, name: name)
    cluster.spec = spec
    cluster.metadata.generation += 1
    let operation = makeOperation(
      verb, word, on: reference, generation: cluster.metadata.generation, before: old, uid: operationUID)
    return accept(operation, word, detail, writing: [.cluster(cluster)])
  }

  /// The definition stays as it is: machines that an abort or a skip has left behind are brought to its version.
  private func finish(_ cluster: Cluster, _ behind: [Machine], operationUID: UID) throws -> Admitted {
    try requireContent(cluster.spec.kubernetesVersion)
    let operation = makeOperation(
      .upgradeCluster, "upgrade", on: ObjectReference(cluster), generation: cluster.metadata.generation,
      before: cluster.spec, uid: operationUID)
    return accept(
      operation, "upgrade",
      "upgrade \(list(behind.map(\.name))) of cluster \(cluster.name) to \(cluster.spec.kubernetesVersion)",
      writing: [.cluster(cluster)])
  }

  /// Which workflow a difference needs, from the narrowest to the widest.
  private func describe(
    from old: Cluster.Spec, to new: Cluster.Spec, name: String
  ) -> (verb: Operation.Verb, word: String, detail: String) {
    var parts: [String] = []
    let versions = old.kubernetesVersion != new.kubernetesVersion
    let planes = old.controlPlane.replicas != new.controlPlane.replicas
    let pools = old.pools != new.pools
    if versions { parts.append("from \(old.kubernetesVersion) to \(new.kubernetesVersion)") }
    if planes { parts.append("control plane from \(old.controlPlane.replicas) to \(new.controlPlane.replicas)") }
    for pool in new.pools {
      let before = old.pools.first { $0.name == pool.name }
      if before?.replicas != pool.replicas {
        parts.append("pool \(pool.name) from \(before?.replicas ?? 0) to \(pool.replicas)")
      } else if before != pool {
        parts.append("pool \(pool.name)'s settings")
      }
    }
    for pool in old.pools where !new.pools.contains(where: { $0.name == pool.name }) {
      parts.append("pool \(pool.name) from \(pool.replicas) to 0")
    }
    let hosts = { (spec: Cluster.Spec) in spec.controlPlane.hosts + spec.pools.flatMap(\.hosts) }
    let (named, still) = (hosts(old), Set(hosts(new)))
    let dropped = named.filter { !still.contains($0) }
    if !dropped.isEmpty { parts.append("without naming \(dropped.joined(separator: ", ")) any more") }
    let words = parts.isEmpty ? "its settings" : parts.joined(separator: ", ")
    switch (versions, planes, pools) {
    case (true, false, false): return (.upgradeCluster, "upgrade", "upgrade cluster \(name) \(words)")
    case (false, true, false): return (.scaleControlPlane, "scale", "scale cluster \(name): \(words)")
    case (false, false, true): return (.scalePool, "scale", "scale cluster \(name): \(words)")
    default: return (.changeCluster, "change", "change cluster \(name): \(words)")
    }
  }

  /// While an operation runs, a pool of which nothing has been started may still be given another size.
  private func amend(_ operation: Operation, _ cluster: Cluster, to spec: Cluster.Spec) throws -> Admitted {
    var cluster = cluster
    let own = site.machines.filter { $0.spec.cluster.uid == cluster.uid }
    var onlyPools = spec
    onlyPools.pools = cluster.spec.pools
    let started = { (pool: String) in
      own.contains { machine in machine.spec.pool == pool }
    }
    let changed =
      spec.pools.filter { pool in cluster.spec.pools.first { $0.name == pool.name } != pool }.map(\.name)
      + cluster.spec.pools.filter { pool in !spec.pools.contains { $0.name == pool.name } }.map(\.name)
    let allowed: Set<Operation.Verb> = [.createCluster, .scalePool, .changeCluster]
    guard onlyPools == cluster.spec, allowed.contains(operation.spec.verb), !changed.contains(where: started),
      operation.abortedAt == nil
    else {
      throw EaselError(
        .refused, "OperationRunning", "operation \(operation.name) is still changing \(cluster.name)",
        advice: "wait for it, or abort it: easel abort \(operation.name)")
    }
    try requireHosts(spec, for: cluster)
    cluster.spec = spec
    cluster.metadata.generation += 1
    var operation = operation
    operation.spec.targetGeneration = cluster.metadata.generation
    return accept(
      operation, "change", "change pool \(changed.joined(separator: ", ")) of \(cluster.name) before it is started",
      writing: [.cluster(cluster)])
  }

  func remove(_ machine: String, from name: String, operationUID: UID) throws -> Admitted {
    var cluster = try self.cluster(name)
    try requireOwned(cluster)
    let machine = try self.machine(machine, of: cluster)
    try requireIdle(ObjectReference(cluster))
    let old = cluster.spec
    var left = ""
    if machine.isControlPlane {
      let standing = site.machines.filter { $0.spec.cluster.uid == cluster.uid && $0.isControlPlane }
      if standing.count <= 1 {
        throw EaselError(
          .refused, "LastControlPlane", "\(machine.name) is the last control plane of \(name)",
          advice: "delete the cluster, or scale its control plane to 3 first")
      }
      // Removing leaves an even number, as while a member is replaced: the next scale brings it to an odd one again.
      cluster.spec.controlPlane.replicas -= 1
      cluster.spec.controlPlane.hosts.removeAll { $0 == machine.host?.name }
      left = "; its control plane is \(cluster.spec.controlPlane.replicas) then"
    } else if let index = cluster.spec.pools.firstIndex(where: { $0.name == machine.spec.pool }) {
      cluster.spec.pools[index].replicas = max(0, cluster.spec.pools[index].replicas - 1)
      cluster.spec.pools[index].hosts.removeAll { $0 == machine.host?.name }
    }
    cluster.metadata.generation += 1
    let operation = makeOperation(
      .removeMachine, "remove", on: ObjectReference(cluster), subjects: [ObjectReference(machine)],
      generation: cluster.metadata.generation, before: old, uid: operationUID)
    return accept(
      operation, "remove", "remove machine \(machine.name) from cluster \(name)\(left)", writing: [.cluster(cluster)])
  }

  func delete(_ name: String, operationUID: UID) throws -> Admitted {
    let cluster = try self.cluster(name)
    try requireOwned(cluster)
    try requireIdle(ObjectReference(cluster))
    let operation = makeOperation(
      .deleteCluster, "delete", on: ObjectReference(cluster), generation: cluster.metadata.generation,
      before: cluster.spec, uid: operationUID)
    return accept(operation, "delete", "delete cluster \(name)", writing: [])
  }

  func about(
    _ machine: String, in name: String, _ verb: Operation.Verb, _ word: String, operationUID: UID
  ) throws -> Admitted {
    let cluster = try self.cluster(name)
    try requireOwned(cluster)
    let machine = try self.machine(machine, of: cluster)
    if let host = machine.host.flatMap({ site.hosts.first($0.uid) }) { try requireOwned(host) }
    try requireIdle(ObjectReference(cluster))
    guard machine.status.joinedAt != nil else {
      throw EaselError(
        .refused, "NotJoined", "machine \(machine.name) has not joined cluster \(name), so it has no node")
    }
    let operation = makeOperation(
      verb, word, on: ObjectReference(cluster), subjects: [ObjectReference(machine)],
      generation: cluster.metadata.generation, before: cluster.spec, uid: operationUID)
    return accept(operation, word, "\(word) machine \(machine.name) of cluster \(name)", writing: [])
  }

  // MARK: Rules

  /// Named hosts must exist and belong to nobody else. Whether enough are free is for the workflow, which can wait for them.
  private func requireHosts(_ spec: Cluster.Spec, for cluster: Cluster?) throws {
    let paths =
      spec.controlPlane.hosts.enumerated().map { ("spec.controlPlane.hosts[\($0.offset)]", $0.element) }
      + spec.pools.enumerated().flatMap { pool in
        pool.element.hosts.enumerated().map { ("spec.pools[\(pool.offset)].hosts[\($0.offset)]", $0.element) }
      }
    let claims = paths.isEmpty ? [:] : site.claims
    for (path, name) in paths {
      guard let host = site.hosts.first(named: name) else {
        throw EaselError(
          .refused, "UnknownHost", "there is no host \"\(name)\"", advice: "add it first: easel host add \(name)",
          field: path)
      }
      if let claim = claims[host.uid], claim.cluster != cluster?.uid {
        let owner = site.clusters.first(claim.cluster)?.name ?? host.status.cluster ?? claim.cluster.text
        throw EaselError(
          .refused, "HostClaimed", "host \(name) is in use by cluster \(owner)",
          advice: "name another host, or remove it from \(owner) first", field: path)
      }
      if cluster == nil, let (field, network) = ClusterValidation.ownNetwork(of: spec, holding: host) {
        throw EaselError(
          .refused, "Overlap", "\(network) contains the address \(host.spec.address) of host \(name)",
          advice: "choose a network that no host is in: it cannot be changed later", field: field)
      }
    }
  }

  func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}
