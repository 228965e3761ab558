internal import EaselModel

/// Which hosts a cluster takes.
///
/// The order is fixed, so that a plan can show it: for the control plane first, then for each pool in the order of the spec, the hosts
/// that the spec names in the order of naming; then free hosts by name (digits compared as numbers) that are Ready, not in
/// maintenance, named by no other part of the spec, with an address outside of the cluster's own networks, and of the same
/// architecture as the cluster's other machines.
struct HostChoice {
  let draft: Draft

  private struct Want {
    let role: Machine.Role
    let pool: String?
    let label: String
    let names: [String]
    let replicas: Int
  }

  /// Machines that the spec asks for and that are not there, by role and pool.
  func isComplete() -> Bool { wants().allSatisfy { present($0) >= $0.replicas } }

  /// Claims what is missing, all or nothing.
  func claimMissing() -> Act {
    guard let cluster = draft.cluster, let operation = draft.operation else { return .done }
    var taken: Set<UID> = Set(draft.claims.map(\.host))
    let named = Set(wants().flatMap(\.names))
    var architecture = draft.orderedMachines.lazy.compactMap { draft.host(of: $0)?.status.architecture }
      .first
    var free = draft.before.freeHosts.compactMap { draft.hosts[$0] }
      .filter { !named.contains($0.name) && !taken.contains($0.uid) }
    var inside: [(host: Host, network: CIDR)] = []
    free.removeAll { host in
      guard let (_, network) = ClusterValidation.ownNetwork(of: cluster.spec, holding: host) else { return false }
      inside.append((host, network))
      return true
    }
    var chosen: [(want: Want, host: Host)] = []
    var short: [(String, Int)] = []
    let byName = Dictionary(draft.hosts.values.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    let own = Set(draft.machines.values.compactMap { $0.host?.uid })

    for want in wants() {
      var missing = want.replicas - present(want)
      for name in want.names where missing > 0 {
        guard let host = byName[name] else {
          return .blocked(Block("UnknownHost", "there is no host named \(name); add it"))
        }
        if own.contains(host.uid) { continue }
        if let claim = draft.claims.first(where: { $0.host == host.uid }), claim.cluster != cluster.uid {
          return .blocked(
            Block("HostClaimed", "host \(name) is in use by cluster \(host.status.cluster ?? claim.cluster.text)"))
        }
        if draft.before.busyHosts.contains(host.uid) {
          return .blocked(Block("HostBusy", "host \(name) has an operation of its own, which must end first"))
        }
        guard host.status.phase == .ready, !host.spec.maintenance else {
          return .blocked(
            Block("HostNotReady", host.spec.maintenance ? "host \(name) is in maintenance" : host.silence))
        }
        if let (_, network) = ClusterValidation.ownNetwork(of: cluster.spec, holding: host) {
          return .blocked(Block("Overlap", Self.overlap(host, network), needsOperator: true))
        }
        if taken.insert(host.uid).inserted {
          chosen.append((want, host))
          if architecture == nil { architecture = host.status.architecture }
          missing -= 1
        }
      }
      while missing > 0 {
        let index = free.firstIndex { host in
          host.canBeTaken && (architecture == nil || host.status.architecture == architecture)
        }
        guard let index else { break }
        let host = free.remove(at: index)
        taken.insert(host.uid)
        if architecture == nil { architecture = host.status.architecture }
        chosen.append((want, host))
        missing -= 1
      }
      if missing > 0 { short.append((want.label, missing)) }
    }
    if !short.isEmpty {
      let needed = wants().reduce(0) { $0 + max(0, $1.replicas - present($1)) }
      let which = short.map { "\($0.1) for \($0.0)" }.joined(separator: ", ")
      return .blocked(
        Block(
          "NotEnoughHosts",
          "\(needed) host\(needed == 1 ? " is" : "s are") needed and \(chosen.count) \(chosen.count == 1 ? "is" : "are") "
            + "free and ready; missing: \(which). "
            + (inside.first.map { Self.overlap($0.host, $0.network) + ". " } ?? "")
            + "Add hosts, free some, or ask for less"))
    }

    var names = Set(draft.machines.values.map(\.name))
    var cidrs = PodRanges(
      cluster: cluster.spec.network.podCIDR, used: draft.claims.filter { $0.cluster == cluster.uid })
    for (want, host) in chosen {
      guard let cidr = cidrs.next() else {
        return .blocked(
          Block(
            "NoPodRange", "the pod network \(cluster.spec.network.podCIDR) has no free /24 left", needsOperator: true))
      }
      let stem = "\(cluster.name)-\(want.role == .controlPlane ? "cp" : want.pool ?? "workers")"
      var number = 1
      while names.contains("\(stem)-\(number)") { number += 1 }
      let name = "\(stem)-\(number)"
      names.insert(name)
      let machine = Machine(
        metadata: Metadata(
          name: name, uid: operation.uid.derived(name), createdAt: draft.now,
          labels: ["easel.dev/operation": operation.name]),
        spec: Machine.Spec(
          cluster: ObjectReference(cluster), role: want.role, pool: want.pool, binding: .host(ObjectReference(host)),
          nodeName: host.name, address: host.spec.address, podCIDR: cidr))
      draft.add(
        machine,
        claim: Claim(
          host: host.uid, cluster: cluster.uid, machine: machine.uid, podCIDR: cidr, claimedAt: draft.now))
      draft.updateHost(host.uid) {
        $0.status.cluster = cluster.name
        $0.status.machine = name
      }
      draft.decision.reasons.append("\(name) takes host \(host.name), pods \(cidr)")
    }
    return .done
  }

  private static func overlap(_ host: Host, _ network: CIDR) -> String {
    "host \(host.name) cannot be a member: its address \(host.spec.address) lies in the cluster's own network \(network)"
  }

  private func wants() -> [Want] {
    guard let spec = draft.cluster?.spec else { return [] }
    let controlPlane = Want(
      role: .controlPlane, pool: nil, label: "the control plane", names: spec.controlPlane.hosts,
      replicas: spec.controlPlane.replicas)
    return [controlPlane]
      + spec.pools.map {
        Want(role: .worker, pool: $0.name, label: "pool \($0.name)", names: $0.hosts, replicas: $0.replicas)
      }
  }

  private func present(_ want: Want) -> Int {
    draft.machines.values.count {
      $0.spec.role == want.role && $0.spec.pool == want.pool && $0.status.phase != .deleting
    }
  }
}

/// The /24 networks of a cluster's pod network, lowest free one first.
struct PodRanges {
  private let base: UInt32
  private let count: Int
  private var used: Set<String>
  private var index = 0

  init(cluster cidr: String, used claims: [Claim]) {
    used = Set(claims.map(\.podCIDR))
    let parts = cidr.split(separator: "/")
    let octets = (parts.first ?? "").split(separator: ".").compactMap { UInt32($0) }
    let bits = parts.count == 2 ? Int(parts[1]) ?? 24 : 24
    guard octets.count == 4, bits >= 1, bits <= 24 else {
      (base, count) = (0, 0)
      return
    }
    let address = octets.reduce(0) { $0 << 8 | $1 }
    base = address & ~(UInt32.max >> UInt32(bits))
    count = 1 << (24 - bits)
  }

  mutating func next() -> String? {
    while index < count {
      let network = base + UInt32(index) << 8
      index += 1
      let text = "\(network >> 24).\(network >> 16 & 255).\(network >> 8 & 255).0/24"
      if used.insert(text).inserted { return text }
    }
    return nil
  }
}
