internal import EaselModel

struct TaskFailure: Error {
  let value: DurableTask.Failure

  init(_ code: String, _ message: String, retryable: Bool) {
    value = DurableTask.Failure(code: code, message: message, retryable: retryable)
  }
}

/// What each verb does to the simulated world.
extension SimulatedWorld {
  mutating func takeEffect(
    _ task: SimulatedHost.Running, on uid: UID, at time: Timestamp
  ) -> Result<DurableTask.Outcome, TaskFailure> {
    guard var host = hosts[uid] else { return .failure(TaskFailure("HostGone", "the host is gone", retryable: false)) }
    switch task.fault {
    case .crashBefore:
      return .failure(TaskFailure("AgentCrashed", "the agent died before it began, and is up again", retryable: true))
    case .diskFull:
      return .failure(
        TaskFailure("DiskFull", "no space left on / of \(host.name): 0 bytes free, 3.1 GB needed", retryable: false))
    case .secretsExpired:
      return .failure(TaskFailure("SecretsExpired", "the join token is not valid any more", retryable: true))
    case .drainBlocked:
      let budget = task.cluster.flatMap { clusters[$0]?.budgets[task.node] } ?? "default/web"
      return .failure(
        TaskFailure(
          "DrainBlocked", "disruption budget \(budget) allows no further eviction on \(task.node)", retryable: false))
    case .slow, .lostReply, .crashAfter, .reboot, nil: break
    }
    var outcome = DurableTask.Outcome()
    switch task.verb {
    case .adopt: outcome.host = host.observation
    case .takeOver:
      if host.running.contains(where: { $0.site != task.site }) {
        return .failure(
          TaskFailure("PlanRunning", "a plan of the former owner of \(host.name) still runs", retryable: true))
      }
      outcome.host = host.observation
    case .powerOn, .dismiss, .preflight, .checkCertificates, .connect, .backup: break
    case .prepare, .stage:
      if host.diskFull {
        return .failure(TaskFailure("DiskFull", "no space left on / of \(host.name)", retryable: false))
      }
      if host.prepared != task.version { host.contentBytes += Self.versionBytes }
      host.prepared = task.version
      update(uid, host)
    case .initialize, .join:
      if let failure = join(task, &host, at: time) { return .failure(failure) }
      update(uid, host)
      if task.verb == .initialize {
        outcome.secrets = secrets(at: time)
        outcome.secrets["kubeconfig"] = time.adding(seconds: 365 * 86_400)
      }
    case .readCredentials: outcome.secrets["kubeconfig"] = time.adding(seconds: 365 * 86_400)
    case .mintJoinSecrets:
      if let failure = needsAPI(task) { return .failure(failure) }
      outcome.secrets = secrets(at: time)
    case .upgradeComponents:
      host.components = task.version
      update(uid, host)
      if task.role == .controlPlane, var cluster = task.cluster.flatMap({ clusters[$0] }) {
        cluster.certificatesEnd = time.adding(seconds: 365 * 86_400)
        update(cluster)
      }
    case .upgradeKubelet:
      host.kubelet = task.version
      outcome.facts["freedBytes"] = prune(&host, keeping: Self.versionBytes)
      update(uid, host)
      editNode(task) { if let version = task.version { $0.kubelet = version } }
    case .cordon, .uncordon, .drain, .describeNode, .publish, .removeEtcdMember, .deleteNode:
      if let failure = needsAPI(task) ?? refusedByEtcd(task) { return .failure(failure) }
      administer(task)
    case .reset:
      outcome.facts["freedBytes"] = prune(&host, keeping: 0)
      reset(task, host)
    case .reboot, .powerOff:
      if task.bootID == host.bootID, let failure = quorumIsLost(without: host) { return .failure(failure) }
    }
    return .success(outcome)
  }

  /// What one version's binaries and images take in a content store.
  private static let versionBytes: Int64 = 480 << 20

  /// - Returns: the bytes that were freed, as a fact; nil for none.
  private func prune(_ host: inout SimulatedHost, keeping kept: Int64) -> String? {
    guard host.contentBytes > kept else { return nil }
    defer { host.contentBytes = kept }
    return "\(host.contentBytes - kept)"
  }

