internal import EaselModel

/// What is said of a cluster without being asked. Reads its machines, hosts and last observation; alone writes
/// `Cluster.status.phase`, `.conditions` and the counts.
struct ClusterHealth {
  let draft: Draft

  static func reconcile(_ draft: Draft) {
    let health = ClusterHealth(draft: draft)
    health.endStarts()
    health.state()
    health.look()
  }

  /// A host that came back is simply there once its node is Ready, or has had its time.
  private func endStarts() {
    for machine in draft.joinedMachines {
      guard let host = draft.host(of: machine), let absence = host.status.absence, absence.isStarting else { continue }
      if !absence.covers(draft.now) || draft.hasReported(machine) {
        draft.updateHost(host.uid) { $0.status.absence = nil }
      } else if let until = absence.until {
        draft.lookAgain(at: until.adding(seconds: 1))
        draft.recheck()
      }
    }
  }

  private func state() {
    guard let cluster = draft.cluster else { return }
    let standing = draft.joinedMachines
    let seen = cluster.status.observed
    let ready = Set(seen?.nodes.lazy.filter(\.ready).map(\.name) ?? [])
    func isUp(_ machine: Machine) -> Bool {
      guard draft.isReachable(machine), machine.status.conditions["HostOwned"]?.status != .no else { return false }
      // Before the first look after it joined, a member counts as not ready.
      return ready.contains(machine.spec.nodeName)
    }
    let planes = standing.filter(\.isControlPlane)
    // Who is away on request is not missing.
    let away = standing.filter { !isUp($0) && isAway($0) }
    let planesAway = away.count(where: \.isControlPlane)
    let workersAway = away.count - planesAway
    let workers = standing.filter { !$0.isControlPlane }
    let planesUp = planes.count(where: isUp)
    let workersUp = workers.count(where: isUp)
    let wantedPlanes = cluster.spec.controlPlane.replicas
    let wantedWorkers = cluster.spec.machineCount - wantedPlanes
    let now = draft.now

    var conditions = cluster.status.conditions
    let initialized = cluster.status.initializedAt != nil
    let down = standing.filter { !isUp($0) }.map { "\($0.name) (\(why($0, seen: seen, ready: ready)))" }
    let missing = down.isEmpty ? "" : ": \(down.joined(separator: ", "))"
    let planesAreUp = planesUp >= wantedPlanes && planesUp == planes.count
    // A member that is away on request is no incident, but the cluster stands on the others alone until it is back.
    let planesAreAway = planesUp + planesAway >= wantedPlanes && planesUp + planesAway == planes.count
    let workersAreUp = workersUp >= wantedWorkers && workersUp == workers.count
    let workersAreAway = workersUp + workersAway >= wantedWorkers && workersUp + workersAway == workers.count
    conditions.set(
      "ControlPlaneReady", planesAreUp ? .yes : .no,
      reason: planesAreUp
        ? "AllReady" : !initialized ? "NotInitialized" : planesAreAway ? Condition.awayOnRequest : "NotAllReady",
      message: "\(planesUp) of \(wantedPlanes) ready"
        + (planesUp < planes.count ? missing + (votes(planes, seen).map { "; \($0.marginWords)" } ?? "") : ""), at: now)
    conditions.set(
      "WorkersReady", workersAreUp ? .yes : .no,
      reason: workersAreUp ? "AllReady" : workersAreAway ? Condition.awayOnRequest : "NotAllReady",
      message: "\(workersUp) of \(wantedWorkers) ready" + (workersUp < workers.count ? missing : ""), at: now)
    api(&conditions, initialized, seen)
    etcd(&conditions, planes, seen)
    certificates(&conditions, seen)
    ownership(&conditions, planes)

    let phase = phase(cluster, conditions)
    let running = draft.operation.flatMap { $0.status.phase.isFinal ? nil : $0.name }
    draft.updateCluster {
      $0.status.conditions = conditions
      $0.status.controlPlaneReady = planesUp
      $0.status.workersReady = workersUp
      $0.status.phase = phase
      $0.status.operation = running
      $0.status.conditions.set(
        "Ready", phase == .running ? .yes : .no, reason: phase.rawValue,
        message: phase == .running ? "" : trouble(conditions), at: now)
    }
    if phase != cluster.status.phase {
      draft.event(.normal, "Phase", "cluster \(cluster.name) is \(word(phase))", about: ObjectReference(cluster))
    }
  }

  private func isAway(_ machine: Machine) -> Bool {
    draft.host(of: machine)?.status.absence?.covers(draft.now) ?? false
  }

