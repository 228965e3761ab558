import EaselModel
import EaselRuntime

private let operationName = ArgumentDefinition(name: "OPERATION", help: "The operation's name", completes: .operations)
private let machineName = ArgumentDefinition(
  name: "MACHINE", help: "The name of the machine, or of its node", completes: .machines)
private let waitOptions = changeOptions.filter { $0.name != "dry-run" }
private let formats: [OutputFormat] = [.json, .yaml, .name]

let retryCommand = CommandDefinition(
  name: "retry", summary: "Try a stopped step again", arguments: [operationName],
  options: [
    .value("step", "STEP", "Only this step, by its name or its title"),
    .value("item", "NAME", "Only this machine or host"),
  ] + waitOptions, formats: formats
) { invocation in
  let change = try Change(invocation)
  let step = try stoppedStep(invocation, in: change.gate.snapshot())
  let intent = Intent.retry(operation: invocation.arguments[0], step: step, item: invocation.value("item"))
  try change.perform(intent, asks: false)
}

let skipCommand = CommandDefinition(
  name: "skip", summary: "Go on without a step that says it may be skipped", arguments: [operationName],
  options: [
    .value("step", "STEP", "The step to skip, by its name or its title"),
    .value("item", "NAME", "The machine or host to skip it for"),
  ] + waitOptions, formats: formats
) { invocation in
  guard let item = invocation.value("item"), invocation.has("step") else {
    throw invocation.usage("easel skip needs --step STEP and --item NAME")
  }
  let change = try Change(invocation)
  guard let step = try stoppedStep(invocation, in: change.gate.snapshot()) else { return }
  try change.perform(.skip(operation: invocation.arguments[0], step: step, item: item))
}

let abortCommand = CommandDefinition(
  name: "abort", summary: "Stop an operation after its running step; nothing is undone", arguments: [operationName],
  options: waitOptions, formats: formats
) { invocation in
  try Change(invocation).perform(.abort(operation: invocation.arguments[0]))
}

/// The name of the step that `--step` means, once it is sure that this step, of the item that `--item` names, has stopped. Nil without
/// `--step`.
///
/// - Throws: `NoSuchOperation`, `NoSuchStep` (not found), `NotStopped` (refused), which name what there is.
private func stoppedStep(_ invocation: Invocation, in snapshot: SiteSnapshot) throws -> String? {
  let (name, item) = (invocation.arguments[0], invocation.value("item"))
  guard let operation = snapshot.operations.first(where: { $0.name == name }) else {
    throw notFound(.operation, name, in: snapshot)
  }
  let steps = operation.status.steps
  func listed(_ steps: [Operation.Step]) -> String {
    steps.map { "\($0.name) (\($0.title))" }.joined(separator: ", ")
  }
  var wanted: Operation.Step?
  if let word = invocation.value("step") {
    wanted = steps.first { $0.name == word } ?? steps.first { $0.title.lowercased() == word.lowercased() }
    guard wanted != nil else {
      throw EaselError(
        .notFound, "NoSuchStep", "\(name) has no step \"\(word)\"",
        advice: steps.isEmpty ? "it has not chosen its steps yet" : "it has: \(listed(steps))")
    }
  }
  guard wanted != nil || item != nil, operation.status.phase == .stopped else { return wanted?.name }
  let stopped = steps.filter { $0.state == .stopped }
  let isStopped = stopped.contains { step in
    (wanted == nil || wanted?.name == step.name)
      && (item == nil || step.items.contains { $0.name == item && $0.state == .stopped })
  }
  guard isStopped else {
    let what = [wanted?.title, item.map { "of \($0)" }].compactMap { $0 }.joined(separator: " ")
    let there = stopped.map { step in
      let items = step.items.filter { $0.state == .stopped }.map(\.name).joined(separator: ", ")
      return "\(step.name) (\(step.title))" + (items.isEmpty ? "" : " of \(items)")
    }
    throw EaselError(
      .refused, "NotStopped", "\(what) has not stopped in \(name)",
      advice: "what has: \(there.joined(separator: "; "))")
  }
  return wanted?.name
}

let cordonCommand = CommandDefinition(
  name: "cordon", summary: "Keep new pods off a machine", arguments: [machineName], options: changeOptions,
  formats: OutputFormat.all
) { invocation in
  try onMachine(invocation, asks: false) { .cordon(cluster: $0, machine: $1) }
}

let uncordonCommand = CommandDefinition(
  name: "uncordon", summary: "Let pods onto a machine again", arguments: [machineName], options: changeOptions,
  formats: OutputFormat.all
) { invocation in
  try onMachine(invocation, asks: false) { .uncordon(cluster: $0, machine: $1) }
}

let drainCommand = CommandDefinition(
  name: "drain", summary: "Move the pods of a machine elsewhere", arguments: [machineName], options: changeOptions,
  formats: OutputFormat.all
) { invocation in
  try onMachine(invocation, asks: true) { .drain(cluster: $0, machine: $1) }
}

private func onMachine(
  _ invocation: Invocation, asks: Bool, _ intent: (_ cluster: String, _ machine: String) -> Intent
) throws {
  let change = try Change(invocation)
  let machine = try machine(named: invocation.arguments[0], in: change.gate.snapshot())
  try change.perform(intent(machine.spec.cluster.name, machine.name), asks: asks)
}
