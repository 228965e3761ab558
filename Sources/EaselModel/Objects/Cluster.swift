/// The desired state of one Kubernetes cluster and what stands of it.
package struct Cluster: Resource {
  package static let kind = Kind.cluster
  @usableFromInline var parts: Boxed<ObjectParts<Spec, Status>>
  package var scope: UID? { uid }

  package init(metadata: Metadata, spec: Spec, status: Status = Status()) {
    parts = Boxed(ObjectParts(metadata: metadata, spec: spec, status: status))
  }

  package enum Mode: String, Codable, Sendable, Hashable, CaseIterable { case agent, appliance, controller }

  package struct ProfileReference: Codable, Sendable, Hashable {
    package var name: String
    package var version: String

    package init(name: String, version: String) { (self.name, self.version) = (name, version) }
  }

  /// Permanent: fixed once the cluster exists.
  package struct Network: Codable, Sendable, Hashable {
    package var podCIDR: String
    package var serviceCIDR: String

    package init(podCIDR: String = "10.244.0.0/16", serviceCIDR: String = "10.96.0.0/12") {
      (self.podCIDR, self.serviceCIDR) = (podCIDR, serviceCIDR)
    }
  }

  package struct ControlPlane: Codable, Sendable, Hashable {
    /// An odd number, 1...7 (etcd's practical limit).
    package var replicas: Int
    /// Names of hosts to use, first choice first; the rest is chosen from the free hosts.
    package var hosts: [String]
    /// `host:port` in front of the API servers, permanent. Nil until defaulted to `api.<cluster>.easel.internal:6443`.
    package var endpoint: String?

    package init(replicas: Int = 1, hosts: [String] = [], endpoint: String? = nil) {
      (self.replicas, self.hosts, self.endpoint) = (replicas, hosts, endpoint)
    }
  }

  package struct Taint: Codable, Sendable, Hashable {
    package enum Effect: String, Codable, Sendable, Hashable, CaseIterable {
      case noSchedule = "NoSchedule", preferNoSchedule = "PreferNoSchedule", noExecute = "NoExecute"
    }

    package var key: String
    package var value: String?
    package var effect: Effect

    package init(key: String, value: String? = nil, effect: Effect) {
      (self.key, self.value, self.effect) = (key, value, effect)
    }
  }

  package struct Rollout: Codable, Sendable, Hashable {
    /// How many machines of the pool may be out of service at once in an upgrade: 1 or more.
    package var maxUnavailable: Int
    /// Seconds that a drain may take before it is reported as blocked. 0 is refused: a drain always has a limit.
    package var drainTimeoutSeconds: Int

    package init(maxUnavailable: Int = 1, drainTimeoutSeconds: Int = 300) {
      (self.maxUnavailable, self.drainTimeoutSeconds) = (maxUnavailable, drainTimeoutSeconds)
    }
  }

  package struct Pool: Codable, Sendable, Hashable {
    package var name: String
    package var replicas: Int
    package var hosts: [String]
    package var labels: [String: String]
    package var taints: [Taint]
    package var rollout: Rollout

    package init(
      name: String, replicas: Int, hosts: [String] = [], labels: [String: String] = [:], taints: [Taint] = [],
      rollout: Rollout = Rollout()
    ) {
      self.name = name
      self.replicas = replicas
      self.hosts = hosts
      self.labels = labels
      self.taints = taints
      self.rollout = rollout
    }
  }

  package struct Spec: Codable, Sendable, Hashable {
    package var mode: Mode
    package var profile: ProfileReference
    package var kubernetesVersion: KubernetesVersion
    package var network: Network
    package var controlPlane: ControlPlane
    package var pools: [Pool]

    package init(
      mode: Mode = .agent, profile: ProfileReference, kubernetesVersion: KubernetesVersion,
      network: Network = Network(),
      controlPlane: ControlPlane = ControlPlane(), pools: [Pool] = []
    ) {
      self.mode = mode
      self.profile = profile
      self.kubernetesVersion = kubernetesVersion
      self.network = network
      self.controlPlane = controlPlane
      self.pools = pools
    }

    /// Machines of all roles that the spec asks for.
    package var machineCount: Int { controlPlane.replicas + pools.reduce(0) { $0 + $1.replicas } }
  }

  package enum Phase: String, Codable, Sendable, Hashable, CaseIterable {
    case pending = "Pending"
    case provisioning = "Provisioning"
    case running = "Running"
    case scaling = "Scaling"
    case upgrading = "Upgrading"
    case deleting = "Deleting"
    /// An operation stopped and needs the operator.
    case failed = "Failed"
  }

  package struct Status: Codable, Sendable, Hashable {
    package var phase: Phase
    package var conditions: [Condition]
    /// The generation that the last finished operation brought about.
    package var observedGeneration: Int64
    /// The version that all machines stand at; nil until the first control plane is up, the lowest during an upgrade.
    package var kubernetesVersion: KubernetesVersion?
    package var controlPlaneReady: Int
    package var workersReady: Int
    /// The name of the operation that is changing the cluster, if one is.
    package var operation: String?
    /// Set once the first control-plane machine is up.
    package var initializedAt: Timestamp?
    /// The last word from the cluster itself.
    package var observed: ClusterObservation?
    package var observedAt: Timestamp?
    /// When each secret of the cluster ends, by name (`join-token`, `kubeconfig`, ...); values are in the sealed store.
    package var secrets: [String: Timestamp]

    package init(phase: Phase = .pending, conditions: [Condition] = []) {
      self.phase = phase
      self.conditions = conditions
      observedGeneration = 0
      controlPlaneReady = 0
      workersReady = 0
      secrets = [:]
    }
  }
}

