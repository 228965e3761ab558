internal import EaselModel
internal import EaselTerminal

/// How far an operation is.
struct OperationProgress: Sendable {
  /// 0...1.
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
    let steps = operation.status.steps
    var done = 0.0
    for step in steps {
      switch step.state {
      case .done, .skipped: done += 1
      case .waiting: break
      default:
        guard !step.items.isEmpty else { break }
        let parts = step.items.map { item -> Double in
          if item.state == .done || item.state == .skipped { return 1 }
          guard let progress = item.task.flatMap(site.task)?.status.progress, progress.count > 0 else { return 0 }
          let part = Double(progress.step - 1) / Double(progress.count)
          guard let earlier = item.stage.flatMap({ Self.earlierParts[$0] }) else { return part }
          return (earlier + part) / Self.partCount
        }
        done += parts.reduce(0, +) / Double(parts.count)
      }
    }
    fraction = operation.status.phase == .succeeded ? 1 : steps.isEmpty ? 0 : done / Double(steps.count)
    let current =
      steps.first { $0.state == .stopped } ?? steps.first { $0.state == .blocked }
      ?? steps.first { $0.state == .doing }
    step = current?.title ?? ""
    let item = current?.items.first { $0.state == .stopped || $0.state == .doing || $0.state == .blocked }
    let progress = item?.task.flatMap(site.task)?.status.progress
    detail =
      item.map { item in
        item.name + (progress?.title ?? item.message).prefixed(": ")
      } ?? current?.message ?? ""
    share = "\(Int(fraction * 100))%"
    if operation.status.phase == .aborted || operation.status.phase == .failed {
      let whole = steps.filter { $0.state == .done || $0.state == .skipped }.count
      given = tr(
        steps.count, one: "ended with \(whole) of \(steps.count) step done",
        other: "ended with \(whole) of \(steps.count) steps done")
      share = "\(whole)/\(steps.count)"
    }
    elapsed = (operation.status.finishedAt ?? site.now).seconds(
      since: operation.status.startedAt ?? operation.spec.requestedAt)
  }

  /// Where a machine goes through several parts in one step: how many lie before each, so that the bar does not go back when
  /// the next one begins.
  private static let earlierParts: [String: Double] = [
    "join": 0, "voting": 3,
    "components": 0, "cordon": 1, "drain": 2, "kubelet": 3, "uncordon": 4, "node-ready": 5,
    "leave": 0, "leave-etcd": 3, "delete-node": 4, "reset": 5,
  ]
  private static let partCount = 6.0

  /// Seconds that the rest is likely to take, learnt from operations of the same verb that finished here; nil when none has.
  static func remaining(_ operation: Operation, site: SiteView) -> Double? {
    var known: [String: (sum: Double, count: Int)] = [:]
    for past in site.snapshot.operations where past.status.phase == .succeeded && past.spec.verb == operation.spec.verb
    {
      for step in past.status.steps {
        guard let start = step.startedAt, let end = step.finishedAt else { continue }
        let entry = known[step.name] ?? (0, 0)
        known[step.name] = (entry.sum + end.seconds(since: start), entry.count + 1)
      }
    }
    guard !known.isEmpty else { return nil }
    return operation.status.steps.reduce(0) { total, step in
      guard let entry = known[step.name], step.finishedAt == nil, step.state != .done else { return total }
      let average = entry.sum / Double(entry.count)
      let spent = step.startedAt.map { site.now.seconds(since: $0) } ?? 0
      return total + max(0, average - spent)
    }
  }
}
