internal import EaselModel

extension Workflow {
  static let shutDownHost = Workflow(verb: .shutDownHost, steps: [.shutDownHost])
}
