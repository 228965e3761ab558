internal import EaselModel
internal import EaselTerminal

/// An operation as a tree: steps, the hosts in each, and what a host is at with the last line of its log.
enum OperationOutline {
  static func items(_ operation: Operation, site: SiteView) -> [TreeItem] {
    operation.status.steps.flatMap { step -> [TreeItem] in
      var lines = [
        TreeItem(
          step.name, depth: 0, hasChildren: !step.items.isEmpty || !step.message.isEmpty,
          [Span(step.title, step.state == .waiting ? .muted : .heading)] + count(step),
          trailing: trailing(step.state, step.startedAt, step.finishedAt, now: site.now))
      ]
      if !step.message.isEmpty, step.state != .done {
        lines.append(TreeItem("\(step.name)//message", depth: 1, [Span(step.message, step.state.style)]))
      }
      for item in step.items { lines += self.item(item, of: step, site: site) }
      return lines
    }
  }

  private static func count(_ step: Operation.Step) -> [Span] {
    guard step.items.count > 1 else { return [] }
    let done = step.items.filter { $0.state == .done || $0.state == .skipped }.count
    return [Span("  \(done)/\(step.items.count)", .muted)]
  }

  private static func item(_ item: Operation.Item, of step: Operation.Step, site: SiteView) -> [TreeItem] {
    let task = item.task.flatMap(site.task)
    var spans = [Span(item.name)]
    if item.attempt > 1 { spans.append(Span(" " + tr("try \(item.attempt)"), .warning)) }
    let progress = item.state == .doing ? task?.status.progress : nil
    if let progress {
      spans.append(Span("  \(progress.step)/\(progress.count) \(progress.title)", .muted))
    } else if !item.message.isEmpty {
      spans.append(Span("  \(item.message)", item.state == .done ? .muted : item.state.style))
    }
    var lines = [
      TreeItem(
        "\(step.name)/\(item.name)", depth: 1, hasChildren: false, spans,
        trailing: trailing(item.state, item.startedAt, item.finishedAt, now: site.now))
    ]
    if let line = progress?.line, !line.isEmpty {
      lines.append(TreeItem("\(step.name)/\(item.name)/line", depth: 2, [Span(line, .muted)]))
    }
    if item.state == .stopped, let failure = task?.status.failure {
      lines.append(
        TreeItem(
          "\(step.name)/\(item.name)/failure", depth: 2, [Span("\(failure.code): \(failure.message)", .critical)]))
    }
    return lines
  }

  private static func trailing(
    _ state: Operation.StepState, _ start: Timestamp?, _ end: Timestamp?, now: Timestamp
  ) -> [Span] {
    let time = start.map { Words.duration((end ?? now).seconds(since: $0)) } ?? ""
    let pad = String(repeating: " ", count: max(0, 7 - time.count))
    return [Span(state.word, state.style), Span(pad + time, .muted)]
  }

  /// The step and the item of a tree line's id.
  static func parts(of id: String) -> (step: String, item: String?) {
    let parts = id.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    return (parts.first ?? "", parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
  }
}
