internal import EaselModel

extension Workflow {
  static let powerOnHost = Workflow(verb: .powerOnHost, steps: [.powerOnHost])
}
