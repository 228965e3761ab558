internal import EaselModel

extension Workflow {
  /// For a free host that holds what a cluster left on it.
  static let resetHost = Workflow(verb: .resetHost, steps: [.resetFreeHost])
}
