internal import EaselModel

/// What a finished task has made true: the one place where a success becomes status.
enum TaskEffects {
  static func apply(_ task: DurableTask, in draft: Draft) {
    let machine = draft.machine(named: task.spec.item)
    let end = task.status.finishedAt ?? draft.now
    let version = task.spec.context?.version
    func update(_ change: (inout Machine) -> Void) { if let machine { draft.updateMachine(machine.uid, change) } }

    if let secrets = task.status.outcome?.secrets, !secrets.isEmpty {
      draft.updateCluster { $0.status.secrets.merge(secrets) { _, new in new } }
    }
    if let seen = task.status.outcome?.cluster, end > draft.cluster?.status.observedAt ?? .zero {
      draft.fold(seen, at: end)
    }
    if let freed = task.status.outcome?.facts["freedBytes"].flatMap({ Int64($0) }),
      case .host(let host) = task.spec.target
    {
      draft.event(
        .normal, "ContentPruned",
        "freed \(freed >> 20) MiB on \(host.name): content that none of its plans needs any more",
        about: host)
    }
    switch task.spec.verb {
    case .adopt, .takeOver: adopt(task, at: end, in: draft)
    case .prepare:
      update {
        $0.status.preparedVersion = version
        $0.status.connectedDigest = task.spec.context.map {
          Draft.digest(others: $0.others, endpointAddress: $0.endpointAddress)
        }
        $0.status.phase = .provisioning
      }
    case .initialize, .join:
      update {
        $0.status.joinedAt = end
        $0.status.componentVersion = version
        $0.status.kubeletVersion = version
        $0.status.phase = .running
      }
      if task.spec.verb == .initialize {
        draft.updateCluster {
          $0.status.initializedAt = end
          $0.status.kubernetesVersion = version
        }
      }
      if let machine {
        draft.event("Joined", "\(machine.name) has joined as a \(machine.spec.role.words) node", about: machine)
      }
    case .connect:
      update {
        $0.status.connectedDigest = task.spec.context.map {
          Draft.digest(others: $0.others, endpointAddress: $0.endpointAddress)
        }
      }
    case .stage: update { $0.status.preparedVersion = version }
    case .upgradeComponents: update { $0.status.componentVersion = version }
    case .upgradeKubelet:
      update { $0.status.kubeletVersion = version }
      if let machine, let version {
        draft.event("Upgraded", "\(machine.name) runs \(version) now", about: machine)
      }
    case .drain: update { $0.status.drained = true }
    case .uncordon:
      update {
        $0.status.cordonedByEasel = false
        $0.status.drained = false
      }
    case .removeEtcdMember: update { $0.status.leftEtcd = true }
    case .deleteNode: update { $0.status.nodeDeleted = true }
    case .reset: update { $0.status.hostReset = true }
    case .preflight, .mintJoinSecrets, .describeNode, .publish, .backup, .cordon, .checkCertificates,
      .readCredentials, .dismiss, .reboot, .powerOff, .powerOn:
      break
    }
  }

  /// What a failure teaches, besides that it failed.
  static func note(_ failure: DurableTask.Failure, of task: DurableTask, in draft: Draft) {
    if failure.code == "NotPrepared", let machine = draft.machine(named: task.spec.item) {
      // The host was installed anew after it was prepared: it goes back to that step.
      draft.updateMachine(machine.uid) { $0.status.preparedVersion = nil }
    }
    guard task.spec.verb == .join, JoinSecrets.stale.contains(failure.code) else { return }
    draft.updateCluster { cluster in
      for name in [JoinSecrets.token, JoinSecrets.certificateKey] { cluster.status.secrets[name] = nil }
    }
  }

  private static func adopt(_ task: DurableTask, at end: Timestamp, in draft: Draft) {
    guard case .host(let target) = task.spec.target else { return }
    let seen = task.status.outcome?.host
    draft.updateHost(target.uid) {
      $0.status.phase = .ready
      $0.status.conditions.set("Reachable", .yes, reason: "Answers", at: end)
      $0.status.lastSeen = max($0.status.lastSeen ?? .zero, end)
      if let key = task.status.outcome?.facts["siteKey"] {
        $0.status.conditions.set(Host.siteKeyInstalled, .yes, reason: "Installed", message: key, at: end)
      }
      if task.spec.verb == .takeOver {
        $0.metadata.annotations[Host.adoptsLater] = nil
        $0.status.conditions.set(Host.owned, .yes, reason: "TakenOver", at: end)
      }
      if let seen {
        $0.status.bootID = seen.bootID
        if $0.status.absence?.bootID != seen.bootID { $0.status.absence = nil }
        $0.status.agentVersion = seen.agentVersion
        $0.status.inventory = seen.inventory
      }
    }
  }
}

extension Draft {
  func event(_ reason: String, _ message: String, about machine: Machine) {
    event(.normal, reason, message, about: ObjectReference(machine))
  }
}
