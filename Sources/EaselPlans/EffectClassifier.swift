package import EaselModel

/// What a change of a cluster's definition does to one machine.
package struct MachineEffect: Sendable, Hashable, Codable {
  package var machine: String
  package var effect: Effect
  /// In words, heaviest first: `Kubernetes v1.31.4 -> v1.32.1`.
  package var reasons: [String]
}

/// A pause of the API or of etcd that a change brings with it, said before it happens.
package struct Interruption: Sendable, Hashable, Codable {
  /// What is not to be had meanwhile: `Kubernetes API`, `etcd writes`, `API of one machine`.
  package var what: String
  /// About how long at most, in seconds.
  package var seconds: Int
  package var message: String

  package init(what: String, seconds: Int, message: String) {
    (self.what, self.seconds, self.message) = (what, seconds, message)
  }
}

/// From an old and a new definition to what each machine will feel. Knows rules, not machines' states.
package enum EffectClassifier {
  /// One entry for each given machine, in their order; machines that are still to be made are not among them.
  package static func effects(from old: Cluster.Spec, to new: Cluster.Spec, machines: [Machine]) -> [MachineEffect] {
    let members = membershipChange(from: old, to: new)
    return machines.map { machine in
      var found: [(Effect, String)] = []
      if old.kubernetesVersion != new.kubernetesVersion {
        found.append((.restart, "Kubernetes \(old.kubernetesVersion) -> \(new.kubernetesVersion)"))
      }
      if let name = machine.spec.pool {
        let before = old.pools.first { $0.name == name }
        if let after = new.pools.first(where: { $0.name == name }) {
          if before?.labels != after.labels { found.append((.reload, "labels of pool \(name) change")) }
          if before?.taints != after.taints {
            let evicts = after.taints.contains { $0.effect == .noExecute && !(before?.taints.contains($0) ?? false) }
            found.append((.reload, "taints of pool \(name) change\(evicts ? ", pods may be evicted" : "")"))
          }
        } else {
          found.append((.repave, "pool \(name) goes away"))
        }
      }
      if members { found.append((.reload, "the list of members changes: routes and the endpoint's address")) }
      let order = Effect.allCases
      found.sort { (order.firstIndex(of: $0.0) ?? 0) < (order.firstIndex(of: $1.0) ?? 0) }
      return MachineEffect(machine: machine.name, effect: found.first?.0 ?? .none, reasons: found.map(\.1))
    }
  }

  private static func membershipChange(from old: Cluster.Spec, to new: Cluster.Spec) -> Bool {
    old.controlPlane.replicas != new.controlPlane.replicas
      || Dictionary(old.pools.map { ($0.name, $0.replicas) }) { $1 }
        != Dictionary(new.pools.map { ($0.name, $0.replicas) }) { $1 }
  }

  /// Paths of fields that are fixed once the cluster exists and that the change touches.
  package static func permanentFields(from old: Cluster.Spec, to new: Cluster.Spec) -> [String] {
    var fields: [String] = []
    if old.mode != new.mode { fields.append("spec.mode") }
    if old.profile.name != new.profile.name { fields.append("spec.profile.name") }
    if old.network.podCIDR != new.network.podCIDR { fields.append("spec.network.podCIDR") }
    if old.network.serviceCIDR != new.network.serviceCIDR { fields.append("spec.network.serviceCIDR") }
    if old.controlPlane.endpoint != new.controlPlane.endpoint { fields.append("spec.controlPlane.endpoint") }
    return fields
  }

  /// The pause that a step brings, if it brings one.
  ///
  /// - Parameter controlPlanes: voting members before the step.
  package static func interruption(of verb: TaskVerb, role: Machine.Role, controlPlanes: Int) -> Interruption? {
    guard role == .controlPlane else { return nil }
    switch (verb, controlPlanes) {
    case (.upgradeComponents, 1):
      return Interruption(
        what: "Kubernetes API", seconds: 120,
        message: "the only API server restarts: the API pauses for up to 2 minutes, running pods go on")
    case (.upgradeComponents, 2):
      return Interruption(
        what: "etcd writes", seconds: 60,
        message: "with two members etcd needs both: the API takes no writes for up to a minute while one restarts")
    case (.upgradeComponents, _):
      return Interruption(
        what: "API of one machine", seconds: 60,
        message: "this machine's API server restarts; the others answer, clients at this address try again")
    case (.join, 1):
      return Interruption(
        what: "Kubernetes API", seconds: 60,
        message: "going from one to two members, etcd pauses until the second has caught up, up to a minute")
    case (.removeEtcdMember, 2):
      return Interruption(
        what: "Kubernetes API", seconds: 60,
        message: "going from two members to one, etcd pauses until the one that stays leads alone, up to a minute")
    case (.removeEtcdMember, _):
      return Interruption(
        what: "etcd writes", seconds: 10,
        message: "if the leader leaves, etcd elects another: a few seconds without writes")
    default: return nil
    }
  }
}

extension TaskVerb {
  /// What can go wrong for the workloads, in a sentence; empty where nothing can.
  package var risk: String {
    switch self {
    case .preflight, .checkCertificates, .readCredentials, .mintJoinSecrets, .publish, .adopt, .takeOver, .dismiss: ""
    case .prepare: "containerd restarts once; containers that others run on the host go on"
    case .stage: "uses disk space for a second set of binaries and images"
    case .backup: "reads all of etcd once; the copy on the host holds the cluster's keys"
    case .initialize: "starts etcd and the API on the host; nothing of another cluster is touched"
    case .join: "a control plane changes the number of voting members; a worker changes nothing else"
    case .connect: "existing connections go on; a wrong address would cut pods on this host off from others"
    case .describeNode: "a NoExecute taint evicts pods that do not tolerate it"
    case .upgradeComponents:
      "the host's control plane restarts; the proxy is replaced on all nodes with the first machine"
    case .upgradeKubelet: "the node is NotReady for some seconds; containers go on"
    case .cordon: "no new pods are placed on the node"
    case .uncordon: ""
    case .drain:
      "pods are evicted within their budgets; pods without a controller and data in emptyDir volumes are lost"
    case .removeEtcdMember: "one voting member less; refused where the rest would have no quorum"
    case .deleteNode: "pods that are still bound to the node are deleted"
    case .reset: "everything of the cluster on the host is removed, also images and etcd's data"
    case .reboot: "the host is away for minutes; one that does not start needs somebody at its console"
    case .powerOn: ""
    case .powerOff: "the host stays off until somebody powers it on"
    }
  }
}
