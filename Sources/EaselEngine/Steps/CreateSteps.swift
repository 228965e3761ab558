internal import EaselModel

/// The steps that bring machines into a cluster, as the workflows list them.
extension WorkflowStep {
  static let chooseHosts = WorkflowStep(
    "choose-hosts", "Choose hosts",
    items: { draft in
      draft.recorded("choose-hosts").isEmpty && HostChoice(draft: draft).isComplete() ? [] : Item.cluster(draft)
    },
    [
      Stage(
        name: "choose", title: "choosing hosts",
        isDone: { draft, _ in HostChoice(draft: draft).isComplete() },
        act: { draft, _ in HostChoice(draft: draft).claimMissing() })
    ])

  static let preflight = WorkflowStep(
    "preflight", "Check hosts", items: { $0.newcomers("preflight") }, lane: { draft, _ in .parallel(draft) },
    expected: \.grows,
    [.preflight])

  static let prepareHosts = WorkflowStep(
    "prepare-hosts", "Prepare hosts", items: { $0.newcomers("prepare-hosts") },
    lane: { draft, _ in .parallel(draft) }, expected: \.grows, [.prepare])

  static let initializeControlPlane = WorkflowStep(
    "initialize-control-plane", "Make the first control plane",
    items: { draft in
      draft.orderedMachines.filter(\.isControlPlane).prefix(1).map { Item.machine($0) }
    }, [.initialize])

  static let joinControlPlanes = WorkflowStep(
    "join-control-planes", "Join control planes, one by one",
    items: { draft in
      draft.newcomers("join-control-planes").filter { item in
        draft[item].map { machine in
          machine.isControlPlane && !draft.succeeded(item: machine.name, stage: "initialize")
        } ?? false
      }
    },
    expected: { draft in
      // The first one makes the cluster instead.
      draft.lacking(.controlPlane) > (draft.cluster?.status.initializedAt == nil ? 1 : 0)
    }, [.join, .voting])

  static let joinWorkers = WorkflowStep(
    "join-workers", "Join workers",
    items: { draft in draft.newcomers("join-workers").filter { draft[$0]?.isControlPlane == false } },
    lane: { draft, _ in .parallel(draft) }, expected: { $0.lacking(.worker) > 0 }, [.join])

  static let connectMembers = WorkflowStep(
    "connect-members", "Tell members of each other",
    items: { draft in
      let known = draft.recorded("connect-members")
      return draft.joinedMachines.filter {
        $0.status.phase != .deleting
          && (known.contains($0.name) || $0.status.connectedDigest != draft.memberDigest(for: $0))
      }.map { Item.machine($0) }
    }, lane: { draft, _ in .parallel(draft) },
    expected: { draft in draft.grows || !draft.surplus().isEmpty || !draft.leaving.isEmpty }, [.connect])

  /// Only nodes of pools that have, or had, labels or taints.
  static let describeNodes = WorkflowStep(
    "describe-nodes", "Set labels and taints",
    items: { draft in
      draft.joinedMachines.filter { machine in
        guard let pool = draft.pool(of: machine), machine.status.phase != .deleting else { return false }
        let described = !pool.labels.isEmpty || !pool.taints.isEmpty
        let old = draft.operation?.spec.before?.pools.first { $0.name == pool.name }
        let isNew = machine.metadata.labels["easel.dev/operation"] == draft.operation?.name
        if isNew || draft.operation?.spec.verb == .createCluster { return described }
        guard let old else { return described }
        return old.labels != pool.labels || old.taints != pool.taints
      }.map { Item.machine($0) }
    }, lane: { draft, _ in .parallel(draft) },
    expected: { draft in
      let pools = (draft.cluster?.spec.pools ?? []) + (draft.operation?.spec.before?.pools ?? [])
      return pools.contains { !$0.labels.isEmpty || !$0.taints.isEmpty }
    }, [.describe])

  static let waitReady = WorkflowStep(
    "wait-ready", "Wait until all is ready", items: { Item.cluster($0) }, [.ready])

  static let publishDefinition = WorkflowStep(
    "publish-definition", "Write the definition into the cluster", items: { Item.cluster($0) }, [.publish])
}

extension Draft {
  /// Names that a step of the running operation has recorded.
  func recorded(_ step: String) -> Set<String> {
    Set(operation?.status.steps.first { $0.name == step }?.items.map(\.name) ?? [])
  }

  /// Machines that have not joined, those that are still to be given hosts included.
  func lacking(_ role: Machine.Role) -> Int {
    let staying = machines.values.filter { $0.spec.role == role && $0.status.phase != .deleting }
    let planes = cluster?.spec.controlPlane.replicas ?? 0
    let wanted = role == .controlPlane ? planes : (cluster?.spec.machineCount ?? 0) - planes
    return staying.count { $0.status.joinedAt == nil } + max(0, wanted - staying.count)
  }

  var grows: Bool { lacking(.controlPlane) + lacking(.worker) > 0 }

  /// Machines that have not joined, and those that the step has been about before.
  func newcomers(_ step: String) -> [Item] {
    let known = recorded(step)
    return orderedMachines.filter {
      $0.status.phase != .deleting && ($0.status.joinedAt == nil || known.contains($0.name))
    }.map { Item.machine($0) }
  }
}
