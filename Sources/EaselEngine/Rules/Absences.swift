internal import EaselModel

/// Hosts that go down because somebody asked for it: when they may, that they have, and that they are back.
extension Draft {
  /// The host that an item is about: itself, or its machine's.
  func host(of item: Item) -> Host? { item.host.flatMap { hosts[$0] } ?? self[item].flatMap(host(of:)) }

  /// The tasks of the running operation that send an item's host down.
  private func tries(_ item: Item) -> [DurableTask] {
    attempts(item: item.name, stage: "reboot") + attempts(item: item.name, stage: "power-off")
      + attempts(item: item.name, stage: "power-on")
  }

  /// The boot that the operation ends: the one in which the host was first told to go down.
  private func bootBefore(_ item: Item) -> String? { tries(item).first?.spec.context?.bootID }

  /// Whether the host has gone down for the running operation. Its boot says so also when no answer came.
  func wentDown(_ item: Item) -> Bool {
    let tries = tries(item)
    guard !tries.isEmpty, tries.allSatisfy(\.status.state.isFinal) else { return false }
    return tries.contains { $0.status.state == .succeeded || isAnsweredBySilence($0) } || isBack(item)
  }

  /// The host is seen in another boot than the one that the operation ends.
  func isBack(_ item: Item) -> Bool {
    guard let host = host(of: item), let before = bootBefore(item) else { return false }
    return host.status.phase == .ready && host.status.bootID.map { $0 != before } ?? false
  }

  /// A host that falls silent after it was told to power off has said all that it will say.
  func isAnsweredBySilence(_ task: DurableTask) -> Bool {
    guard task.spec.verb == .powerOff, task.status.state != .failed, case .host(let target) = task.spec.target,
      let host = hosts[target.uid], let absence = host.status.absence, absence.bootID == task.spec.context?.bootID
    else { return false }
    return absence.isOff
      || host.status.phase != .ready && host.status.conditions["Reachable"]?.since ?? .zero > task.metadata.createdAt
  }

  /// What must hold before a host is told to go down.
  func mayGoDown(_ item: Item) -> Block? {
    guard let host = host(of: item) else { return nil }
    if let block = mustAnswer(item, "go down") { return block }
    if host.status.bootID == nil {
      look(at: host)
      return .waiting("looking at the host first")
    }
    guard let machine = self[item], machine.isControlPlane else { return nil }
    return mayTakeDown(machine)
  }

  func mustAnswer(_ item: Item, _ what: String) -> Block? {
    guard let host = host(of: item), host.status.phase != .ready else { return nil }
    return Block("HostUnreachable", "\(host.silence) (it cannot be told to \(what))", needsOperator: true)
  }

  /// The quorum test before a member goes down. Where quorum is lost already, there is nothing to lose.
  private func mayTakeDown(_ machine: Machine) -> Block? {
    guard rules.testsQuorum else { return nil }
    if let block = mayRestart(machine) {
      let voting = freshEtcd.filter(\.voting)
      let isLost = !voting.isEmpty && voting.count { $0.healthy } < voting.count / 2 + 1
      return isLost ? nil : block
    }
    return nil
  }

  /// The members as a look that is recent enough shows them; empty without one.
  private var freshEtcd: [ClusterObservation.EtcdMember] {
    guard let at = cluster?.status.observedAt, now.seconds(since: at) < rules.freshness else { return [] }
    return cluster?.status.observed?.etcd ?? []
  }

  /// Tells the host to go down, and the site why it will be silent.
  func sendDown(_ verb: TaskVerb, _ item: Item) -> Act {
    guard let host = host(of: item), let boot = host.status.bootID else { return .done }
    if host.status.absence?.bootID != boot || host.status.absence?.isStarting == true {
      updateHost(host.uid) {
        $0.status.absence = Host.Absence(
          reason: verb == .reboot ? "Rebooting" : "ShuttingDown", actor: operation?.spec.actor ?? "", since: now,
          bootID: boot, until: now.adding(seconds: rules.bootPatience))
      }
    }
    var context = self[item].flatMap { self.context(on: $0) } ?? .freeHost(host)
    context.bootID = boot
    return .task(
      TaskRequest(
        verb: verb, target: ObjectReference(host), context: context, timeLimit: Int(rules.bootPatience) + 120))
  }

