internal import EaselModel

extension Workflow {
  /// No drains: everything goes. Workers first, so that nothing asks a control plane that is gone.
  static let deleteCluster = Workflow(
    verb: .deleteCluster,
    steps: [
      .resetWorkers,
      .resetControlPlanes,
      .forgetCluster,
    ])
}
