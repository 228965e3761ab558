internal import EaselModel

/// The steps that take a whole cluster down.
extension WorkflowStep {
  static let resetWorkers = WorkflowStep(
    "reset-workers", "Reset workers",
    items: { draft in draft.orderedMachines.filter { !$0.isControlPlane }.map { Item.machine($0) } },
    lane: { draft, _ in .parallel(draft) }, [.reset, .release])

  /// From the last to the first: the etcd that all started from goes last.
  static let resetControlPlanes = WorkflowStep(
    "reset-control-planes", "Reset control planes",
    items: { draft in draft.orderedMachines.filter(\.isControlPlane).reversed().map { Item.machine($0) } },
    [.reset, .release])

  static let forgetCluster = WorkflowStep(
    "forget-cluster", "Forget the cluster and its secrets", items: { Item.cluster($0) },
    [
      Stage(
        name: "forget", title: "forgetting the cluster",
        isDone: { draft, _ in draft.clusterDeleted },
        act: { draft, _ in
          draft.forgetCluster()
          return .done
        })
    ])
}

extension Draft {
  func forgetCluster() {
    guard let cluster else { return }
    deleteCluster()
    decision.forgottenSecrets.append("cluster/\(cluster.uid)/")
    event(.normal, "Deleted", "cluster \(cluster.name) is gone, its hosts are free", about: ObjectReference(cluster))
  }
}
