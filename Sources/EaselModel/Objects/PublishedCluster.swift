/// A cluster's definition as it is kept inside the cluster (namespace `easel-system`): all that another site needs to take it over,
/// and nothing secret.
package struct PublishedCluster: Codable, Sendable, Hashable {
  /// The site that wrote it.
  package struct Owner: Codable, Sendable, Hashable {
    package var site: UID
    package var name: String
    package var epoch: Int64

    package init(site: UID, name: String, epoch: Int64) { (self.site, self.name, self.epoch) = (site, name, epoch) }
  }

  package struct HostEntry: Codable, Sendable, Hashable {
    package var name: String
    package var uid: UID
    package var labels: [String: String]
    package var spec: Host.Spec
    package var agentVersion: String?

    package init(name: String, uid: UID, labels: [String: String], spec: Host.Spec, agentVersion: String?) {
      (self.name, self.uid, self.labels, self.spec, self.agentVersion) = (name, uid, labels, spec, agentVersion)
    }
  }

  /// A machine that has joined, with its host.
  package struct Member: Codable, Sendable, Hashable {
    package var name: String
    package var uid: UID
    package var labels: [String: String]
    package var role: Machine.Role
    package var pool: String?
    package var nodeName: String
    package var address: String
    package var podCIDR: String
    package var status: Machine.Status
    package var host: HostEntry

    package init(_ machine: Machine, on host: Host) {
      name = machine.name
      uid = machine.uid
      labels = machine.metadata.labels
      role = machine.spec.role
      pool = machine.spec.pool
      nodeName = machine.spec.nodeName
      address = machine.spec.address
      podCIDR = machine.spec.podCIDR
      status = machine.status
      status.conditions = []
      self.host = HostEntry(
        name: host.name, uid: host.uid, labels: host.metadata.labels, spec: host.spec,
        agentVersion: host.status.agentVersion)
    }
  }

  package static let apiVersion = "easel.dev/v1"

  package var apiVersion = PublishedCluster.apiVersion
  package var kind = "Cluster"
  package var name: String
  package var uid: UID
  package var generation: Int64
  package var createdAt: Timestamp
  package var labels: [String: String]
  package var spec: Cluster.Spec
  package var initializedAt: Timestamp
  package var owner: Owner
  package var members: [Member]

  package init(_ cluster: Cluster, initializedAt: Timestamp, owner: Owner, members: [Member]) {
    name = cluster.name
    uid = cluster.uid
    generation = cluster.metadata.generation
    createdAt = cluster.metadata.createdAt
    labels = cluster.metadata.labels
    spec = cluster.spec
    self.initializedAt = initializedAt
    self.owner = owner
    self.members = members
  }
}

/// A cluster of another (or a lost) site that this site is to take over, as an operator has seen it.
package struct Adoption: Codable, Sendable, Hashable {
  /// With the ways to its hosts as this site goes them.
  package var cluster: PublishedCluster
  /// The highest epoch that the hosts have accepted: ours must be above it, or they refuse.
  package var ownerEpoch: Int64
  /// Names of the hosts that did not answer; they are taken over when they come back.
  package var absent: [String]

  package init(cluster: PublishedCluster, ownerEpoch: Int64, absent: [String] = []) {
    (self.cluster, self.ownerEpoch, self.absent) = (cluster, ownerEpoch, absent)
  }
}