extension Cluster {
  /// The endpoint's name without its port.
  package var endpointHost: String {
    let endpoint = endpointOrDefault
    return endpoint.lastIndex(of: ":").map { String(endpoint[..<$0]) } ?? endpoint
  }

  /// `spec.controlPlane.endpoint`, or what it defaults to.
  package var endpointOrDefault: String { spec.controlPlane.endpoint ?? "api.\(name).easel.internal:6443" }
}

// MARK: Defaults

// A definition may leave out what has a default, so each type decodes with the defaults of its initializer.

extension Cluster.Network {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    podCIDR = try fields.decodeIfPresent(String.self, forKey: .podCIDR) ?? podCIDR
    serviceCIDR = try fields.decodeIfPresent(String.self, forKey: .serviceCIDR) ?? serviceCIDR
  }
}

extension Cluster.ControlPlane {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    replicas = try fields.decodeIfPresent(Int.self, forKey: .replicas) ?? replicas
    hosts = try fields.decodeIfPresent([String].self, forKey: .hosts) ?? hosts
    endpoint = try fields.decodeIfPresent(String.self, forKey: .endpoint)
  }
}

extension Cluster.Rollout {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    maxUnavailable = try fields.decodeIfPresent(Int.self, forKey: .maxUnavailable) ?? maxUnavailable
    drainTimeoutSeconds = try fields.decodeIfPresent(Int.self, forKey: .drainTimeoutSeconds) ?? drainTimeoutSeconds
  }
}

extension Cluster.Pool {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try fields.decode(String.self, forKey: .name), replicas: try fields.decode(Int.self, forKey: .replicas))
    hosts = try fields.decodeIfPresent([String].self, forKey: .hosts) ?? hosts
    labels = try fields.decodeIfPresent([String: String].self, forKey: .labels) ?? labels
    taints = try fields.decodeIfPresent([Cluster.Taint].self, forKey: .taints) ?? taints
    rollout = try fields.decodeIfPresent(Cluster.Rollout.self, forKey: .rollout) ?? rollout
  }
}

extension Cluster.Spec {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let mode = try fields.decodeIfPresent(Cluster.Mode.self, forKey: .mode)
    let profile = try fields.decode(Cluster.ProfileReference.self, forKey: .profile)
    let version = try fields.decode(KubernetesVersion.self, forKey: .kubernetesVersion)
    self.init(mode: mode ?? .agent, profile: profile, kubernetesVersion: version)
    network = try fields.decodeIfPresent(Cluster.Network.self, forKey: .network) ?? network
    controlPlane = try fields.decodeIfPresent(Cluster.ControlPlane.self, forKey: .controlPlane) ?? controlPlane
    pools = try fields.decodeIfPresent([Cluster.Pool].self, forKey: .pools) ?? pools
  }
}
