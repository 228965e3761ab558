/// What an executor saw. Executors append observations and never write a status; the engine folds them in.
package struct Observation: Codable, Sendable, Hashable {
  package var object: UID
  /// Who saw it, for example `agent/lab1` or `task`. One source never overwrites another's.
  package var source: String
  /// Grows by source and object; an observation with a lower sequence than the stored one is dropped.
  package var sequence: Int64
  package var observedAt: Timestamp
  package var value: ObservationValue

  package init(object: UID, source: String, sequence: Int64, observedAt: Timestamp, value: ObservationValue) {
    self.object = object
    self.source = source
    self.sequence = sequence
    self.observedAt = observedAt
    self.value = value
  }
}

package enum ObservationValue: Codable, Sendable, Hashable {
  case host(HostObservation)
  case cluster(ClusterObservation)
  case task(DurableTask.Status)
}

/// One look at a host through its transport.
package struct HostObservation: Codable, Sendable, Hashable {
  package var reachable: Bool
  /// Why not, when it is not reachable: a CamelCase word and a sentence.
  package var reason: String
  package var message: String
  package var bootID: String?
  package var agentVersion: String?
  package var inventory: Inventory? {
    get { packedInventory?.inventory }
    set { packedInventory = newValue.map { PackedInventory($0) } }
  }
  private var packedInventory: PackedInventory?
  /// The cluster whose member the host says it is, from what lies on it; nil when there is nothing.
  package var ownerCluster: UID?
  /// The site that the host's agent takes changes from; nil while it takes them from nobody.
  package var owner: HostOwner?

  private enum CodingKeys: String, CodingKey {
    case reachable, reason, message, bootID, agentVersion
    case packedInventory = "inventory"
    case ownerCluster, owner
  }

  package init(
    reachable: Bool, reason: String = "", message: String = "", bootID: String? = nil, agentVersion: String? = nil,
    inventory: Inventory? = nil, ownerCluster: UID? = nil, owner: HostOwner? = nil
  ) {
    self.reachable = reachable
    self.reason = reason
    self.message = message
    self.bootID = bootID
    self.agentVersion = agentVersion
    packedInventory = inventory.map { PackedInventory($0) }
    self.ownerCluster = ownerCluster
    self.owner = owner
  }
}

/// One look at a cluster from a control-plane host.
package struct ClusterObservation: Codable, Sendable, Hashable {
  package struct Node: Codable, Sendable, Hashable {
    package var name: String
    package var ready: Bool
    package var cordoned: Bool
    package var kubeletVersion: String
    /// The boot of the host that the kubelet last reported from; nil where it is not known.
    package var bootID: String?

    package init(name: String, ready: Bool, cordoned: Bool, kubeletVersion: String, bootID: String? = nil) {
      (self.name, self.ready, self.cordoned, self.kubeletVersion) = (name, ready, cordoned, kubeletVersion)
      self.bootID = bootID
    }
  }

  package struct EtcdMember: Codable, Sendable, Hashable {
    package var name: String
    /// Hexadecimal, as etcdctl prints it.
    package var id: String
    package var voting: Bool
    package var healthy: Bool
    package var leader: Bool
    package var databaseBytes: Int64

    package init(name: String, id: String, voting: Bool, healthy: Bool, leader: Bool = false, databaseBytes: Int64 = 0)
    {
      self.name = name
      self.id = id
      self.voting = voting
      self.healthy = healthy
      self.leader = leader
      self.databaseBytes = databaseBytes
    }
  }

  package struct Certificate: Codable, Sendable, Hashable {
    package var node: String
    package var name: String
    package var expiresAt: Timestamp

    package init(node: String, name: String, expiresAt: Timestamp) {
      (self.node, self.name, self.expiresAt) = (node, name, expiresAt)
    }
  }

  /// Whether the API server answered the question.
  package var apiHealthy: Bool
  /// Why not, when it did not.
  package var message: String
  package var nodes: [Node]
  package var etcd: [EtcdMember]
  package var certificates: [Certificate]

  package init(
    apiHealthy: Bool, message: String = "", nodes: [Node] = [], etcd: [EtcdMember] = [],
    certificates: [Certificate] = []
  ) {
    self.apiHealthy = apiHealthy
    self.message = message
    self.nodes = nodes
    self.etcd = etcd
    self.certificates = certificates
  }
}
