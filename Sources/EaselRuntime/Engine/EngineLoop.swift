import EaselEngine
import EaselModel

/// The engine while it leads, on one thread: what was seen and what was changed goes into the state, the engine decides about what
/// that touches, all that is ready is committed in one transaction, and only then are tasks handed out.
///
/// Nothing in here is needed to go on after a kill at any moment: what was committed is found again, what was not was never
/// handed out. What executors saw is kept until the transaction that holds it is on disk.
final class EngineLoop {
  /// Seconds of the site's time after which open operations that do not move are not worth staying for, with `untilIdle`.
  private static let patience = 7200.0

  /// Seconds that credentials are waited for before the engine ends, with `untilIdle`.
  private static let credentialPatience = 60.0

  /// Seconds that a real site is watched after something in it went wrong, and for its hosts' first answers, and that a simulated
  /// one is let go on after the last operation moved, with `untilIdle`: what an engine saw last stays written until another one
  /// looks, so it must not be a host that was just starting again, nor a cluster as it was before its last step.
  private static let settling = 60.0

  private let store: any SiteStore
  private let leadership: Leadership
  private let epoch: Int64
  private let options: EngineOptions
  private let log: EngineLog
  private let executor: any Executor
  private let directory: StateDirectory
  private(set) var statistics = EngineStatistics()

  private var state: SiteState
  /// The store's version that the state agrees with.
  private var version: Int64
  private var queue = ScopeQueue()
  /// Decided and not yet on disk.
  private var batch = Batch()
  /// Seen and not yet on disk.
  private var sightings: [Sighting] = []
  private var movedAt: Timestamp
  private let startedAt: Timestamp
  /// Hosts that have answered, or not answered, since this engine leads.
  private var looked: Set<UID> = []

  init(
    directory: StateDirectory, store: any SiteStore, leadership: Leadership, options: EngineOptions, log: EngineLog
  ) throws {
    (self.store, self.leadership, self.options, self.log) = (store, leadership, options, log)
    self.directory = directory
    epoch = leadership.epoch ?? 0
    (state, version) = try store.read { (try SiteState(reading: $0), try $0.latestVersion()) }
    guard let site = state.site else {
      throw EaselError(.failed, "SiteMissing", "the database holds no site", advice: "run: easel site init")
    }
    executor = try Executors.make(
      for: site, directory: directory, store: store, epoch: epoch, options: options, log: log)
    startedAt = executor.now
    movedAt = startedAt
    queue.add(state.allScopes)
    try recover()
  }

  /// Leads until told to stop, or (with `untilIdle`) until nothing can go on and nobody looks at a real site; then the lease is
  /// given back.
  func run(until stop: () -> Bool) throws {
    executor.watch(Array(state.hosts.values))
    while !stop() {
      try leadership.renewIfDue()
      try synchronise()
      if try turn() { continue }
      if options.untilIdle, isIdle, !isWatched, try leadership.release(ifStillAt: version) { return }
      let more = executor.idle(until: queue.nextTime(), milliseconds: min(leadership.renewIn, 50))
      if !more, options.untilIdle, try leadership.release(ifStillAt: version) { return }
    }
    _ = try leadership.release(ifStillAt: nil)
  }

  func end() { executor.end() }

  /// Tasks that an earlier leader handed out, or was about to: nobody knows what became of them until their hosts are asked.
  private func recover() throws {
    let open = state.openTasks
    guard !open.isEmpty else { return }
    try store.write(epoch: epoch) { writer in
      for var task in open where task.status.state == .running {
        task.status.state = .unknown
        try writer.put(.task(task), expecting: nil)
      }
    }
    try synchronise()
    log.write("asks about \(open.count) tasks of an earlier leader")
    executor.recover(state.openTasks)
  }

  /// Takes in what other processes wrote.
  private func synchronise() throws {
    guard try store.latestVersion() != version else { return }
    try store.read { reader in
      let changes = try reader.changes(since: version)
      if changes.complete {
        queue.add(state.apply(changes))
        if changes.records.contains(where: { $0.kind == .operation }) { movedAt = executor.now }
        if let site = changes.records.lazy.compactMap(\.asSite).last { executor.update(site) }
        if changes.records.contains(where: { $0.kind == .host })
          || changes.deleted.contains(where: { $0.kind == .host })
        {
          executor.watch(Array(state.hosts.values))
        }
      } else {
        state = try SiteState(reading: reader)
        queue.add(state.allScopes)
        if let site = state.site { executor.update(site) }
        executor.watch(Array(state.hosts.values))
      }
      version = changes.version
    }
  }

  /// One turn: what was seen, what follows from it, the commit, what is handed out.
  ///
  /// - Returns: whether anything came of it.
  private func turn() throws -> Bool {
    let seen = executor.take()
    sightings += seen
    for sighting in seen {
      if case .host = sighting.observation.value { looked.insert(sighting.observation.object) }
      queue.add(state.apply(sighting.observation))
    }
    var came = false
    for scope in queue.take(at: executor.now) {
      if try decide(scope, again: true) { came = true }
    }
    if !sightings.isEmpty || !batch.isEmpty {
      try flush()
      came = true
    }
    return came
  }

  /// Decides about one scope and adds what comes of it to the batch.
  private func decide(_ scope: Scope, again: Bool) throws -> Bool {
    guard let snapshot = state.snapshot(for: scope, epoch: epoch) else { return false }
    let decision = Engine.decide(snapshot, now: executor.now)
    statistics.decisions += 1
    if !decision.isEmpty {
      if batch.touches(decision) {
        // It stands on something that this batch changes already, for example the same free host: after the commit, again.
        try flush()
        return again ? try decide(scope, again: false) : true
      }
      batch.add(decision, of: scope)
    }
    queue.lookAgain(scope, at: decision.lookAgain)
    if !decision.looks.isEmpty { executor.look(decision.looks) }
    return !decision.isEmpty
  }

