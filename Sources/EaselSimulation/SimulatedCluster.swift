package import EaselModel

/// One cluster of the simulated world, as etcd and the API server would know it.
package struct SimulatedCluster: Codable, Sendable, Hashable {
  package struct Member: Codable, Sendable, Hashable {
    package var node: String
    package var host: UID
    /// A learner until then.
    package var votesFrom: Timestamp
  }

  package struct Node: Codable, Sendable, Hashable {
    package var host: UID
    package var kubelet: KubernetesVersion
    package var cordoned: Bool
    package var joinedAt: Timestamp
  }

  package var uid: UID
  package var members: [Member] = []
  package var nodes: [String: Node] = [:]
  package var certificatesEnd: Timestamp
  /// Disruption budgets that hold a node's pods, by node.
  package var budgets: [String: String] = [:]
  /// How often the definition was written into it.
  package var published = 0

  package init(uid: UID, certificatesEnd: Timestamp) { (self.uid, self.certificatesEnd) = (uid, certificatesEnd) }
}

extension SimulatedWorld {
  /// A member works when its host runs and still carries the cluster.
  package func isHealthy(_ member: SimulatedCluster.Member, of cluster: SimulatedCluster) -> Bool {
    guard let host = hosts[member.host] else { return false }
    return host.alive && host.owner == cluster.uid
  }

  package func voters(of cluster: SimulatedCluster) -> [SimulatedCluster.Member] {
    cluster.members.filter { $0.votesFrom <= now }
  }

  package func hasQuorum(_ cluster: SimulatedCluster) -> Bool {
    let voting = voters(of: cluster)
    return !voting.isEmpty && voting.count { isHealthy($0, of: cluster) } >= voting.count / 2 + 1
  }

  /// What a look at the cluster through these hosts shows.
  func observe(_ uid: UID, via: [UID]) -> ClusterObservation {
    guard let cluster = clusters[uid] else {
      return ClusterObservation(apiHealthy: false, message: "there is no cluster on the asked hosts")
    }
    let serving = via.compactMap { hosts[$0] }.contains { host in
      host.answers && host.owner == uid && cluster.members.contains { $0.host == host.uid }
    }
    guard serving else {
      return ClusterObservation(apiHealthy: false, message: "no control-plane host answers")
    }
    let members = cluster.members.enumerated().map { index, member in
      ClusterObservation.EtcdMember(
        name: member.node, id: String(0xa000 + index, radix: 16), voting: member.votesFrom <= now,
        healthy: isHealthy(member, of: cluster), leader: index == 0, databaseBytes: 20 << 20)
    }
    guard hasQuorum(cluster) else {
      return ClusterObservation(apiHealthy: false, message: "etcd has lost its quorum", etcd: members)
    }
    guard cluster.certificatesEnd > now else {
      return ClusterObservation(
        apiHealthy: false, message: "the API server's certificate has expired", etcd: members,
        certificates: certificates(of: cluster))
    }
    let nodes = cluster.nodes.sorted { $0.key < $1.key }.map { name, node in
      let host = hosts[node.host]
      return ClusterObservation.Node(
        name: name, ready: host?.alive == true && host?.owner == uid, cordoned: node.cordoned,
        kubeletVersion: node.kubelet.description, bootID: host?.bootID)
    }
    return ClusterObservation(apiHealthy: true, nodes: nodes, etcd: members, certificates: certificates(of: cluster))
  }

  private func certificates(of cluster: SimulatedCluster) -> [ClusterObservation.Certificate] {
    cluster.members.map {
      ClusterObservation.Certificate(node: $0.node, name: "apiserver", expiresAt: cluster.certificatesEnd)
    }
  }
}
