internal import EaselModel

/// The steps that make a standing cluster smaller, and those that look before anything changes.
extension WorkflowStep {
  /// Nothing is changed on a cluster that does not stand well.
  static let checkCluster = WorkflowStep(
    "check-cluster", "Check the cluster", items: { Item.cluster($0) },
    [
      Stage(
        name: "check", title: "looking whether the cluster stands",
        skip: .stage("the change goes on although the cluster is not in order; quorum is still tested at each member"),
        sticky: true, isDone: { draft, _ in draft.checkedThisTime },
        act: { draft, _ in
          let start = draft.operation?.status.startedAt ?? draft.now
          guard let seen = draft.observation(after: start) else {
            return .blocked(.waiting("looking at the cluster first"))
          }
          guard seen.apiHealthy else {
            draft.recheck()
            return .blocked(
              Block(
                "APINotAnswering", "the cluster's API does not answer: \(seen.message)", needsOperator: true))
          }
          if let block = draft.notReadyYet() {
            draft.recheck()
            return .blocked(Block(block.reason, block.message, needsOperator: true))
          }
          draft.checkedThisTime = true
          return .done
        })
    ])

  /// Marks what is too much: members that do not answer first, then the highest numbers.
  static let chooseRemovals = WorkflowStep(
    "choose-removals", "Choose machines to remove",
    items: { draft in
      draft.recorded("choose-removals").isEmpty && draft.surplus().isEmpty ? [] : Item.cluster(draft)
    }, expected: { !$0.surplus().isEmpty },
    [
      Stage(
        name: "choose-removals", title: "choosing machines to remove",
        isDone: { draft, _ in draft.surplus().isEmpty },
        act: { draft, _ in
          for machine in draft.surplus() {
            draft.updateMachine(machine.uid) {
              $0.status.phase = .deleting
              if !$0.isControlPlane { $0.status.leftEtcd = true }
            }
            draft.decision.reasons.append("\(machine.name) is to leave")
          }
          return .done
        })
    ])

  static let removeMachines = WorkflowStep(
    "remove-machines", "Remove machines, one by one",
    items: { draft in draft.leaving.reversed().map { Item.machine($0) } },
    expected: { draft in !draft.surplus().isEmpty || !draft.leaving.isEmpty },
    [.evacuate, .leaveEtcd, .deleteNode, .reset, .release])

  /// The machines that the operation names and that are there, in the order of naming.
  static func subject(_ draft: Draft) -> [Item] {
    guard let spec = draft.operation?.spec else { return [] }
    let named = spec.subjects ?? spec.subject.map { [$0] } ?? []
    return named.compactMap { draft.machines[$0.uid] }.map { .machine($0) }
  }

  static let markMachine = WorkflowStep("mark-machine", "Mark the machine", items: subject, [.markLeaving])
  static let drainMachine = WorkflowStep("drain-machine", "Drain", items: subject, [.evacuate])
  static let leaveEtcd = WorkflowStep("leave-etcd", "Leave etcd", items: subject, [.leaveEtcd])
  static let deleteNode = WorkflowStep("delete-node", "Delete the node", items: subject, [.deleteNode])
  static let resetHost = WorkflowStep("reset-host", "Reset the host", items: subject, [.reset])
  static let releaseHost = WorkflowStep("release-host", "Release the host", items: subject, [.release])

  static let cordonSubject = WorkflowStep(
    "cordon", "Cordon", items: subject,
    [
      Stage(
        name: "cordon", title: "cordoning",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "cordon") },
        act: { draft, item in draft.fromSpeaker(.cordon, item, limit: 60) })
    ])

  static let uncordonSubject = WorkflowStep(
    "uncordon", "Uncordon", items: subject,
    [
      Stage(
        name: "uncordon", title: "uncordoning",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "uncordon") },
        act: { draft, item in draft.fromSpeaker(.uncordon, item, limit: 60) })
    ])

  static let drainSubject = WorkflowStep(
    "drain", "Drain", items: subject,
    [
      Stage(
        name: "drain", title: "draining",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "drain") },
        act: { draft, item in
          draft[item].map { draft.request(.drain, about: $0, limit: draft.drainLimit($0) + 60) } ?? .done
        })
    ])
}

extension Draft {
  var leaving: [Machine] { orderedMachines.filter { $0.status.phase == .deleting } }

  func surplus() -> [Machine] {
    cluster.map { Surplus.machines(beyond: $0.spec, of: orderedMachines, isReachable: isReachable) } ?? []
  }
}
