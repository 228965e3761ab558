internal import EaselModel

/// Brings one operation forward: its workflow, or the abort's, and what its status says.
struct OperationRunner {
  let draft: Draft

  func run(_ operation: Operation) {
    draft.operation = operation
    draft.indexTasks()
    if operation.hasOpenControls { draft.operation?.status.answeredControls = operation.spec.controls.count }
    if operation.status.startedAt == nil {
      draft.operation?.status.startedAt = draft.now
      draft.event(
        .normal, "Started", "\(operation.name) starts: \(operation.title)", about: operation.spec.target)
    }
    // A host that another decision has taken away, or a cluster that was never there: nothing is left to do.
    if isOrphan(operation) { return end(.failed, "TargetGone", "\(operation.spec.target.name) is not there any more") }
    let done: Bool
    if draft.isAborting {
      done = runAbort()
    } else {
      done = Runner(draft: draft, workflow: .of(operation.spec.verb)).run()
    }
    if done {
      finish()
    } else {
      summarise()
    }
  }

  private func isOrphan(_ operation: Operation) -> Bool {
    switch operation.spec.target.kind {
    case .cluster: draft.cluster == nil
    case .host: draft.hosts[operation.spec.target.uid] == nil
    default: false
    }
  }

  /// The abort's steps stand behind the operation's own, which keep what they had come to.
  private func runAbort() -> Bool {
    guard var operation = draft.operation else { return true }
    let recorded = Array(operation.abortSteps)
    let kept = operation.ownSteps.map { step in
      var step = step
      if step.state == .doing || step.state == .blocked { step.state = .stopped }
      for index in step.items.indices where step.items[index].state == .doing || step.items[index].state == .blocked {
        step.items[index].state = .stopped
        step.items[index].message = "aborted while \(step.items[index].message)"
      }
      return step
    }
    if recorded.isEmpty {
      draft.event(.warning, "Aborting", "\(operation.name) is being aborted", about: operation.spec.target)
    }
    operation.status.steps = recorded
    draft.operation = operation
    let workflow = operation.spec.target.kind == .cluster ? Workflow.abort : Workflow.abortOnHost
    let done = Runner(draft: draft, workflow: workflow).run()
    let steps = kept + (draft.operation?.status.steps ?? [])
    draft.operation?.status.steps = steps
    return done
  }

  private func finish() {
    let skipped = draft.operation?.status.steps.flatMap(\.items).filter { $0.state == .skipped }.map(\.name) ?? []
    if draft.isAborting {
      let verb = draft.operation?.spec.verb
      if draft.operation?.spec.target.kind == .cluster {
        let stands =
          !draft.clusterDeleted
          ? draft.standing()
          : verb == .adoptCluster
            ? "the cluster, with its owner; nothing of it is kept here"
            : "nothing; its definition is gone and its hosts are free"
        end(.aborted, "Aborted", "aborted; what stands: \(stands)")
        settleGeneration()
      } else {
        let target = draft.operation?.spec.target
        let isGone = target.map { draft.isDeleted(host: $0.uid) } ?? false
        let stands = isGone ? "; host \(target?.name ?? "") was not taken in and is forgotten" : ""
        end(.aborted, "Aborted", "\(verb?.words ?? "operation") was aborted\(stands)")
      }
    } else {
      let left = skipped.isEmpty ? "" : "; skipped by the operator: \(Set(skipped).sorted().joined(separator: ", "))"
      end(.succeeded, "Succeeded", "done\(left)")
      settleGeneration()
    }
  }

  private func end(_ phase: Operation.Phase, _ reason: String, _ message: String) {
    guard var operation = draft.operation else { return }
    operation.status.phase = phase
    operation.status.reason = reason
    operation.status.message = message
    operation.status.finishedAt = draft.now
    draft.operation = operation
    draft.event(
      phase == .succeeded ? .normal : .warning, reason, "\(operation.name): \(message)", about: operation.spec.target)
  }

  private func settleGeneration() {
    draft.updateCluster {
      $0.status.observedGeneration = $0.metadata.generation
      $0.status.operation = nil
    }
    for machine in draft.machines.values where machine.status.phase == .upgrading || machine.status.phase == .draining {
      draft.updateMachine(machine.uid) { $0.status.phase = .running }
    }
    for machine in draft.machines.values where machine.status.drained {
      draft.updateMachine(machine.uid) { $0.status.drained = false }
    }
    let versions = draft.joinedMachines.flatMap { [$0.status.kubeletVersion, $0.status.componentVersion] }.compactMap {
      $0
    }
    draft.updateCluster { if let lowest = versions.min() { $0.status.kubernetesVersion = lowest } }
  }

  private func summarise() {
    guard var operation = draft.operation else { return }
    let current = operation.status.steps.last { $0.state != .waiting && !$0.state.isOver }
    let old = operation.status
    switch current?.state {
    case .stopped:
      operation.status.phase = .stopped
      let item = current?.items.first { $0.state == .stopped }
      let task = item?.task.flatMap { draft.tasks[$0] }
      operation.status.reason = task?.status.failure?.code ?? "NeedsOperator"
      let choices =
        draft.isAborting
        ? (current?.skippable == true ? "retry or skip" : "retry")
        : current?.skippable == true ? "retry, skip or abort" : "retry or abort"
      operation.status.message = "\(current?.message ?? ""). What you can do: \(choices)"
    case .blocked:
      operation.status.phase = .blocked
      operation.status.reason = "Blocked"
      operation.status.message = current?.message ?? ""
    default:
      operation.status.phase = .running
      operation.status.reason = current.map { _ in "Running" } ?? ""
      operation.status.message = current?.title ?? ""
    }
    draft.operation = operation
    if operation.status.phase != old.phase, operation.status.phase == .stopped || operation.status.phase == .blocked {
      draft.event(
        .warning, operation.status.phase.rawValue, "\(operation.name): \(operation.status.message)",
        about: operation.spec.target)
    }
  }
}
