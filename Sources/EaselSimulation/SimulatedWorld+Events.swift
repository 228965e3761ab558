internal import EaselEngine
internal import EaselModel

/// What happens when an event is due.
extension SimulatedWorld {
  mutating func happen(_ kind: EventQueue.Kind, at time: Timestamp, _ seen: inout [Observation]) {
    switch kind {
    case .progress(let uid, let task, let part):
      guard let host = hosts[uid], host.answers, let running = host.running.first(where: { $0.uid == task }) else {
        return
      }
      let titles = Durations.titles(of: running.verb)
      var status = DurableTask.Status(state: .running)
      status.startedAt = running.startedAt
      status.progress = DurableTask.Progress(step: part + 1, count: titles.count, title: titles[part])
      seen.append(observe(task, host.name, .task(status)))
    case .end(let uid, let task):
      guard var host = hosts[uid], host.alive, let index = host.running.firstIndex(where: { $0.uid == task }),
        host.running[index].endsAt == time, host.running[index].remaining == nil
      else { return }
      let running = host.running.remove(at: index)
      update(uid, host)
      finish(running, on: uid, at: time)
      if goesDown(running, on: uid, at: time, &seen) { return }
      let delay = running.fault == .lostReply ? 60.0 : running.fault == .crashAfter ? 20 : 0
      if delay > 0 {
        queue.add(.reply(host: uid, key: running.key, task: task), at: time.adding(seconds: delay))
      } else {
        happen(.reply(host: uid, key: running.key, task: task), at: time, &seen)
      }
    case .reply(let uid, let key, let task):
      guard let host = hosts[uid], let entry = host.journal[key] else { return }
      guard host.answers else {
        // Nobody hears it now; it is told once the host can be heard again.
        hosts[uid]?.unheard[key] = task
        changed.insert("host/\(uid)")
        return
      }
      seen.append(observe(task, host.name, .task(entry.status)))
    case .refuse(let task, let failure):
      var status = DurableTask.Status(state: .failed)
      status.finishedAt = time
      status.failure = failure
      seen.append(observe(task, "transport", .task(status)))
    case .look(let look):
      looking.remove(Self.key(look))
      switch look {
      case .cluster(let uid, let via, _): seen.append(observe(uid, "look", .cluster(observe(uid, via: via))))
      case .host(let uid): if let host = hosts[uid] { seen.append(observe(uid, "agent", .host(host.observation))) }
      }
    case .tellHost(let uid):
      if let host = hosts[uid] { seen.append(observe(uid, "agent", .host(host.observation))) }
    case .boot(let uid):
      guard hosts[uid]?.alive == true else { return }
      kill(uid)
      seen.append(observe(uid, "agent", .host(hosts[uid]?.observation ?? HostObservation(reachable: false))))
      revive(uid, after: 40)
    case .powerOn(let uid): if hosts[uid]?.upAt == time { revive(uid) }
    }
  }

  mutating func observe(_ object: UID, _ source: String, _ value: ObservationValue) -> Observation {
    sequence = max(now.milliseconds * 1000, sequence + 1)
    return Observation(object: object, source: source, sequence: sequence, observedAt: now, value: value)
  }

  /// Records a task's end in the agent's journal, with its effect on the world.
  private mutating func finish(_ running: SimulatedHost.Running, on uid: UID, at time: Timestamp) {
    var status = DurableTask.Status(state: .succeeded)
    status.startedAt = running.startedAt
    status.finishedAt = time
    var effects = 0
    switch takeEffect(running, on: uid, at: time) {
    case .success(let outcome):
      status.outcome = outcome
      effects = 1
    case .failure(let failure):
      status.state = .failed
      status.failure = failure.value
    }
    guard var host = hosts[uid] else { return }
    say(running, status.failure, of: &host)
    let before = host.journal[running.key]?.effects ?? 0
    host.journal[running.key] = SimulatedHost.Entry(status: status, effects: before + effects, site: running.site)
    if effects > 0, !running.verb.isReadOnly, let owner = host.site, owner.site != running.site,
      running.startedAt > owner.since ?? .zero
    {
      host.foreignEffects = (host.foreignEffects ?? 0) + 1
    }
    // What an agent keeps is bounded: old entries of other operations go.
    if host.journal.count > 60 {
      let operation = running.key.prefix { $0 != "/" }
      host.journal = host.journal.filter { $0.key.hasPrefix(operation + "/") }
    }
    update(uid, host)
  }
}
