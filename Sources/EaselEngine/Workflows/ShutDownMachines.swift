internal import EaselModel

extension Workflow {
  /// One by one, each: quorum test, cordon, drain, power off. The nodes stay cordoned, as the operator's own.
  static let shutDownMachines = Workflow(verb: .shutDownMachines, steps: [.shutDownMachines])
}
