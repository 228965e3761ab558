import EaselAgentProtocol
import EaselHostPlan
import EaselModel
import EaselPlans
import FoundationEssentials

/// One task on its way: compiled to a plan, sent under its key, followed to its end. A broken connection is mended and the same key
/// asked for again, until the host answers or the engine gives the task up.
struct TaskRun: Sendable {
  let task: DurableTask
  let session: HostSession
  let door: any HostDoor
  let inbox: Inbox
  let logs: TaskLogs
  let content: ContentFolder
  let fence: Fence
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
        let failure = HostFailure(error)
        log(["\(failure.failure.code): \(failure.failure.message)"])
        guard failure.isLostContact else { return end(.failed, failure: failure.failure) }
        if Task.isCancelled { return }
        var status = DurableTask.Status(state: .unknown)
        status.startedAt = started
        status.failure = failure.failure
        inbox.put(.task(status), about: task.uid, source: "task")
      }
      try? await Task.sleep(for: .seconds(pause))
      pause = min(pause * 2, 15)
    }
  }

  private func attempt(_ started: Timestamp) async throws {
    let host = await session.host
    switch task.spec.verb {
    case .adopt:
      let seen = try await door.adopt(host, fence: fence) { line in self.log([line]) }
      end(.succeeded, outcome: DurableTask.Outcome(host: seen))
    case .dismiss:
      await session.drop()
      try await door.dismiss(host, fence: fence) { line in self.log([line]) }
      end(.succeeded, outcome: DurableTask.Outcome())
    default: try await runPlan(on: host, started)
    }
  }

  private func runPlan(on host: Host, _ started: Timestamp) async throws {
    guard let context = task.spec.context else {
      return end(.failed, failure: .init(code: "NoContext", message: "the task says not what for", retryable: false))
    }
    let distribution = try Distributions.named(context.distribution)
    let plan = try distribution.plan(
      for: task.spec.verb, context: context, inventory: host.status.inventory, content: content.index)
    let needed = plan.content
    let request = RunRequest(
      key: task.name, digest: try plan.digest(), fence: fence, plan: plan, secrets: encodedSecrets())
    let progress = ProgressThrottle { note in self.show(note, started) }
    let report = try await session.withLink { link in
      if !needed.isEmpty {
        try await link.supply(needed, from: content) { line in
          self.say(.running, at: started, progress: .init(step: 0, count: plan.steps.count, title: line))
        }
      }
      let report = try await link.run(request) { progress.take($0) }
      await self.copyLog(over: link)
      return report
    }
    try finish(report, distribution, context)
  }

  private func finish(_ report: RunReport, _ distribution: any Distribution, _ context: TaskContext) throws {
    switch report.state {
    case .succeeded:
      let minted = report.secretOutputs.compactMapValues { Data(base64Encoded: $0).map { Secret(Array($0)) } }
      let (outcome, values) = try distribution.outcome(
        of: task.spec.verb, context: context, outputs: report.outputs, secretOutputs: minted, now: .wallClock())
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

  private func encodedSecrets() -> [String: String] {
    var result: [String: String] = [:]
    for (name, value) in secrets {
      let plain = name.split(separator: "/").last.map(String.init) ?? name
      result[plain] = value.withBytes { Data($0).base64EncodedString() }
    }
    return result
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

  /// Copies what the host has logged and this machine has not: the log stays when the host is gone.
  private func copyLog(over link: any HostLink) async {
    var line = logs.copied(ofTask: task.name)
    while let lines = try? await link.taskLog(key: task.name, from: line + 1), !lines.isEmpty {
      logs.append(lines, toTask: task.name)
      line += lines.count
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
