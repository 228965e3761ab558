/// What a task does to its target. A distribution turns a verb with its context into a plan for the host.
package enum TaskVerb: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
  /// Install or upgrade the agent on a host and read its inventory. Done by the transport, without a plan.
  case adopt
  /// Make this site the host's owner in place of another one. Done by the transport, without a plan.
  case takeOver = "take-over"
  /// Take the agent off a host again.
  case dismiss
  /// Look whether the host can take its role; changes nothing.
  case preflight
  /// Runtime, kernel settings, binaries, images, pod network and endpoint on one host, before it becomes a member.
  case prepare
  /// Make the first control-plane machine.
  case initialize
  /// Mint what joining needs: token, CA hash, certificate key. Runs on a healthy control-plane host.
  case mintJoinSecrets = "mint-join-secrets"
  /// Join the host in its role; for a control plane, wait until it is a voting etcd member.
  case join
  /// Lay the current member list on a member: routes and the endpoint's address.
  case connect
  /// Set a node's labels and taints. Runs on a control-plane host.
  case describeNode = "describe-node"
  /// Write the cluster's definition into the cluster. Runs on a control-plane host.
  case publish
  /// Place the binaries and images of a version while the old one runs.
  case stage
  /// Save a snapshot of etcd and the PKI on the control-plane host.
  case backup
  /// `kubeadm upgrade apply` on the first control plane, `upgrade node` elsewhere.
  case upgradeComponents = "upgrade-components"
  /// Swap the kubelet and restart it.
  case upgradeKubelet = "upgrade-kubelet"
  /// Keep new pods off the subject node. Runs on a control-plane host.
  case cordon
  case uncordon
  /// Evict the subject node's pods. Runs on a control-plane host.
  case drain
  /// Remove the subject's etcd member. Runs on another control-plane host.
  case removeEtcdMember = "remove-etcd-member"
  /// Delete the subject's Node object. Runs on a control-plane host.
  case deleteNode = "delete-node"
  /// Take everything of the cluster off the host.
  case reset
  /// Read the administrator's credentials from a control-plane host. Changes nothing.
  case readCredentials = "read-credentials"
  /// Read the cluster's certificates' ends. Changes nothing.
  case checkCertificates = "check-certificates"
  /// Reboot the host, unless it is in another boot than the context's already; done once it is up again.
  case reboot
  /// Power the host off, unless it is in another boot already.
  case powerOff = "power-off"
  /// Press the power button of a simulated host that is off.
  case powerOn = "power-on"

  /// Whether the verb changes nothing on its target.
  package var isReadOnly: Bool { self == .preflight || self == .checkCertificates || self == .readCredentials }

  /// What is done, before the name of the machine or host that it is done to.
  package var words: String {
    switch self {
    case .adopt: "install the agent on"
    case .takeOver: "become the owner of"
    case .dismiss: "take the agent off"
    case .preflight: "check"
    case .prepare: "prepare"
    case .initialize: "make the first control plane"
    case .mintJoinSecrets: "mint join secrets for"
    case .join: "join"
    case .connect: "lay routes on"
    case .describeNode: "set labels and taints of"
    case .publish: "write the definition into"
    case .stage: "stage binaries and images on"
    case .backup: "back up etcd and keys of"
    case .upgradeComponents: "upgrade the components of"
    case .upgradeKubelet: "swap the kubelet of"
    case .cordon: "cordon"
    case .uncordon: "uncordon"
    case .drain: "drain"
    case .removeEtcdMember: "take out of etcd"
    case .deleteNode: "delete the node of"
    case .reset: "reset"
    case .checkCertificates: "read the certificates of"
    case .reboot: "reboot"
    case .powerOff: "power off"
    case .readCredentials: "read the administrator's credentials of"
    case .powerOn: "power on"
    }
  }
}

/// Everything that a plan is made from, besides the host's inventory and the content index: the plan is a function of it.
package struct TaskContext: Codable, Sendable, Hashable {
  /// A member of the cluster as other members see it.
  package struct Member: Codable, Sendable, Hashable {
    package var nodeName: String
    package var address: String
    package var podCIDR: String
    package var role: Machine.Role

    package init(nodeName: String, address: String, podCIDR: String, role: Machine.Role) {
      (self.nodeName, self.address, self.podCIDR, self.role) = (nodeName, address, podCIDR, role)
    }
  }

  package var clusterName: String
  package var clusterUID: UID
  package var distribution: String
  package var version: KubernetesVersion
  /// The version before, in an upgrade.
  package var fromVersion: KubernetesVersion?
  package var endpoint: String
  package var clusterPodCIDR: String
  package var serviceCIDR: String
  /// The member that the target host is; for verbs that run on a control-plane host about another node, that host.
  package var member: Member
  /// The node that a verb is about when it is not the target itself.
  package var subject: Member?
  /// Every other member that `connect` and `prepare` lay routes to, sorted by node name.
  package var others: [Member]
  /// Where the endpoint's name points on this host.
  package var endpointAddress: String
  /// Whether the machine is the first to be upgraded (`upgrade apply`).
  package var isFirst: Bool
  package var labels: [String: String]
  package var taints: [Cluster.Taint]
  package var drainTimeoutSeconds: Int
  /// The cluster's definition for `publish`, as JSON text.
  package var definition: String?
  /// The boot that `reboot` and `power-off` end.
  package var bootID: String?

  package init(
    clusterName: String, clusterUID: UID, distribution: String, version: KubernetesVersion,
    fromVersion: KubernetesVersion? = nil, endpoint: String, clusterPodCIDR: String, serviceCIDR: String,
    member: Member, subject: Member? = nil, others: [Member] = [], endpointAddress: String, isFirst: Bool = false,
    labels: [String: String] = [:], taints: [Cluster.Taint] = [], drainTimeoutSeconds: Int = 300,
    definition: String? = nil
  ) {
    self.clusterName = clusterName
    self.clusterUID = clusterUID
    self.distribution = distribution
    self.version = version
    self.fromVersion = fromVersion
    self.endpoint = endpoint
    self.clusterPodCIDR = clusterPodCIDR
    self.serviceCIDR = serviceCIDR
    self.member = member
    self.subject = subject
    self.others = others
    self.endpointAddress = endpointAddress
    self.isFirst = isFirst
    self.labels = labels
    self.taints = taints
    self.drainTimeoutSeconds = drainTimeoutSeconds
    self.definition = definition
  }
}
