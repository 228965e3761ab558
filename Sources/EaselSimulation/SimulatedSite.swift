package import EaselEngine
package import EaselModel

/// A whole site on a virtual clock: a store, one or more engines of which one leads, and the simulated world.
///
/// Tests and the preview drive it; nothing in it waits or reads a clock. Each step checks the invariants.
package final class SimulatedSite {
  package let store: any SiteStore
  package var world: SimulatedWorld
  package private(set) var now: Timestamp
  package private(set) var leader: Leader
  package var rules: EngineRules
  /// What happened, for people: one line for each thing decided or observed.
  package private(set) var transcript: [String] = []
  package var keepsTranscript = true
  /// Broken invariants, in the order of finding.
  package private(set) var violations: [String] = []
  package var checker = Checker()
  /// For previews: every task that was handed out, in order, and when each ended.
  var remembersTasks = false
  private(set) var handedOut: [DurableTask] = []
  private(set) var ended: [UID: Timestamp] = [:]
  private var uids = 0
  /// Another site lives in the same world, which is handed to and fro.
  package var sharesWorld = false
  private var seenForOthers: [Observation] = []
  /// Somebody besides the leader has written since its last look.
  private var submitted = true
  /// Whether each decision is made twice, to see that the second changes nothing.
  package var decidesTwice = true
  private let origin: Timestamp

  /// One engine process: what it holds in memory and the epoch that it believes to lead under.
  package struct Leader {
    package let epoch: Int64
    var state: SiteState
    var version: Int64
    var dirty: Set<Scope>
    var timers: [Scope: Timestamp]
  }

  /// - Parameter store: an empty store, or one that holds a site.
  package init(
    store: any SiteStore, world: SimulatedWorld, now: Timestamp, rules: EngineRules = EngineRules()
  ) throws {
    (self.store, self.world, self.now, self.rules) = (store, world, now, rules)
    origin = now
    leader = Leader(epoch: 0, state: SiteState(), version: 0, dirty: [], timers: [:])
    try replaceLeader()
  }

  // MARK: Leaders

  /// A new engine takes the lead, as after a crash of the old one; returns the old one, which may still try to act.
  @discardableResult
  package func replaceLeader() throws -> Leader {
    let old = leader
    let lease = try store.write(epoch: nil) { writer in
      let lease = Lease(epoch: try writer.lease().epoch + 1, holder: "simulated", expiresAt: .zero)
      try writer.setLease(lease)
      return lease
    }
    let (state, version) = try store.read { (try SiteState(reading: $0), try $0.latestVersion()) }
    leader = Leader(
      epoch: lease.epoch, state: state, version: version, dirty: Set(state.allScopes), timers: [:])
    for host in state.hosts.values { world.ensureHost(host) }
    for task in state.openTasks { world.ask(task, from: sender(lease.epoch), now: now) }
    if old.epoch > 0 {
      note("a new engine leads (epoch \(lease.epoch)); it asks about \(state.openTasks.count) open tasks")
    }
    return old
  }

  /// An old leader goes on as if nothing had happened. Every change that gets through is a broken invariant.
  package func letActAgain(_ old: Leader) {
    guard old.epoch < leader.epoch else { return }
    for scope in old.state.allScopes {
      guard let snapshot = old.state.snapshot(for: scope, epoch: old.epoch) else { continue }
      let decision = Engine.decide(snapshot, now: now, rules: rules)
      if decision.isEmpty { continue }
      if (try? store.write(epoch: old.epoch, { try decision.commit(to: $0) })) != nil {
        violate("an old leader of epoch \(old.epoch) has committed")
      }
    }
    // It may have been stopped between a commit and the handing out: agents know the keys, or refuse its epoch.
    for task in old.state.openTasks { world.start(task, from: sender(old.epoch), now: now) }
  }

  /// In whose name tasks are handed out.
  package func sender(_ epoch: Int64) -> HostOwner {
    let site = leader.state.site
    return HostOwner(site: site?.uid ?? "none", name: site?.name ?? "", epoch: epoch, by: "operator", since: now)
  }

  // MARK: Intents

  /// Submits an intent at the site's door. Throws `EaselError` as the command line would show it.
  @discardableResult
  package func submit(_ intent: Intent, as actor: Actor = Actor(name: "operator")) throws -> Submission {
    try submit([intent], as: actor)[0]
  }

  /// Submits several at once, each on what those before it lead to: all of them stand, or none does.
  ///
  /// - Parameter placing: gives the error of the intent at an index its place.
  @discardableResult
  package func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError = { $1 }
  ) throws -> [Submission] {
    let admitted = try store.write(epoch: nil) { writer in
      try intents.enumerated().map { index, intent in
        do {
          let site = try Self.snapshot(from: writer, now: now)
          let admitted = try Admission.admit(intent, as: actor, in: site, now: now) {
            uids += 1
            return UID("u\(uids)-\(now.milliseconds)")
          }
          try admitted.commit(to: writer)
          return admitted
        } catch let error as EaselError { throw placing(index, error) }
      }
    }
    submitted = true
    for admitted in admitted {
      for case .host(let host) in admitted.writes { world.ensureHost(host) }
      note("\(actor.name): \(admitted.submission.message)")
      if admitted.leastEpoch != nil { try replaceLeader() }
    }
    return admitted.map(\.submission)
  }

  package func snapshot() throws -> SiteSnapshot { try Self.snapshot(of: store, now: now) }

  package static func snapshot(of store: any SiteStore, now: Timestamp) throws -> SiteSnapshot {
    try store.read { try snapshot(from: $0, now: now) }
  }

  private static func snapshot(from reader: any StoreReader, now: Timestamp) throws -> SiteSnapshot {
    var site: Site?
    var result = SiteSnapshot(
      version: try reader.latestVersion(),
      site: Site(metadata: Metadata(name: "none", uid: "none", createdAt: now)), now: now, lease: try reader.lease(),
      engineRuns: true)
    for kind in Kind.allCases {
      for record in try reader.records(kind, scope: nil) {
        switch record {
        case .site(let object): site = object
        case .host(let object): result.hosts.append(object)
        case .cluster(let object): result.clusters.append(object)
        case .machine(let object): result.machines.append(object)
        case .profile(let object): result.profiles.append(object)
        case .operation(let object): result.operations.append(object)
        case .task(let object): result.tasks.append(object)
        }
      }
    }
    if let site { result.site = site }
    return result
  }

  // MARK: Steps

  /// Does the next thing: decides what is due, or lets time go on to the next event. False when nothing is left to do.
  package func step() throws -> Bool {
    try takeChanges()
    if !leader.dirty.isEmpty {
      let due = leader.dirty
      leader.dirty = []
      for scope in due.sorted(by: order) { try decide(scope) }
      return true
    }
    let times = [world.nextEvent(), leader.timers.values.min()].compactMap { $0 }
    guard let next = times.min() else { return false }
    try advance(to: next)
    return true
  }

  /// Steps until the operation has ended, or waits for the operator or for something that does not come by itself.
  package func run(_ operation: String, limit: Double = 14_400) throws -> Operation {
    let end = now.adding(seconds: limit)
    while true {
      let known = try store.read { try $0.record(.operation, name: operation) }
      if case .operation(let known)? = known, known.status.phase.isFinal || known.status.phase == .stopped,
        leader.dirty.isEmpty, !submitted
      {
        return known
      }
      let more = try step()
      if !more || now > end {
        guard case .operation(let last)? = try store.read({ try $0.record(.operation, name: operation) }) else {
          throw EaselError(.notFound, "UnknownOperation", "there is no operation \(operation)")
        }
        return last
      }
    }
  }

  /// Steps until nothing is left to do, or the time is over.
  package func settle(seconds: Double = 600) throws {
    let end = now.adding(seconds: seconds)
    while now <= end, try step() {}
  }

  /// Lets time go on, at most to the given time; what happens on the way is taken in.
  package func advance(to time: Timestamp) throws {
    now = max(now, time)
    try take(world.advance(to: now))
    for (scope, due) in leader.timers where due <= now {
      leader.timers[scope] = nil
      leader.dirty.insert(scope)
    }
    checker.check(self)
  }

  /// What was seen in the world since another site that shares it let time go on there.
  package func overhear(_ seen: [Observation], now time: Timestamp) throws {
    now = max(now, time)
    try take(seen, tellsOthers: false)
  }

  /// What this site has seen since the last call, for another site that shares its world.
  package func takeSeen() -> [Observation] {
    defer { seenForOthers = [] }
    return seenForOthers
  }

  private func take(_ seen: [Observation], tellsOthers: Bool = true) throws {
    if sharesWorld, tellsOthers { seenForOthers += seen }
    if !seen.isEmpty {
      try store.write(epoch: leader.epoch) { writer in for one in seen { try writer.append(one) } }
      for one in seen {
        leader.dirty.formUnion(leader.state.apply(one))
        describe(one)
      }
    }
  }

  private func takeChanges() throws {
    guard submitted else { return }
    submitted = false
    let changes = try store.read { try $0.changes(since: leader.version) }
    leader.dirty.formUnion(leader.state.apply(changes))
    leader.version = changes.version
  }

  private func decide(_ scope: Scope) throws {
    leader.timers[scope] = nil
    guard let snapshot = leader.state.snapshot(for: scope, epoch: leader.epoch) else { return }
    let decision = Engine.decide(snapshot, now: now, rules: rules)
    for reason in decision.reasons { note(reason) }
    if !decision.isEmpty {
      let epoch = leader.epoch
      let written = try store.write(epoch: epoch) { try decision.commit(to: $0) }
      let woken = leader.state.apply(decision, written: written)
      leader.dirty.formUnion(woken.subtracting([scope]))
      for task in decision.newTasks { world.start(task, from: sender(epoch), now: now) }
      if remembersTasks { remember(decision) }
      for uid in decision.cancels { world.cancel(uid, now: now) }
      checkSettled(scope, after: decision)
    }
    for look in decision.looks { world.look(look, now: now) }
    if let again = decision.lookAgain { leader.timers[scope] = max(again, now.adding(seconds: 0.001)) }
    checker.check(self)
  }

  private func remember(_ decision: Decision) {
    handedOut += decision.newTasks
    for case .task(let task) in decision.writes { ended[task.uid] = task.status.finishedAt }
  }

  /// Deciding about what was just decided decides nothing.
  private func checkSettled(_ scope: Scope, after decision: Decision) {
    guard decidesTwice, let snapshot = leader.state.snapshot(for: scope, epoch: leader.epoch) else { return }
    let again = Engine.decide(snapshot, now: now, rules: rules)
    if !again.isEmpty {
      let what = again.writes.map { "\($0.kind.rawValue) \($0.name)" }.joined(separator: ", ")
      violate("deciding twice is not the same: \(what); \(again.reasons.joined(separator: "; "))")
    }
  }

  // MARK: Words

  package func violate(_ message: String) {
    if !violations.contains(message) { violations.append(message) }
    note("BROKEN: \(message)")
  }

  package func note(_ line: String) {
    guard keepsTranscript else { return }
    let seconds = Int(now.seconds(since: origin))
    let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    transcript.append(String(repeating: " ", count: max(0, 7 - clock.count)) + clock + "  " + line)
  }

  private func describe(_ seen: Observation) {
    guard keepsTranscript, case .task(let status) = seen.value, status.state == .failed else { return }
    if let task = leader.state.tasks[seen.object], let failure = status.failure {
      note("\(task.spec.item): \(task.spec.step) failed: \(failure.code): \(failure.message)")
    }
  }

  private func order(_ a: Scope, _ b: Scope) -> Bool {
    switch (a, b) {
    case (.cluster(let x), .cluster(let y)), (.host(let x), .host(let y)): x < y
    case (.cluster, .host): true
    case (.host, .cluster): false
    }
  }
}
