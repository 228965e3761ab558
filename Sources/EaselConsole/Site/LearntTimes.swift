internal import EaselModel
internal import EaselSimulation
internal import EaselTerminal

/// How long the steps of a workflow took here before: what a plan's assumptions are held against.
struct LearntTimes: Sendable {
  struct Entry: Sendable, Hashable {
    /// The average, in seconds.
    var seconds: Double
    /// Of how many operations.
    var count: Int
  }

  /// By the title of the workflow step.
  private(set) var steps: [String: Entry] = [:]
  /// Of whole operations of the verb that succeeded here.
  private(set) var whole: Entry?

  init(_ verb: Operation.Verb?, site: SiteView) {
    guard let verb else { return }
    var sums: [String: (sum: Double, count: Int)] = [:]
    var total = (sum: 0.0, count: 0)
    for past in site.snapshot.operations where past.spec.verb == verb && past.status.phase == .succeeded {
      if let start = past.status.startedAt, let end = past.status.finishedAt {
        total = (total.sum + end.seconds(since: start), total.count + 1)
      }
      for step in past.status.steps where step.state == .done && !step.items.isEmpty {
        guard let start = step.startedAt, let end = step.finishedAt else { continue }
        let entry = sums[step.title] ?? (0, 0)
        sums[step.title] = (entry.sum + end.seconds(since: start), entry.count + 1)
      }
    }
    steps = sums.mapValues { Entry(seconds: $0.sum / Double($0.count), count: $0.count) }
    if total.count > 0 { whole = Entry(seconds: total.sum / Double(total.count), count: total.count) }
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
