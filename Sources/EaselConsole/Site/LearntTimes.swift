internal import EaselEngine
internal import EaselModel
internal import EaselSimulation
internal import EaselTerminal

/// How long the steps of a workflow took here before: what a plan's assumptions are held against.
///
/// A step is compared with itself for as many machines only: joining three takes longer than joining one, and a cluster that
/// grows goes through other steps than one that shrinks.
struct LearntTimes: Sendable {
  struct Entry: Sendable, Hashable {
    /// The average, in seconds.
    var seconds: Double
    /// Of how many operations.
    var count: Int
  }

  private struct Key: Hashable {
    var step: String
    var items: Int
  }

  private struct Past {
    var status: Operation.Status
    /// Its steps that had something to do.
    var work: [Operation.Step]
  }

  /// Operations of the verb that succeeded here, oldest first.
  private let past: [Past]
  private let steps: [Key: Entry]

  init(_ verb: Operation.Verb?, in operations: [Operation]) {
    past = operations.filter { $0.spec.verb == verb && $0.status.phase == .succeeded }
      .sorted { $0.spec.requestedAt < $1.spec.requestedAt }
      .map { Past(status: $0.status, work: $0.status.steps.filter(\.hasWork)) }
    var lengths: [Key: [Double]] = [:]
    for step in past.flatMap(\.status.steps) where step.state == .done && !step.items.isEmpty {
      guard let start = step.startedAt, let end = step.finishedAt else { continue }
      lengths[Key(step: step.name, items: step.items.count), default: []].append(end.seconds(since: start))
    }
    steps = lengths.compactMapValues(Self.entry)
  }

  private static func entry(_ lengths: [Double]) -> Entry? {
    lengths.isEmpty ? nil : Entry(seconds: lengths.reduce(0, +) / Double(lengths.count), count: lengths.count)
  }

  /// A step with as many machines or hosts in it.
  func step(_ name: String, items: Int) -> Entry? { steps[Key(step: name, items: items)] }

  /// Whole operations with as many machines in each of their steps.
  func whole(like timing: [PlanPreview.Timing]) -> Entry? {
    let shape = timing.map { Key(step: $0.step, items: $0.items) }
    let alike = past.filter { $0.status.steps.map { Key(step: $0.name, items: $0.items.count) } == shape }
    return Self.entry(
      alike.compactMap { past in
        past.status.startedAt.flatMap { start in past.status.finishedAt?.seconds(since: start) }
      })
  }

  /// The steps of the last operation that went as this one has gone so far; nil where it cannot be told from others yet.
  func timing(like operation: Operation) -> [PlanPreview.Timing]? {
    let begun = operation.status.steps.filter { $0.state != .waiting }
    let target = operation.spec.target
    guard target.kind == .host || begun.contains(where: { $0.items.contains { $0.name != target.name } }) else {
      return nil
    }
    let work = operation.status.steps.filter(\.hasWork)
    // What has begun went alike there, and nothing else had begun before it.
    let alike = past.last { past in
      zip(past.work, work).allSatisfy { old, new in
        old.name == new.name && (new.state == .waiting || old.items.count == new.items.count)
      }
    }
    return alike?.status.steps.map { step in
      let seconds = step.startedAt.flatMap { start in step.finishedAt?.seconds(since: start) } ?? 0
      return PlanPreview.Timing(step: step.name, title: step.title, items: step.items.count, seconds: seconds)
    }
  }

  /// What stands behind an assumed length: `about 2m10s; took 1m50s here (3 times)`.
  static func sentence(assumed: Double, learnt: Entry?) -> String {
    let supposed = Words.duration(assumed)
    guard let learnt else { return tr("about \(supposed)") }
    let (took, count) = (Words.duration(learnt.seconds), learnt.count)
    return tr(
      count, one: "about \(supposed); took \(took) here (\(count) time)",
      other: "about \(supposed); took \(took) here (\(count) times)")
  }
}

extension PlanPreview {
  /// A step of the workflow with the tasks in it.
  struct Phase {
    var reason: String
    var steps: [PlanPreview.Step]

    /// From the start of its first task to the end of its last, as the simulation supposes.
    var seconds: Double {
      let start = steps.map(\.startsAfterSeconds).min() ?? 0
      let end = steps.map { $0.startsAfterSeconds + $0.lastsSeconds }.max() ?? 0
      return Double(end - start)
    }
  }

  /// The tasks under the workflow step that they belong to, in the order in which these begin.
  var phases: [Phase] {
    var phases: [Phase] = []
    var places: [String: Int] = [:]
    for step in steps {
      if let index = places[step.reason] {
        phases[index].steps.append(step)
      } else {
        places[step.reason] = phases.count
        phases.append(Phase(reason: step.reason, steps: [step]))
      }
    }
    return phases
  }
}
