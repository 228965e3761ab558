import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselPlans
import Synchronization

/// One task on its way: compiled to a plan, sent under its key, followed to its end. A broken connection is mended and the same key
/// asked for again, until the host answers or the engine gives the task up.
struct TaskRun: Sendable {
  let task: DurableTask
  let host: Host
  let session: HostSession
  let inbox: Inbox
  let logs: TaskLogs
  let content: ContentFolder
  let fence: Fence
  /// What former owners of hosts are told: the site's name, and who asked for the operation.
  let siteName: String
  let actor: String
  let secrets: [String: Secret]

  func perform() async {
    var pause = 1.0
    let started = Timestamp.wallClock()
    say(.running, at: started)
    while !Task.isCancelled {
      do {
        try await attempt(started)
        return
      } catch {
        let setback = Setback(error)
        log(["\(setback.failure.code): \(setback.failure.message)"])
        // A host that is being added must let us in once; later, credentials may just have gone with a session.
        let waits = setback.failure.needsCredentials && task.spec.verb != .adopt
        guard setback.isToBeAskedAgain || waits else { return end(.failed, failure: setback.failure) }
        if Task.isCancelled { return }
        var status = DurableTask.Status(state: .unknown)
        status.startedAt = started
        status.failure = setback.failure
        inbox.put(.task(status), about: task.uid, source: "task")
      }
      try? await Task.sleep(for: .seconds(pause))
      pause = min(pause * 2, 15)
    }
  }

  private func attempt(_ started: Timestamp) async throws {
    switch task.spec.verb {
    case .adopt:
      log(["install the agent and read what the host is"])
      let seen = try await session.ways.adopt(host, fence: fence, name: siteName, by: actor)
      var outcome = DurableTask.Outcome(host: seen)
      if host.spec.siteKey == true {
        log(["put the site's key on the host, tied to the agent"])
        outcome.facts["siteKey"] = try await session.ways.installSiteKey(on: host)
      }
      end(.succeeded, outcome: outcome)
    case .takeOver:
      log(["become the owner and read what the host is"])
      let seen = try await session.ways.adopt(host, fence: fence, name: siteName, by: actor, force: true)
      end(.succeeded, outcome: DurableTask.Outcome(host: seen))
    case .dismiss:
      await session.close()
      try await session.ways.dismiss(host, site: fence.site)
      end(.succeeded, outcome: DurableTask.Outcome())
    default: try await runPlan(started)
    }
  }

  private func runPlan(_ started: Timestamp) async throws {
    guard let context = task.spec.context else {
      return end(.failed, failure: .init(code: "NoContext", message: "the task says not what for", retryable: false))
    }
    let distribution = try Distributions.named(context.distribution)
    let plan = try distribution.plan(
      for: task.spec.verb, context: context, inventory: host.status.inventory, content: content.index)
    let client = try await session.client()
    if plan.readOnly {
      return try finish(try await client.query(plan, secrets: plainSecrets), distribution, context, freed: nil)
    }
    try await supply(plan, over: client, started)
    let request = RunRequest(
      key: task.name, digest: try plan.digest(), fence: fence, plan: plan, secrets: AgentClient.encode(plainSecrets))
    let copier = Task { await copyLog(over: client) }
    let throttle = ProgressThrottle { note in self.show(note, started) }
    let end: Result<RunReport, any Error>
    do {
      end = .success(try await client.run(request, patience: .none) { throttle.take($0) })
    } catch {
      end = .failure(error)
    }
    copier.cancel()
    await copier.value
    let report = try end.get()
    await copyLines(over: client)
    let freed = report.state == .succeeded ? await prune(over: client, distribution, context) : nil
    try finish(report, distribution, context, freed: freed)
  }

  /// After the last plan that places something, what no plan of the host needs any more is deleted from its content store, before
  /// the task ends: so no other plan of the host can have been supplied yet. What a later plan needs is brought again.
  ///
  /// - Returns: the bytes that were freed; nil when nothing was to be pruned, or it did not work, which stops nothing.
  private func prune(
    over client: AgentClient, _ distribution: any Distribution, _ context: TaskContext
  ) async -> Int64? {
    var kept: Set<String> = []
    switch task.spec.verb {
    case .reset: break
    case .upgradeKubelet:
      for verb in [TaskVerb.prepare, .stage, .upgradeComponents, .upgradeKubelet] {
        let plan = try? distribution.plan(
          for: verb, context: context, inventory: host.status.inventory, content: content.index)
        guard let plan else { return nil }
        kept.formUnion(plan.content.map(\.sha256))
      }
    default: return nil
    }
    do {
      let freed = try await client.pruneContent(keeping: kept.sorted(), fence: fence).freedBytes
      return freed > 0 ? freed : nil
    } catch {
      log(["the content store was not pruned: \(Setback(error).failure.message)"])
      return nil
    }
  }

