package import EaselModel

/// What tests and the seed do to the world from outside.
extension SimulatedWorld {
  /// The host loses power. Its tasks stand still; the site hears of it ten seconds later.
  package mutating func kill(_ uid: UID) { takeDown(uid, saying: "power lost") }

  mutating func takeDown(_ uid: UID, saying text: String) {
    guard var host = hosts[uid], host.alive else { return }
    host.alive = false
    host.isDownByRequest = false
    host.upAt = nil
    host.say(text, unit: "systemd", at: now)
    for index in host.running.indices {
      host.running[index].remaining = max(1, host.running[index].endsAt.milliseconds - now.milliseconds)
    }
    update(uid, host)
    queue.add(.tellHost(uid), at: now.adding(seconds: 10))
  }

  /// The host boots again after some seconds and its agent resumes what ran.
  package mutating func revive(_ uid: UID, after seconds: Double = 0) {
    guard var host = hosts[uid], !host.alive else { return }
    let up = now.adding(seconds: seconds)
    host.alive = true
    host.isDownByRequest = false
    host.upAt = nil
    host.boots += 1
    sayStarted(at: up, &host)
    for index in host.running.indices {
      host.running[index].endsAt = Timestamp(
        milliseconds: up.milliseconds + (host.running[index].remaining ?? 1))
      host.running[index].remaining = nil
    }
    update(uid, host)
    for task in host.running { queue.add(.end(host: uid, task: task.uid), at: task.endsAt) }
    queue.add(.tellHost(uid), at: up.adding(seconds: 1))
    hearAgain(uid, at: up.adding(seconds: 2))
  }

  /// Cuts the host off from the site, or joins it again; it goes on working meanwhile.
  package mutating func partition(_ uid: UID, _ cut: Bool) {
    guard var host = hosts[uid] else { return }
    host.partitioned = cut
    update(uid, host)
    queue.add(.tellHost(uid), at: now.adding(seconds: 10))
    if !cut { hearAgain(uid, at: now.adding(seconds: 11)) }
  }

  /// The host is installed anew: disk, journal and membership are gone.
  package mutating func reimage(_ uid: UID) {
    guard let old = hosts[uid] else { return }
    var host = SimulatedHost(uid: uid, name: old.name, address: old.address)
    host.boots = old.boots + 1
    update(uid, host)
    for task in old.running.map(\.uid) + old.unheard.values.sorted() {
      queue.add(
        .refuse(
          task: task,
          DurableTask.Failure(
            code: "TaskLost", message: "\(host.name) was installed anew and knows nothing of it", retryable: true)),
        at: now.adding(seconds: 15))
    }
    queue.add(.tellHost(uid), at: now.adding(seconds: 10))
  }

  package mutating func fillDisk(_ uid: UID, _ full: Bool) {
    guard var host = hosts[uid] else { return }
    host.diskFull = full
    update(uid, host)
  }

  /// A disruption budget holds the pods of a node, until it is nil again.
  package mutating func setBudget(_ budget: String?, on node: String, of uid: UID) {
    guard var cluster = clusters[uid] else { return }
    cluster.budgets[node] = budget
    update(cluster)
  }

  /// An operator cordons a node with kubectl, past Easel.
  package mutating func cordon(_ node: String, of uid: UID, _ on: Bool) {
    guard var cluster = clusters[uid] else { return }
    cluster.nodes[node]?.cordoned = on
    update(cluster)
  }

  package mutating func setCertificatesEnd(_ end: Timestamp, of uid: UID) {
    guard var cluster = clusters[uid] else { return }
    cluster.certificatesEnd = end
    update(cluster)
  }

  /// Makes the world what a site says it is: for a preview, or for a site that was loaded and not grown.
  package mutating func mirror(_ site: SiteSnapshot) {
    for host in site.hosts {
      ensureHost(host)
      if var known = hosts[host.uid] {
        if host.status.phase == .notReady { known.alive = false }
        (known.seenBootID, known.boots) = (host.status.bootID, 1)
        known.owner = host.status.leftover
        update(host.uid, known)
      }
    }
    for cluster in site.clusters where cluster.status.initializedAt != nil {
      var world = SimulatedCluster(
        uid: cluster.uid,
        certificatesEnd: cluster.status.observed?.certificates.map(\.expiresAt).min()
          ?? now.adding(seconds: 365 * 86_400))
      for machine in site.machines where machine.spec.cluster.uid == cluster.uid && machine.status.joinedAt != nil {
        guard let uid = machine.host?.uid, var host = hosts[uid] else { continue }
        let version = machine.status.kubeletVersion ?? cluster.spec.kubernetesVersion
        host.owner = nil
        if machine.status.conditions["HostOwned"]?.status != .no { host.owner = cluster.uid }
        host.prepared = machine.status.preparedVersion
        host.components = machine.status.componentVersion
        host.kubelet = version
        update(uid, host)
        let node = cluster.status.observed?.nodes.first { $0.name == machine.spec.nodeName }
        if !machine.status.nodeDeleted {
          world.nodes[machine.spec.nodeName] = SimulatedCluster.Node(
            host: uid, kubelet: version, cordoned: node?.cordoned ?? false, joinedAt: now)
        }
        if machine.isControlPlane, !machine.status.leftEtcd {
          world.members.append(
            SimulatedCluster.Member(node: machine.spec.nodeName, host: uid, votesFrom: .zero))
        }
      }
      update(world)
    }
  }

  /// The lines that a task's host has kept of it; empty for an unknown task.
  package func log(ofTask name: String) -> [String] {
    for host in hosts.values {
      if let entry = host.journal[name] {
        let end = entry.status.failure.map { "failed: \($0.code): \($0.message)" } ?? "done"
        return [
          "\(entry.status.startedAt ?? .zero) \(host.name): started",
          "\(entry.status.finishedAt ?? .zero) \(host.name): \(end)",
        ]
      }
      if let task = host.running.first(where: { $0.key == name }) {
        return ["\(task.startedAt) \(host.name): started"]
          + Durations.titles(of: task.verb).map { "\(host.name): \($0)" }
      }
    }
    return []
  }
}
