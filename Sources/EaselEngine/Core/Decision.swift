package import EaselModel

/// What the engine decided from a snapshot: committed whole, in one transaction, or not at all.
package struct Decision: Sendable {
  /// Objects with the versions they were read at: the commit fails if one of them is another now.
  package var reads: [(kind: Kind, uid: UID, version: Int64)] = []
  /// Objects to write. Their `resourceVersion` is the version that was read (0 for a new one).
  package var writes: [Record] = []
  package var deletes: [(kind: Kind, uid: UID)] = []
  package var newClaims: [Claim] = []
  package var releasedClaims: [UID] = []
  package var events: [Event] = []
  /// Prefixes of secrets to destroy, when a cluster goes.
  package var forgottenSecrets: [String] = []
  /// What the engine wants to see fresher, no later than now: the runtime asks and appends what it saw.
  package var looks: [Look] = []
  /// Running tasks to give up.
  package var cancels: [UID] = []
  /// When to decide again though nothing changed.
  package var lookAgain: Timestamp?
  /// Why, a line for each thing decided: what the golden transcripts print.
  package var reasons: [String] = []

  package init() {}

  /// Nothing to write and nothing to hand out.
  package var isEmpty: Bool {
    writes.isEmpty && deletes.isEmpty && newClaims.isEmpty && releasedClaims.isEmpty && events.isEmpty
      && forgottenSecrets.isEmpty && cancels.isEmpty
  }

  /// The tasks among the writes that are to be handed out once the commit is on disk.
  package var newTasks: [DurableTask] {
    writes.compactMap { if case .task(let task) = $0, task.status.state == .pending { task } else { nil } }
  }
}

/// A question that changes nothing: it needs no durable task.
package enum Look: Sendable, Hashable {
  /// Ask the cluster from one of these control-plane hosts, first choice first.
  case cluster(UID, via: [UID], context: TaskContext)
  case host(UID)
}
