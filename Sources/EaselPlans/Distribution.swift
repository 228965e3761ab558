package import EaselHostPlan
package import EaselModel

/// How Kubernetes is laid on a host: turns what a task must do into a plan, and what the plan printed into what the engine reads.
package protocol Distribution: Sendable {
  /// The name that profiles use, for example `kubeadm`.
  var name: String { get }

  /// The plan of a task. A function of its arguments alone: the same arguments give the same digest.
  ///
  /// - Throws: `EaselError`, for example `ContentMissing` when the content index lacks what the version needs.
  func plan(
    for verb: TaskVerb, context: TaskContext, inventory: Inventory?, content: ContentIndex
  ) throws -> HostPlan

  /// Reads what a finished plan printed.
  ///
  /// - Returns: the outcome, and the secrets that were minted, by name without prefix.
  func outcome(
    of verb: TaskVerb, context: TaskContext, outputs: [String: String], secretOutputs: [String: Secret], now: Timestamp
  ) throws -> (outcome: DurableTask.Outcome, secrets: [String: Secret])

  /// A read-only plan that looks at the cluster from one of its control-plane hosts.
  func observationPlan(context: TaskContext) throws -> HostPlan

  /// Reads what the observation plan printed; what could not be read is missing, not zero.
  func observation(outputs: [String: String], context: TaskContext) -> ClusterObservation

  /// A read-only plan that reads a cluster's definition on one of its control-plane hosts, of which nothing else is known.
  func definitionPlan() throws -> HostPlan

  /// Reads what the definition plan printed: the definition, and the nodes that the cluster has; the host's own copy where the API gives none.
  ///
  /// - Throws: `DefinitionUnreadable` when there is none, or none that this build understands.
  func definition(outputs: [String: String], host: String) throws -> ReadDefinition

  /// The names of the secrets that must travel with a task's request.
  func secretsNeeded(for verb: TaskVerb, role: Machine.Role) -> [String]
}

/// A cluster's definition as one of its hosts gave it.
package struct ReadDefinition: Sendable {
  package var cluster: PublishedCluster
  /// The names of the cluster's nodes; none when its API did not answer.
  package var nodes: [String]
  /// It is the copy that the host keeps of what was last published from there: the API did not answer.
  package var isKept: Bool
}
