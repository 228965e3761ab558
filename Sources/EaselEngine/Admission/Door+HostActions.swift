internal import EaselModel

/// Intents about hosts as they stand: reboot, shut down, reset, and what is done with members.
extension Door {
  func hosts(_ names: [String], _ action: HostAction, operationUID: UID) throws -> Admitted {
    var seen: Set<String> = []
    let hosts = try names.filter { seen.insert($0).inserted }.map { try host($0) }
    guard let first = hosts.first else {
      throw EaselError(.usage, "NoHost", "no host is named", advice: "name one or several hosts")
    }
    let standing = site.claims
    let claims = hosts.map { standing[$0.uid] }
    for (host, claim) in zip(hosts, claims) {
      if let claim, let cluster = site.clusters.first(claim.cluster) { try requireOwned(cluster) }
      try requireOwned(host)
    }
    if action == .powerOn { try requirePowerButton(hosts) }
    guard let claim = claims[0] else { return try free(hosts, action, operationUID: operationUID) }
    if let index = claims.firstIndex(where: { $0?.cluster != claim.cluster }) {
      let other = hosts[index].status.cluster.map { "a member of \($0)" } ?? "free"
      throw EaselError(
        .refused, "DifferentClusters",
        "\(first.name) is a member of \(first.status.cluster ?? "?") and \(hosts[index].name) is \(other)",
        advice: "name hosts of one cluster at a time")
    }
    if action == .reset { throw inUse(first) }
    guard let cluster = site.clusters.first(claim.cluster) else { throw inUse(first) }
    // What an operation of the cluster may wait for is possible while it waits: the host comes back, its node is the other's to await.
    if action == .powerOn, hosts.count == 1, running(on: cluster.uid) != nil {
      return try free(hosts, action, operationUID: operationUID)
    }
    return try members(hosts, of: cluster, action, operationUID: operationUID)
  }

  private func inUse(_ host: Host) -> EaselError {
    let machine = host.status.machine ?? "?"
    return EaselError(
      .refused, "HostInUse",
      "host \(host.name) carries machine \(machine) of cluster \(host.status.cluster ?? "?"), so it is not reset",
      advice: "remove the machine first, which resets its host: easel remove machine \(machine)")
  }

  private func members(
    _ hosts: [Host], of cluster: Cluster, _ action: HostAction, operationUID: UID
  ) throws -> Admitted {
    try requireIdle(ObjectReference(cluster))
    let own = site.machines.filter { $0.spec.cluster.uid == cluster.uid }
    var machines: [Machine] = []
    for host in hosts {
      guard let machine = own.first(where: { $0.host?.uid == host.uid }), machine.status.joinedAt != nil else {
        throw EaselError(
          .refused, "NotJoined", "host \(host.name) has not joined cluster \(cluster.name), so it has no node")
      }
      if action == .reboot || action == .shutDown { try requireAnswer(host, action) }
      machines.append(machine)
    }
    if action == .shutDown { try requireMajority(without: machines, of: own, in: cluster) }
    let verb: Operation.Verb =
      switch action {
      case .reboot: .rebootMachines
      case .shutDown: .shutDownMachines
      case .uncordon: .uncordonMachine
      case .drain: .drainMachine
      case .powerOn: .powerOnMachines
      case .cordon, .reset: .cordonMachine
      }
    let operation = makeOperation(
      verb, action.rawValue, on: ObjectReference(cluster), subjects: machines.map { ObjectReference($0) },
      generation: cluster.metadata.generation, before: cluster.spec, uid: operationUID)
    let word = Self.words(action)
    let what = machines.count == 1 ? "machine" : "machines"
    return accept(
      operation, action.rawValue,
      "\(word) \(what) \(list(machines.map(\.name))) of cluster \(cluster.name)", writing: [])
  }

  /// Members that are off do not vote: the others must keep their majority, except where there is but one to lose.
  private func requireMajority(without leaving: [Machine], of own: [Machine], in cluster: Cluster) throws {
    let gone = Set(leaving.map(\.uid))
    let planes = own.filter { $0.isControlPlane && $0.status.joinedAt != nil && $0.status.phase != .deleting }
    let off = planes.filter { plane in
      gone.contains(plane.uid)
        || plane.host.flatMap { site.hosts.first($0.uid) }?.status.absence?.isOff ?? false
    }
    guard off.contains(where: { gone.contains($0.uid) }), planes.count > 1 else { return }
    let standing = planes.count - off.count
    if standing >= planes.count / 2 + 1 { return }
    throw EaselError(
      .refused, "QuorumAtRisk",
      "with \(list(off.map(\.name))) off only \(standing) of \(planes.count) etcd members of \(cluster.name) would stand, "
        + "\(planes.count / 2 + 1) are needed",
      advice: "remove the machine, or bring the control plane to more members first")
  }

  /// As it is done with a host that no node is asked about.
  private func free(_ hosts: [Host], _ action: HostAction, operationUID: UID) throws -> Admitted {
    let host = hosts[0]
    if hosts.count > 1 {
      throw EaselError(
        .refused, "SeveralFreeHosts", "\(host.name) is free, and free hosts are taken one at a time",
        advice: "name one host")
    }
    let verb: Operation.Verb
    switch action {
    case .reboot: verb = .rebootHost
    case .shutDown: verb = .shutDownHost
    case .reset: verb = .resetHost
    case .powerOn: verb = .powerOnHost
    case .cordon, .uncordon, .drain:
      throw EaselError(
        .refused, "HostFree", "host \(host.name) is in no cluster, so it has no node",
        advice: "to place no new work on it: easel host maintenance \(host.name) on")
    }
    let reference = ObjectReference(host)
    try requireIdle(reference)
    if action == .shutDown, host.status.absence?.isOff ?? false {
      return nothing(reference, action.rawValue, "host \(host.name) is off already")
    }
    if action != .powerOn { try requireAnswer(host, action) }
    let operation = makeOperation(
      verb, action.rawValue, on: reference, generation: host.metadata.generation, uid: operationUID)
    // Written as it is: an engine that is about to give the host to a cluster decides again.
    return accept(
      operation, "host-\(action.rawValue)", "\(Self.words(action)) host \(host.name)", writing: [.host(host)])
  }

  private func requirePowerButton(_ hosts: [Host]) throws {
    for host in hosts {
      if host.spec.transport != .simulated {
        throw EaselError(
          .refused, "NoPowerButton", "Easel has no way to the power button of \(host.name)",
          advice: "power it on at the host, or by its management controller; the site sees it when it answers")
      }
      if host.status.absence?.isOff != true {
        throw EaselError(
          .refused, "NotOff", "host \(host.name) was not shut down on request, so there is nothing to power on")
      }
    }
  }

  private func requireAnswer(_ host: Host, _ action: HostAction) throws {
    guard host.status.phase != .ready else { return }
    let why = (host.status.conditions["Reachable"]?.message).map { ": \($0)" } ?? ""
    throw EaselError(
      .refused, "HostUnreachable",
      "host \(host.name) does not answer, so it cannot be told to \(Self.words(action))\(why)",
      advice: host.status.absence?.isOff ?? false ? "power it on" : "look at its console")
  }

  private static func words(_ action: HostAction) -> String {
    switch action {
    case .shutDown: "shut down"
    case .powerOn: "power on"
    default: action.rawValue
    }
  }
}
