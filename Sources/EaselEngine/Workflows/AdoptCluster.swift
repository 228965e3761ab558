internal import EaselModel

extension Workflow {
  /// A majority of the control planes first: from then on the former owner can change nothing that needs etcd's or the API's
  /// consent. Nothing of the cluster is changed before; then the others, and last the word in the cluster itself.
  static let adoptCluster = Workflow(
    verb: .adoptCluster,
    steps: [
      .takeControlPlanes,
      .confirmMajority,
      .takeWorkers,
      .readCredentials,
      .publishDefinition,
    ])

  static let adoptHost = Workflow(verb: .adoptHost, steps: [.takeHost])
}