  /// Brings what the plan places into the host's content store, before the plan starts.
  private func supply(_ plan: HostPlan, over client: AgentClient, _ started: Timestamp) async throws {
    let files = try plan.content.map { reference in
      guard let path = try content.file(sha256: reference.sha256) else {
        throw EaselError(
          .failed, "ContentMissing", "the content folder does not list \(reference.name)",
          advice: "add it to content.json, with its digest")
      }
      return ContentPush.File(reference, path: path)
    }
    guard !files.isEmpty else { return }
    let clock = Mutex(Int64(0))
    _ = try await ContentPush(client).push(files) { progress in
      let now = MonotonicClock.milliseconds()
      let due = clock.withLock { last in
        guard now - last >= 500 else { return false }
        last = now
        return true
      }
      guard due else { return }
      self.say(
        .running, at: started,
        progress: .init(
          step: 0, count: plan.steps.count, title: "copying \(progress.name)",
          line: "\(progress.sent >> 20) of \(progress.size >> 20) MiB"))
    }
  }

  private var plainSecrets: [String: Secret] {
    Dictionary(
      secrets.map { (String($0.key.split(separator: "/").last ?? ""), $0.value) },
      uniquingKeysWith: { first, _ in first })
  }

  private func finish(
    _ report: RunReport, _ distribution: any Distribution, _ context: TaskContext, freed: Int64?
  ) throws {
    switch report.state {
    case .succeeded:
      var (outcome, values) = try distribution.outcome(
        of: task.spec.verb, context: context, outputs: report.outputs, secretOutputs: AgentClient.decodeSecrets(report),
        now: .wallClock())
      if let freed { outcome.facts["freedBytes"] = "\(freed)" }
      let prefix = "cluster/\(context.clusterUID)/"
      let sealed = values.map { name, value in
        Sighting.MintedSecret(name: prefix + name, value: value, expiresAt: outcome.secrets[name])
      }
      end(.succeeded, outcome: outcome, secrets: sealed)
    case .failed:
      let failure = report.failure
      end(
        .failed,
        failure: DurableTask.Failure(
          code: failure?.code ?? "Failed", message: failure?.message ?? "the plan failed",
          retryable: failure?.retryable ?? false))
    case .needsSecrets, .neverSeen, .running:
      // The agent was restarted in between: the same request again, with the secrets.
      throw EaselError(.failed, "ConnectionLost", "the agent of \(task.spec.item) was restarted")
    }
  }

  // MARK: What is told

  private func show(_ note: ProgressNote, _ started: Timestamp) {
    say(
      .running, at: started,
      progress: .init(step: note.step, count: note.stepCount, title: note.stepTitle, line: note.line))
  }

  private func say(_ state: DurableTask.State, at started: Timestamp, progress: DurableTask.Progress? = nil) {
    var status = DurableTask.Status(state: state)
    status.startedAt = started
    status.progress = progress
    inbox.put(.task(status), about: task.uid, source: "task")
  }

  private func end(
    _ state: DurableTask.State, outcome: DurableTask.Outcome? = nil, failure: DurableTask.Failure? = nil,
    secrets: [Sighting.MintedSecret] = []
  ) {
    var status = DurableTask.Status(state: state)
    status.finishedAt = .wallClock()
    status.outcome = outcome
    status.failure = failure
    inbox.put(.task(status), about: task.uid, source: "task", secrets: secrets)
  }

  private func log(_ lines: [String]) { logs.append(lines.map { "\(Timestamp.wallClock()) \($0)" }, toTask: task.name) }

  /// Copies what the host logs while the task runs: the log stays when the host is gone.
  private func copyLog(over client: AgentClient) async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(2))
      if !Task.isCancelled { await copyLines(over: client) }
    }
  }

  private func copyLines(over client: AgentClient) async {
    var line = logs.copied(ofTask: task.name)
    // A host that has always more to say does not hold up the task's end.
    let end = MonotonicClock.milliseconds() + 20_000
    for _ in 0..<200 where MonotonicClock.milliseconds() < end {
      guard let reply = try? await client.taskLog(task.name, from: line + 1), !reply.lines.isEmpty else { return }
      logs.append(reply.lines, toTask: task.name)
      line += reply.lines.count
      logs.noteCopied(line, ofTask: task.name)
    }
  }
}

extension HostPlan {
  /// The content that the plan places.
  var content: [ContentReference] {
    steps.compactMap { if case .place(let reference, _, _) = $0.action { reference } else { nil } }
  }
}
