internal import EaselModel

extension Workflow {
  static let scalePool = Workflow(
    verb: .scalePool,
    steps: [
      .chooseHosts,
      .preflight,
      .prepareHosts,
      .joinWorkers,
      .chooseRemovals,
      .removeMachines,
      .connectMembers,
      .describeNodes,
      .waitReady,
      .publishDefinition,
    ])
}
