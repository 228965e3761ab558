internal import EaselEngine
internal import EaselModel
internal import EaselSimulation
internal import EaselTerminal

/// How far an operation is.
struct OperationProgress: Sendable {
  /// 0...1; of its abort, while it is being aborted.
  var fraction: Double
  /// Title of the step that is being done, or that stopped.
  var step: String
  /// The host at work and what it does, for one line.
  var detail: String
  var elapsed: Double
  /// How far it came, where it has ended on the way: no bar fills up any more.
  var given: String?

  /// The share in a few letters: `50%`, `3/7` of the steps where it has ended on the way.
  private(set) var share = ""

  init(_ operation: Operation, site: SiteView) {
    let steps = operation.stepsAtWork.filter(\.hasWork)
    let times = operation.abortedAt == nil && !operation.status.phase.isFinal ? Self.expected(operation, site) : nil
    var (done, whole) = (0.0, 0.0)
    for step in steps {
      // A step that takes no time, or was not planned, counts a little all the same.
      let weight = times.map { max(0.5, $0[step.name]?.seconds ?? 0) } ?? 1
      whole += weight
      done += weight * Self.part(of: step, lasting: times == nil ? nil : weight, site)
    }
    fraction = operation.status.phase == .succeeded ? 1 : whole > 0 ? done / whole : 0
    if !operation.status.phase.isFinal, operation.status.phase != .stopped {
      fraction = max(fraction, site.reached[operation.course] ?? 0)
    }
    let current = operation.currentStep
    step = current?.title ?? ""
    let item = current?.items.first { $0.state == .stopped || $0.state == .doing || $0.state == .blocked }
    let progress = item?.task.flatMap(site.task)?.status.progress
    detail =
      item.map { item in
        item.name + (progress?.title ?? item.message).prefixed(": ")
      } ?? current?.message ?? ""
    share = "\(Int(fraction * 100))%"
    if operation.status.phase == .aborted || operation.status.phase == .failed {
      let own = operation.ownSteps.filter(\.hasWork)
      let whole = own.count(where: \.state.isOver)
      given = tr(
        own.count, one: "ended with \(whole) of \(own.count) step done",
        other: "ended with \(whole) of \(own.count) steps done")
      share = "\(whole)/\(own.count)"
    }
    elapsed = (operation.status.finishedAt ?? site.now).seconds(
      since: operation.status.startedAt ?? operation.spec.requestedAt)
  }

  /// What each step takes: as the plan says that it was confirmed with here, else as the last operation that went alike took;
  /// nil where neither is known.
  private static func expected(_ operation: Operation, _ site: SiteView) -> [String: PlanPreview.Timing]? {
    let known = site.plans[operation.name] ?? site.learnt[operation.spec.verb]?.timing(like: operation)
    return known.map { Dictionary($0.map { ($0.step, $0) }, uniquingKeysWith: { first, _ in first }) }
  }

  /// How much of a step is done, 0...1: by its time where that is known, else by what its machines are at.
  private static func part(of step: Operation.Step, lasting seconds: Double?, _ site: SiteView) -> Double {
    switch step.state {
    case .done, .skipped: return 1
    case .waiting: return 0
    default: break
    }
    if let seconds {
      guard let start = step.startedAt else { return 0 }
      // Time goes on where nothing else does: what has stopped has come as far as its machines have.
      if step.state == .stopped {
        return step.items.isEmpty ? 0 : Double(step.items.count(where: \.state.isOver)) / Double(step.items.count)
      }
      return min(0.95, max(0, site.now.seconds(since: start)) / seconds)
    }
    guard !step.items.isEmpty else { return 0 }
    let parts = step.items.map { item -> Double in
      if item.state.isOver { return 1 }
      guard let progress = item.task.flatMap(site.task)?.status.progress, progress.count > 0 else { return 0 }
      let part = Double(progress.step - 1) / Double(progress.count)
      // The bar does not go back where the machine's next stage begins.
      let stages = WorkflowIndex.stages(of: step.name)
      guard let earlier = item.stage.flatMap(stages.firstIndex) else { return part }
      return (Double(earlier) + part) / Double(stages.count)
    }
    return parts.reduce(0, +) / Double(parts.count)
  }

  /// Seconds that the rest is likely to take; nil rather than a guess where that cannot be told.
  ///
  /// A step that has not begun takes what the plan says, or longer where it has taken longer here for as many machines. Nothing is
  /// said any more once a step takes longer than it should.
  static func remaining(_ operation: Operation, site: SiteView) -> Double? {
    guard operation.status.phase == .running, operation.abortedAt == nil, Standstill(of: operation, site) == nil else {
      return nil
    }
    guard let expected = expected(operation, site) else { return nil }
    let learnt = site.learnt[operation.spec.verb]
    var left = 0.0
    for step in operation.status.steps where !step.state.isOver {
      // What was not planned either turns out to have nothing to do, or begins in a moment.
      guard let planned = expected[step.name] else {
        if step.startedAt == nil { continue }
        return nil
      }
      guard let start = step.startedAt else {
        left += max(planned.seconds, learnt?.step(step.name, items: planned.items)?.seconds ?? 0)
        continue
      }
      let whole = learnt?.step(step.name, items: step.items.count)?.seconds ?? planned.seconds
      let spent = site.now.seconds(since: start)
      guard spent <= whole else { return nil }
      left += whole - spent
    }
    return left
  }
}
