internal import EaselModel

/// The steps of an upgrade: save, stage everywhere, control planes one by one, workers in waves.
extension WorkflowStep {
  static let backupEtcd = WorkflowStep(
    "backup-etcd", "Back up etcd",
    items: { draft in
      draft.recorded("backup-etcd").isEmpty && draft.outdated.isEmpty ? [] : Item.cluster(draft)
    }, expected: { !$0.outdated.isEmpty },
    [
      Stage(
        name: "backup", title: "saving etcd and the keys",
        skip: .stage("there is no fresh snapshot to return to"),
        isDone: { draft, item in draft.outdated.isEmpty || draft.succeeded(item: item.name, stage: "backup") },
        act: { draft, _ in draft.speaker().map { draft.request(.backup, on: $0, limit: 300) } ?? .done })
    ])

  static let stageContent = WorkflowStep(
    "stage-content", "Stage binaries and images", items: { $0.upgraded("stage-content") },
    lane: { draft, _ in .parallel(draft) }, expected: { !$0.outdated.isEmpty },
    [
      Stage(
        name: "stage", title: "staging",
        skip: .item("the host stays at its version; it is left out of this upgrade"),
        isDone: { draft, item in
          draft[item].map { $0.status.preparedVersion == draft.version || draft.isUpgraded($0) } ?? true
        },
        gate: { draft, item in draft.hostGate(item, needsOperator: true) },
        act: { draft, item in draft.onOwnHost(.stage, item, limit: 900) })
    ])

  static let upgradeControlPlanes = WorkflowStep(
    "upgrade-control-planes", "Upgrade control planes, one by one",
    items: { draft in draft.upgraded("upgrade-control-planes").filter { draft[$0]?.isControlPlane == true } },
    expected: { $0.outdated.contains(where: \.isControlPlane) },
    [
      .components(skip: .no), .cordon, .drainForUpgrade, .kubelet, .uncordon, .nodeReady,
    ])

  static let upgradeWorkers = WorkflowStep(
    "upgrade-workers", "Upgrade workers in waves",
    items: { draft in
      // One that was left out at staging is left out here.
      draft.upgraded("upgrade-workers").filter { item in
        draft[item].map { !$0.isControlPlane && draft.isStaged($0) } ?? false
      }
    },
    lane: { draft, item in
      let pool = draft[item].flatMap { draft.pool(of: $0) }
      return Lane(name: pool?.name ?? "", limit: max(1, pool?.rollout.maxUnavailable ?? 1))
    }, expected: { draft in draft.outdated.contains { !$0.isControlPlane } },
    [
      .components(skip: .item("the worker stays at its version, within the allowed skew")), .cordon, .drainForUpgrade,
      .kubelet, .uncordon, .nodeReady,
    ])

  /// What Easel cordoned is uncordoned on every way out; what an operator cordoned stays.
  static let restoreCordons = WorkflowStep(
    "restore-cordons", "Undo our own cordons",
    items: { draft in
      let known = draft.recorded("restore-cordons")
      return draft.joinedMachines.filter {
        $0.status.phase != .deleting && ($0.status.cordonedByEasel || known.contains($0.name))
      }.map { Item.machine($0) }
    }, lane: { draft, _ in .parallel(draft) }, expected: { _ in false },
    [
      Stage(
        name: "restore-cordon", title: "uncordoning",
        skip: .item("the node stays cordoned until somebody uncordons it"),
        isDone: { draft, item in
          !draft.rules.restoresCordons || draft[item].map { !$0.status.cordonedByEasel } ?? true
        },
        act: { draft, item in draft.fromSpeaker(.uncordon, item, limit: 60) },
        onSkip: { draft, item in
          guard let machine = draft[item], machine.status.cordonedByEasel else { return }
          draft.updateMachine(machine.uid) {
            $0.status.cordonedByEasel = false; $0.status.drained = false
          }
          draft.event(
            .warning, "LeftCordoned", "\(machine.name) is left cordoned, as the operator said",
            about: ObjectReference(machine))
        })
    ])
}

extension Stage {
  static func components(skip: Skip) -> Stage {
    Stage(
      name: "components", title: "upgrading its components", skip: skip,
      isDone: { draft, item in
        draft[item].map { $0.status.componentVersion == draft.version || !draft.isStaged($0) } ?? true
      },
      gate: { draft, item in
        guard let machine = draft[item] else { return nil }
        if let block = draft.hostGate(item, needsOperator: !machine.isControlPlane) { return block }
        return machine.isControlPlane ? draft.mayRestart(machine) : nil
      },
      act: { draft, item in
        guard let machine = draft[item] else { return .done }
        let first = draft.standingControlPlanes.allSatisfy { $0.status.componentVersion != draft.version }
        return draft.request(
          .upgradeComponents, on: machine, limit: 900, from: machine.status.componentVersion,
          isFirst: machine.isControlPlane && first)
      })
  }

