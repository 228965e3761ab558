internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// An operation as a tree: steps, the hosts in each, and what a host is at with the last line of its log.
enum OperationOutline {
  static func items(_ operation: Operation, site: SiteView) -> [TreeItem] {
    let standstill = Standstill(of: operation, site)
    let going = Clock(state: nil, end: standstill?.since ?? site.now, stands: standstill != nil)
    let abort = operation.abortSteps.filter(\.hasWork)
    let own = operation.ownSteps.filter(\.hasWork).flatMap { step -> [TreeItem] in
      guard let abortedAt = operation.abortedAt else { return lines(step, going, site) }
      // What an abort found unfinished is not gone on with: it stopped then, whatever it had waited for. What had not begun never
      // will, except where the abort does the same.
      if step.state == .waiting {
        return abort.contains { $0.title == step.title }
          ? [] : lines(step, Clock(state: tr("not run"), end: abortedAt), site)
      }
      return lines(step, Clock(state: tr("given up"), end: abortedAt), site)
    }
    return own + abort.flatMap { lines($0, going, site) }
  }

  /// How states and times are said.
  private struct Clock {
    /// In the place of the word for what is unfinished.
    var state: String?
    /// The end of what has none.
    var end: Timestamp
    /// Nothing is being done although it was begun.
    var stands = false

    func trailing(_ state: Operation.StepState, _ start: Timestamp?, _ finish: Timestamp?) -> [Span] {
      let time = start.map { Words.duration((finish ?? end).seconds(since: $0)) } ?? ""
      let pad = String(repeating: " ", count: max(0, 7 - time.count))
      let word =
        if state.isOpen || state == .waiting, let given = self.state {
          Span(state == .waiting ? tr("not run") : given, .muted)
        } else if state == .doing, stands {
          Span(tr("stands"), .warning)
        } else {
          Span(state.word, state.style)
        }
      return [word, Span(pad + time, .muted)]
    }
  }

  private static func lines(_ step: Operation.Step, _ clock: Clock, _ site: SiteView) -> [TreeItem] {
    var lines = [
      TreeItem(
        step.name, depth: 0, hasChildren: !step.items.isEmpty || !step.message.isEmpty,
        [Span(step.title, step.state == .waiting ? .muted : .heading)] + count(step),
        trailing: clock.trailing(step.state, step.startedAt, step.finishedAt))
    ]
    // Where items have stopped, they say it.
    if !step.message.isEmpty, step.state != .done, clock.state == nil, !step.items.contains(where: \.state.isObstacle) {
      lines.append(TreeItem("\(step.name)//message", depth: 1, [Span(step.message, step.state.style)]))
    }
    for item in step.items { lines += self.item(item, of: step, clock, site) }
    return lines
  }

  private static func count(_ step: Operation.Step) -> [Span] {
    guard step.items.count > 1 else { return [] }
    let done = step.items.count(where: \.state.isOver)
    return [Span("  \(done)/\(step.items.count)", .muted)]
  }

  private static func item(
    _ item: Operation.Item, of step: Operation.Step, _ clock: Clock, _ site: SiteView
  ) -> [TreeItem] {
    let isHead = clock.state == nil && item.name == step.items.first { $0.state.isObstacle }?.name
    let task = item.task.flatMap(site.task)
    var spans = [Span(item.name)]
    if item.attempt > 1 { spans.append(Span(" " + tr("try \(item.attempt)"), .warning)) }
    let progress = item.state == .doing ? task?.status.progress : nil
    if let progress, progress.count > 1 {
      // Each stage counts its own parts.
      let stage = item.stage.flatMap { WorkflowIndex.stages(of: step.name).count > 1 ? "\($0) " : nil } ?? ""
      spans.append(Span("  \(stage)\(progress.step)/\(progress.count) \(progress.title)", .muted))
    } else if !item.message.isEmpty, clock.state == nil || !item.state.isOpen {
      let text = isHead ? short(item, task) : item.message
      spans.append(Span("  \(text)", item.state == .done ? .warning : item.state.style))
    }
    var lines = [
      TreeItem(
        "\(step.name)/\(item.name)", depth: 1, hasChildren: false, spans,
        trailing: clock.trailing(item.state, item.startedAt, item.finishedAt))
    ]
    if let line = progress?.line, !line.isEmpty {
      lines.append(TreeItem("\(step.name)/\(item.name)/line", depth: 2, [Span(line, .muted)]))
    }
    // Of what was given up the reason stands nowhere else.
    if item.state == .stopped, clock.state != nil, let failure = task?.status.failure {
      lines.append(
        TreeItem("\(step.name)/\(item.name)/failure", depth: 2, [Span("\(failure.code): \(failure.message)", .muted)]))
    }
    return lines
  }

  /// What has stopped in few words, where the head of the page says it in full.
  private static func short(_ item: Operation.Item, _ task: DurableTask?) -> String {
    if let code = task?.status.failure?.code { return Words.reason(code) }
    return item.state == .blocked ? tr("waits, see above") : tr("stopped, see above")
  }

  /// The step and the item of a tree line's id.
  static func parts(of id: String) -> (step: String, item: String?) {
    let parts = id.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    return (parts.first ?? "", parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
  }
}

extension Operation.StepState {
  /// Begun, and not at its end.
  fileprivate var isOpen: Bool { self == .doing || isObstacle }

  fileprivate var isObstacle: Bool { self == .blocked || self == .stopped }
}
