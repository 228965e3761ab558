import EaselModel
import EaselRuntime
import EaselSimulation
import EaselYAML

let planCommand = CommandDefinition(
  name: "plan", summary: "Show what a change would do, or what an operation does and has done",
  discussion:
    "easel plan OPERATION shows an operation's steps; easel plan -f FILE what applying a file would do. Every verb that changes\n"
    + "something shows its plan with --dry-run; with -o wide also each step that is done on each host.",
  arguments: [
    ArgumentDefinition(name: "OPERATION", help: "An operation's name", required: false, completes: .operations)
  ],
  options: [.value("filename", "FILE", "A file to be applied", short: "f", repeats: true, completes: .files)],
  formats: [.json, .yaml, .wide]
) { invocation in
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  let format = OutputFormat(invocation)
  if let name = invocation.argument(0) {
    guard let operation = snapshot.operations.first(where: { $0.name == name }) else {
      throw notFound(.operation, name, in: snapshot)
    }
    if format == .wide { throw invocation.usage("easel plan OPERATION -o takes json, yaml, not \"wide\"") }
    if format.isStructured { return try printValue(operation.status, format: format) }
    return Terminal.out(operationLines(operation).joined(separator: "\n"))
  }
  guard invocation.has("filename") else { throw invocation.usage("easel plan needs OPERATION, or -f FILE") }
  let manifests = try readManifests(invocation)
  try refuseDefects(of: manifests, in: snapshot)
  let changes = try changes(by: manifests, in: snapshot)
  try printPlans(
    of: changes.map(\.intent), in: gate, actor: Actor.current(), format: format
  ) { changes[$0].manifest.placed($1) }
}

/// Prints what intents would do, each on what those before it lead to: the engine itself, run in a copy of the site.
///
/// - Throws: what submitting the intents would throw.
@discardableResult
func printPlans(
  of intents: [Intent], in gate: SiteGate, actor: Actor, format: OutputFormat, placing: (Int, EaselError) -> EaselError
) throws -> [PlanPreview] {
  let plans = try previews(
    of: intents, in: try gate.snapshot(), as: actor, tellsPlans: format == .wide, placing: placing)
  for plan in plans {
    if format.isStructured {
      try printValue(plan, format: format)
    } else {
      Terminal.out(plan.text.hasSuffix("\n") ? String(plan.text.dropLast()) : plan.text)
    }
  }
  return plans
}

/// What intents would do, each on what those before it lead to, checked against the site's content.
func previews(
  of intents: [Intent], in snapshot: SiteSnapshot, as actor: Actor, tellsPlans: Bool = false,
  placing: (Int, EaselError) -> EaselError
) throws -> [PlanPreview] {
  try Preview.of(
    intents, as: actor, in: snapshot, content: { try SiteGate.content(for: $0, of: snapshot.site) },
    tellsPlans: tellsPlans, placing: placing)
}
