import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import FoundationEssentials
import Glibc

/// Admits plans and sees that one mutating plan runs at a time; the only writer of journals and of the owner record.
package actor Runner {
  private let executor = ThreadExecutor(name: "runner")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let steps = ThreadExecutor(name: "steps")
  private let queryThread = ThreadExecutor(name: "queries")
  nonisolated let configuration: AgentConfiguration
  nonisolated let bootID: String
  private var owner: OwnerRecord
  /// Plans by key. A key is a site's own: what a former owner ran under it is forgotten when the owner uses the key.
  private var tasks: [String: (number: Int64, site: String, state: TaskState)] = [:]
  private var nextNumber: Int64 = 1
  /// The plan that runs.
  private var running: String?
  /// A plan that was interrupted and whose secrets are gone.
  private var waiting: TaskRecord?
  private var stop = PlanExecution.StopFlag()
  private var closing = false
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []
  private var queries = 0

  /// Reads the state folder; call `resume` next.
  package init(_ configuration: AgentConfiguration) throws {
    self.configuration = configuration
    try configuration.state.prepare()
    bootID = Files.text("/proc/sys/kernel/random/boot_id") ?? ""
    owner = try OwnerRecord(configuration.state)
  }

  var fence: Fence? { owner.fence }
  var ownerNote: OwnerNote? { owner.note }
  var runningKey: String? { running ?? waiting?.key }

  /// Takes up what a former agent left: ended plans are remembered, an interrupted one goes on or waits for its secrets.
  package func resume() async {
    let records = TaskRecord.all(in: configuration.state)
    nextNumber = (records.last?.number ?? 0) + 1
    for record in records { tasks[record.key] = (record.number, record.fence.site, TaskState(record)) }
    var open = records.filter { $0.ended == nil }
    guard let last = open.popLast() else { return prune() }
    // More than one cannot be, unless a state folder was put together by hand.
    for record in open { finish(record, RunFailure(code: "Superseded", message: "a later plan ran", retryable: true)) }
    if let step = last.unknownStep {
      let count = await LeftBehind.kill(marker: PlanExecution.marker(configuration.state, last.key, step))
      tasks[last.key]?.state.say("the agent restarted during \(step); \(count) processes of it were ended")
    }
    let done = last.bootID == bootID ? last.finished : []
    if done.contains(where: { last.plan.capturesSecret($0) }) { return finish(last, TaskState.secretsLost) }
    let left = last.plan.steps.filter { !done.contains($0.name) }
    if left.contains(where: { !$0.action.secretNames.isEmpty }) {
      waiting = last
      tasks[last.key]?.state.set(.needsSecrets)
      tasks[last.key]?.state.say("the agent restarted and needs the plan's secrets again")
    } else {
      goOn(last, secrets: [:])
    }
  }

  /// Takes a plan, or finds the one that the key names.
  func run(_ request: RunRequest) throws -> TaskState {
    try owner.admit(request.fence)
    let secrets = try decode(request.secrets)
    try forgetForeign(request.key, owner: request.fence.site)
    if let known = tasks[request.key], known.site == request.fence.site {
      guard known.state.digest == request.digest else {
        throw RPCFailure(
          "KeyReused", "the key \(request.key) was used for another plan (digest \(known.state.digest))",
          advice: "a retry takes a new attempt number")
      }
      if let record = waiting, record.key == request.key {
        let done = record.bootID == bootID ? record.finished : []
        let needed = record.plan.steps.filter { !done.contains($0.name) }.flatMap { $0.action.secretNames }
        if Set(needed).isSubset(of: secrets.keys) {
          waiting = nil
          known.state.set(.running)
          goOn(record, secrets: secrets)
        }
      }
      return known.state
    }
    try check(request, secrets)
    if let running {
      throw RPCFailure("PlanRunning", "the plan \(running) runs on this host", advice: "wait for it, or attach to it")
    }
    guard !closing else {
      throw RPCFailure("AgentRestarting", "the agent is about to restart", advice: "send the plan again in a moment")
    }
    if let record = waiting {
      waiting = nil
      finish(record, RunFailure(code: "Superseded", message: "another plan was sent instead", retryable: true))
    }
    return try accept(request, secrets)
  }

  func task(_ key: String) -> TaskState? { tasks[key]?.state }

  func adopt(_ request: AdoptRequest) throws -> Fence? {
    let previous = owner.fence
    try owner.adopt(request)
    if let record = waiting, record.fence.site != request.fence.site {
      waiting = nil
      finish(
        record, RunFailure(code: "Superseded", message: "the host has a new owner and waits no more", retryable: false))
    }
    if let running, let task = tasks[running], task.site != request.fence.site {
      throw RPCFailure(
        "PlanRunning", "the host is yours, but its former owner's plan \(running) runs to its end first",
        advice: "ask again in a moment")
    }
    return previous
  }

  /// A key names what its own site has run. Another site's ended plan of the same name would answer for something never done.
  private func forgetForeign(_ key: String, owner site: String) throws {
    guard let known = tasks[key], known.site != site, key != running else { return }
    if waiting?.key == key { waiting = nil }
    if let folder = known.state.folder { try FolderRemoval.remove(folder) }
    tasks[key] = nil
  }

  /// Deletes content that is not named. No plan runs meanwhile: it might be about to place some.
  func prune(_ request: ContentPruneRequest) throws -> ContentPruneReply {
    try owner.admit(request.fence)
    if let running = runningKey {
      throw RPCFailure("PlanRunning", "the plan \(running) runs on this host", advice: "wait for it")
    }
    let pruned = ContentStore(configuration.state).prune(keeping: Set(request.keep))
    return ContentPruneReply(removed: pruned.removed, freedBytes: pruned.bytes)
  }

  /// Runs a read-only plan beside whatever runs; at most eight at a time.
  func query(_ request: QueryRequest) async throws -> RunReport {
    try validate(request.plan)
    guard request.plan.readOnly else {
      throw RPCFailure("PlanChangesHost", "the plan \(request.plan.title) is not marked read-only")
    }
    guard queries < 8 else { throw RPCFailure("TooManyQueries", "eight queries run on this host", advice: "ask again") }
    let secrets = try decode(request.secrets)
    try requireAll(request.plan, secrets)
    queries += 1
    defer { queries -= 1 }
    let state = TaskState(key: "", digest: "", plan: request.plan, folder: nil, initial: .running)
    let execution = PlanExecution(
      state, secrets: secrets, finished: [], stop: PlanExecution.StopFlag(), configuration: configuration,
      executor: queryThread, record: { _ in })
    if case .failed(let failure) = await execution.run() { state.end(failure) } else { state.end(nil) }
    return state.report
  }

  /// No new plan is taken from now on.
  package func close() {
    closing = true
    wakeIfIdle()
  }

  /// The running plan stops after its step; the journal stays open.
  package func stopAfterStep() {
    closing = true
    stop.raise()
    wakeIfIdle()
  }

  /// Returns when `close` or `stopAfterStep` was called and no plan runs.
  package func untilClosed() async {
    if closing && running == nil { return }
    await withCheckedContinuation { idleWaiters.append($0) }
  }

  /// Returns when no plan runs.
  package func untilIdle() async {
    while running != nil { await withCheckedContinuation { afterPlan.append($0) } }
  }
  private var afterPlan: [CheckedContinuation<Void, Never>] = []

  // MARK: Admission

  private func check(_ request: RunRequest, _ secrets: [String: [UInt8]]) throws {
    guard (1...512).contains(request.key.utf8.count) else {
      throw RPCFailure(code: -32602, "BadKey", "a key has 1 to 512 bytes")
    }
    try validate(request.plan)
    guard !request.plan.readOnly else {
      throw RPCFailure("PlanReadOnly", "the plan \(request.plan.title) is read-only: send it as a query")
    }
    guard try request.plan.digest() == request.digest else {
      throw RPCFailure(
        "DigestDiffers", "the plan \(request.plan.title) does not have the digest that came with it",
        advice: "the console and the agent may know different plan formats: upgrade the agent")
    }
    try requireAll(request.plan, secrets)
  }

  private func validate(_ plan: HostPlan) throws {
    guard plan.format == HostPlan.format else {
      throw RPCFailure("PlanFormatUnknown", "the plan has format \(plan.format), this agent knows \(HostPlan.format)")
    }
    do { try plan.validate() } catch {
      throw RPCFailure(code: -32602, "PlanDefect", "\(error)")
    }
  }

  private func requireAll(_ plan: HostPlan, _ secrets: [String: [UInt8]]) throws {
    let absent = plan.secretNames().subtracting(secrets.keys).sorted()
    guard absent.isEmpty else {
      throw RPCFailure("SecretMissing", "the plan needs secrets that did not come: \(absent.joined(separator: ", "))")
    }
  }

  private func decode(_ secrets: [String: String]) throws -> [String: [UInt8]] {
    try secrets.mapValues { text in
      guard let data = Data(base64Encoded: text) else {
        throw RPCFailure(code: -32602, "BadSecret", "a secret's value is not base64")
      }
      return Array(data)
    }
  }

  private func accept(_ request: RunRequest, _ secrets: [String: [UInt8]]) throws -> TaskState {
    let folder = configuration.state.task(request.key)
    let journal: Journal
    do {
      journal = try Journal.create(
        in: folder,
        accepted: .accepted(
          number: nextNumber, key: request.key, digest: request.digest, fence: request.fence, plan: request.plan))
    } catch {
      try? FolderRemoval.remove(folder)
      let failure = StepFailure(error)
      throw RPCFailure(failure.code, "the plan was not taken: \(failure.message)")
    }
    let state = TaskState(
      key: request.key, digest: request.digest, plan: request.plan, folder: folder, initial: .running)
    tasks[request.key] = (nextNumber, request.fence.site, state)
    nextNumber += 1
    start(state, journal, secrets, finished: [])
    return state
  }

  private func goOn(_ record: TaskRecord, secrets: [String: [UInt8]]) {
    guard let state = tasks[record.key]?.state else { return }
    do {
      let journal = try Journal.reopen(in: record.folder)
      start(state, journal, secrets, finished: Set(record.bootID == bootID ? record.finished : []))
    } catch {
      let failure = StepFailure(error)
      state.end(RunFailure(code: failure.code, message: failure.message, retryable: true))
    }
  }

  // MARK: Execution

  private func start(_ state: TaskState, _ journal: Journal, _ secrets: [String: [UInt8]], finished: Set<String>) {
    running = state.key
    stop = PlanExecution.StopFlag()
    let writer = JournalWriter(journal)
    let execution = PlanExecution(
      state, secrets: secrets, finished: finished, stop: stop, configuration: configuration, executor: steps,
      record: { try writer.append($0) })
    let bootID = bootID
    Task {
      do {
        try writer.append(.running(bootID: bootID))
        let end = await execution.run()
        ended(state, end, writer)
      } catch {
        let failure = StepFailure(error)
        ended(state, .failed(RunFailure(code: failure.code, message: failure.message, retryable: true)), writer)
      }
    }
  }

  private func ended(_ state: TaskState, _ end: PlanExecution.End, _ writer: JournalWriter) {
    running = nil
    switch end {
    case .stopped: break
    case .succeeded: record(state, nil, writer)
    case .failed(let failure): record(state, failure, writer)
    }
    prune()
    wakeIfIdle()
    for waiter in afterPlan { waiter.resume() }
    afterPlan = []
  }

  private func record(_ state: TaskState, _ failure: RunFailure?, _ writer: JournalWriter) {
    do {
      try writer.append(.ended(failure: failure, secretOutputs: failure == nil ? state.secretOutputNames : []))
      writer.giveBackReserve()
      state.end(failure)
    } catch {
      // Not on disk, so a restart would run the checks again; what is said now is what was seen.
      let why = StepFailure(error)
      state.end(
        failure ?? RunFailure(code: why.code, message: "the end was not recorded: \(why.message)", retryable: true))
    }
  }

  private func finish(_ record: TaskRecord, _ failure: RunFailure) {
    if let journal = try? Journal.reopen(in: record.folder) {
      try? journal.append(.ended(failure: failure, secretOutputs: []))
    }
    tasks[record.key]?.state.end(failure)
  }

  private func wakeIfIdle() {
    guard closing, running == nil else { return }
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters = []
  }

  /// Forgets the oldest ended plans.
  private func prune() {
    let ended = tasks.filter { $0.key != running && $0.key != waiting?.key }.sorted {
      $0.value.number < $1.value.number
    }
    for (key, entry) in ended.dropLast(configuration.keptTasks) {
      if let folder = entry.state.folder { try? FolderRemoval.remove(folder) }
      tasks[key] = nil
    }
  }
}

/// Lets the execution's thread write a journal; there is one execution per journal, so its calls never overlap.
private final class JournalWriter: @unchecked Sendable {
  private let journal: Journal
  init(_ journal: Journal) { self.journal = journal }
  func append(_ entry: JournalEntry) throws { try journal.append(entry) }
  func giveBackReserve() { journal.giveBackReserve() }
}

/// Deletes a flat folder of the agent's own.
enum FolderRemoval {
  static func remove(_ folder: String) throws {
    for name in Files.names(in: folder) ?? [] { _ = unlink("\(folder)/\(name)") }
    guard rmdir(folder) == 0 || csys_errno() == ENOENT else { throw SystemError("delete \(folder)") }
  }
}
