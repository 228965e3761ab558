internal import EaselModel

extension Workflow {
  static let rebootHost = Workflow(verb: .rebootHost, steps: [.rebootHost])
}
