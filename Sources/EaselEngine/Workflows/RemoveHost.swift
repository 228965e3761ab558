internal import EaselModel

extension Workflow {
  static let removeHost = Workflow(verb: .removeHost, steps: [.dismissHost, .forgetHost])
}