  /// Commits what was seen and decided, then hands out what that allows.
  private func flush() throws {
    let written: [[Record]]
    do {
      written = try commit()
    } catch let error as EaselError where error.category == .conflict && error.code != "LeadershipLost" {
      // Somebody edited what was read: nothing was written, so look and decide again.
      statistics.conflicts += 1
      if options.verbose { log.write("decides again: \(error.message)") }
      queue.add(batch.scopes)
      batch = Batch()
      return try synchronise()
    }
    let done = batch
    batch = Batch()
    sightings = []
    executor.saved()
    for (index, decision) in done.decisions.enumerated() {
      let cancelled = decision.cancels.compactMap { state.tasks[$0] }
      // The scope itself has nothing more to decide: deciding is idempotent, and what is seen next puts it in the queue again.
      queue.add(state.apply(decision, written: written[index]).subtracting([done.scopes[index]]))
      let hosts = written[index].compactMap(\.asHost)
      if !hosts.isEmpty { executor.notice(hosts) }
      if decision.deletes.contains(where: { $0.kind == .host }) { executor.watch(Array(state.hosts.values)) }
      if !cancelled.isEmpty { executor.cancel(cancelled) }
      let tasks = written[index].compactMap(\.asTask).filter { $0.status.state == .pending }
      if !tasks.isEmpty { executor.start(tasks) }
      if written[index].contains(where: { $0.kind == .operation }) { movedAt = executor.now }
      statistics.tasks += tasks.count
      if options.verbose { for reason in decision.reasons { log.write(reason) } }
    }
  }

  private func commit() throws -> [[Record]] {
    var end = version
    let written = try store.write(epoch: epoch) { writer in
      let alone = try writer.latestVersion() == version
      for sighting in sightings {
        for secret in sighting.secrets {
          try writer.setSecret(secret.name, secret.value, expiresAt: secret.expiresAt)
        }
        try writer.append(sighting.observation)
      }
      let written = try batch.decisions.map { try $0.commit(to: writer) }
      try executor.save(in: writer)
      // What others wrote in between is still to be taken in.
      if alone { end = try writer.latestVersion() }
      return written
    }
    version = end
    statistics.commits += 1
    return written
  }

  /// Whether somebody looks at what this engine observes. A simulated site does not change by itself.
  private var isWatched: Bool { state.site?.spec.simulation == nil && SiteWatch.isHeld(directory) }

  /// Whether no open operation can go on: each waits for the operator, or nothing has moved for a long time.
  private var isIdle: Bool {
    // What waits for credentials is asked for again by an engine that a console with other credentials starts.
    var waits: [DurableTask] = []
    for task in state.tasks.values where !task.status.state.isFinal {
      guard task.status.state == .unknown, task.status.failure?.needsCredentials == true else { return false }
      waits.append(task)
    }
    let waiting = Set(waits.map(\.spec.operation.uid))
    if state.operations.values.allSatisfy({ $0.status.phase == .stopped || waiting.contains($0.uid) }) {
      if isSettling { return false }
      return waits.isEmpty || executor.now.seconds(since: movedAt) > Self.credentialPatience
    }
    return executor.now.seconds(since: movedAt) > Self.patience
  }

  /// Whether a site is not seen yet as it stands. In a real one a host or a cluster has not been looked at, or stopped being well
  /// a moment ago and may be again the next; in a simulated one a look is not answered yet, or a host starts again.
  private var isSettling: Bool {
    guard let site = state.site else { return false }
    if site.spec.simulation != nil {
      return executor.isUnderWay && executor.now.seconds(since: movedAt) < Self.settling
    }
    if executor.now.seconds(since: startedAt) < Self.settling,
      state.hosts.values.contains(where: { $0.status.agentVersion != nil && !looked.contains($0.uid) })
        || state.clusters.values.contains(where: { $0.status.observedAt.map { $0 < startedAt } ?? false })
    {
      return true
    }
    func isNews(_ condition: Condition?) -> Bool {
      guard let condition, condition.status != .yes else { return false }
      return executor.now.seconds(since: condition.since) < Self.settling
    }
    return state.hosts.values.contains { $0.status.absence?.isOff != true && isNews($0.status.conditions["Reachable"]) }
      || state.clusters.values.contains { isNews($0.status.conditions["Ready"]) }
  }
}

/// Decisions that go into one transaction, none of which stands on what another of them changes.
private struct Batch {
  var scopes: [Scope] = []
  var decisions: [Decision] = []
  private var changed: Set<UID> = []

  var isEmpty: Bool { decisions.isEmpty }

  func touches(_ decision: Decision) -> Bool {
    decision.reads.contains { changed.contains($0.uid) } || decision.writes.contains { changed.contains($0.uid) }
      || decision.newClaims.contains { changed.contains($0.host) }
      || decision.deletes.contains { changed.contains($0.uid) }
      || decision.releasedClaims.contains { changed.contains($0) }
  }

  mutating func add(_ decision: Decision, of scope: Scope) {
    scopes.append(scope)
    decisions.append(decision)
    for record in decision.writes { changed.insert(record.uid) }
    for claim in decision.newClaims { changed.insert(claim.host) }
    for (_, uid) in decision.deletes { changed.insert(uid) }
    changed.formUnion(decision.releasedClaims)
  }
}

/// What an engine has done since it leads.
package struct EngineStatistics: Sendable {
  package var decisions = 0
  package var commits = 0
  package var conflicts = 0
  package var tasks = 0
}