  private func why(_ machine: Machine, seen: ClusterObservation?, ready: Set<String>) -> String {
    if machine.status.conditions["HostOwned"]?.status == .no { return "host was reinstalled" }
    if draft.host(of: machine)?.belongsToAnotherSite == true { return "host belongs to another site" }
    if !draft.isReachable(machine) || isAway(machine) {
      switch draft.host(of: machine)?.status.absence?.reason {
      case "ShutDown", "ShuttingDown": return "host was shut down on request"
      case "Rebooting": return "host reboots on request"
      case "Starting": return "host has just come back"
      default: return "host does not answer"
      }
    }
    if seen?.apiHealthy == false { return "the API does not answer" }
    return seen?.nodes.contains { $0.name == machine.spec.nodeName } == true ? "node not Ready" : "node missing"
  }

  private func trouble(_ conditions: [Condition]) -> String {
    conditions.filter { $0.status != .yes && $0.type != "Ready" && !$0.message.isEmpty }
      .map { "\($0.type): \($0.message)" }.joined(separator: "; ")
  }

  private func api(_ conditions: inout [Condition], _ initialized: Bool, _ seen: ClusterObservation?) {
    guard initialized else {
      return conditions.set("APIServing", .no, reason: "NotInitialized", at: draft.now)
    }
    let yes = seen?.apiHealthy ?? true
    conditions.set(
      "APIServing", yes ? .yes : .no, reason: yes ? "Answers" : "NoAnswer", message: yes ? "" : seen?.message ?? "",
      at: draft.now)
  }

  private func etcd(_ conditions: inout [Condition], _ planes: [Machine], _ seen: ClusterObservation?) {
    guard let seen, !seen.etcd.isEmpty else {
      if conditions["EtcdQuorum"] == nil { conditions.set("EtcdQuorum", .unknown, reason: "NotSeen", at: draft.now) }
      return
    }
    if let votes = votes(planes, seen) {
      conditions.set(
        "EtcdQuorum", votes.spare >= 0 ? .yes : .no, reason: votes.spare >= 0 ? "HasQuorum" : "QuorumLost",
        message: "\(votes.healthy) of \(votes.all) voting members healthy, \(max(0, votes.spare)) may fail",
        at: draft.now)
    }
    let members = Set(seen.etcd.lazy.filter { $0.voting && $0.healthy }.map(\.name))
    let expected = Set(planes.lazy.filter { !$0.status.leftEtcd && !isAway($0) }.map(\.spec.nodeName))
    let lacking = expected.subtracting(members).sorted()
    let strange = Set(seen.etcd.map(\.name)).subtracting(draft.machines.values.map(\.spec.nodeName)).sorted()
    var words: [String] = []
    if !lacking.isEmpty { words.append("no healthy voting member on \(lacking.joined(separator: ", "))") }
    if !strange.isEmpty { words.append("unknown member \(strange.joined(separator: ", "))") }
    conditions.set(
      "MembersConsistent", words.isEmpty ? .yes : .no, reason: words.isEmpty ? "Consistent" : "Inconsistent",
      message: words.joined(separator: "; "), at: draft.now)
  }

  private struct Votes {
    var all: Int
    var healthy: Int
    /// How many more may fail; below 0 quorum is lost.
    var spare: Int { healthy - (all / 2 + 1) }

    var marginWords: String {
      switch spare {
      case ..<0: "etcd has lost its quorum"
      case 0: "no further one may fail"
      default: "\(spare) more may fail"
      }
    }
  }

  /// The votes in etcd as they were seen last, without those of hosts that have gone down on request since; nil where none was seen.
  private func votes(_ planes: [Machine], _ seen: ClusterObservation?) -> Votes? {
    let voting = seen?.etcd.filter(\.voting) ?? []
    guard !voting.isEmpty else { return nil }
    let down = Set(planes.lazy.filter { isAway($0) && !draft.isReachable($0) }.map(\.spec.nodeName))
    return Votes(all: voting.count, healthy: voting.count { $0.healthy && !down.contains($0.name) })
  }

  /// The cluster belongs to whom a majority of its control-plane hosts takes changes from.
  private func ownership(_ conditions: inout [Condition], _ planes: [Machine]) {
    let lost = planes.compactMap { draft.host(of: $0) }.filter(\.belongsToAnotherSite)
    let said = lost.first?.status.conditions[Host.owned]?.message ?? ""
    if lost.count > planes.count / 2 {
      conditions.set(Host.owned, .no, reason: "AdoptedByAnotherSite", message: said, at: draft.now)
    } else if conditions[Host.owned] != nil {
      conditions.set(Host.owned, .yes, reason: "Owner", at: draft.now)
    }
  }

