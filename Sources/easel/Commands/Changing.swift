import EaselModel
import EaselRuntime

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
  /// What the operator must type to go on; nil asks yes or no.
  var typedName: String?

  init(_ invocation: Invocation, gate: SiteGate? = nil, typedName: String? = nil) throws {
    self.invocation = invocation
    self.gate = try gate ?? SiteOpening.open(invocation)
    self.typedName = typedName
  }

  /// Brings the intent about, as far as the options ask for.
  func perform(_ intent: Intent, asks: Bool = true) throws {
    let format = OutputFormat(invocation)
    let timeout = try invocation.integer("timeout", in: 1...1_000_000)
    if timeout != nil, !invocation.has("wait") { throw invocation.usage("--timeout needs --wait") }
    if invocation.has("dry-run") { return try printPlan(of: intent, in: gate, actor: actor, format: format) }
    if asks, !invocation.has("yes") { try confirm(intent) }
    let submission = try gate.submit(intent, as: actor)
    let structured = format == .json || format == .yaml
    Terminal.write(submission.message + "\n", to: structured ? 2 : 1)
    guard let reference = submission.operation else {
      if structured { try printValue(submission, format: format) }
      return
    }
    if format == .name { Terminal.out("operation/\(reference.name)") }
    guard invocation.has("wait") else {
      if structured {
        let snapshot = try gate.snapshot()
        if let operation = snapshot.operations.first(where: { $0.uid == reference.uid }) {
          try printObject(operation, format: format)
        }
      }
      return
    }
    var follower = OperationFollower(gate: gate, timeoutSeconds: timeout, stream: structured ? 2 : 1)
    let ended = try follower.follow(reference)
    if structured { return try printObject(ended, format: format) }
    let took = ended.status.finishedAt.map { ", \(shortDuration($0.seconds(since: ended.spec.requestedAt)))" } ?? ""
    let site = try gate.snapshot().site
    Terminal.out("\(ended.name) succeeded\(took)\(site.spec.simulation == nil ? "" : " (simulated time)")")
  }

  private func confirm(_ intent: Intent) throws {
    guard Terminal.canAsk else {
      throw EaselError(
        .usage, "NotConfirmed", "there is no terminal to ask for a confirmation on",
        advice: "read the plan with --dry-run, then give --yes")
    }
    try printPlan(of: intent, in: gate, actor: actor, format: .table)
    if let typedName {
      let answer = Terminal.ask("\nType \(typedName) to go on: ")
      if answer == typedName { return }
    } else {
      let answer = Terminal.ask("\nGo on? [y/N] ")?.lowercased()
      if answer == "y" || answer == "yes" { return }
    }
    throw EaselError(.interrupted, "NotConfirmed", "not confirmed; nothing was changed")
  }
}
