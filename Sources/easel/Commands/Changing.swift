import EaselModel
import EaselRuntime
import EaselSimulation

/// Options of every verb that changes something.
let changeOptions: [OptionDefinition] = [
  .flag("yes", "Do not ask", short: "y"),
  .flag("wait", "Wait until the operation has ended", short: "w"),
  .value("timeout", "SECONDS", "With --wait: exit with status 6 after this long; the operation goes on"),
  .flag("dry-run", "Print the plan and change nothing"),
]

/// One change from the command line: plan, question, submission, wait.
struct Change {
  var invocation: Invocation
  var gate: SiteGate
  var actor = Actor.current()
  /// What the operator must type to go on, beside what the plans say that is lost; where there is neither, yes or no is asked.
  var typedName: String?

  init(_ invocation: Invocation, gate: SiteGate? = nil, typedName: String? = nil) throws {
    self.invocation = invocation
    self.gate = try gate ?? SiteOpening.open(invocation)
    self.typedName = typedName
  }

  /// Brings the intent about, as far as the options ask for.
  ///
  /// - Parameter first: done once it was confirmed, before anything is handed in.
  func perform(_ intent: Intent, asks: Bool = true, first: () throws -> Void = {}) throws {
    try perform([intent], asks: asks, first: first) { $1 }
  }

  /// Brings several intents about, all or none of them, after one question.
  ///
  /// - Parameter placing: gives the error of the intent at an index its place, for example in a file.
  func perform(
    _ intents: [Intent], asks: Bool = true, first: () throws -> Void = {}, placing: (Int, EaselError) -> EaselError
  ) throws {
    let format = OutputFormat(invocation)
    let timeout = try invocation.integer("timeout", in: 1...1_000_000)
    if timeout != nil, !invocation.has("wait") { throw invocation.usage("--timeout needs --wait") }
    if invocation.has("dry-run") {
      if format == .name {
        throw invocation.usage("--dry-run makes nothing that has a name: -o takes json, yaml, wide")
      }
      try printPlans(of: intents, in: gate, actor: actor, format: format, placing: placing)
      return
    }
    if asks, !invocation.has("yes") { try gate.ensuringEngineIfRefused { try confirm(intents, placing: placing) } }
    try first()
    let submissions = try gate.submit(intents, as: actor, placing: placing)
    for submission in submissions {
      Terminal.write(submission.message + "\n", to: format.isForPrograms ? 2 : 1)
      if let operation = submission.operation {
        if format == .name { Terminal.out("operation/\(operation.name)") }
      } else if format.isStructured {
        try printValue(submission, format: format)
      }
    }
    let operations = submissions.compactMap(\.operation)
    if invocation.has("wait") {
      let aborts = intents.contains { if case .abort = $0 { true } else { false } }
      return try follow(operations, aborts: aborts, timeoutSeconds: timeout, format: format)
    }
    guard format.isStructured, !operations.isEmpty else { return }
    let snapshot = try gate.snapshot()
    for reference in operations {
      if let operation = snapshot.operations.first(where: { $0.uid == reference.uid }) {
        try printObject(operation, format: format)
      }
    }
  }

  /// Waits for operations that run side by side, and tells of each in its turn.
  ///
  /// - Parameter aborts: whether they were to be aborted, so that this is no failure.
  private func follow(
    _ operations: [ObjectReference], aborts: Bool, timeoutSeconds: Int?, format: OutputFormat
  ) throws {
    // Their time begins for all of them now.
    let followers = operations.map { _ in
      OperationFollower(
        gate: gate, timeoutSeconds: timeoutSeconds, stream: format.isForPrograms ? 2 : 1, aborts: aborts, isNew: true)
    }
    for (reference, var follower) in zip(operations, followers) {
      let ended = try follower.follow(reference)
      if format.isStructured {
        try printObject(ended, format: format)
        continue
      }
      let took = ended.status.finishedAt.map { ", \(shortDuration($0.seconds(since: ended.spec.requestedAt)))" } ?? ""
      let site = try gate.snapshot().site
      let how = ended.status.phase == .aborted ? "was aborted" : "succeeded"
      Terminal.write(
        "\(ended.name) \(how)\(took)\(site.spec.simulation == nil ? "" : " (simulated time)")\n",
        to: format.isForPrograms ? 2 : 1)
    }
  }

  private func confirm(_ intents: [Intent], placing: (Int, EaselError) -> EaselError) throws {
    guard Terminal.canAsk else {
      throw EaselError(
        .usage, "NotConfirmed", "there is no terminal to ask for a confirmation on",
        advice: "read the plan with --dry-run, then give --yes")
    }
    let plans = try printPlans(of: intents, in: gate, actor: actor, format: .table, placing: placing)
    // Each name once, in the order of the plans.
    var names: [String] = []
    for name in zip(intents, plans).map({ $1.nameToType(for: $0) }) + [typedName] {
      if let name, !names.contains(name) { names.append(name) }
    }
    let isConfirmed =
      if names.isEmpty {
        isYes(Terminal.ask("\n\(intents.count == 1 ? "Go on?" : "Go on with all \(intents.count)?") [y/N] "))
      } else {
        names.allSatisfy { Terminal.ask("\nType \($0) to go on: ") == $0 }
      }
    if !isConfirmed { throw EaselError(.interrupted, "NotConfirmed", "not confirmed; nothing was changed") }
  }

  private func isYes(_ answer: String?) -> Bool { ["y", "yes"].contains(answer?.lowercased()) }
}
