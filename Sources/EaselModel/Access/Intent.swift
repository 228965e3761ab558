/// A change that an operator asks for: the only way in which a spec changes. The console, the command line and files all end here.
package enum Intent: Codable, Sendable, Hashable {
  case createCluster(name: String, spec: Cluster.Spec, labels: [String: String])
  /// Replaces a cluster's spec (`apply`, `scale`, `upgrade`, the editor); `expecting` is the generation that was
  /// edited, if known: it counts the definitions, where the resource version counts every look at the cluster.
  case changeCluster(name: String, spec: Cluster.Spec, expecting: Int64?)
  case removeMachine(cluster: String, machine: String)
  case deleteCluster(name: String)
  case addHost(name: String, spec: Host.Spec, labels: [String: String])
  /// Forget a free host; with `force` also one that cannot be reached.
  case removeHost(name: String, force: Bool)
  /// Take a cluster over from another or a lost site, with its hosts as they stand.
  case adoptCluster(Adoption)
  /// Take a single host over from another site; `ownerEpoch` is the highest that it has accepted.
  case adoptHost(name: String, spec: Host.Spec, labels: [String: String], ownerEpoch: Int64)
  /// Forget a cluster that another site has adopted; nothing is done to its hosts.
  case forgetCluster(name: String)
  /// Note that a host takes the site's own key, or no more; who submits it has put it there, or taken it away.
  case setSiteKey(host: String, on: Bool)
  case setMaintenance(host: String, on: Bool)
  /// Names the folder that holds `content.json`, by its absolute path; who submits it has read the index.
  case setContent(folder: String)
  /// Pins another key of a host, as `SHA256:...`, which somebody has compared: the host was installed anew.
  case setHostKey(host: String, key: String)
  case cordon(cluster: String, machine: String)
  case uncordon(cluster: String, machine: String)
  case drain(cluster: String, machine: String)
  /// The same on one or several hosts, one after another: members of one cluster, or one free host.
  case host(HostAction, names: [String])
  case retry(operation: String, step: String?, item: String?)
  case skip(operation: String, step: String, item: String)
  case abort(operation: String)
}

extension Intent {
  /// Whether it can bring a Kubernetes version onto hosts, which must be in the content folder then.
  package var stages: Bool {
    switch self {
    case .createCluster, .changeCluster: true
    default: false
    }
  }
}

/// What can be done with hosts that are there.
package enum HostAction: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
  /// A member is drained first and waited for; it is uncordoned again if Easel cordoned it.
  case reboot
  /// A member is drained first; the host is off until somebody powers it on.
  case shutDown = "shut-down"
  /// Press the power button of a host that was shut down; only simulated hosts have one within reach.
  case powerOn = "power-on"
  /// Take whatever a cluster left on a free host off it.
  case reset
  case cordon, uncordon, drain
}

/// Who asks.
package struct Actor: Codable, Sendable, Hashable {
  /// For example `root`, or `alice (10.0.0.7)` when SSH says where from.
  package var name: String

  /// The name is one line of at most 200 characters, whatever the environment says.
  package init(name: String) {
    self.name = String(
      String.UnicodeScalarView(name.unicodeScalars.filter { !$0.drivesTerminals }.prefix(200)))
  }
}

/// What became of an intent: the operation that brings it about, or nil where nothing was to be done.
package struct Submission: Codable, Sendable, Hashable {
  package var operation: ObjectReference?
  /// A sentence about what was accepted.
  package var message: String

  package init(operation: ObjectReference?, message: String) { (self.operation, self.message) = (operation, message) }
}
