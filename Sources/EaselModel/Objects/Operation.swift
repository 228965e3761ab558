/// One change that an operator asked for; it has a plan, progress and a result.
package struct Operation: Resource {
  package static let kind = Kind.operation
  @usableFromInline var parts: Boxed<ObjectParts<Spec, Status>>
  package var scope: UID? { spec.target.kind == .cluster ? spec.target.uid : nil }

  package init(metadata: Metadata, spec: Spec, status: Status = Status()) {
    parts = Boxed(ObjectParts(metadata: metadata, spec: spec, status: status))
  }

  /// The workflow that the operation runs.
  package enum Verb: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case createCluster = "create-cluster"
    case scaleControlPlane = "scale-control-plane"
    case scalePool = "scale-pool"
    /// A change of spec that touches several parts: control plane first, then pools.
    case changeCluster = "change-cluster"
    case upgradeCluster = "upgrade-cluster"
    case removeMachine = "remove-machine"
    case deleteCluster = "delete-cluster"
    case addHost = "add-host"
    case removeHost = "remove-host"
    case cordonMachine = "cordon-machine"
    case uncordonMachine = "uncordon-machine"
    case drainMachine = "drain-machine"
    /// One or several members of a cluster, one after another.
    case rebootMachines = "reboot-machines"
    case shutDownMachines = "shut-down-machines"
    case powerOnMachines = "power-on-machines"
    /// A free host.
    case rebootHost = "reboot-host"
    case shutDownHost = "shut-down-host"
    case powerOnHost = "power-on-host"
    case resetHost = "reset-host"
    /// Take a cluster, or a host, over from another site.
    case adoptCluster = "adopt-cluster"
    case adoptHost = "adopt-host"
  }

  /// When an abort was asked for; nil while none was.
  package var abortedAt: Timestamp? {
    for case .abort(let at) in spec.controls { return at }
    return nil
  }

  /// Whether something was said to it that it has not taken up yet: its status tells of the time before.
  package var hasOpenControls: Bool { spec.controls.count > status.answeredControls ?? 0 }

  /// What an operator said about one step after it stopped; applied in order.
  package enum Control: Codable, Sendable, Hashable {
    /// Try again, with attempts counted anew. `item` nil means every stopped item.
    case retry(step: String?, item: String?, at: Timestamp)
    /// Go on without it; only for steps that say they may be skipped.
    case skip(step: String, item: String, at: Timestamp)
    /// Stop after the running step. Nothing is undone.
    case abort(at: Timestamp)
  }

  package struct Spec: Codable, Sendable, Hashable {
    package var verb: Verb
    /// A cluster, or a host for the verbs about hosts.
    package var target: ObjectReference
    /// The machine or host that a verb about one machine names.
    package var subject: ObjectReference?
    /// All machines of a verb about several, in the order of their turns; nil where `subject` says it all.
    package var subjects: [ObjectReference]?
    /// The target's generation that this operation brings about.
    package var targetGeneration: Int64
    package var actor: String
    package var requestedAt: Timestamp
    /// The cluster's spec before the change; what an abort is measured against.
    package var before: Cluster.Spec? {
      get { boxedBefore?.value }
      set { boxedBefore = newValue.map { Boxed($0) } }
    }
    private var boxedBefore: Boxed<Cluster.Spec>?
    package var controls: [Control]

    private enum CodingKeys: String, CodingKey {
      case verb, target, subject, subjects, targetGeneration, actor, requestedAt
      case boxedBefore = "before"
      case controls
    }

    package init(
      verb: Verb, target: ObjectReference, subject: ObjectReference? = nil, targetGeneration: Int64, actor: String,
      requestedAt: Timestamp, before: Cluster.Spec? = nil, controls: [Control] = []
    ) {
      self.verb = verb
      self.target = target
      self.subject = subject
      self.targetGeneration = targetGeneration
      self.actor = actor
      self.requestedAt = requestedAt
      boxedBefore = before.map { Boxed($0) }
      self.controls = controls
    }
  }

  package enum Phase: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case pending = "Pending"
    case running = "Running"
    /// It waits for something named in `status.message`, and goes on by itself.
    case blocked = "Blocked"
    /// It has stopped at a step and waits for the operator: retry, skip or abort.
    case stopped = "Stopped"
    case succeeded = "Succeeded"
    case aborted = "Aborted"
    case failed = "Failed"

    /// Whether it goes on as soon as an engine runs, without anything else having to change.
    package var isMoving: Bool { self == .pending || self == .running }

    /// Whether the operation has ended for good.
    package var isFinal: Bool { self == .succeeded || self == .aborted || self == .failed }
  }

  package enum StepState: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case waiting = "Waiting", doing = "Doing", blocked = "Blocked", stopped = "Stopped", done = "Done", skipped =
      "Skipped"

    /// Nothing more is done about it.
    package var isOver: Bool { self == .done || self == .skipped }
  }

  /// One host's part in a step.
  package struct Item: Codable, Sendable, Hashable {
    /// The machine's or host's name.
    package var name: String
    package var state: StepState
    /// Which part of the step it is at, for example `drain`; nil when it is at none.
    package var stage: String?
    /// Name of the latest task; its log and progress hang there.
    package var task: String?
    package var attempt: Int
    package var message: String
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?

    package init(name: String, state: StepState, task: String? = nil, attempt: Int = 0, message: String = "") {
      (self.name, self.state, self.task, self.attempt, self.message) = (name, state, task, attempt, message)
    }
  }

  package struct Step: Codable, Sendable, Hashable {
    /// The name that the workflow's file, the screen and the log share, for example `join-control-planes`.
    package var name: String
    package var title: String
    package var state: StepState
    package var message: String
    package var skippable: Bool
    package var items: [Item]
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?

    package init(
      name: String, title: String, state: StepState = .waiting, message: String = "", skippable: Bool = false
    ) {
      (self.name, self.title, self.state, self.message, self.skippable) = (name, title, state, message, skippable)
      items = []
    }
  }

  package struct Status: Codable, Sendable, Hashable {
    package var phase: Phase
    /// One CamelCase word and a sentence: why it waits, stopped or failed.
    package var reason: String
    package var message: String
    package var steps: [Step]
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    /// How many of `spec.controls` this status answers; nil for none.
    package var answeredControls: Int?

    package init(phase: Phase = .pending) {
      self.phase = phase
      reason = ""
      message = ""
      steps = []
    }
  }
}

extension Operation.Spec {
  /// The machines that it is about, in the order of their turns; empty where it is about its whole target.
  package var named: [ObjectReference] { subjects ?? subject.map { [$0] } ?? [] }
}

extension Operation {
  /// What it does, to whom, in words: `shut down machine edge-cp-2 of cluster edge`.
  package var title: String {
    let (words, target) = (spec.verb.words, spec.target.name)
    guard spec.target.kind == .cluster else { return "\(words) \(target)" }
    let names = spec.named.map(\.name)
    if names.isEmpty {
      return spec.verb == .scalePool || spec.verb == .scaleControlPlane
        ? "\(words) of cluster \(target)" : "\(words) \(target)"
    }
    let verb = names.count == 1 && words.hasSuffix("machines") ? String(words.dropLast()) : words
    let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
    return "\(verb) \(names.prefix(8).joined(separator: ", "))\(rest) of cluster \(target)"
  }
}

extension Operation.Step {
  /// False for a step that had nothing to do, which must not look like work that was done.
  package var hasWork: Bool { state != .done || !items.isEmpty }
}
