internal import EaselModel

extension Workflow {
  /// One by one, each: quorum test, cordon, drain, reboot, wait for the new boot and the Ready node, undo our own cordon.
  static let rebootMachines = Workflow(verb: .rebootMachines, steps: [.rebootMachines, .restoreCordons])
}
