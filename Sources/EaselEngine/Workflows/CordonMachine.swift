internal import EaselModel

extension Workflow {
  /// An operator's own cordon: no operation of ours undoes it.
  static let cordonMachine = Workflow(verb: .cordonMachine, steps: [.cordonSubject])
}
