import CSys
import EaselEngine
import EaselModel
import EaselPlans
import Synchronization

/// The door to a site on this machine: snapshots out, intents in, each list of intents with its audit records in one transaction.
package final class SiteGate: SiteAccess {
  package let directory: StateDirectory
  package let store: any SiteStore
  private let starter: EngineStarter?
  private let cache = Mutex(SiteCache())
  /// Made when somebody first wants to be told.
  private let watch = Mutex<StoreWatch?>(nil)
  let reading: HostReading
  private let isOnDisk: Bool
  /// The engine that was last started from here: when, and the epoch of the lease that it found.
  private let started = Mutex<(at: Timestamp, epoch: Int64)?>(nil)
  private let startSeconds: Double

  /// - Parameters:
  ///   - starter: nil where no engine is to be started, for example in the engine itself.
  ///   - startSeconds: how long an engine may take from its start to the lease before it is said that none runs.
  package init(directory: StateDirectory, store: any SiteStore, starter: EngineStarter?, startSeconds: Double = 3) {
    (self.directory, self.store, self.starter, self.startSeconds) = (directory, store, starter, startSeconds)
    reading = HostReading(directory)
    isOnDisk = directory.holdsSite
  }

  package func snapshot() throws -> SiteSnapshot {
    try requireSite()
    return try cache.withLock { cache in
      let isFirst = !cache.isLoaded
      defer { if isFirst { csys_memory_give_back() } }
      var snapshot = try store.read { try cache.snapshot(from: $0) }
      // One that was killed holds its lease for some seconds more, which matters to who waits for it.
      if snapshot.engineRuns, snapshot.isMoving {
        snapshot.engineRuns = snapshot.lease.isLed && LeaseHolder(snapshot.lease.holder)?.isSuspended != true
      }
      if !snapshot.engineRuns {
        snapshot.engineEnd = engineEnd(snapshot.lease)
        snapshot.engineExpectedUntil = engineExpectedUntil(snapshot)
      }
      return snapshot
    }
  }

  private func engineExpectedUntil(_ snapshot: SiteSnapshot) -> Timestamp? {
    // One that has led meanwhile left another epoch.
    guard let started = started.withLock({ $0 }), started.epoch == snapshot.lease.epoch else { return nil }
    if let end = snapshot.engineEnd, end.at >= started.at { return nil }
    let until = started.at.adding(seconds: startSeconds)
    return until > .wallClock() ? until : nil
  }

  /// Starts an engine where none leads, and remembers that. Returns whether it was started.
  private func ensureEngine(_ lease: Lease) throws -> Bool {
    guard let starter else { return false }
    let before = Timestamp.wallClock()
    let isStarted = try starter.ensure(lease)
    if isStarted { started.withLock { $0 = (before, lease.epoch) } }
    return isStarted
  }

  /// Why no engine brings anything forward, where that is known.
  package func engineEnd(_ lease: Lease) -> EngineEnd? { Self.engineEnd(lease, in: directory) }

  package static func engineEnd(_ lease: Lease, in directory: StateDirectory) -> EngineEnd? {
    if let holder = LeaseHolder(lease.holder), holder.isSuspended {
      return EngineEnd(
        at: lease.expiresAt,
        reason: "process \(holder.pid) of the engine is suspended; let it go on with: kill -CONT \(holder.pid)")
    }
    return EngineLog.lastEnd(directory.engineLog)
  }

  /// Starts an engine for somebody who looks at what comes of it.
  ///
  /// - Throws: why it cannot be started, or why it has ended again at once.
  package func startEngine() throws {
    let (before, lease) = (Timestamp.wallClock(), try store.read { try $0.lease() })
    guard try ensureEngine(lease) else {
      guard let end = engineEnd(lease), LeaseHolder(lease.holder)?.isSuspended == true else { return }
      throw EaselError(.failed, "EngineSuspended", end.reason)
    }
    for _ in 0..<15 {
      Wakeup().wait(milliseconds: 100)
      if let end = EngineLog.lastEnd(directory.engineLog), end.at >= before {
        throw EaselError(.failed, "EngineEnded", "the engine ended at once: \(end.cause)")
      }
      if try store.read({ try $0.lease() }).isLed { return }
    }
  }

  /// A file that was removed can still be read by who has it open; nobody else will ever see what is written to it.
  private func requireSite() throws {
    guard isOnDisk, !directory.holdsSite else { return }
    throw EaselError(
      .failed, "SiteGone", "the state directory \(directory.path) holds no site any more",
      advice: "put it back, or leave the console")
  }

  package func tellOfChange(_ told: @escaping @Sendable () -> Void) -> Bool {
    guard isOnDisk else { return false }
    let watch = watch.withLock { watch in
      if watch == nil { watch = StoreWatch(directory) }
      return watch
    }
    return watch?.tell(told) ?? false
  }

  package func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError = { $1 }
  ) throws -> [Submission] {
    try requireSite()
    // Who is told of the change looks at once: the engine that it needs is then on its way.
    if starter != nil {
      let epoch = try store.read { try $0.lease() }.epoch
      started.withLock { $0 = (.wallClock(), epoch) }
    }
    let admitted = try ensuringEngineIfRefused { try admit(intents, as: actor, placing: placing) }
    if admitted.isAwaited { _ = try ensureEngine(admitted.lease) }
    return admitted.submissions
  }

  /// - Returns: also whether an engine must see it: there is an operation, new or old. What an old one waits for may be just what was
  ///   changed, for example that a host is in maintenance no more.
  private func admit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError
  ) throws -> (submissions: [Submission], lease: Lease, isAwaited: Bool) {
    try cache.withLock { cache in
      try store.write(epoch: nil) { writer in
        // What the transaction finds before its own writes is on disk: the cache may keep it, whatever becomes of them. What it
        // writes itself goes into a copy.
        let known = try cache.snapshot(from: writer)
        var seen = cache
        let submissions = try intents.enumerated().map { index, intent in
          do {
            return try SiteGate.admit(intent, as: actor, in: try seen.snapshot(from: writer), writer)
          } catch let error as EaselError {
            throw placing(index, error)
          }
        }
        let isAwaited =
          submissions.contains { $0.operation != nil } || known.operations.contains { !$0.status.phase.isFinal }
        return (submissions, try writer.lease(), isAwaited)
      }
    }
  }

  /// What can be staged on the site's hosts, nothing where no folder is named; nil where nothing is checked against it, as on a
  /// simulated site.
  package static func content(of site: Site) throws -> ContentIndex? {
    guard site.spec.simulation == nil else { return nil }
    return try site.spec.contentDirectory.map { try ContentFolder(path: $0).index } ?? ContentIndex()
  }

  /// What an intent is checked against: a broken content folder is in the way of what is staged from it, and of nothing else.
  package static func content(for intent: Intent, of site: Site) throws -> ContentIndex? {
    intent.stages ? try content(of: site) : nil
  }

  private static func admit(
    _ intent: Intent, as actor: Actor, in snapshot: SiteSnapshot, _ writer: any StoreWriter
  ) throws -> Submission {
    let admitted = try Admission.admit(
      intent, as: actor, in: snapshot, content: try content(for: intent, of: snapshot.site), now: snapshot.now,
      newUID: UID.fresh)
    try admitted.commit(to: writer)
    try writer.append(
      AuditRecord(
        at: .wallClock(), actor: actor.name, verb: admitted.auditVerb, object: admitted.auditObject,
        detail: admitted.auditDetail))
    return admitted.submission
  }

  /// Notes an act that changes no object, for example that a credential was read.
  package func record(_ verb: String, of object: ObjectReference, as actor: Actor, detail: String) throws {
    try store.write(epoch: nil) { writer in
      _ = try writer.append(
        AuditRecord(at: .wallClock(), actor: actor.name, verb: verb, object: object, detail: detail))
    }
  }

  /// Who is told to wait for an operation must not wait for an engine that has died: that refusal makes sure that one runs.
  package func ensuringEngineIfRefused<T>(_ work: () throws -> T) throws -> T {
    do {
      return try work()
    } catch let error as EaselError where error.code == "OperationRunning" {
      _ = try? ensureEngine()
      throw error
    }
  }

  /// Whether an engine leads, or begins to within a second, as one that was just started does.
  package func hasEngine() throws -> Bool {
    let first = try store.read { try $0.lease() }
    if first.isLed { return true }
    for _ in 0..<10 {
      Wakeup().wait(milliseconds: 100)
      let lease = try store.read { try $0.lease() }
      // It may have come and gone meanwhile.
      if lease.isLed || lease.epoch != first.epoch { return true }
    }
    return false
  }

  /// Starts an engine if none leads although something waits for one: for who follows an operation whose engine has died.
  ///
  /// - Returns: whether one was started.
  @discardableResult
  package func ensureEngine() throws -> Bool { try ensureEngine(try store.read { try $0.lease() }) }

  package func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    try store.read { try $0.events(after: sequence, object: object, limit: limit) }
  }

  package func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try store.read { try $0.auditRecords(after: sequence, limit: limit) }
  }

  package func log(ofTask name: String, from line: Int) throws -> [String] {
    if let lines = TaskLogs(directory).lines(ofTask: name, from: line) { return lines }
    guard let task = try store.read({ try $0.record(.task, name: name) })?.asTask else {
      throw EaselError(
        .notFound, "NoSuchTask", "there is no task \"\(name)\"", advice: "list them with: easel get tasks")
    }
    return Array(task.summaryLines.dropFirst(line))
  }
}

extension DurableTask {
  /// What the store itself knows of a task's course: the log of one that wrote none.
  var summaryLines: [String] {
    var lines: [String] = []
    if let started = status.startedAt { lines.append("\(started) started to \(title)") }
    if let progress = status.progress {
      lines.append("step \(progress.step) of \(progress.count): \(progress.title)")
      if !progress.line.isEmpty { lines.append(progress.line) }
    }
    if let failure = status.failure { lines.append("\(failure.code): \(failure.message)") }
    if let finished = status.finishedAt { lines.append("\(finished) \(status.state.words.lowercased())") }
    return lines
  }
}

extension UID {
  /// An identity that was never given before: 128 random bits.
  package static func fresh() -> UID {
    var generator = SystemRandomNumberGenerator()
    return UID(generator.next(), generator.next())
  }
}
