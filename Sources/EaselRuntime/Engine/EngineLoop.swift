import EaselEngine
import EaselModel

/// The engine while it leads, on one thread: what was seen and what was changed goes into the state, the engine decides about what
/// that touches, all of it is committed in one transaction, and only then are tasks handed out.
///
/// Nothing in here is needed to go on after a kill at any moment: what was committed is found again, what was not was never
/// handed out. What executors saw is kept until the transaction that holds it is on disk.
final class EngineLoop {
  /// Site time after which an open operation that has not moved is not worth staying for.
  private static let patienceSeconds = 7200.0

  private let store: any SiteStore
  private let leadership: Leadership
  private let options: EngineOptions
  private let log: EngineLog
  private let executor: any Executor
  private var state = EngineState()
  /// Seen and not yet on disk.
  private var sightings: [Sighting] = []
  private var movedAt: Timestamp

  init(
    directory: StateDirectory, store: any SiteStore, leadership: Leadership, options: EngineOptions, log: EngineLog
  ) throws {
    (self.store, self.leadership, self.options, self.log) = (store, leadership, options, log)
    let epoch = leadership.epoch ?? 0
    var loaded = EngineState()
    try store.read { try loaded.load(from: $0, epoch: epoch) }
    state = loaded
    guard let site = loaded.site else {
      throw EaselError(.failed, "SiteMissing", "the database holds no site", advice: "run: easel site init")
    }
    executor = try Executors.make(
      for: site, directory: directory, store: store, epoch: epoch, options: options, log: log)
    movedAt = executor.now
    try recover()
  }

  func run(until stop: () -> Bool) throws {
    executor.watch(state.hosts)
    while !stop() {
      try leadership.renewIfDue()
      try synchronise()
      if try step() { continue }
      if options.untilIdle, isIdle, try leadership.release(ifStillAt: state.version) { return }
      let wait = min(leadership.renewIn, 50)
      let more = executor.idle(until: state.nextLook, milliseconds: wait)
      if !more, options.untilIdle, try leadership.release(ifStillAt: state.version) { return }
    }
    _ = try leadership.release(ifStillAt: nil)
  }

  func end() { executor.end() }

  /// Tasks that an earlier leader handed out, or was about to: nobody knows what became of them until their hosts are asked.
  private func recover() throws {
    let open = state.openTasks
    guard !open.isEmpty else { return }
    try store.write(epoch: leadership.epoch) { writer in
      for var task in open where task.status.state == .running {
        task.status.state = .unknown
        try writer.put(.task(task), expecting: nil)
      }
    }
    try synchronise()
    log.write("asks about \(open.count) tasks of an earlier leader")
    executor.recover(state.openTasks)
  }

  /// Takes in what other processes wrote, and what this one did.
  private func synchronise() throws {
    guard try store.latestVersion() != state.version else { return }
    var hostsChanged = false
    try store.read { reader in
      let changes = try reader.changes(since: state.version)
      if changes.complete {
        hostsChanged =
          changes.records.contains { if case .host = $0 { true } else { false } }
          || changes.deleted.contains { $0.kind == .host }
        if changes.records.contains(where: { $0.kind == .operation }) { movedAt = executor.now }
        try state.apply(changes, from: reader)
      } else {
        try state.load(from: reader, epoch: leadership.epoch ?? 0)
        hostsChanged = true
      }
    }
    if hostsChanged { executor.watch(state.hosts) }
  }

  /// One turn: what was seen, what follows from it, one commit, what is handed out.
  ///
  /// - Returns: whether anything came of it.
  private func step() throws -> Bool {
    let seen = executor.take()
    for sighting in seen { state.apply(sighting.observation) }
    sightings += seen
    let round = decide()
    guard !sightings.isEmpty || !round.decisions.isEmpty else {
      handOut(round.looks)
      return false
    }
    do {
      try commit(round.decisions)
    } catch let error as EaselError where error.category == .conflict && error.code != "LeadershipLost" {
      // Somebody edited what was read: nothing was written, so look again and decide again.
      if options.verbose { log.write("decides again: \(error.message)") }
      state.markDirty(round.scopes)
      try synchronise()
      return true
    }
    for decision in round.decisions {
      let tasks = decision.newTasks
      if !tasks.isEmpty { executor.start(tasks) }
      if !decision.cancels.isEmpty {
        executor.cancel(state.openTasks.filter { decision.cancels.contains($0.uid) })
      }
      if options.verbose { for reason in decision.reasons { log.write(reason) } }
    }
    handOut(round.looks)
    return true
  }

  private struct Round {
    var scopes: [UID] = []
    var decisions: [Decision] = []
    var looks: [Look] = []
  }

  private func decide() -> Round {
    var round = Round()
    let now = executor.now
    for scope in state.takeDirty(now: now) {
      guard let snapshot = state.snapshot(of: scope) else { continue }
      let decision = Engine.decide(snapshot, now: now)
      state.lookAgain(scope, at: decision.lookAgain)
      round.looks += decision.looks
      guard !decision.isEmpty else { continue }
      round.scopes.append(scope)
      round.decisions.append(decision)
    }
    return round
  }

  private func commit(_ decisions: [Decision]) throws {
    try store.write(epoch: leadership.epoch) { writer in
      for sighting in sightings {
        for secret in sighting.secrets {
          try writer.setSecret(secret.name, secret.value, expiresAt: secret.expiresAt)
        }
        try writer.append(sighting.observation)
      }
      for decision in decisions { try decision.commit(in: writer) }
      try executor.save(in: writer)
    }
    executor.saved()
    sightings = []
  }

  private func handOut(_ looks: [Look]) { if !looks.isEmpty { executor.look(looks) } }

  /// Whether no open operation can go on: each waits for the operator, or has not moved for a long time.
  private var isIdle: Bool {
    let open = state.openOperations
    if open.allSatisfy({ $0.status.phase == .stopped }) { return state.openTasks.isEmpty }
    return executor.now.seconds(since: movedAt) > Self.patienceSeconds && state.openTasks.isEmpty
  }
}
