internal import EaselModel

extension Workflow {
  /// First control plane, then the others strictly one by one, then workers in parallel (lifecycle rules 1 to 5).
  static let createCluster = Workflow(
    verb: .createCluster,
    steps: [
      .chooseHosts,
      .preflight,
      .prepareHosts,
      .initializeControlPlane,
      .joinControlPlanes,
      .joinWorkers,
      .connectMembers,
      .describeNodes,
      .waitReady,
      .publishDefinition,
    ])
}
