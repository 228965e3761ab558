internal import EaselModel

/// A change that an operator asks for: a literal, ordered list of named steps.
struct Workflow: Sendable {
  let verb: Operation.Verb
  let steps: [WorkflowStep]
}

/// One line of a workflow: which machines (or the cluster, or a host) it is about, how many at once, and the stages each goes through.
struct WorkflowStep: Sendable {
  /// The word that the file, the screen, the log and the command line share.
  let name: String
  let title: String
  /// What the step is about, in order. Evaluated anew at each decision; items that are gone stay recorded as they ended.
  let items: @Sendable (Draft) -> [Item]
  /// How many items of a lane may be under way at once.
  let lane: @Sendable (Draft, Item) -> Lane
  /// Whether it will have something to do, as far as that can be told before it is due: else the operation does not list it.
  let isExpected: @Sendable (Draft) -> Bool
  let stages: [Stage]
  /// Listed also when it has nothing to do: others tell by it how far the operation is.
  var isKept = false

  init(
    _ name: String, _ title: String, items: @escaping @Sendable (Draft) -> [Item],
    lane: @escaping @Sendable (Draft, Item) -> Lane = { _, _ in .serial },
    expected: @escaping @Sendable (Draft) -> Bool = { _ in true }, _ stages: [Stage]
  ) {
    (self.name, self.title, self.items, self.lane, self.stages) = (name, title, items, lane, stages)
    isExpected = expected
  }
}

struct Lane: Sendable, Hashable {
  let name: String
  let limit: Int

  static let serial = Lane(name: "", limit: 1)
  /// As many at once as the site allows for workers.
  static func parallel(_ draft: Draft) -> Lane { Lane(name: "", limit: max(1, draft.site.spec.workerParallelism)) }
}

/// What a step is about.
struct Item: Sendable, Hashable {
  let name: String
  var machine: UID?
  var host: UID?

  static func machine(_ machine: Machine) -> Item { Item(name: machine.name, machine: machine.uid) }
  static func cluster(_ draft: Draft) -> [Item] { draft.cluster.map { [Item(name: $0.name)] } ?? [] }
}

/// A part of a step for one item. It asks what is so, never what happened: once `isDone`, it is passed.
struct Stage: Sendable {
  enum Skip: Sendable {
    case no
    /// The operator may go on without it; the text says what that means.
    case stage(String)
    /// The operator may leave the whole item; the text says what that means.
    case item(String)

    var means: String? {
      switch self {
      case .no: nil
      case .stage(let text), .item(let text): text
      }
    }
  }

  let name: String
  /// A gerund: `draining`.
  let title: String
  var skip: Skip = .no
  /// Once the item is recorded as done, the stage is not asked again.
  var sticky = false
  let isDone: @Sendable (Draft, Item) -> Bool
  /// What must hold before it starts.
  var gate: @Sendable (Draft, Item) -> Block? = { _, _ in nil }
  let act: @Sendable (Draft, Item) -> Act
  var onSkip: @Sendable (Draft, Item) -> Void = { _, _ in }
}

/// Why something waits.
struct Block: Sendable {
  let reason: String
  let message: String
  /// It does not go on by itself: the operator must act.
  var needsOperator = false
  /// It waits for something of our own that is under way, such as a look.
  var quiet = false

  init(_ reason: String, _ message: String, needsOperator: Bool = false, quiet: Bool = false) {
    (self.reason, self.message, self.needsOperator, self.quiet) = (reason, message, needsOperator, quiet)
  }

  /// Waiting for an answer of the cluster or a task of our own: progress, not an obstacle.
  static func waiting(_ message: String) -> Block { Block("Waiting", message, quiet: true) }

  /// Nobody here can log in to a host now. It goes on by itself.
  static func credentials(for host: String, _ why: String) -> Block {
    Block(
      "CredentialsNeeded",
      "credentials for \(host): \(why). It goes on from any console that can log in there, or by itself with "
        + "a key of the site: easel host key install \(host)")
  }

  /// The same, where that is why the host does not answer.
  static func credentials(for host: Host) -> Block? {
    guard let reachable = host.status.conditions["Reachable"],
      DurableTask.Failure.credentialCodes.contains(reachable.reason)
    else { return nil }
    return .credentials(for: host.name, reachable.message)
  }
}

enum Act: Sendable {
  case task(TaskRequest)
  /// The call has changed the status itself.
  case done
  case blocked(Block)
}

struct TaskRequest: Sendable {
  let verb: TaskVerb
  let target: ObjectReference
  let context: TaskContext?
  var secrets: [String] = []
  let timeLimit: Int
}