  private func certificates(_ conditions: inout [Condition], _ seen: ClusterObservation?) {
    guard let first = seen?.certificates.min(by: { $0.expiresAt < $1.expiresAt }) else { return }
    let left = first.expiresAt.seconds(since: draft.now) / 86_400
    let name = "\(first.name) on \(first.node)"
    if left < 0 {
      conditions.set(
        "CertificatesValid", .no, reason: "Expired", message: "\(name) ended at \(first.expiresAt)", at: draft.now)
    } else if left < draft.rules.certificateNotice {
      conditions.set(
        "CertificatesValid", .yes, reason: "ExpiresSoon", message: "\(name) ends at \(first.expiresAt)", at: draft.now)
    } else {
      conditions.set("CertificatesValid", .yes, reason: "Valid", at: draft.now)
      // When the notice is due, it is given without anything else having to happen.
      if draft.site.spec.simulation == nil || draft.operation != nil { return }
    }
  }

  private func phase(_ cluster: Cluster, _ conditions: [Condition]) -> Cluster.Phase {
    if let operation = draft.operation, !operation.status.phase.isFinal {
      if operation.status.phase == .stopped { return .failed }
      switch operation.spec.verb {
      case .createCluster:
        return cluster.status.initializedAt == nil && draft.machines.isEmpty ? .pending : .provisioning
      case .scaleControlPlane, .scalePool, .removeMachine: return .scaling
      case .changeCluster where !changesVersion: return .scaling
      case .upgradeCluster, .changeCluster: return .upgrading
      case .deleteCluster: return .deleting
      case .rebootMachines, .shutDownMachines, .powerOnMachines: return .running
      case .adoptCluster: return .pending
      default: break
      }
    }
    guard cluster.status.initializedAt != nil else { return .pending }
    let wanted = ["ControlPlaneReady", "WorkersReady", "APIServing", "EtcdQuorum", "MembersConsistent", Host.owned]
    let wrong = wanted.compactMap { conditions[$0] }.contains {
      $0.status == .no && $0.reason != Condition.awayOnRequest
    }
    return wrong || conditions["CertificatesValid"]?.status == .no ? .failed : .running
  }

  /// As people are told: who fails is degraded, or stands because its operation has stopped.
  private func word(_ phase: Cluster.Phase) -> String {
    guard phase == .failed else { return phase.words }
    return draft.operation?.status.phase == .stopped ? "Stopped" : "Degraded"
  }

  private var changesVersion: Bool {
    draft.operation?.spec.before.map { $0.kubernetesVersion != draft.cluster?.spec.kubernetesVersion } ?? false
  }

  /// A real cluster is looked at again and again; a simulated one only when something about it is news.
  private func look() {
    guard let cluster = draft.cluster, cluster.status.initializedAt != nil, !draft.speakers.isEmpty else { return }
    let at = cluster.status.observedAt ?? .zero
    if draft.site.spec.simulation == nil {
      // What an operation has done is looked at as soon as it has ended.
      let rests = draft.operation.map { $0.status.phase.isFinal || $0.status.phase == .stopped } ?? true
      let done = rests ? draft.tasks.values.compactMap(\.status.finishedAt).max() ?? .zero : .zero
      if done > at || draft.now.seconds(since: at) >= draft.rules.idleLook { draft.lookAtCluster() }
      draft.lookAgain(at: max(draft.now, at).adding(seconds: draft.rules.idleLook))
      return
    }
    // Idle sites stay idle: what was seen is old only when a host or a member has changed since, or an operation has done something.
    var changes = draft.machines.values.flatMap { machine in
      [machine.status.joinedAt, draft.host(of: machine)?.status.conditions["Reachable"]?.since].compactMap { $0 }
    }
    let running = draft.operation.map { !$0.status.phase.isFinal } ?? false
    // One that is under way looks by itself, at what its steps need.
    let stands = !running || draft.operation?.status.phase == .stopped
    if stands { changes += draft.tasks.values.compactMap(\.status.finishedAt) }
    guard let last = changes.max() else { return }
    if last > at {
      if stands || draft.isReachableAgain(since: at) { draft.lookAtCluster() }
    } else if !running, cluster.status.phase == .failed, draft.now.seconds(since: last) < 60 {
      draft.recheck()
    }
  }
}

extension Draft {
  /// A member's host has gone or come back since the last look; a join is looked at by its own operation.
  func isReachableAgain(since time: Timestamp) -> Bool {
    machines.values.contains { machine in
      host(of: machine)?.status.conditions["Reachable"].map { $0.since > time } ?? false
    }
  }
}