  /// Only what is not cordoned already is cordoned, so that only that is undone.
  static let cordon = Stage(
    name: "cordon", title: "cordoning",
    isDone: { draft, item in
      guard let machine = draft[item], !draft.isUpgraded(machine), draft.isStaged(machine) else { return true }
      if draft.isOnlyNode(machine) { return true }
      return draft.succeeded(item: item.name, stage: "cordon") && machine.status.cordonedByEasel
        || draft.attempts(item: item.name, stage: "cordon").isEmpty && draft.cordonedByOthers(machine)
    },
    gate: { draft, item in
      return draft.looksForCordon(item)
    },
    act: { draft, item in draft.cordonAsOurs(item) })

  static let drainForUpgrade = Stage(
    name: "drain", title: "draining",
    skip: .stage("its pods are not moved first; they restart with the node"),
    isDone: { draft, item in
      guard let machine = draft[item], !draft.isUpgraded(machine), draft.isStaged(machine) else { return true }
      return machine.status.drained || draft.isOnlyNode(machine)
    },
    act: { draft, item in
      draft[item].map { draft.request(.drain, about: $0, limit: draft.drainLimit($0) + 60) } ?? .done
    })

  static let kubelet = Stage(
    name: "kubelet", title: "swapping the kubelet",
    isDone: { draft, item in draft[item].map { draft.isUpgraded($0) || !draft.isStaged($0) } ?? true },
    gate: { draft, item in draft.hostGate(item) },
    act: { draft, item in
      draft[item].map { draft.request(.upgradeKubelet, on: $0, limit: 300, from: $0.status.kubeletVersion) } ?? .done
    })

  static let uncordon = Stage(
    name: "uncordon", title: "uncordoning",
    isDone: { draft, item in draft[item].map { !$0.status.cordonedByEasel } ?? true },
    act: { draft, item in draft.fromSpeaker(.uncordon, item, limit: 60) })

  /// A machine is done when the cluster says that its node is Ready at the new version.
  static let nodeReady = Stage(
    name: "node-ready", title: "waiting for the node", sticky: true,
    isDone: { draft, item in
      guard let machine = draft[item], draft.isStaged(machine) else { return true }
      guard let at = draft.cluster?.status.observedAt, at > draft.lastEnd(where: { $0.spec.item == item.name }) else {
        return false
      }
      return draft.cluster?.status.observed?.apiHealthy == true
        && draft.cluster?.status.observed?.nodes.contains { $0.name == machine.spec.nodeName && $0.ready } == true
    },
    act: { draft, item in
      guard let machine = draft[item] else { return .done }
      let upgraded = draft.lastEnd { $0.spec.item == item.name }
      guard draft.observation(after: upgraded) != nil else { return .blocked(.waiting("looking at the node")) }
      return .blocked(
        draft.waitFor(
          "NodeNotReady", "node \(machine.spec.nodeName) is not Ready after its upgrade", since: upgraded))
    })
}

extension Draft {
  var version: KubernetesVersion? { cluster?.spec.kubernetesVersion }

  func isUpgraded(_ machine: Machine) -> Bool { machine.status.kubeletVersion == version }

  /// A worker that was left out at staging is left out of the rest.
  func isStaged(_ machine: Machine) -> Bool { machine.status.preparedVersion == version || isUpgraded(machine) }

  /// Joined machines that do not run the spec's version yet.
  var outdated: [Machine] {
    joinedMachines.filter {
      $0.status.phase != .deleting && (!isUpgraded($0) || $0.status.componentVersion != version)
    }
  }

  func upgraded(_ step: String) -> [Item] {
    let known = recorded(step)
    let late = Set(outdated.map(\.uid))
    return joinedMachines.filter {
      $0.status.phase != .deleting && (known.contains($0.name) || late.contains($0.uid))
    }.map { Item.machine($0) }
  }

  func cordonedByOthers(_ machine: Machine) -> Bool {
    !machine.status.cordonedByEasel
      && cluster?.status.observed?.nodes.contains { $0.name == machine.spec.nodeName && $0.cordoned } == true
      && cluster?.status.observedAt ?? .zero > lastEnd { $0.spec.item == machine.name }
  }

  /// The quorum test before a member is taken down for a moment.
  func mayRestart(_ machine: Machine) -> Block? {
    guard rules.testsQuorum else { return nil }
    let (seen, block) = membersNow()
    guard let seen else { return block }
    guard let objection = Quorum.objectionToRestarting(machine.spec.nodeName, seen.etcd) else { return nil }
    return waitFor("QuorumAtRisk", "quorum would be at risk: \(objection)")
  }
}

extension Draft {
  /// Why a cordon waits: nobody has looked at the node since the item's last task, so it is not known whose cordon is on it.
  func looksForCordon(_ item: Item) -> Block? {
    guard observation(after: lastEnd { $0.spec.item == item.name }) != nil else {
      return .waiting("looking whether the node is cordoned")
    }
    return nil
  }

  /// Cordons the item's node. Recorded before it is done: whatever becomes of the task, the cordon is ours to undo.
  func cordonAsOurs(_ item: Item) -> Act {
    guard let machine = self[item] else { return .done }
    updateMachine(machine.uid) { $0.status.cordonedByEasel = true }
    return request(.cordon, about: machine, limit: 60)
  }
}
