import EaselModel
import EaselRuntime

let describeCommand = CommandDefinition(
  name: "describe", summary: "Show all about one object, with its conditions and last events",
  arguments: [
    ArgumentDefinition(name: "TYPE", help: ObjectType.plurals.joined(separator: ", "), completes: .types),
    ArgumentDefinition(name: "NAME", help: "The object's name", required: false, completes: .named),
  ], formats: OutputFormat.structures
) { invocation in
  var words = invocation.arguments[0].split(separator: "/", maxSplits: 1).map(String.init)
  words += invocation.arguments.dropFirst()
  let type = try ObjectType(word: words.first ?? "")
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  guard let name = words.count > 1 ? words[1] : type == .site ? snapshot.site.name : nil else {
    throw invocation.usage("easel describe needs NAME: the object's name")
  }
  guard let object = type.objects(in: snapshot).first(where: { $0.name == name }) else {
    throw notFound(type, name, in: snapshot)
  }
  let format = OutputFormat(invocation)
  if format.isStructured { return try printObject(object, format: format) }
  var lines = description(of: object, type: type, in: snapshot)
  let events = try gate.events(after: 0, object: object.uid, limit: 100_000).suffix(10)
  if !events.isEmpty { lines += ["", "Events:"] + events.map { "  " + eventLine($0) } }
  Terminal.out(lines.joined(separator: "\n"))
  warnOfAge(of: [object], in: snapshot)
  try warnOfStandstill(of: [object], in: snapshot, gate)
}

private func description(of object: any Resource, type: ObjectType, in snapshot: SiteSnapshot) -> [String] {
  let columns = Columns(type)
  var lines = zip(columns.names + columns.wide, cells(of: object, in: snapshot)).map { name, value in
    let title = name.prefix(1) + name.dropFirst().lowercased()
    return "\(title):" + String(repeating: " ", count: max(1, 16 - title.count)) + value
  }
  if !object.metadata.labels.isEmpty {
    lines.append(
      "Labels:         "
        + object.metadata.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " "))
  }
  switch object {
  case let cluster as Cluster:
    lines += conditions(cluster.status.conditions, snapshot.now)
    lines += ["", "Machines:"]
    for machine in snapshot.machines where machine.scope == cluster.uid {
      let version = machine.status.kubeletVersion?.description ?? "-"
      lines.append("  \(machine.name)  \(machine.spec.role.words)  \(machine.status.phase.words)  \(version)")
    }
  case let host as Host: lines += conditions(host.status.conditions, snapshot.now)
  case let machine as Machine: lines += conditions(machine.status.conditions, snapshot.now)
  case let operation as Operation: lines += operationLines(operation) + nextLines(operation)
  case let task as DurableTask: lines += ["", "Operation:      \(task.spec.operation.name)"]
  default: break
  }
  return lines
}

private func conditions(_ conditions: [Condition], _ now: Timestamp) -> [String] {
  guard !conditions.isEmpty else { return [] }
  var table = Table(["TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"])
  for condition in conditions {
    table.rows.append([
      condition.type, condition.status.rawValue, shortDuration(now.seconds(since: condition.since)), condition.reason,
      condition.message,
    ])
  }
  return ["", "Conditions:"] + table.text().split(separator: "\n").map { "  \($0)" }
}

func operationLines(_ operation: Operation) -> [String] {
  var lines = ["", "Steps:"]
  for step in operation.status.steps where step.hasWork {
    let message = step.message.isEmpty ? "" : "  (\(step.message))"
    lines.append("  \(step.state.words)  \(step.title)\(message)")
    for item in step.items {
      let again = item.attempt > 1 ? " try \(item.attempt)" : ""
      lines.append(
        "    \(item.state.words)  \(item.name)\(again)" + (item.message.isEmpty ? "" : "  \(item.message)"))
    }
  }
  return lines
}

/// What can be typed to an operation that has stopped.
private func nextLines(_ operation: Operation) -> [String] {
  guard operation.status.phase == .stopped else { return [] }
  let name = operation.name
  var lines = ["", "Next:", "  \(Hints.program) retry \(name)"]
  for step in operation.status.steps where step.state == .stopped {
    for item in step.items where item.state == .stopped {
      let part = "\(name) --step \(step.name) --item \(item.name)"
      lines.append("  \(Hints.program) retry \(part)")
      if step.skippable { lines.append("  \(Hints.program) skip \(part)") }
    }
  }
  return lines + ["  \(Hints.program) abort \(name)"]
}

/// One event on one line.
func eventLine(_ event: Event) -> String {
  "\(event.at)  \(event.severity == .warning ? "Warning" : "Normal ")  \(event.object.kind.rawValue)/\(event.object.name)  "
    + "\(event.reason): \(event.message)"
}
