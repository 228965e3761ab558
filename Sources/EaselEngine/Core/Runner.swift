internal import EaselModel

/// Walks a workflow against a draft: finds the step that is due and moves its items on.
struct Runner {
  let draft: Draft
  let workflow: Workflow

  /// How an item stands after a look at it.
  private enum Standing {
    case done, skipped
    case doing(stage: String, task: DurableTask?, message: String)
    case blocked(stage: String, Block)
    case stopped(stage: String, Block, task: DurableTask?)
  }

  /// True when every step is done. A step that has nothing to do is not recorded: it must not look like work that was done.
  func run() -> Bool {
    guard let operation = draft.operation else { return true }
    var steps = operation.status.steps
    var open = true
    var next = 0
    for step in workflow.steps {
      let isKnown = next < steps.count && steps[next].name == step.name
      var record = isKnown ? steps[next] : Operation.Step(name: step.name, title: step.title)
      let isIdle = open ? record.items.isEmpty && step.items(draft).isEmpty : !isKnown && !step.isExpected(draft)
      if isIdle, !step.isKept {
        if isKnown { steps.remove(at: next) }
        continue
      }
      if open {
        advance(step, &record)
        open = record.state.isOver
      } else if record.state != .waiting {
        // An earlier step is due again, because what is has changed: this one waits for it.
        if record.state == .doing || record.state == .blocked || record.state == .stopped { record.state = .waiting }
      }
      if isKnown { steps[next] = record } else { steps.insert(record, at: next) }
      next += 1
      // What this step has come to is what the next one reads.
      draft.operation?.status.steps = steps
    }
    draft.operation?.status.steps = steps
    return open
  }

  private func advance(_ step: WorkflowStep, _ record: inout Operation.Step) {
    let items = step.items(draft)
    var known: [String: Operation.Item] = [:]
    for item in record.items { known[item.name] = item }
    let current = Set(items.map(\.name))
    for index in record.items.indices where !current.contains(record.items[index].name) {
      settle(&record.items[index], as: record.items[index].state == .skipped ? .skipped : .done, step)
    }

    var results: [String: Operation.Item] = [:]
    var underway: [String: Int] = [:]
    var stopped = false
    func take(_ item: Item) {
      let old = known[item.name] ?? Operation.Item(name: item.name, state: .waiting)
      let new = evaluate(item, step, old)
      if new.state == .stopped { stopped = true }
      if !new.state.isOver { underway[step.lane(draft, item).name, default: 0] += 1 }
      results[item.name] = new
    }
    // What has begun goes on to its end; what is done is seen to be done; nothing new begins once an item has stopped.
    for item in items where known[item.name].map({ $0.state != .waiting }) ?? false { take(item) }
    for item in items where results[item.name] == nil {
      if !stopped, !isDone(item, step) {
        let lane = step.lane(draft, item)
        if underway[lane.name, default: 0] >= lane.limit { continue }
      } else if stopped, !isDone(item, step) {
        continue
      }
      take(item)
    }
    for item in items {
      let result = results[item.name] ?? known[item.name] ?? Operation.Item(name: item.name, state: .waiting)
      if let index = record.items.firstIndex(where: { $0.name == item.name }) {
        record.items[index] = result
      } else {
        record.items.append(result)
      }
    }
    summarise(step, &record)
  }

  private func summarise(_ step: WorkflowStep, _ record: inout Operation.Step) {
    let states = Set(record.items.map(\.state))
    let old = record.state
    record.skippable = false
    if states.contains(.doing) {
      record.state = .doing
    } else if states.contains(.stopped) {
      record.state = .stopped
    } else if states.contains(.blocked) {
      record.state = .blocked
    } else if states.contains(.waiting) {
      record.state = .doing
    } else {
      record.state = !states.isEmpty && states == [.skipped] ? .skipped : .done
    }
    record.message =
      record.items.first { $0.state == .stopped || $0.state == .blocked }.map { "\($0.name): \($0.message)" } ?? ""
    record.skippable = record.items.contains { item in
      item.state == .stopped && step.stages.first { $0.name == item.stage }?.skip.means != nil
    }
    if record.state != old, record.startedAt == nil, !record.items.isEmpty { record.startedAt = draft.now }
    if record.state.isOver {
      if record.finishedAt == nil, !record.items.isEmpty {
        record.finishedAt = draft.now
        draft.decision.reasons.append("step \(step.name) is done")
      }
    } else {
      record.finishedAt = nil
    }
  }

