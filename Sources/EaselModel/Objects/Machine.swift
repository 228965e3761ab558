/// One member of a cluster: the binding of a role to a host or to a provider's instance.
package struct Machine: Resource {
  package static let kind = Kind.machine
  @usableFromInline var parts: Boxed<ObjectParts<Spec, Status>>
  package var scope: UID? { spec.cluster.uid }

  package init(metadata: Metadata, spec: Spec, status: Status = Status()) {
    parts = Boxed(ObjectParts(metadata: metadata, spec: spec, status: status))
  }

  package enum Role: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case controlPlane = "control-plane", worker
  }

  package enum Binding: Codable, Sendable, Hashable {
    case host(ObjectReference)
    /// An opaque reference that an infrastructure provider understands.
    case provider(String)
  }

  package struct Spec: Codable, Sendable, Hashable {
    package var cluster: ObjectReference
    package var role: Role
    /// The pool's name; nil for the control plane.
    package var pool: String?
    package var binding: Binding
    /// The Node's name in Kubernetes.
    package var nodeName: String
    /// What other members reach it by.
    package var address: String
    /// The /24 of the cluster's pod network that this machine's pods live in.
    package var podCIDR: String

    package init(
      cluster: ObjectReference, role: Role, pool: String? = nil, binding: Binding, nodeName: String, address: String,
      podCIDR: String
    ) {
      self.cluster = cluster
      self.role = role
      self.pool = pool
      self.binding = binding
      self.nodeName = nodeName
      self.address = address
      self.podCIDR = podCIDR
    }
  }

  package enum Phase: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case pending = "Pending"
    case provisioning = "Provisioning"
    case running = "Running"
    case upgrading = "Upgrading"
    case draining = "Draining"
    case deleting = "Deleting"
    case failed = "Failed"
  }

  package struct Status: Codable, Sendable, Hashable {
    package var phase: Phase
    package var conditions: [Condition]
    /// The version for which the host was last prepared (runtime, binaries, images).
    package var preparedVersion: KubernetesVersion?
    /// When the machine became a member; nil before.
    package var joinedAt: Timestamp?
    /// The version that the control plane components (or, on a worker, the kubelet configuration) stand at.
    package var componentVersion: KubernetesVersion?
    /// The version that the kubelet runs.
    package var kubeletVersion: KubernetesVersion?
    /// Digest of the member list (routes, endpoint) that was last laid on the host.
    package var connectedDigest: String?
    /// True while the node is cordoned by Easel, which alone undoes it; what an operator cordoned stays.
    package var cordonedByEasel: Bool
    /// True once its pods were drained for the running operation.
    package var drained: Bool
    /// True once it is no etcd member any more, or never was one.
    package var leftEtcd: Bool
    /// True once its Node object is gone.
    package var nodeDeleted: Bool
    /// True once the host was reset.
    package var hostReset: Bool

    package init(phase: Phase = .pending, conditions: [Condition] = []) {
      self.phase = phase
      self.conditions = conditions
      cordonedByEasel = false
      drained = false
      leftEtcd = false
      nodeDeleted = false
      hostReset = false
    }
  }
}

extension Machine {
  /// The host that the machine is bound to, if it is bound to one.
  package var host: ObjectReference? {
    if case .host(let reference) = spec.binding { reference } else { nil }
  }

  package var isControlPlane: Bool { spec.role == .controlPlane }

  /// Whether it has joined and runs something else than a version, in part at least, as far as that is known.
  package func differs(from version: KubernetesVersion) -> Bool {
    status.joinedAt != nil && status.phase != .deleting
      && [status.componentVersion, status.kubeletVersion].contains { $0 != nil && $0 != version }
  }

  /// `v1.32.1`, or `v1.32.1 with the components of v1.33.4` where an upgrade has ended between the two.
  package var versionWords: String {
    let (kubelet, components) = (status.kubeletVersion?.description ?? "?", status.componentVersion?.description ?? "?")
    return kubelet == components ? kubelet : "\(kubelet) with the components of \(components)"
  }
}
