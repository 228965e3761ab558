internal import EaselModel

extension Workflow {
  /// Simulated hosts that were shut down come back, and their nodes; what was cordoned stays so until somebody uncordons it.
  static let powerOnMachines = Workflow(verb: .powerOnMachines, steps: [.powerOnMachines])
}
