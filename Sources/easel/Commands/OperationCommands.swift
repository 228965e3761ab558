import EaselModel
import EaselRuntime

private let operationName = ArgumentDefinition(name: "OPERATION", help: "The operation's name", completes: .operations)
private let machineName = ArgumentDefinition(
  name: "MACHINE", help: "The name of the machine, or of its node", completes: .machines)
private let waitOptions = changeOptions.filter { $0.name != "dry-run" }

let retryCommand = CommandDefinition(
  name: "retry", summary: "Try a stopped step again", arguments: [operationName],
  options: [
    .value("step", "STEP", "Only this step"), .value("item", "NAME", "Only this machine or host"),
  ] + waitOptions
) { invocation in
  let change = try Change(invocation)
  let intent = Intent.retry(
    operation: invocation.arguments[0], step: invocation.value("step"), item: invocation.value("item"))
  try change.perform(intent, asks: false)
}

let skipCommand = CommandDefinition(
  name: "skip", summary: "Go on without a step that says it may be skipped", arguments: [operationName],
  options: [
    .value("step", "STEP", "The step to skip"), .value("item", "NAME", "The machine or host to skip it for"),
  ] + waitOptions
) { invocation in
  guard let step = invocation.value("step"), let item = invocation.value("item") else {
    throw invocation.usage("easel skip needs --step STEP and --item NAME")
  }
  try Change(invocation).perform(.skip(operation: invocation.arguments[0], step: step, item: item))
}

let abortCommand = CommandDefinition(
  name: "abort", summary: "Stop an operation after its running step; nothing is undone", arguments: [operationName],
  options: waitOptions
) { invocation in
  try Change(invocation).perform(.abort(operation: invocation.arguments[0]))
}

let cordonCommand = CommandDefinition(
  name: "cordon", summary: "Keep new pods off a machine", arguments: [machineName], options: changeOptions
) { invocation in
  try onMachine(invocation, asks: false) { .cordon(cluster: $0, machine: $1) }
}

let uncordonCommand = CommandDefinition(
  name: "uncordon", summary: "Let pods onto a machine again", arguments: [machineName], options: changeOptions
) { invocation in
  try onMachine(invocation, asks: false) { .uncordon(cluster: $0, machine: $1) }
}

let drainCommand = CommandDefinition(
  name: "drain", summary: "Move the pods of a machine elsewhere", arguments: [machineName], options: changeOptions
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
