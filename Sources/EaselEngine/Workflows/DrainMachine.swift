internal import EaselModel

extension Workflow {
  /// The node stays cordoned, as the operator's own: `uncordon` brings it back.
  static let drainMachine = Workflow(verb: .drainMachine, steps: [.cordonSubject, .drainSubject])
}