  private func isDone(_ item: Item, _ step: WorkflowStep) -> Bool {
    step.stages.allSatisfy { $0.isDone(draft, item) || isSkipped($0, step, item.name) }
  }

  private func evaluate(_ item: Item, _ step: WorkflowStep, _ old: Operation.Item) -> Operation.Item {
    var new = old
    let standing = self.standing(item, step, old)
    if new.startedAt == nil { new.startedAt = draft.now }
    new.finishedAt = nil
    func latest(_ stage: String) { if let task = draft.attempts(item: item.name, stage: stage).last { note(task) } }
    func note(_ task: DurableTask) { (new.task, new.attempt) = (task.name, task.spec.attempt) }
    switch standing {
    case .done: settle(&new, as: .done, step, since: old)
    case .skipped: settle(&new, as: .skipped, step, since: old)
    case .doing(let stage, let task, let message):
      (new.state, new.stage, new.message) = (.doing, stage, message)
      if let task { note(task) } else { latest(stage) }
    case .blocked(let stage, let block):
      (new.state, new.stage, new.message) = (block.quiet ? .doing : .blocked, stage, block.message)
      latest(stage)
    case .stopped(let stage, let block, let task):
      (new.state, new.stage, new.message) = (.stopped, stage, block.message)
      if let task { note(task) } else { latest(stage) }
      if old.state != .stopped || old.message != block.message {
        draft.decision.reasons.append("\(step.name) stops at \(item.name): \(block.message)")
      }
    }
    if new.state == .blocked, old.state != .blocked || old.message != new.message {
      draft.decision.reasons.append("\(step.name) waits at \(item.name): \(new.message)")
    }
    return new
  }

  private func settle(
    _ item: inout Operation.Item, as state: Operation.StepState, _ step: WorkflowStep, since old: Operation.Item? = nil
  ) {
    if item.finishedAt == nil { item.finishedAt = old?.finishedAt ?? draft.now }
    if item.state != state { item.finishedAt = draft.now }
    item.state = state
    item.stage = nil
    guard state == .done else { return }
    // What an operator left out of it stays to be read.
    let name = item.name
    let skipped = step.stages.filter { isSkipped($0, step, name) }.map(\.title)
    item.message = skipped.isEmpty ? "" : "skipped: \(skipped.joined(separator: ", "))"
  }

  private func standing(_ item: Item, _ step: WorkflowStep, _ old: Operation.Item) -> Standing {
    for stage in step.stages {
      if stage.sticky, old.state == .done { continue }
      if stage.isDone(draft, item) { continue }
      if isSkipped(stage, step, item.name) {
        giveUp(item, stage)
        stage.onSkip(draft, item)
        if case .item = stage.skip { return .skipped }
        continue
      }
      if let open = draft.attempts(item: item.name, stage: stage.name).last, !open.status.state.isFinal {
        guard draft.isAnsweredBySilence(open) else { return underway(open, stage) }
        Attempts(draft: draft).cancel(open)
        if stage.isDone(draft, item) { continue }
      }
      if let block = stage.gate(draft, item) { return standing(block, stage) }
      switch stage.act(draft, item) {
      case .done:
        if stage.isDone(draft, item) { continue }
        return .doing(stage: stage.name, task: nil, message: stage.title)
      case .blocked(let block): return standing(block, stage)
      case .task(let request): return attempt(request, item, stage, step)
      }
    }
    return .done
  }

  private func standing(_ block: Block, _ stage: Stage) -> Standing {
    block.needsOperator
      ? .stopped(stage: stage.name, explained(block, stage), task: nil) : .blocked(stage: stage.name, block)
  }

