/// One durable unit of work that the engine hands to an executor: it is on disk before anybody is asked to do it.
package struct DurableTask: Resource {
  package static let kind = Kind.task
  /// The name is the task key: `operation/machine or host/step/attempt`, derived by the engine alone.
  @usableFromInline var parts: Boxed<ObjectParts<Spec, Status>>
  package var scope: UID? { spec.scope }

  package init(metadata: Metadata, spec: Spec, status: Status = Status()) {
    parts = Boxed(ObjectParts(metadata: metadata, spec: spec, status: status))
  }

  package enum Target: Codable, Sendable, Hashable {
    case host(ObjectReference)
    /// A Kubernetes API, by cluster.
    case kubernetes(ObjectReference)
  }

  package struct Spec: Codable, Sendable, Hashable {
    package var operation: ObjectReference
    /// The cluster whose snapshot holds the task; nil for tasks about a free host.
    package var scope: UID?
    package var target: Target
    /// The machine or host that the step is about, as the operation's items name it.
    package var item: String
    package var step: String
    /// 1 for the first try.
    package var attempt: Int
    package var verb: TaskVerb
    /// Nil for the verbs that the transport does itself.
    package var context: TaskContext? {
      get { boxedContext?.value }
      set { boxedContext = newValue.map { Boxed($0) } }
    }
    private var boxedContext: Boxed<TaskContext>?
    /// Names of the sealed secrets that travel with the request.
    package var secrets: [String]
    /// Seconds after which the executor gives up, steps and all.
    package var timeLimitSeconds: Int

    private enum CodingKeys: String, CodingKey {
      case operation, scope, target, item, step, attempt, verb
      case boxedContext = "context"
      case secrets, timeLimitSeconds
    }

    package init(
      operation: ObjectReference, scope: UID?, target: Target, item: String, step: String, attempt: Int, verb: TaskVerb,
      context: TaskContext?, secrets: [String] = [], timeLimitSeconds: Int
    ) {
      self.operation = operation
      self.scope = scope
      self.target = target
      self.item = item
      self.step = step
      self.attempt = attempt
      self.verb = verb
      boxedContext = context.map { Boxed($0) }
      self.secrets = secrets
      self.timeLimitSeconds = timeLimitSeconds
    }
  }

  package enum State: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    /// Committed, not yet taken up.
    case pending = "Pending"
    case running = "Running"
    /// Started by an earlier leader, and its host has not said yet what became of it.
    case unknown = "Unknown"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case cancelled = "Cancelled"

    package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
  }

  /// What it does to whom: `upgrade the components of edge-cp-1`.
  package var title: String { "\(spec.verb.words) \(spec.item)" }

  package struct Status: Codable, Sendable, Hashable {
    package var state: State
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    package var progress: Progress?
    package var failure: Failure?
    package var outcome: Outcome? {
      get { boxedOutcome?.value }
      set { boxedOutcome = newValue.map { Boxed($0) } }
    }
    private var boxedOutcome: Boxed<Outcome>?

    private enum CodingKeys: String, CodingKey {
      case state, startedAt, finishedAt, progress, failure
      case boxedOutcome = "outcome"
    }

    package init(state: State = .pending) { self.state = state }
  }

  /// How far a running plan is.
  package struct Progress: Codable, Sendable, Hashable {
    /// 1-based number of the running step, and how many there are.
    package var step: Int
    package var count: Int
    package var title: String
    /// The last line that the step printed; never holds a secret.
    package var line: String

    package init(step: Int, count: Int, title: String, line: String = "") {
      (self.step, self.count, self.title, self.line) = (step, count, title, line)
    }
  }

  package struct Failure: Codable, Sendable, Hashable {
    /// A stable CamelCase word, for example `TimedOut`, `HostUnreachable`, `DiskFull`, `DrainBlocked`, `NeedsSecrets`.
    package var code: String
    package var message: String
    /// Whether trying the same again can help.
    package var retryable: Bool

    package init(code: String, message: String, retryable: Bool) {
      (self.code, self.message, self.retryable) = (code, message, retryable)
    }

    /// The credentials that the host asks for are not at hand: they have gone with an operator's session, or must be typed.
    package var needsCredentials: Bool { Self.credentialCodes.contains(code) }

    /// The codes of that, which are also reasons of a host's condition `Reachable`.
    package static let credentialCodes: Set<String> = [
      "AuthenticationFailed", "SudoPasswordNeeded", "SudoPasswordWrong",
    ]
  }

  /// What a finished task found or made.
  package struct Outcome: Codable, Sendable, Hashable {
    /// Facts by name, for example `caCertHash`; nothing secret.
    package var facts: [String: String]
    /// The secrets that were minted, by name, with their end; values went sealed into the store in the same transaction.
    package var secrets: [String: Timestamp]
    package var cluster: ClusterObservation?
    package var host: HostObservation?

    package init(
      facts: [String: String] = [:], secrets: [String: Timestamp] = [:], cluster: ClusterObservation? = nil,
      host: HostObservation? = nil
    ) {
      (self.facts, self.secrets, self.cluster, self.host) = (facts, secrets, cluster, host)
    }
  }
}
