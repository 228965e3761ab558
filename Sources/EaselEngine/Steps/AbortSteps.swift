package import EaselModel

extension Operation {
  /// Its workflow's own steps, without those that an abort has recorded behind them.
  package var ownSteps: ArraySlice<Step> { status.steps.prefix { $0.name != WorkflowStep.finishRunning.name } }

  /// The steps of its abort; none before that has begun.
  package var abortSteps: ArraySlice<Step> { status.steps.dropFirst(ownSteps.count) }
}

/// The steps of an abort, recorded behind those of the operation.
extension WorkflowStep {
  static let finishRunning = {
    var step = WorkflowStep(
      "finish-running", "Let running tasks end",
      items: { draft in
        // Once they have ended, the abort's own tasks are none of its business.
        let isOver = draft.operation?.status.steps.first { $0.name == "finish-running" }?.state == .done
        let open = isOver ? [] : Set(draft.openTasks.map(\.spec.item))
        return open.union(draft.recorded("finish-running")).sorted(by: NaturalOrder.precedes).map {
          Item(name: $0, machine: draft.machine(named: $0)?.uid)
        }
      }, lane: { _, _ in Lane(name: "", limit: .max) },
      [
        Stage(
          name: "finish", title: "waiting for its task to end",
          skip: .stage("nobody waits for the task any more; it may still end on its host"),
          sticky: true,
          isDone: { draft, item in !draft.waitsFor(item) },
          act: { draft, item in
            guard let task = draft.openTasks.first(where: { $0.spec.item == item.name }) else { return .done }
            if case .host(let target) = task.spec.target, let host = draft.hosts[target.uid],
              host.status.phase != .ready
            {
              return .blocked(
                Block(
                  "HostUnreachable",
                  "\(target.name) does not answer; what became of its \(task.spec.step) is not known",
                  needsOperator: true))
            }
            return .blocked(.waiting("waiting for \(task.spec.step) to end"))
          },
          onSkip: { draft, item in
            for task in draft.openTasks where task.spec.item == item.name {
              Attempts(draft: draft).cancel(task)
            }
          })
      ])
    step.isKept = true
    return step
  }()

  static let abortRestoreCordons = WorkflowStep(
    "abort-restore-cordons", "Undo our own cordons",
    items: { draft in
      let known = draft.recorded("abort-restore-cordons")
      return draft.joinedMachines.filter {
        !$0.status.nodeDeleted && ($0.status.cordonedByEasel || known.contains($0.name))
      }.map { Item.machine($0) }
    }, lane: { draft, _ in .parallel(draft) }, expected: { _ in false }, WorkflowStep.restoreCordons.stages)

  static let cleanUnjoined = WorkflowStep(
    "clean-unjoined", "Clean hosts that did not join",
    items: { draft in draft.unjoined.reversed().map { Item.machine($0) } }, expected: { !$0.unjoined.isEmpty },
    [.abandon, .leaveEtcd, .deleteNode, .reset, .release])

  /// A host that an aborted `host add` has not taken in is not kept, so that it can be added again under its name.
  static let forgetUnreached = WorkflowStep(
    "forget-unreached", "Forget a host that was not taken in",
    items: { draft in
      guard let operation = draft.operation, operation.spec.verb == .addHost,
        let host = draft.hosts[operation.spec.target.uid], host.status.agentVersion == nil
      else { return [] }
      return [Item(name: host.name, host: host.uid)]
    }, expected: { _ in false },
    [
      Stage(
        name: "forget-unreached", title: "forgetting the host",
        isDone: { draft, item in item.host.map { draft.isDeleted(host: $0) } ?? true },
        act: { draft, item in
          if let uid = item.host { draft.deleteHost(uid) }
          return .done
        })
    ])

  static let settleSpec = WorkflowStep(
    "settle-spec", "Make the spec say what stands", items: { Item.cluster($0) },
    [
      Stage(
        name: "settle", title: "making the spec say what stands",
        isDone: { draft, _ in draft.clusterDeleted || draft.isSettled },
        act: { draft, _ in
          draft.settleSpec()
          return .done
        })
    ])
}