  func powerOn(_ item: Item) -> Act {
    guard let host = host(of: item) else { return .done }
    var context = self[item].flatMap { self.context(on: $0) } ?? .freeHost(host)
    context.bootID = host.status.bootID
    return .task(
      TaskRequest(
        verb: .powerOn, target: ObjectReference(host), context: context, timeLimit: Int(rules.bootPatience)))
  }

  func noteOff(_ host: Host, _ absence: Host.Absence) {
    var absence = absence
    (absence.reason, absence.until) = ("ShutDown", nil)
    let since = host.status.conditions["Reachable"]?.since ?? now
    updateHost(host.uid) {
      $0.status.absence = absence
      $0.status.conditions.set("Reachable", .no, reason: absence.reason, message: absence.message, at: since)
    }
    event(.normal, "HostShutDown", "host \(host.name) is off: \(absence.message)", about: ObjectReference(host))
  }

  func look(at host: Host) {
    let look = Look.host(host.uid)
    if !decision.looks.contains(look) { decision.looks.append(look) }
    lookAgain(at: now.adding(seconds: rules.recheck))
  }

  // MARK: Coming back

  /// From when on the host is back, as far as anybody has seen.
  func backSince(_ item: Item) -> Timestamp {
    max(lastEnd { $0.spec.item == item.name }, host(of: item)?.status.conditions["Reachable"]?.since ?? .zero)
  }

  func seenSinceBack(_ item: Item) -> Bool { cluster?.status.observedAt ?? .zero > backSince(item) }

  func waitForHost(_ item: Item) -> Block {
    guard let host = host(of: item) else { return .waiting("waiting for the host") }
    guard let sent = tries(item).last?.metadata.createdAt else { return .waiting("waiting for the host") }
    let end = sent.adding(seconds: rules.bootPatience)
    if now < end {
      look(at: host)
      return .waiting("waiting for \(host.name) to come back")
    }
    return Block(
      "NotBack",
      "host \(host.name) has not come back within \(Int(rules.bootPatience / 60)) minutes: look at its console; it goes on "
        + "when it is there", needsOperator: true)
  }

  /// The node is Ready again, by a look that was made after its host came back.
  func hasReported(_ machine: Machine) -> Bool {
    guard let since = host(of: machine)?.status.absence?.since else { return true }
    return cluster?.status.observedAt ?? .zero > since && whatIsMissing(machine) == nil
  }

  /// What the newest look still misses of a machine that was away.
  func whatIsMissing(_ machine: Machine) -> String? {
    guard let seen = cluster?.status.observed, seen.apiHealthy else {
      return "the cluster's API does not answer: \(cluster?.status.observed?.message ?? "")"
    }
    let name = machine.spec.nodeName
    guard let node = seen.nodes.first(where: { $0.name == name }), node.ready else {
      return "node \(name) is not Ready after its host came back"
    }
    if let boot = node.bootID, let current = host(of: machine)?.status.bootID, boot != current {
      return "node \(name) has not reported since its host came back"
    }
    if machine.isControlPlane, !seen.etcd.contains(where: { $0.name == name && $0.voting && $0.healthy }) {
      return "\(name) is not a healthy voting etcd member again"
    }
    return nil
  }
}

extension TaskContext {
  /// For plans about a host that is in no cluster: everything that names a cluster says `none`.
  static func freeHost(_ host: Host) -> TaskContext {
    TaskContext(
      clusterName: "none", clusterUID: host.status.leftover ?? "none", distribution: "kubeadm",
      version: KubernetesVersion(major: 1, minor: 31, patch: 0), endpoint: "none.easel.internal:6443",
      clusterPodCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12",
      member: Member(nodeName: host.name, address: host.spec.address, podCIDR: "10.244.0.0/24", role: .worker),
      endpointAddress: "")
  }
}
