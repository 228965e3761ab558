package import EaselModel

/// Which machines go when a cluster is to have fewer.
enum Surplus {
  /// Machines beyond what a spec asks for: those that never joined first, then those that do not answer, then the highest number.
  ///
  /// - Parameter machines: all of the cluster, in the order of their names.
  static func machines(
    beyond spec: Cluster.Spec, of machines: [Machine], isReachable: (Machine) -> Bool
  ) -> [Machine] {
    let staying = machines.filter { $0.status.phase != .deleting }
    func rank(_ machine: Machine) -> Int {
      if machine.status.joinedAt == nil { return 0 }
      return isReachable(machine) ? 2 : 1
    }
    func excess(_ group: [Machine], _ wanted: Int) -> [Machine] {
      guard group.count > wanted else { return [] }
      let order = group.enumerated().sorted { a, b in
        let (x, y) = (rank(a.element), rank(b.element))
        return x != y ? x < y : a.offset > b.offset
      }
      return order.prefix(group.count - wanted).map(\.element)
    }
    var result = excess(staying.filter(\.isControlPlane), spec.controlPlane.replicas)
    let pools = Set(spec.pools.map(\.name))
    for pool in spec.pools {
      result += excess(staying.filter { $0.spec.pool == pool.name && !$0.isControlPlane }, pool.replicas)
    }
    result += staying.filter { !$0.isControlPlane && !pools.contains($0.spec.pool ?? "") }
    return result
  }
}

extension Cluster.Spec {
  /// The same with other numbers of machines, as scaling a cluster of a site sets them. Hosts whose machines go for it are named
  /// no more; nor are, where still more are named than machines asked for, those that carry none, the last ones first.
  ///
  /// - Parameter pools: the machines of each pool that changes; a pool that is not there is made.
  package func scaled(
    controlPlane: Int? = nil, pools counts: [(name: String, replicas: Int)] = [], _ cluster: Cluster,
    in site: SiteSnapshot
  ) -> Cluster.Spec {
    var spec = self
    if let controlPlane { spec.controlPlane.replicas = controlPlane }
    for (name, replicas) in counts {
      if let index = spec.pools.firstIndex(where: { $0.name == name }) {
        spec.pools[index].replicas = replicas
      } else {
        spec.pools.append(Cluster.Pool(name: name, replicas: replicas))
      }
    }
    let machines = site.machines.filter { $0.spec.cluster.uid == cluster.uid }
      .sorted { NaturalOrder.precedes($0.name, $1.name) }
    let going = Surplus.machines(beyond: spec, of: machines) { machine in
      machine.host.flatMap { site.hosts.first($0.uid) }?.takesChanges ?? false
    }
    let gone = Set(going.compactMap { $0.host?.name })
    let standing = Set(machines.compactMap { $0.host?.name })
    func drop(_ hosts: inout [String], _ old: Int, _ new: Int) {
      guard new < old else { return }
      hosts.removeAll(where: gone.contains)
      while hosts.count > max(0, new), let idle = hosts.lastIndex(where: { !standing.contains($0) }) {
        hosts.remove(at: idle)
      }
    }
    drop(&spec.controlPlane.hosts, self.controlPlane.replicas, spec.controlPlane.replicas)
    for index in self.pools.indices {
      drop(&spec.pools[index].hosts, self.pools[index].replicas, spec.pools[index].replicas)
    }
    return spec
  }
}
