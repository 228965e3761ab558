internal import EaselModel

extension Workflow {
  static let addHost = Workflow(verb: .addHost, steps: [.adoptHost])
}
