internal import EaselModel

extension Stage {
  /// The cluster itself says that every member is there, ready, and a healthy voter where it should be.
  static let ready = Stage(
    name: "ready", title: "waiting for the nodes",
    skip: .stage(
      "the operation ends although the cluster is not complete; its conditions go on to say what is missing"),
    isDone: { draft, _ in
      guard let at = draft.cluster?.status.observedAt, at > draft.lastEnd() else { return false }
      return draft.notReadyYet() == nil
    },
    act: { draft, _ in
      guard draft.observation(after: draft.lastEnd()) != nil else {
        return .blocked(.waiting("looking at the cluster"))
      }
      guard let block = draft.notReadyYet() else { return .done }
      let dead = draft.joinedMachines.filter {
        $0.status.phase != .deleting && !draft.isReachable($0) && !draft.isSkipped($0)
      }
      if !dead.isEmpty {
        draft.recheck()
        let silent = dead.filter { draft.host(of: $0)?.status.absence?.isOff != true }
        let names = silent.map { "\($0.name) on \($0.host?.name ?? "?")" }.joined(separator: ", ")
        return .blocked(
          Block(
            "HostUnreachable", block.message + (silent.isEmpty ? "" : "; no answer from \(names)"),
            needsOperator: true))
      }
      return .blocked(draft.waitFor(block.reason, block.message, since: draft.lastEnd()))
    })

  static let publish = Stage(
    name: "publish", title: "writing the definition into the cluster",
    skip: .stage("another console cannot read the cluster's definition from the cluster until the next change"),
    isDone: { draft, item in
      draft.succeeded(item: item.name, stage: "publish")
    },
    act: { draft, _ in
      guard let speaker = draft.speaker(), let host = speaker.host, draft.cluster != nil else {
        return .blocked(Block("NoControlPlane", "no control-plane machine is there to ask"))
      }
      return .task(
        TaskRequest(
          verb: .publish, target: host, context: draft.context(on: speaker, definition: Definition.text(of: draft)),
          timeLimit: 60))
    })
}

extension Draft {
  /// The operator has left the machine out of the running operation.
  func isSkipped(_ machine: Machine) -> Bool {
    guard let operation, !operation.spec.controls.isEmpty else { return false }
    return operation.status.steps.contains { step in
      step.items.contains { $0.name == machine.name && $0.state == .skipped }
    }
  }

  /// What the newest observation still misses; nil when every member is as it should be.
  func notReadyYet() -> Block? {
    guard let seen = cluster?.status.observed else { return Block("NotSeen", "the cluster has not been seen yet") }
    guard seen.apiHealthy else {
      return Block("APINotAnswering", "the cluster's API does not answer: \(seen.message)")
    }
    let ready = Set(seen.nodes.lazy.filter(\.ready).map(\.name))
    var missing: [String] = []
    var voters: [String] = []
    for machine in joinedMachines where machine.status.phase != .deleting && !isSkipped(machine) {
      if !ready.contains(machine.spec.nodeName) { missing.append(machine.spec.nodeName) }
      if machine.isControlPlane,
        !seen.etcd.contains(where: { $0.name == machine.spec.nodeName && $0.voting && $0.healthy })
      {
        voters.append(machine.spec.nodeName)
      }
    }
    if !missing.isEmpty {
      // What is known to be off is named as that, with what to do about it.
      let dark = joinedMachines.filter {
        missing.contains($0.spec.nodeName) && host(of: $0)?.status.absence?.isOff == true
      }
      let rest = missing.filter { name in !dark.contains { $0.spec.nodeName == name } }
      var words = dark.compactMap { host(of: $0)?.silence }
      if !rest.isEmpty { words.append("not Ready yet: \(rest.joined(separator: ", "))") }
      return Block("NodesNotReady", words.joined(separator: "; "))
    }
    if !voters.isEmpty {
      return Block("MembersNotHealthy", "not healthy voting etcd members: \(voters.joined(separator: ", "))")
    }
    return nil
  }
}
