internal import EaselModel

/// Takes what executors observed into the statuses that the engine alone writes.
extension Draft {
  func foldObservations() {
    // In an order of its own: what several hosts say at once is told in the same order every time.
    for uid in before.observations.keys.filter({ before.hosts[$0] != nil }).sorted() {
      if let newest = newest(before.observations[uid] ?? []) { fold(newest.host, at: newest.at, into: uid) }
    }
    if let cluster, let seen = before.observations[cluster.uid] {
      for observation in seen {
        guard case .cluster(let value) = observation.value else { continue }
        if let known = self.cluster?.status.observedAt, known >= observation.observedAt { continue }
        fold(value, at: observation.observedAt)
      }
    }
    for name in before.tasks.keys.sorted() {
      guard let task = before.tasks[name], !task.status.state.isFinal, let seen = before.observations[task.uid] else {
        continue
      }
      for observation in seen {
        if case .task(let status) = observation.value { fold(status, into: task) }
      }
    }
  }

  private func newest(_ seen: [Observation]) -> (host: HostObservation, at: Timestamp)? {
    var result: (host: HostObservation, at: Timestamp)?
    for observation in seen {
      guard case .host(let value) = observation.value else { continue }
      if let known = result, known.at >= observation.observedAt { continue }
      result = (value, observation.observedAt)
    }
    return result
  }

  private func fold(_ status: DurableTask.Status, into task: DurableTask) {
    guard status != task.status, status.state != .pending else { return }
    var status = status
    if status.startedAt == nil { status.startedAt = task.status.startedAt }
    if status.state.isFinal, status.finishedAt == nil { status.finishedAt = now }
    updateTask(task.name) { $0.status = status }
    guard status.state.isFinal, let ended = tasks[task.name] else { return }
    if status.state == .succeeded {
      decision.reasons.append("\(task.spec.item): \(task.spec.step) is done")
      noteAnswer(ended)
      TaskEffects.apply(ended, in: self)
    } else if let failure = status.failure {
      event(
        .warning, failure.code, "\(task.spec.step) of \(task.spec.item) failed: \(failure.message)",
        about: task.spec.operation)
      TaskEffects.note(failure, of: ended, in: self)
    }
  }

  /// A host that has done a task was there to do it. Not every answer is written: a host that works is seen often enough.
  private func noteAnswer(_ task: DurableTask) {
    guard case .host(let target) = task.spec.target, let host = hosts[target.uid], let end = task.status.finishedAt,
      host.status.lastSeen.map({ end.seconds(since: $0) >= rules.answerNotice }) ?? true
    else { return }
    updateHost(host.uid) { $0.status.lastSeen = end }
  }

  func fold(_ seen: ClusterObservation, at time: Timestamp) {
    updateCluster { cluster in
      if seen.apiHealthy || cluster.status.observed == nil {
        cluster.status.observed = seen
      } else {
        // A cluster that does not answer says nothing about its members: what was known of them stays, with its message.
        cluster.status.observed?.apiHealthy = false
        cluster.status.observed?.message = seen.message
        if !seen.etcd.isEmpty { cluster.status.observed?.etcd = seen.etcd }
      }
      cluster.status.observedAt = time
    }
  }

  private func fold(_ seen: HostObservation, at time: Timestamp, into uid: UID) {
    guard let host = hosts[uid], host.status.lastSeen.map({ $0 < time }) ?? true else { return }
    if !seen.reachable {
      foldSilence(seen, at: time, of: host)
      return
    }
    let wasDown = host.status.phase != .ready
    updateHost(uid) {
      $0.status.phase = .ready
      $0.status.conditions.set("Reachable", .yes, reason: "Answers", at: time)
      if let boot = seen.bootID { $0.status.bootID = boot }
      $0.endAbsence(at: time, patience: rules.patience)
      if let version = seen.agentVersion { $0.status.agentVersion = version }
      if let inventory = seen.inventory { $0.status.inventory = inventory }
      $0.status.lastSeen = time
    }
    if wasDown, host.status.conditions["Reachable"] != nil {
      event("HostBack", host: host, "host \(host.name) answers again")
    }
    HostHealth.checkSite(seen, of: uid, at: time, in: self)
    HostHealth.checkOwner(seen, of: uid, at: time, in: self)
  }

  /// A host does not answer: what was asked for, or an incident.
  private func foldSilence(_ seen: HostObservation, at time: Timestamp, of host: Host) {
    let absence = host.status.absence.flatMap { $0.covers(time) && !$0.isStarting ? $0 : nil }
    let reason = absence?.reason ?? (seen.reason.isEmpty ? "Unreachable" : seen.reason)
    let message = absence?.message ?? seen.message
    if host.status.phase == .notReady, let known = host.status.conditions["Reachable"], known.status == .no,
      known.reason == reason, known.message == message
    {
      return
    }
    updateHost(host.uid) {
      $0.status.phase = .notReady
      $0.status.absence = absence
      $0.status.conditions.set("Reachable", .no, reason: reason, message: message, at: time)
    }
    if let absence {
      event("HostDown", host: host, "host \(host.name) is down: \(absence.message)")
    } else {
      event(
        .warning, "HostUnreachable", "host \(host.name) does not answer: \(message)", about: ObjectReference(host))
    }
  }

  private func event(_ reason: String, host: Host, _ message: String) {
    event(.normal, reason, message, about: ObjectReference(host))
  }
}

extension Host {
  /// What is left of an absence when the host answers. On its way down it may answer once more; in another boot it is there, and as
  /// a member it has some time to get its node Ready; long after, whatever was asked for did not happen.
  fileprivate mutating func endAbsence(at time: Timestamp, patience: Double) {
    guard let absence = status.absence else { return }
    if absence.bootID != status.bootID, status.cluster != nil, let boot = status.bootID {
      status.absence = Absence(
        reason: "Starting", actor: absence.actor, since: time, bootID: boot, until: time.adding(seconds: patience))
    } else if absence.bootID != status.bootID || !absence.isOff && !absence.covers(time) {
      status.absence = nil
    }
  }
}
