import EaselModel
import EaselRuntime

let eventsCommand = CommandDefinition(
  name: "events", aliases: ["ev"], summary: "What happened",
  arguments: [
    ArgumentDefinition(name: "TYPE", help: "Only about objects of this type", required: false, completes: .types),
    ArgumentDefinition(name: "NAME", help: "Only about this object", required: false, completes: .named),
  ],
  options: [
    .flag("follow", "Go on printing what happens", short: "f"),
    .value("tail", "N", "Only the newest N events"),
  ], formats: OutputFormat.structures
) { invocation in
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  var about: UID?
  let words = invocation.arguments.prefix(1).flatMap { $0.split(separator: "/", maxSplits: 1).map(String.init) }
  if let word = words.first {
    let type = try ObjectType(word: word)
    guard let name = words.dropFirst().first ?? invocation.argument(1) else {
      throw invocation.usage("easel events \(word) needs a NAME")
    }
    let snapshot = try gate.snapshot()
    guard let object = type.objects(in: snapshot).first(where: { $0.name == name }) else {
      throw notFound(type, name, in: snapshot)
    }
    about = object.metadata.uid
  }
  let format = OutputFormat(invocation)
  if format == .yaml, invocation.has("follow") {
    throw invocation.usage("events that go on are no document of YAML: with --follow, -o takes json")
  }
  var events = try gate.events(after: 0, object: about, limit: .max)
  if let tail = try invocation.integer("tail") { events = Array(events.suffix(tail)) }
  if format.isStructured, !invocation.has("follow") {
    return try printValue(EventList(items: events), format: format)
  }
  var last = events.last?.sequence ?? 0
  for event in events { Terminal.out(format == .json ? try jsonLine(event) : eventLine(event)) }
  guard invocation.has("follow") else { return }
  Interrupts.catchThem()
  while !Interrupts.pending {
    for event in try gate.events(after: last, object: about, limit: .max) {
      Terminal.out(format == .json ? try jsonLine(event) : eventLine(event))
      last = event.sequence
    }
    pause(milliseconds: 200)
  }
  throw Ending(status: 130)
}

private struct EventList: Encodable {
  var kind = "List"
  var items: [Event]
}

let logsCommand = CommandDefinition(
  name: "logs", summary: "The log of an operation, of a task, or of a unit on a host",
  discussion:
    "easel logs OPERATION shows every task's lines under its name; easel logs HOST/UNIT asks the host's agent, also\n"
    + "when the cluster is not healthy.",
  arguments: [
    ArgumentDefinition(name: "NAME", help: "OPERATION, TASK or HOST/UNIT", completes: .operations)
  ],
  options: [
    .flag("follow", "Go on printing: until the operation has ended, or until Ctrl-C", short: "f"),
    .value("tail", "N", "Only the last N lines"),
  ]
) { invocation in
  // Who follows an operation makes sure that it goes on.
  let gate = try SiteOpening.open(invocation, startsEngine: invocation.has("follow"))
  let name = invocation.arguments[0]
  let snapshot = try gate.snapshot()
  if let operation = snapshot.operations.first(where: { $0.name == name }) {
    return try printLog(of: operation, in: gate, invocation)
  }
  if try gate.store.read({ try $0.record(.task, name: name) }) != nil {
    var lines = try gate.log(ofTask: name, from: 0)
    if let tail = try invocation.integer("tail") { lines = Array(lines.suffix(tail)) }
    return Terminal.out(lines.joined(separator: "\n"))
  }
  let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
  if parts.count == 2, snapshot.hosts.first(named: parts[0]) != nil {
    return try printUnitLog(host: parts[0], unit: parts[1], in: gate, invocation)
  }
  if snapshot.hosts.first(named: name) != nil {
    throw EaselError(
      .usage, "NoUnit", "\(name) is a host, and its units have a log each",
      advice: "say which: easel logs \(name)/UNIT; list them with: easel host units \(name)")
  }
  throw EaselError(
    .notFound, "NoSuchLog", "there is no operation, no task and no HOST/UNIT of the name \"\(name)\"",
    advice: suggestion(name, among: snapshot.operations.map(\.name)) ?? "list operations with: easel get operations")
}

private func printLog(of operation: Operation, in gate: SiteGate, _ invocation: Invocation) throws {
  if !invocation.has("follow") {
    var lines: [String] = []
    let tasks = try gate.store.read { try $0.records(.task, scope: operation.scope) }.compactMap(\.asTask)
      .filter { $0.spec.operation.uid == operation.uid }
      .sorted { ($0.status.startedAt ?? .never, $0.name) < ($1.status.startedAt ?? .never, $1.name) }
    for task in tasks {
      lines.append("== \(task.name)  \(task.status.state.words)")
      lines += try gate.log(ofTask: task.name, from: 0)
    }
    if let tail = try invocation.integer("tail") { lines = Array(lines.suffix(tail)) }
    Terminal.out(lines.joined(separator: "\n"))
    return try warnOfStandstill(of: [operation], in: gate.snapshot(), gate)
  }
  var follower = OperationFollower(gate: gate, timeoutSeconds: nil, stream: 1, isNew: false)
  _ = try follower.follow(ObjectReference(operation))
}
