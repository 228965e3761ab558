/// A change that an operator asks for: the only way in which a spec changes. The console, the command line and files all end here.
package enum Intent: Codable, Sendable, Hashable {
  case createCluster(name: String, spec: Cluster.Spec, labels: [String: String])
  /// Replaces a cluster's spec (`apply`, `scale`, `upgrade`, the editor); `expecting` is the version that was edited, if known.
  case changeCluster(name: String, spec: Cluster.Spec, expecting: Int64?)
  case removeMachine(cluster: String, machine: String)
  case deleteCluster(name: String)
  case addHost(name: String, spec: Host.Spec, labels: [String: String])
  /// Forget a free host; with `force` also one that cannot be reached.
  case removeHost(name: String, force: Bool)
  case setMaintenance(host: String, on: Bool)
  case cordon(cluster: String, machine: String)
  case uncordon(cluster: String, machine: String)
  case drain(cluster: String, machine: String)
  case retry(operation: String, step: String?, item: String?)
  case skip(operation: String, step: String, item: String)
  case abort(operation: String)
}

/// Who asks.
package struct Actor: Codable, Sendable, Hashable {
  /// For example `root`, or `alice (10.0.0.7)` when SSH says where from.
  package var name: String

  package init(name: String) { self.name = name }
}

/// What became of an intent: the operation that brings it about, or nil where nothing was to be done.
package struct Submission: Codable, Sendable, Hashable {
  package var operation: ObjectReference?
  /// A sentence about what was accepted.
  package var message: String

  package init(operation: ObjectReference?, message: String) { (self.operation, self.message) = (operation, message) }
}
