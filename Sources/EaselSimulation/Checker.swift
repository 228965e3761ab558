internal import EaselEngine
package import EaselModel

/// What must hold after every simulated step, whatever happens.
package struct Checker: Sendable {
  private var quorum: [UID: Bool] = [:]
  private var voters: [UID: Int] = [:]
  private var lastHosts: [UID: (up: Bool, boots: Int)] = [:]
  /// Effects that have been reported, so that each is reported once.
  private var reported: Set<String> = []

  package init() {}

  package mutating func check(_ site: SimulatedSite) {
    checkQuorum(site)
    checkEffects(site)
    checkClaims(site)
  }

  /// Quorum is lost by our act when it goes while no host went down by itself, and no window for it was announced: up to two
  /// members, and a cluster that is being deleted.
  private mutating func checkQuorum(_ site: SimulatedSite) {
    var disaster = false
    for (uid, host) in site.world.hosts {
      let (up, boots) = (host.alive, host.boots)
      // Power is lost, or the host was installed anew; what a task of ours sent down is our act.
      if let last = lastHosts[uid], last.up && !up && !host.isDownByRequest || last.boots != boots { disaster = true }
      lastHosts[uid] = (up, boots)
    }
    for cluster in site.world.clusters.values {
      let has = site.world.hasQuorum(cluster)
      let had = quorum[cluster.uid] ?? false
      quorum[cluster.uid] = has
      let before = voters[cluster.uid] ?? 0
      voters[cluster.uid] = site.world.voters(of: cluster).count
      if had, !has, !disaster, before > 2, !isDeleting(cluster.uid, site) {
        site.violate("cluster \(cluster.uid) has lost its quorum by our act: it had \(before) voters")
      }
    }
  }

  private func isDeleting(_ cluster: UID, _ site: SimulatedSite) -> Bool {
    site.operations.contains { $0.spec.target.uid == cluster && $0.spec.verb == .deleteCluster }
  }

  private mutating func checkEffects(_ site: SimulatedSite) {
    for host in site.world.hosts.values {
      if let count = host.foreignEffects, count > 0, reported.insert("foreign \(host.name)").inserted {
        site.violate("\(host.name) was changed in the name of a site that is its owner no more")
      }
      for (key, entry) in host.journal where entry.effects > 1 && reported.insert(key).inserted {
        site.violate("\(key) took effect \(entry.effects) times")
      }
      for (operation, times) in host.sentDown
      where times > 1 && reported.insert("\(host.name) \(operation)").inserted {
        site.violate("\(operation) has sent \(host.name) down \(times) times")
      }
    }
  }

  /// A host is in at most one cluster, in the store and on its disk.
  private func checkClaims(_ site: SimulatedSite) {
    var owners: [UID: UID] = [:]
    for machine in site.machines {
      guard let host = machine.host?.uid else { continue }
      if let other = owners[host], other != machine.spec.cluster.uid {
        site.violate("host \(machine.host?.name ?? "") is in two clusters")
      }
      owners[host] = machine.spec.cluster.uid
      if site.claims[host]?.machine != machine.uid {
        site.violate("machine \(machine.name) has no claim on its host")
      }
    }
  }

  /// What must hold once an operation has ended.
  package static func checkEnded(_ operation: Operation, _ site: SimulatedSite) {
    guard operation.status.phase.isFinal else {
      if operation.status.message.isEmpty, operation.status.phase == .blocked || operation.status.phase == .stopped {
        site.violate("\(operation.name) is \(operation.status.phase.rawValue) and does not say why")
      }
      return
    }
    let another = site.operations.contains { $0.spec.target.uid == operation.spec.target.uid }
    for machine in site.machines where machine.spec.cluster.uid == operation.spec.target.uid && !another {
      if machine.status.cordonedByEasel {
        site.violate("\(machine.name) is still cordoned by us after \(operation.name) has ended")
      }
    }
    let open = site.openTasks.filter { $0.spec.operation.uid == operation.uid }
    if let task = open.first { site.violate("\(operation.name) has ended while \(task.name) has not") }
  }
}

extension SimulatedSite {
  var machines: [Machine] { Array(leader.state.machines.values) }
  var operations: [Operation] { Array(leader.state.operations.values) }
  var claims: [UID: Claim] { leader.state.claims }
  var openTasks: [DurableTask] { leader.state.openTasks }
}

extension SimulatedSite {
  /// The keys of the tasks that are handed out and have not ended.
  package var openTaskNames: [String] { openTasks.map(\.name) }
}
