import EaselModel
import EaselRuntime
import FoundationEssentials

let siteCommand = CommandDefinition(
  name: "site", summary: "Make, load or show a site",
  subcommands: [
    CommandDefinition(
      name: "init", summary: "Make a site in the state directory",
      discussion:
        "A simulated site plays all of Easel on machines that exist in memory only; everything says that it is simulated.",
      options: [
        .value("simulated", "N", "With N simulated hosts, 1 to 10000"),
        .value("name", "NAME", "The site's name (default: site)"),
        .value("content", "DIR", "The folder that holds content.json", completes: .files),
        .value("seed", "SEED", "Seed of the simulated world"),
        .value("fault-rate", "RATE", "Chance of a fault per simulated task, 0 to 1 (default 0)"),
      ], formats: OutputFormat.structures, run: initialiseSite),
    CommandDefinition(
      name: "load", summary: "Make a simulated site that holds running clusters already",
      options: [
        .flag("simulated", "Required: only simulated sites can be loaded"),
        .value("clusters", "N", "How many clusters (default 10)"),
        .value("machines", "N", "Machines in each: three control planes from five machines on, else one (default 10)"),
        .value("version", "VERSION", "Their Kubernetes version (default v1.31.4)", completes: .versions),
        .value("name", "NAME", "The site's name (default: site)"),
      ], run: loadSite),
    CommandDefinition(
      name: "set", summary: "Change what the site was made with",
      discussion: "An engine that runs takes it up at once, and reads content.json again whenever that has changed.",
      options: [.value("content", "DIR", "The folder that holds content.json", completes: .files)]
    ) { invocation in
      guard let folder = try contentFolder(invocation) else {
        throw invocation.usage("easel site set needs --content DIR")
      }
      let gate = try SiteOpening.open(invocation, startsEngine: false)
      Terminal.out(try gate.submit(.setContent(folder: folder), as: Actor.current()).message)
    },
    CommandDefinition(name: "show", summary: "Show the site", formats: OutputFormat.all) { invocation in
      let snapshot = try SiteOpening.open(invocation, startsEngine: false).snapshot()
      let format = OutputFormat(invocation)
      try printObjects([snapshot.site], type: .site, single: true, in: snapshot, format: format)
      if format == .table || format == .wide { warnOfBuild(snapshot.lease) }
    },
  ])

private func initialiseSite(_ invocation: Invocation) throws {
  let directory = SiteOpening.directory(invocation)
  let count = try invocation.integer("simulated", in: 1...10_000)
  var simulation = count.map { _ in Site.Simulation() }
  if let seed = invocation.value("seed") {
    guard let number = UInt64(seed) else { throw invocation.usage("--seed takes a whole number, not \"\(seed)\"") }
    simulation?.seed = number
  }
  if let text = invocation.value("fault-rate") {
    guard let rate = Double(text), (0...1).contains(rate) else {
      throw invocation.usage("--fault-rate takes a number from 0 to 1, not \"\(text)\"")
    }
    simulation?.faultRate = rate
  }
  let content = try contentFolder(invocation)
  let actor = Actor.current()
  let store = try SiteFounding.found(
    in: directory, name: invocation.value("name") ?? "site", simulation: simulation, contentDirectory: content,
    as: actor)
  if let count { try addSimulatedHosts(count, to: store, in: directory, as: actor) }
  let snapshot = try SiteGate(directory: directory, store: store, starter: nil).snapshot()
  let format = OutputFormat(invocation)
  if format.isStructured { return try printObject(snapshot.site, format: format) }
  Terminal.out(
    count.map { "made the simulated site \(snapshot.site.name) with \($0) hosts in \(directory.path)" }
      ?? "made the site \(snapshot.site.name) in \(directory.path); add hosts with: easel host add")
}

/// Simulated hosts are added like real ones, by an engine that runs until all are there.
func addSimulatedHosts(_ count: Int, to store: any SiteStore, in directory: StateDirectory, as actor: Actor) throws {
  let gate = SiteGate(directory: directory, store: store, starter: EngineStarter(directory: directory))
  let intents = (1...count).map { number in
    let host = SiteFounding.simulatedHost(number)
    return Intent.addHost(name: host.name, spec: host.spec, labels: [:])
  }
  for operation in try gate.submit(intents, as: actor).compactMap(\.operation) {
    var follower = OperationFollower(gate: gate, timeoutSeconds: nil, stream: -1, isNew: true)
    _ = try follower.follow(operation)
  }
}

private func loadSite(_ invocation: Invocation) throws {
  guard invocation.has("simulated") else { throw invocation.usage("easel site load needs --simulated") }
  let clusters = try invocation.integer("clusters", in: 1...10_000) ?? 10
  let machines = try invocation.integer("machines", in: 1...200) ?? 10
  let text = invocation.value("version") ?? "v1.31.4"
  guard let version = KubernetesVersion(text) else {
    throw invocation.usage("--version takes a Kubernetes version such as v1.31.4, not \"\(text)\"")
  }
  let directory = SiteOpening.directory(invocation)
  _ = try SiteLoading.load(
    in: directory, name: invocation.value("name") ?? "site", clusters: clusters, machines: machines, freeHosts: 0,
    version: version, as: Actor.current())
  Terminal.out("loaded \(clusters) simulated clusters of \(machines) machines into \(directory.path)")
}