  private mutating func join(
    _ task: SimulatedHost.Running, _ host: inout SimulatedHost, at time: Timestamp
  ) -> TaskFailure? {
    guard let uid = task.cluster, let version = task.version else {
      return TaskFailure("BadTask", "the task names no cluster", retryable: false)
    }
    var cluster = clusters[uid] ?? SimulatedCluster(uid: uid, certificatesEnd: time.adding(seconds: 365 * 86_400))
    if task.verb == .join, !hasQuorum(cluster) {
      return TaskFailure("APINotAnswering", "the API does not answer at the endpoint", retryable: true)
    }
    if host.prepared == nil {
      return TaskFailure("NotPrepared", "\(host.name) has no kubeadm: it was installed anew", retryable: true)
    }
    if host.owner == nil { host.owner = uid }
    guard host.owner == uid else {
      return TaskFailure("OtherCluster", "another cluster lies on \(host.name)", retryable: false)
    }
    host.components = version
    host.kubelet = version
    if task.role == .controlPlane, !cluster.members.contains(where: { $0.node == task.node }) {
      var random = RandomSource(seed: seed, for: task.key + "/vote")
      // Sometimes the member is still a learner when the join says that it is done.
      let lag = task.verb == .join && random.chance() < 0.3 ? 4.0 : 0
      cluster.members.append(
        SimulatedCluster.Member(node: task.node, host: host.uid, votesFrom: time.adding(seconds: lag)))
    }
    let cordoned = cluster.nodes[task.node]?.cordoned ?? false
    cluster.nodes[task.node] = SimulatedCluster.Node(
      host: host.uid, kubelet: version, cordoned: cordoned, joinedAt: time)
    update(cluster)
    return nil
  }

  private mutating func administer(_ task: SimulatedHost.Running) {
    guard let uid = task.cluster, var cluster = clusters[uid] else { return }
    switch task.verb {
    case .cordon, .drain: cluster.nodes[task.node]?.cordoned = true
    case .uncordon: cluster.nodes[task.node]?.cordoned = false
    case .publish: cluster.published += 1
    case .removeEtcdMember: cluster.members.removeAll { $0.node == task.node }
    case .deleteNode: cluster.nodes[task.node] = nil
    default: break
    }
    update(cluster)
  }

  private mutating func reset(_ task: SimulatedHost.Running, _ host: SimulatedHost) {
    var host = host
    if let uid = host.owner, var cluster = clusters[uid] {
      // As kubeadm does: a host that is reset takes its own member out where etcd still can.
      if hasQuorum(cluster), cluster.members.count > 1 { cluster.members.removeAll { $0.host == host.uid } }
      if cluster.members.allSatisfy({ $0.host == host.uid }) {
        forgetCluster(uid)
      } else {
        update(cluster)
      }
    }
    host.owner = nil
    host.prepared = nil
    host.components = nil
    host.kubelet = nil
    update(host.uid, host)
  }

  private mutating func editNode(_ task: SimulatedHost.Running, _ change: (inout SimulatedCluster.Node) -> Void) {
    guard let uid = task.cluster, var cluster = clusters[uid], var node = cluster.nodes[task.node] else { return }
    change(&node)
    cluster.nodes[task.node] = node
    update(cluster)
  }

  /// etcd's own strict reconfiguration check: a removal that would leave too few started members is refused.
  private func refusedByEtcd(_ task: SimulatedHost.Running) -> TaskFailure? {
    guard task.verb == .removeEtcdMember, checksReconfiguration, let cluster = task.cluster.flatMap({ clusters[$0] })
    else { return nil }
    let rest = voters(of: cluster).filter { $0.node != task.node }
    let healthy = rest.count { isHealthy($0, of: cluster) }
    if healthy >= rest.count / 2 + 1 { return nil }
    return TaskFailure(
      "ReconfigurationRefused", "etcd refuses it: not enough started members would be left", retryable: true)
  }

  private func needsAPI(_ task: SimulatedHost.Running) -> TaskFailure? {
    guard let cluster = task.cluster.flatMap({ clusters[$0] }), hasQuorum(cluster), cluster.certificatesEnd > now else {
      return TaskFailure("APINotAnswering", "the API does not answer", retryable: true)
    }
    return nil
  }

  private func secrets(at time: Timestamp) -> [String: Timestamp] {
    ["join-token": time.adding(seconds: 86_400), "certificate-key": time.adding(seconds: 7200)]
  }
}
