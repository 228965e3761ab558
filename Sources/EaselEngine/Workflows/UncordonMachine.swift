internal import EaselModel

extension Workflow {
  static let uncordonMachine = Workflow(verb: .uncordonMachine, steps: [.uncordonSubject])
}
