package import EaselModel

/// The engine: a pure function from what is to what to do. No clock, no random source, no I/O.
package enum Engine {
  /// Decides about one cluster, or one free host. Level-triggered: applied to its own result it decides nothing.
  package static func decide(_ snapshot: Snapshot, now: Timestamp) -> Decision {
    decide(snapshot, now: now, rules: EngineRules())
  }

  /// The same under other limits; only tests use others.
  package static func decide(_ snapshot: Snapshot, now: Timestamp, rules: EngineRules) -> Decision {
    let draft = Draft(snapshot, now: now, rules: rules)
    draft.operation = snapshot.operations.first { !$0.status.phase.isFinal }
    draft.foldObservations()
    if let operation = draft.operation {
      OperationRunner(draft: draft).run(operation)
    }
    HostHealth.reconcile(draft)
    if draft.cluster != nil, !draft.clusterDeleted { ClusterHealth.reconcile(draft) }
    return draft.finish()
  }
}
