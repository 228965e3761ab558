internal import EaselModel

/// The stages that take a machine out: drain, leave etcd, delete the node, reset the host, release the claim; in that order.
extension Stage {
  /// A stage of a machine that is on its way out.
  private static func leaving(
    _ name: String, _ title: String, skip: Skip = .no, isDone: @escaping @Sendable (Draft, Machine) -> Bool,
    gate: @escaping @Sendable (Draft, Machine) -> Block? = { _, _ in nil },
    act: @escaping @Sendable (Draft, Machine) -> Act,
    onSkip: @escaping @Sendable (Draft, Machine) -> Void = { _, _ in }
  ) -> Stage {
    Stage(
      name: name, title: title, skip: skip,
      isDone: { draft, item in draft[item].map { isDone(draft, $0) } ?? true },
      gate: { draft, item in draft[item].flatMap { gate(draft, $0) } },
      act: { draft, item in draft[item].map { act(draft, $0) } ?? .done },
      onSkip: { draft, item in if let machine = draft[item] { onSkip(draft, machine) } })
  }

  static let markLeaving = leaving(
    "leave", "marking it as leaving",
    isDone: { _, machine in machine.status.phase == .deleting },
    act: { draft, machine in
      draft.updateMachine(machine.uid) {
        $0.status.phase = .deleting
        // It never was an etcd member, or never a node: there is nothing to take out.
        if !$0.isControlPlane { $0.status.leftEtcd = true }
      }
      return .done
    })

  static let evacuate = leaving(
    "drain", "draining",
    skip: .stage("its pods are not moved first; they end when the host is reset"),
    isDone: { draft, machine in
      machine.status.drained || machine.status.joinedAt == nil || machine.status.nodeDeleted
        || draft.isOnlyNode(machine)
    },
    // Nothing is moved off a machine that may not leave.
    gate: { draft, machine in draft.mayRemoveMember(machine) },
    act: { draft, machine in
      // A drain cordons first: what we cordon here is ours to undo if the machine stays after all.
      let cordoned = draft.cluster?.status.observed?.nodes.contains {
        $0.name == machine.spec.nodeName && $0.cordoned
      }
      if cordoned != true { draft.updateMachine(machine.uid) { $0.status.cordonedByEasel = true } }
      return draft.request(.drain, about: machine, limit: draft.drainLimit(machine) + 60)
    })

  static let leaveEtcd = leaving(
    "leave-etcd", "leaving etcd",
    isDone: { draft, machine in machine.status.leftEtcd || draft.neverStarted(machine) },
    gate: { draft, machine in draft.mayRemoveMember(machine) },
    act: { draft, machine in
      // It is no member (any more): there is nothing to ask for.
      if draft.rules.testsQuorum, let seen = draft.cluster?.status.observed,
        !seen.etcd.contains(where: { $0.name == machine.spec.nodeName })
      {
        draft.updateMachine(machine.uid) { $0.status.leftEtcd = true }
        return .done
      }
      return draft.request(.removeEtcdMember, about: machine, limit: 120, orItself: false)
    })

  static let deleteNode = leaving(
    "delete-node", "deleting the node",
    isDone: { draft, machine in machine.status.nodeDeleted || draft.neverStarted(machine) },
    act: { draft, machine in
      draft.request(.deleteNode, about: machine, limit: 60)
    })

  static let reset = leaving(
    "reset", "resetting the host",
    skip: .stage(
      "the host keeps what the cluster left on it, and is free again all the same; should it come back, its old kubelet and "
        + "etcd start with it, so wipe or reinstall it before it is used"),
    isDone: { draft, machine in machine.status.hostReset || draft.neverStarted(machine) },
    gate: { draft, machine in
      guard let host = draft.host(of: machine), host.status.phase != .ready else { return nil }
      return Block(
        "HostUnreachable", "host \(host.name) does not answer, so it cannot be reset: retry when it is back",
        needsOperator: true)
    },
    act: { draft, machine in draft.request(.reset, on: machine, limit: 300) },
    onSkip: { draft, machine in
      draft.updateMachine(machine.uid) { $0.status.hostReset = true }
      draft.event(
        .warning, "ResetSkipped",
        "host \(machine.host?.name ?? "?") was released without a reset: wipe it before it comes back",
        about: ObjectReference(machine))
    })

  static let release = leaving(
    "release", "releasing the host",
    isDone: { _, _ in false },
    act: { draft, machine in
      draft.release(machine)
      draft.event("Left", "\(machine.name) has left; host \(machine.host?.name ?? "?") is free", about: machine)
      return .done
    })
}

extension Draft {
  /// Nothing was ever sent to the machine's host that would have to be taken off again.
  func neverStarted(_ machine: Machine) -> Bool {
    machine.status.joinedAt == nil && machine.status.preparedVersion == nil
      && ["prepare", "initialize", "join"].allSatisfy { attempts(item: machine.name, stage: $0).isEmpty }
  }

  /// A node whose pods could go nowhere: draining it would wait for nothing.
  func isOnlyNode(_ machine: Machine) -> Bool {
    !machines.values.contains {
      $0.uid != machine.uid && $0.status.joinedAt != nil && $0.status.phase != .deleting
    }
  }

  func drainLimit(_ machine: Machine) -> Int { pool(of: machine)?.rollout.drainTimeoutSeconds ?? 300 }

  /// The quorum test before a member is removed, on the word of a fresh look.
  func mayRemoveMember(_ machine: Machine) -> Block? {
    guard machine.isControlPlane, rules.testsQuorum else { return nil }
    let (seen, block) = membersNow()
    guard let seen else { return block }
    guard seen.etcd.contains(where: { $0.name == machine.spec.nodeName }) else { return nil }
    guard let objection = Quorum.objectionToRemoving(machine.spec.nodeName, seen.etcd) else { return nil }
    return waitFor("QuorumAtRisk", "quorum would be at risk: \(objection)")
  }
}
