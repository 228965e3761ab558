internal import EaselModel

/// The stages that make hosts members.
extension Stage {
  static let preflight = Stage(
    name: "preflight", title: "checking whether the host fits",
    isDone: { draft, item in
      guard let machine = draft[item] else { return true }
      return machine.status.preparedVersion != nil || machine.status.joinedAt != nil
        || draft.succeeded(item: item.name, stage: "preflight")
    },
    gate: { draft, item in draft.hostGate(item) },
    act: { draft, item in draft.onOwnHost(.preflight, item, limit: 60) })

  static let prepare = Stage(
    name: "prepare", title: "preparing the host",
    isDone: { draft, item in
      draft[item].map { $0.status.preparedVersion != nil || $0.status.joinedAt != nil } ?? true
    },
    gate: { draft, item in draft.hostGate(item) },
    act: { draft, item in draft.onOwnHost(.prepare, item, limit: 900) })

  static let initialize = Stage(
    name: "initialize", title: "making the first control plane",
    isDone: { draft, _ in draft.cluster?.status.initializedAt != nil },
    gate: { draft, item in draft.hostGate(item) },
    act: { draft, item in draft.onOwnHost(.initialize, item, limit: 600) })

  static let join = Stage(
    name: "join", title: "joining",
    isDone: { draft, item in draft[item].map { $0.status.joinedAt != nil } ?? true },
    gate: { draft, item in
      if let block = draft.hostGate(item) { return block }
      guard let machine = draft[item] else { return nil }
      if machine.isControlPlane, let block = draft.mayAddMember(machine) { return block }
      return JoinSecrets.missing(for: machine, in: draft)
    },
    act: { draft, item in
      guard let machine = draft[item], let cluster = draft.cluster else { return .done }
      return draft.request(
        .join, on: machine, limit: 600, secrets: JoinSecrets.stored(cluster, role: machine.spec.role))
    })

  /// A control plane counts as joined only when a fresh look shows it as a voting member.
  static let voting = Stage(
    name: "voting", title: "waiting to become a voting etcd member", sticky: true,
    isDone: { draft, item in
      guard let machine = draft[item], let joined = machine.status.joinedAt else { return true }
      guard let at = draft.cluster?.status.observedAt, at > joined, let seen = draft.cluster?.status.observed else {
        return false
      }
      return seen.etcd.contains { $0.name == machine.spec.nodeName && $0.voting && $0.healthy }
    },
    act: { draft, item in
      guard let machine = draft[item], let joined = machine.status.joinedAt else { return .done }
      guard let seen = draft.observation(after: joined) else { return .blocked(.waiting("looking at etcd's members")) }
      guard seen.apiHealthy else {
        return .blocked(
          draft.waitFor("APINotAnswering", "the cluster's API does not answer: \(seen.message)", since: joined))
      }
      return .blocked(
        draft.waitFor("NotVoting", "\(machine.spec.nodeName) is not yet a healthy voting etcd member", since: joined))
    })

  static let connect = Stage(
    name: "connect", title: "laying routes to the members",
    skip: .item("the host does not know the cluster's members until the next change"),
    isDone: { draft, item in
      guard let machine = draft[item], machine.status.joinedAt != nil else { return true }
      return machine.status.connectedDigest == draft.memberDigest(for: machine)
    },
    gate: { draft, item in draft.hostGate(item, needsOperator: true) },
    act: { draft, item in draft.onOwnHost(.connect, item, limit: 120) })

  static let describe = Stage(
    name: "describe", title: "setting labels and taints",
    isDone: { draft, item in draft[item] == nil || draft.succeeded(item: item.name, stage: "describe") },
    act: { draft, item in draft.fromSpeaker(.describeNode, item, limit: 60) })
}

extension Draft {
  subscript(_ item: Item) -> Machine? { item.machine.flatMap { machines[$0] } }

  func onOwnHost(_ verb: TaskVerb, _ item: Item, limit: Int) -> Act {
    self[item].map { request(verb, on: $0, limit: limit) } ?? .done
  }

  func fromSpeaker(_ verb: TaskVerb, _ item: Item, limit: Int) -> Act {
    self[item].map { request(verb, about: $0, limit: limit) } ?? .done
  }

  /// Nothing is sent to a host that does not answer; it goes on by itself when the host is back, unless the operator must say.
  func hostGate(_ item: Item, needsOperator: Bool = false) -> Block? {
    guard let machine = self[item], let host = host(of: machine) else { return nil }
    if let owned = machine.status.conditions["HostOwned"], owned.status == .no {
      return Block(owned.reason, owned.message, needsOperator: true)
    }
    if let owned = host.status.conditions[Host.owned], owned.status == .no {
      return Block(owned.reason, "host \(host.name) belongs to another site: \(owned.message)", needsOperator: true)
    }
    guard host.status.phase != .ready else { return nil }
    if let block = Block.credentials(for: host) { return block }
    return Block("HostNotReady", host.silence, needsOperator: needsOperator)
  }

  /// The quorum test before a member is added, on the word of a fresh look.
  func mayAddMember(_ machine: Machine) -> Block? {
    guard rules.testsQuorum else { return nil }
    let (seen, block) = membersNow()
    guard let seen else { return block }
    // A member of that name is what an earlier try left behind; the join's own plan takes it from there.
    let members = seen.etcd.filter { $0.name != machine.spec.nodeName }
    guard let objection = Quorum.objectionToAdding(members) else { return nil }
    return waitFor("QuorumAtRisk", "quorum would be at risk: \(objection)")
  }
}
