import EaselAgentProtocol
import EaselEngine
import EaselModel
import EaselPlans

/// Carries tasks to the agents of real hosts, and looks at hosts and clusters through them. The engine's thread calls it and never
/// waits; the work is done by tasks that suspend while hosts are slow.
final class HostExecutor: Executor {
  private let store: any SiteStore
  private let ways: HostWays
  private let content: ContentSource
  private let fence: Fence
  private let siteName: String
  private let logs: TaskLogs
  private let log: EngineLog
  private let inbox = Inbox()
  /// As the engine knows them: plans are made from their inventories.
  private var hosts: [UID: Host] = [:]
  private var sessions: [UID: HostSession] = [:]
  private var health: [UID: HostHealthPoll] = [:]
  private var runs: [UID: Task<Void, Never>] = [:]
  private var looks: [UID: Task<Void, Never>] = [:]

  init(
    store: any SiteStore, ways: HostWays, content: ContentSource, fence: Fence, siteName: String, logs: TaskLogs,
    log: EngineLog
  ) {
    self.siteName = siteName
    (self.store, self.ways, self.content, self.fence, self.logs, self.log) = (store, ways, content, fence, logs, log)
  }

  var now: Timestamp { .wallClock() }
  var isUnderWay: Bool { false }

  func update(_ site: Site) { content.use(path: site.spec.contentDirectory) }

  func watch(_ hosts: [Host]) {
    let present = Set(hosts.map(\.uid))
    for uid in sessions.keys where !present.contains(uid) {
      health.removeValue(forKey: uid)?.stop()
      self.hosts[uid] = nil
      if let session = sessions.removeValue(forKey: uid) { Task { await session.close() } }
    }
    notice(hosts)
  }

  func notice(_ hosts: [Host]) {
    for host in hosts {
      let known = self.hosts.updateValue(host, forKey: host.uid)
      let session = session(of: host)
      // By another way, or known by another key, it may answer at once: the pause, and a look by the old way, are not waited for.
      if let known, known.spec.way != host.spec.way { health.removeValue(forKey: host.uid)?.stop() }
      // Before it was adopted there is no agent to ask.
      guard host.status.agentVersion != nil, health[host.uid] == nil else { continue }
      health[host.uid] = HostHealthPoll(session, host: host, inbox: inbox)
    }
  }

  private func session(of host: Host) -> HostSession {
    if let known = sessions[host.uid] {
      Task { await known.update(host) }
      return known
    }
    let session = HostSession(host, ways: ways)
    sessions[host.uid] = session
    return session
  }

  func start(_ tasks: [DurableTask]) { for task in tasks { start(task) } }

  /// The same request under the same key: the agent answers with its outcome, attaches, or runs it for the first time.
  func recover(_ tasks: [DurableTask]) { start(tasks) }

  private func start(_ task: DurableTask) {
    guard runs[task.uid] == nil else { return }
    guard case .host(let reference) = task.spec.target, let host = hosts[reference.uid] ?? load(reference) else {
      return refuse(task, "NoSuchHost", "the task's host is not in the site")
    }
    let session = session(of: host)
    do {
      var secrets: [String: Secret] = [:]
      for name in task.spec.secrets {
        guard let value = try store.read({ try $0.secret(name) }) else {
          return refuse(task, "SecretsLost", "the secret \(name) is not in the store any more")
        }
        secrets[name] = value
      }
      let run = TaskRun(
        task: task, host: host, session: session, inbox: inbox, logs: logs, content: content.current(),
        fence: fence, siteName: siteName, actor: actor(of: task), secrets: secrets)
      runs[task.uid] = Task { await run.perform() }
    } catch {
      refuse(task, "SecretsUnreadable", "\(error)")
    }
  }

  private func load(_ reference: ObjectReference) -> Host? {
    try? store.read { try $0.record(.host, uid: reference.uid) }?.asHost
  }

  private func actor(of task: DurableTask) -> String {
    let operation = try? store.read { try $0.record(.operation, uid: task.spec.operation.uid) }?.asOperation
    return operation?.spec.actor ?? ""
  }

  private func refuse(_ task: DurableTask, _ code: String, _ message: String) {
    var status = DurableTask.Status(state: .failed)
    status.finishedAt = now
    status.failure = DurableTask.Failure(code: code, message: message, retryable: false)
    inbox.put(.task(status), about: task.uid, source: "task")
  }

  func cancel(_ tasks: [DurableTask]) { for task in tasks { runs.removeValue(forKey: task.uid)?.cancel() } }

  func look(_ asked: [Look]) {
    for look in asked {
      switch look {
      case .host(let uid): health[uid]?.hurry()
      case .cluster(let uid, let via, let context):
        if looks[uid] != nil, !isDone(uid) { continue }
        let sessions = via.compactMap { self.sessions[$0] }
        let finished = Flag()
        lookEnds[uid] = finished
        looks[uid] = Task { [inbox] in
          let seen = await ClusterLook.observe(through: sessions, context: context)
          inbox.put(.cluster(seen), about: uid, source: "cluster")
          finished.raise()
        }
      }
    }
  }

  private var lookEnds: [UID: Flag] = [:]
  private func isDone(_ uid: UID) -> Bool { lookEnds[uid]?.isRaised ?? true }

  func take() -> [Sighting] {
    let seen = inbox.take()
    for sighting in seen {
      if case .task(let status) = sighting.observation.value, status.state.isFinal {
        runs[sighting.observation.object] = nil
      }
    }
    return seen
  }

  func save(in writer: any StoreWriter) throws {}
  func saved() {}

  func idle(until deadline: Timestamp?, milliseconds: Int64) -> Bool {
    let untilDeadline = deadline.map { max(0, $0.milliseconds - now.milliseconds) } ?? milliseconds
    inbox.wakeup.wait(milliseconds: min(milliseconds, untilDeadline))
    return true
  }

  func end() {
    for poll in health.values { poll.stop() }
    for run in runs.values { run.cancel() }
    for look in looks.values { look.cancel() }
    let sessions = Array(self.sessions.values)
    _ = try? blocking { for session in sessions { await session.close() } }
  }
}