extension Stage {
  /// A host that never joined leaves without a drain.
  static let abandon = Stage(
    name: "abandon", title: "marking it as leaving",
    isDone: { draft, item in draft[item].map { $0.status.phase == .deleting } ?? true },
    act: { draft, item in
      guard let machine = draft[item] else { return .done }
      let tried =
        !draft.attempts(item: item.name, stage: "join").isEmpty
        || !draft.attempts(item: item.name, stage: "initialize").isEmpty
      draft.updateMachine(machine.uid) {
        $0.status.phase = .deleting
        // Before the first control plane is up there is neither etcd nor anybody to ask.
        let nothingThere = !tried || draft.cluster?.status.initializedAt == nil
        if nothingThere || !$0.isControlPlane { $0.status.leftEtcd = true }
        if nothingThere { $0.status.nodeDeleted = true }
      }
      return .done
    })
}

extension Draft {
  var isAborting: Bool { operation?.abortedAt != nil }

  /// Machines that an abort cleans up.
  var unjoined: [Machine] {
    operation?.spec.verb == .deleteCluster ? [] : orderedMachines.filter(\.leavesForGood)
  }

  func waitsFor(_ item: Item) -> Bool {
    openTasks.contains { $0.spec.item == item.name }
  }

  /// What stands, as a spec: the joined machines and the lowest version among them.
  private func standingSpec() -> Cluster.Spec? {
    guard let cluster else { return nil }
    var spec = cluster.spec
    let standing = joinedMachines.filter { !$0.leavesForGood }
    spec.controlPlane.replicas = standing.count(where: \.isControlPlane)
    for index in spec.pools.indices {
      spec.pools[index].replicas = standing.count { $0.spec.pool == spec.pools[index].name && !$0.isControlPlane }
    }
    for pool in operation?.spec.before?.pools ?? [] where !spec.pools.contains(where: { $0.name == pool.name }) {
      let count = standing.count { $0.spec.pool == pool.name }
      if count > 0 {
        var kept = pool
        kept.replicas = count
        spec.pools.append(kept)
      }
    }
    let versions = standing.filter(\.isControlPlane).compactMap(\.status.componentVersion)
    if let lowest = versions.min() { spec.kubernetesVersion = lowest }
    return spec
  }

  var isSettled: Bool {
    guard let cluster, cluster.status.initializedAt != nil else { return cluster == nil }
    let leaving = machines.values.contains { $0.status.phase == .deleting && !$0.leavesForGood }
    return cluster.spec == standingSpec() && !leaving
  }

  func settleSpec() {
    guard let cluster else { return }
    if cluster.status.initializedAt == nil {
      if machines.isEmpty { forgetCluster() }
      return
    }
    for machine in machines.values where machine.status.phase == .deleting && !machine.leavesForGood {
      updateMachine(machine.uid) { $0.status.phase = .running }
    }
    guard let spec = standingSpec(), spec != cluster.spec else { return }
    updateCluster {
      $0.spec = spec
      $0.metadata.generation += 1
    }
    event(
      .normal, "SpecSettled", "the spec of \(cluster.name) now says what stands: \(standing())",
      about: ObjectReference(cluster))
  }

  /// For people: what stands of the cluster.
  func standing() -> String {
    guard let cluster, cluster.status.initializedAt != nil, !clusterDeleted else { return "nothing" }
    let planes = joinedMachines.count(where: \.isControlPlane)
    let workers = joinedMachines.count - planes
    let version = cluster.spec.kubernetesVersion
    let others = joinedMachines.filter { $0.differs(from: version) }.map { "\($0.name) at \($0.versionWords)" }
    return "\(planes) control plane\(planes == 1 ? "" : "s"), \(workers) worker\(workers == 1 ? "" : "s") at \(version)"
      + (others.isEmpty ? "" : ", except \(others.joined(separator: ", "))")
  }
}

extension Machine {
  /// It never joined, or is past the point from which it could just stay.
  var leavesForGood: Bool {
    status.joinedAt == nil || status.nodeDeleted || status.hostReset || isControlPlane && status.leftEtcd
  }
}
