internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// An operation as a tree: steps, the hosts in each, and what a host is at with the last line of its log.
enum OperationOutline {
  static func items(_ operation: Operation, site: SiteView) -> [TreeItem] {
    let standstill = Standstill(of: operation, site)
    let going = Clock(state: nil, end: standstill?.since ?? site.now, stands: standstill != nil)
    let own = operation.ownSteps.flatMap { step in
      // What an abort found unfinished is not gone on with: it stopped then, whatever it had waited for.
      guard let abortedAt = operation.abortedAt, step.state.isOpen else { return lines(step, going, site) }
      return lines(step, Clock(state: tr("given up"), end: abortedAt), site)
    }
    return own + operation.abortSteps.flatMap { lines($0, going, site) }
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
        if state.isOpen, let given = self.state {
          Span(given, .muted)
        } else if state.isOpen, stands {
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
    if !step.message.isEmpty, step.state != .done, clock.state == nil {
      lines.append(TreeItem("\(step.name)//message", depth: 1, [Span(step.message, step.state.style)]))
    }
    for item in step.items { lines += self.item(item, of: step, clock, site) }
    return lines
  }

  private static func count(_ step: Operation.Step) -> [Span] {
    guard step.items.count > 1 else { return [] }
    let done = step.items.filter { $0.state == .done || $0.state == .skipped }.count
    return [Span("  \(done)/\(step.items.count)", .muted)]
  }

  private static func item(
    _ item: Operation.Item, of step: Operation.Step, _ clock: Clock, _ site: SiteView
  ) -> [TreeItem] {
    let task = item.task.flatMap(site.task)
    var spans = [Span(item.name)]
    if item.attempt > 1 { spans.append(Span(" " + tr("try \(item.attempt)"), .warning)) }
    let progress = item.state == .doing ? task?.status.progress : nil
    if let progress {
      spans.append(Span("  \(progress.step)/\(progress.count) \(progress.title)", .muted))
    } else if !item.message.isEmpty, clock.state == nil || !item.state.isOpen {
      spans.append(Span("  \(item.message)", item.state == .done ? .muted : item.state.style))
    }
    var lines = [
      TreeItem(
        "\(step.name)/\(item.name)", depth: 1, hasChildren: false, spans,
        trailing: clock.trailing(item.state, item.startedAt, item.finishedAt))
    ]
    if let line = progress?.line, !line.isEmpty {
      lines.append(TreeItem("\(step.name)/\(item.name)/line", depth: 2, [Span(line, .muted)]))
    }
    if item.state == .stopped, let failure = task?.status.failure {
      lines.append(
        TreeItem(
          "\(step.name)/\(item.name)/failure", depth: 2,
          [Span("\(failure.code): \(failure.message)", clock.state == nil ? .critical : .muted)]))
    }
    return lines
  }

  /// The step and the item of a tree line's id.
  static func parts(of id: String) -> (step: String, item: String?) {
    let parts = id.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    return (parts.first ?? "", parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
  }
}

extension Operation.StepState {
  /// Begun, and not at its end.
  fileprivate var isOpen: Bool { self == .doing || self == .blocked || self == .stopped }
}
