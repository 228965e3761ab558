package import EaselModel

/// Hosts that are sent down by a task, and come up again.
extension SimulatedWorld {
  /// Seconds from going down to being up again.
  static let bootSeconds = 40.0

  /// What a reboot or power-off that took effect does to its host; true when its end is told by other means.
  mutating func goesDown(
    _ task: SimulatedHost.Running, on uid: UID, at time: Timestamp, _ seen: inout [Observation]
  ) -> Bool {
    guard task.verb == .reboot || task.verb == .powerOff, var host = hosts[uid], task.bootID == host.bootID,
      host.journal[task.key]?.status.state == .succeeded
    else { return false }
    let reboots = task.verb == .reboot
    // Two sites may have operations of the same name.
    let operation = "\(task.site.map { "\($0) " } ?? "")\(task.key.prefix { $0 != "/" })"
    host.sentDown[operation, default: 0] += 1
    // Before it is gone, a host that powers off says so; one that reboots says it once it is up again.
    if !reboots, task.fault != .lostReply, task.fault != .crashAfter, let status = host.journal[task.key]?.status {
      seen.append(observe(task.uid, host.name, .task(status)))
    } else {
      host.unheard[task.key] = task.uid
      if reboots { host.journal[task.key]?.status.finishedAt = time.adding(seconds: Self.bootSeconds + 1) }
    }
    update(uid, host)
    takeDown(uid, saying: reboots ? "rebooting, as the agent was told" : "powering off, as the agent was told")
    guard var down = hosts[uid] else { return true }
    down.isDownByRequest = true
    if reboots, !down.hangsAtBoot {
      let up = time.adding(seconds: Self.bootSeconds)
      down.upAt = up
      queue.add(.powerOn(uid), at: up)
    }
    update(uid, down)
    return true
  }

  /// A host that is off comes up, and says then that the task is done.
  mutating func pressPowerButton(of host: inout SimulatedHost, for task: DurableTask, in site: UID) {
    let up = host.upAt ?? now.adding(seconds: Self.bootSeconds)
    if host.upAt == nil { queue.add(.powerOn(host.uid), at: up) }
    host.upAt = up
    var status = DurableTask.Status(state: .succeeded)
    (status.startedAt, status.finishedAt) = (now, up.adding(seconds: 1))
    status.outcome = DurableTask.Outcome()
    host.journal[task.name] = SimulatedHost.Entry(status: status, effects: 1, site: site)
    host.unheard[task.name] = task.uid
    host.say("the power button was pressed", unit: "systemd", at: now)
  }

  /// The host's own last look before it goes down, as the plan has it.
  func quorumIsLost(without host: SimulatedHost) -> TaskFailure? {
    guard checksReconfiguration, let uid = host.owner, let cluster = clusters[uid], hasQuorum(cluster) else {
      return nil
    }
    let voting = voters(of: cluster)
    guard voting.count > 2, voting.contains(where: { $0.host == host.uid }) else { return nil }
    let others = voting.count { $0.host != host.uid && isHealthy($0, of: cluster) }
    if others >= voting.count / 2 + 1 { return nil }
    return TaskFailure(
      "QuorumAtRisk", "with this host down too few members of etcd would stand: \(others) of \(voting.count)",
      retryable: false)
  }

  /// Ends that nobody could hear are told.
  mutating func hearAgain(_ uid: UID, at time: Timestamp) {
    guard var host = hosts[uid], !host.unheard.isEmpty else { return }
    for (key, task) in host.unheard.sorted(by: { $0.key < $1.key }) {
      queue.add(.reply(host: uid, key: key, task: task), at: time)
    }
    host.unheard = [:]
    update(uid, host)
  }

  /// The next reboot of the host leaves it at its console.
  package mutating func breakBoot(_ uid: UID, _ broken: Bool = true) {
    guard var host = hosts[uid] else { return }
    host.hangsAtBoot = broken
    update(uid, host)
  }

  /// What a cluster that nobody here knows left on the host.
  package mutating func leave(_ cluster: UID, on uid: UID) {
    guard var host = hosts[uid] else { return }
    host.owner = cluster
    update(uid, host)
    queue.add(.tellHost(uid), at: now.adding(seconds: 1))
  }
}
