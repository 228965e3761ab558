internal import EaselModel

/// Attempts at one task: when the first starts, when the next may, and when it is up to the operator.
struct Attempts {
  let draft: Draft

  enum Standing {
    case doing(DurableTask)
    case backingOff(until: Timestamp, DurableTask.Failure)
    case stopped(DurableTask.Failure, DurableTask)
  }

  /// Starts the attempt that is due, if one is.
  func next(
    _ request: TaskRequest, item: String, stage: String, retriedAt: Timestamp?, reason: String
  ) -> Standing {
    let known = draft.attempts(item: item, stage: stage)
    guard let last = known.last else { return .doing(start(request, item: item, stage: stage, attempt: 1, reason)) }
    if !last.status.state.isFinal { return .doing(last) }
    func again() -> Standing {
      if known.count >= draft.rules.totalAttempts, retriedAt.map({ $0 <= (last.status.finishedAt ?? .zero) }) ?? true {
        let failure = DurableTask.Failure(
          code: "DoesNotHold", message: "it was done \(known.count) times and is still not so", retryable: false)
        return .stopped(failure, last)
      }
      return .doing(start(request, item: item, stage: stage, attempt: last.spec.attempt + 1, reason))
    }
    guard last.status.state == .failed, let failure = last.status.failure else { return again() }
    let ended = last.status.finishedAt ?? .zero
    if let retriedAt, retriedAt >= ended { return again() }
    let failures = known.count { task in
      task.status.state == .failed && retriedAt.map { (task.status.finishedAt ?? .zero) > $0 } ?? true
    }
    if !failure.retryable || failures >= draft.rules.attempts { return .stopped(failure, last) }
    let until = ended.adding(seconds: backOff(failures))
    return draft.now >= until ? again() : .backingOff(until: until, failure)
  }

  func cancel(_ task: DurableTask) {
    draft.updateTask(task.name) {
      $0.status.state = .cancelled
      $0.status.finishedAt = draft.now
      $0.status.failure = DurableTask.Failure(
        code: "GivenUp", message: "nobody waits for its end any more", retryable: false)
    }
    draft.decision.cancels.append(task.uid)
  }

  private func backOff(_ failures: Int) -> Double {
    var seconds = draft.rules.firstBackOff
    for _ in 1..<max(1, failures) { seconds = min(seconds * 2, draft.rules.longestBackOff) }
    return seconds
  }

  private func start(_ request: TaskRequest, item: String, stage: String, attempt: Int, _ reason: String) -> DurableTask
  {
    guard let operation = draft.operation else { preconditionFailure("a task is started by an operation") }
    let path = "\(item)/\(stage)/\(attempt)"
    let task = DurableTask(
      metadata: Metadata(
        name: "\(operation.name)/\(path)", uid: operation.uid.derived(path), createdAt: draft.now),
      spec: DurableTask.Spec(
        operation: ObjectReference(operation), scope: draft.cluster?.uid, target: .host(request.target), item: item,
        step: stage, attempt: attempt, verb: request.verb, context: request.context, secrets: request.secrets,
        timeLimitSeconds: request.timeLimit))
    draft.add(task)
    let on = request.target.name == item ? "" : " on \(request.target.name)"
    draft.decision.reasons.append("\(item): \(reason)\(on)" + (attempt > 1 ? ", attempt \(attempt)" : ""))
    return task
  }
}
