internal import EaselModel

/// Intents about running operations: retry, skip, abort.
extension Door {
  func retry(_ name: String, step: String?, item: String?) throws -> Admitted {
    var operation = try openOperation(name, "retried")
    let waiting = operation.status.steps.flatMap { step in step.items.map { (step.name, $0) } }.filter {
      $0.1.state == .stopped && (step == nil || step == $0.0) && (item == nil || item == $0.1.name)
    }
    guard operation.status.phase == .stopped, !waiting.isEmpty else {
      throw EaselError(
        .refused, "NotStopped", "operation \(name) has not stopped at anything that could be retried",
        advice: "it is \(operation.status.phase.words): \(operation.status.message)")
    }
    operation.spec.controls.append(.retry(step: step, item: item, at: now))
    return control(
      operation, "retry", "retry \(waiting.map { "\($0.0) of \($0.1.name)" }.joined(separator: ", ")) in \(name)")
  }

  func skip(_ name: String, step: String, item: String) throws -> Admitted {
    var operation = try openOperation(name, "changed")
    guard let index = operation.status.steps.lastIndex(where: { $0.name == step }),
      let known = operation.status.steps[index].items.first(where: { $0.name == item })
    else {
      throw EaselError(.notFound, "UnknownStep", "operation \(name) has no step \"\(step)\" of \"\(item)\"")
    }
    guard known.state == .stopped, let stage = known.stage else {
      throw EaselError(
        .refused, "NotStopped", "step \(step) of \(item) has not stopped, so there is nothing to skip")
    }
    guard let skip = WorkflowIndex.skip(step, stage: stage, of: operation.spec.verb) else {
      throw EaselError(
        .refused, "NotSkippable", "\(stage) of \(item) cannot be skipped: what follows builds on it",
        advice: "retry it, or abort the operation: easel abort \(name)")
    }
    operation.spec.controls.append(.skip(step: "\(step)/\(stage)", item: item, at: now))
    return control(operation, "skip", "skip \(skip.doing) at \(item) in \(name): \(skip.means)")
  }

  func abort(_ name: String) throws -> Admitted {
    var operation = try openOperation(name, "aborted")
    if operation.abortedAt != nil {
      return nothing(ObjectReference(operation), "abort", "operation \(name) is being aborted already")
    }
    operation.spec.controls.append(.abort(at: now))
    return control(operation, "abort", "abort operation \(name)")
  }

  private func openOperation(_ name: String, _ what: String) throws -> Operation {
    let operation = try self.operation(name)
    if operation.status.phase.isFinal {
      throw EaselError(
        .refused, "OperationEnded",
        "operation \(name) has ended (\(operation.status.phase.words)) and cannot be \(what)")
    }
    return operation
  }
}
