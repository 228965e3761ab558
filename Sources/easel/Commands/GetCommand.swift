import EaselModel
import EaselRuntime

let getCommand = CommandDefinition(
  name: "get", summary: "List objects, or show one",
  arguments: [
    ArgumentDefinition(name: "TYPE", help: ObjectType.plurals.joined(separator: ", "), completes: .types),
    ArgumentDefinition(name: "NAME", help: "Only these", required: false, repeats: true, completes: .named),
  ],
  options: [
    .value("cluster", "NAME", "Only what belongs to this cluster", completes: .clusters),
    .value(
      "selector", "SELECTOR",
      "Only objects with these labels: zone=a, zone!=a, zone in (a,b), zone, !zone; commas join",
      short: "l"),
  ],
  formats: OutputFormat.all
) { invocation in
  // `TYPE/NAME` is understood as everywhere in kubectl.
  var words = invocation.arguments[0].split(separator: "/", maxSplits: 1).map(String.init)
  words += invocation.arguments.dropFirst()
  let type = try ObjectType(word: words.first ?? "")
  let names = Array(words.dropFirst())
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  var objects = type.objects(in: snapshot)
  for name in names where !objects.contains(where: { $0.name == name }) { throw notFound(type, name, in: snapshot) }
  if !names.isEmpty { objects = objects.filter { names.contains($0.name) } }
  if let name = invocation.value("cluster") {
    guard let cluster = snapshot.clusters.first(named: name) else {
      throw notFound(.cluster, name, in: snapshot)
    }
    objects = objects.filter { $0.scope == cluster.uid || ($0 as? Host)?.status.cluster == name }
  }
  if let selector = invocation.value("selector") {
    guard let labels = LabelSelector(selector) else {
      throw invocation.usage(
        "--selector takes zone=a, zone!=a, zone in (a,b), zone notin (a,b), zone or !zone, not \"\(selector)\"")
    }
    objects = objects.filter { labels.matches($0.metadata.labels) }
  }
  let format = OutputFormat(invocation)
  let isPart = invocation.has("cluster") || invocation.has("selector")
  try printObjects(
    objects, type: type, single: names.count == 1 || type == .site, in: snapshot, format: format, isPart: isPart)
  guard !format.isStructured else { return }
  warnOfAge(of: objects, in: snapshot)
  try warnOfStandstill(of: objects, in: snapshot, gate)
}

/// `NoSuchCluster` and the like (not found), with the nearest name.
func notFound(_ type: ObjectType, _ name: String, in snapshot: SiteSnapshot) -> EaselError {
  EaselError(
    .notFound, "NoSuch\(type.kind.rawValue)", "there is no \(type.rawValue) \"\(name)\"",
    advice: suggestion(name, among: type.objects(in: snapshot).map(\.name))
      ?? "list them with: easel get \(type.rawValue)s")
}
