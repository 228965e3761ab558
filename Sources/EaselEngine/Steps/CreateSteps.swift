internal import EaselModel

/// The steps that bring machines into a cluster, as the workflows list them.
extension WorkflowStep {
  static let chooseHosts = WorkflowStep(
    "choose-hosts", "Choose hosts", items: { Item.cluster($0) },
    [
      Stage(
        name: "choose", title: "choosing hosts",
        isDone: { draft, _ in HostChoice(draft: draft).isComplete() },
        act: { draft, _ in HostChoice(draft: draft).claimMissing() })
    ])

  static let preflight = WorkflowStep(
    "preflight", "Check hosts", items: { $0.newcomers("preflight") }, lane: { draft, _ in .parallel(draft) },
    [.preflight])

  static let prepareHosts = WorkflowStep(
    "prepare-hosts", "Prepare hosts", items: { $0.newcomers("prepare-hosts") },
    lane: { draft, _ in .parallel(draft) }, [.prepare])

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
    }, [.join, .voting])

  static let joinWorkers = WorkflowStep(
    "join-workers", "Join workers",
    items: { draft in draft.newcomers("join-workers").filter { draft[$0]?.isControlPlane == false } },
    lane: { draft, _ in .parallel(draft) }, [.join])

  static let connectMembers = WorkflowStep(
    "connect-members", "Tell members of each other",
    items: { draft in
      let known = draft.recorded("connect-members")
      return draft.joinedMachines.filter {
        $0.status.phase != .deleting
          && (known.contains($0.name) || $0.status.connectedDigest != draft.memberDigest(for: $0))
      }.map { Item.machine($0) }
    }, lane: { draft, _ in .parallel(draft) }, [.connect])

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
    }, lane: { draft, _ in .parallel(draft) }, [.describe])

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

  /// Machines that have not joined, and those that the step has been about before.
  func newcomers(_ step: String) -> [Item] {
    let known = recorded(step)
    return orderedMachines.filter {
      $0.status.phase != .deleting && ($0.status.joinedAt == nil || known.contains($0.name))
    }.map { Item.machine($0) }
  }
}
