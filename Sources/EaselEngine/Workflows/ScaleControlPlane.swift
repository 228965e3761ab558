internal import EaselModel

extension Workflow {
  /// Up: one by one until each votes. Down: one by one, with the quorum test before each.
  static let scaleControlPlane = Workflow(
    verb: .scaleControlPlane,
    steps: [
      .chooseHosts,
      .preflight,
      .prepareHosts,
      .joinControlPlanes,
      .chooseRemovals,
      .removeMachines,
      .connectMembers,
      .waitReady,
      .publishDefinition,
    ])
}