  /// A task that was handed out: it goes on, unless its host has been silent for too long.
  private func underway(_ task: DurableTask, _ stage: Stage) -> Standing {
    if task.status.state == .unknown, let failure = task.status.failure, failure.needsCredentials,
      case .host(let target) = task.spec.target
    {
      return .blocked(stage: stage.name, .credentials(for: target.name, failure.message))
    }
    // Before it is taken in, and once it is let go, a host has no agent that could answer.
    if task.spec.verb != .adopt, task.spec.verb != .dismiss, case .host(let target) = task.spec.target,
      let host = draft.hosts[target.uid],
      host.status.phase == .notReady || host.status.phase == .unknown && task.spec.verb != .takeOver
    {
      let since = host.status.conditions["Reachable"]?.since ?? draft.now
      if task.spec.verb == .reboot || task.spec.verb == .powerOn {
        let block = draft.waitForHost(
          Item(name: task.spec.item, machine: draft.machine(named: task.spec.item)?.uid, host: target.uid))
        if block.needsOperator { return .stopped(stage: stage.name, explained(block, stage), task: task) }
        return .doing(stage: stage.name, task: task, message: block.message)
      }
      if let block = Block.credentials(for: host) { return .blocked(stage: stage.name, block) }
      let message = "\(host.silence); what became of \(stage.title) is not known"
      if draft.now.seconds(since: since) >= draft.rules.patience {
        return .stopped(
          stage: stage.name, explained(Block("HostUnreachable", message, needsOperator: true), stage), task: task)
      }
      draft.lookAgain(at: since.adding(seconds: draft.rules.patience))
      return .blocked(stage: stage.name, Block("HostUnreachable", message))
    }
    let progress = task.status.progress.flatMap { $0.count > 1 ? ": \($0.title)" : nil } ?? ""
    return .doing(stage: stage.name, task: task, message: stage.title + progress)
  }

  private func attempt(_ request: TaskRequest, _ item: Item, _ stage: Stage, _ step: WorkflowStep) -> Standing {
    switch Attempts(draft: draft).next(
      request, item: item.name, stage: stage.name, retriedAt: lastRetry(step, item), reason: stage.title)
    {
    case .doing(let task): return underway(task, stage)
    case .backingOff(let until, let failure):
      draft.lookAgain(at: until)
      return .doing(stage: stage.name, task: nil, message: "\(stage.title) again soon, because \(failure.message)")
    case .stopped(let failure, let task):
      return .stopped(
        stage: stage.name,
        explained(Block(failure.code, "\(stage.title) failed: \(failure.message)", needsOperator: true), stage),
        task: task)
    }
  }

  private func explained(_ block: Block, _ stage: Stage) -> Block {
    guard let means = stage.skip.means else { return block }
    return Block(block.reason, "\(block.message)\(String.ifSkipped)\(means))", needsOperator: true)
  }

  // MARK: What the operator said

  private func lastRetry(_ step: WorkflowStep, _ item: Item) -> Timestamp? {
    var result: Timestamp?
    for control in draft.operation?.spec.controls ?? [] {
      guard case .retry(let named, let about, let at) = control else { continue }
      if let named, named != step.name { continue }
      if let about, about != item.name { continue }
      result = max(result ?? at, at)
    }
    return result
  }

  /// Skips are recorded with the stage at which the item had stopped: `step/stage`.
  private func isSkipped(_ stage: Stage, _ step: WorkflowStep, _ item: String) -> Bool {
    guard stage.skip.means != nil, let controls = draft.operation?.spec.controls, !controls.isEmpty else {
      return false
    }
    let key = "\(step.name)/\(stage.name)"
    return controls.contains { control in
      if case .skip(let name, item, _) = control { name == key } else { false }
    }
  }

  /// A skipped stage's task is not waited for any more.
  private func giveUp(_ item: Item, _ stage: Stage) {
    for task in draft.attempts(item: item.name, stage: stage.name) where !task.status.state.isFinal {
      Attempts(draft: draft).cancel(task)
    }
  }
}

extension String {
  fileprivate static let ifSkipped = " (if skipped: "

  /// The message of something that has stopped, without what skipping it would mean.
  package var withoutSkipping: String { firstRange(of: Self.ifSkipped).map { String(self[..<$0.lowerBound]) } ?? self }
}
