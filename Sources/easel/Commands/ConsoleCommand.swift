import CSys
import EaselConsole
import EaselHosts
import EaselModel
import EaselPlans
import EaselRuntime
import EaselStore
import EaselTerminal
import FoundationEssentials

/// Opens the console on the site, or on the start page when there is none; in lines where there is no screen.
func openConsole(_ invocation: Invocation) throws {
  let directory = SiteOpening.directory(invocation)
  let variables = ProcessInfo.processInfo.environment
  let environment = try consoleEnvironment(directory, variables, isReadOnly: invocation.has("read-only"))
  var options = TerminalOptions(environment: variables)
  options.noColour = invocation.has("no-color")
  options.terminfoDirectories = Installation.shared("terminfo")
  options.log = directory.holdsSite ? directory.path + "/console.log" : nil
  if let name = invocation.value("theme") { options.theme = try environment.theme(name) }
  if !invocation.has("plain"), Terminal.outputIsTerminal {
    do {
      let status = try Console.run(environment, options: options)
      if status != 0 { throw Ending(status: status) }
      return
    } catch let error as TerminalError {
      Terminal.err("\(error)\nGoing on in lines instead.")
    }
  } else if !invocation.has("plain") {
    throw EaselError(
      .usage, "NoTerminal", "the console needs a terminal, and standard output is none",
      advice: "use a verb such as: easel get clusters, or: easel --plain")
  }
  let status = try blocking {
    await PlainConsole(environment, input: { readLine() }, output: { Terminal.out($0) }).run()
  }
  if status != 0 { throw Ending(status: status) }
}

private func consoleEnvironment(
  _ directory: StateDirectory, _ variables: [String: String], isReadOnly: Bool
) throws -> ConsoleEnvironment {
  // On the console a simulated operation is to be watched, not missed.
  let starter = EngineStarter(directory: directory, options: ["--pace", "10"])
  let actor = Actor.current()
  let gate =
    directory.holdsSite
    ? SiteGate(directory: directory, store: try SiteOpening.store(directory), starter: starter) : nil
  var environment = ConsoleEnvironment(site: gate, actor: actor, blocking: onOwnThread)
  environment.isReadOnly = isReadOnly
  environment.createSite = { choice in try await offPool { try makeSite(choice, directory, starter, as: actor) } }
  environment.fetchHostKey = { address in
    var spec = Host.Spec(transport: .ssh, address: address.address, port: address.port, user: address.user)
    spec.privilege = address.user == nil || address.user == "root" ? .root : .sudo
    let host = Host(metadata: Metadata(name: address.name, uid: "new", createdAt: .wallClock()), spec: spec)
    return try await HostWays(directory).keys(of: host).map(\.fingerprint).first ?? ""
  }
  environment.preview = { intent, site in
    try preview(intent, in: site, as: actor)
  }
  environment.manifest = { record in (try? manifestText(record)) ?? "" }
  let wellKnown = environment.versions
  environment.versions = { site in
    guard let content = try? SiteGate.content(of: site.site) else { return wellKnown(site) }
    return content.kubernetesVersions.compactMap { KubernetesVersion($0) }.sorted()
  }
  environment.startEngine = {
    let lease = try SiteOpening.store(directory).read { try $0.lease() }
    try starter.ensure(lease)
  }
  environment.keepDraft = { name, text in Drafts(directory).keep(name, text) }
  environment.draft = { name in Drafts(directory).text(name) }
  let themes = ThemeLibrary(environment: variables, executable: EngineStarter.thisProgram())
  environment.theme = { try themes.load($0) }
  environment.themeNames = themes.names
  environment.pager = words(variables["PAGER"] ?? "less")
  environment.editor = words(variables["VISUAL"] ?? variables["EDITOR"] ?? "vi")
  environment.temporaryFile = { name, text in try Drafts(directory).file(name, text) }
  return environment
}

private func words(_ command: String) -> [String] { command.split(separator: " ").map(String.init) }

private func makeSite(
  _ choice: SiteChoice, _ directory: StateDirectory, _ starter: EngineStarter, as actor: Actor
) throws -> any SiteAccess {
  var simulation: Site.Simulation?
  if case .simulated = choice { simulation = Site.Simulation() }
  let store = try SiteFounding.found(
    in: directory, name: "site", simulation: simulation, contentDirectory: nil, as: actor)
  let gate = SiteGate(directory: directory, store: store, starter: starter)
  switch choice {
  case .simulated(let count): try addSimulatedHosts(count, to: store, in: directory, as: actor)
  case .thisMachine:
    let spec = Host.Spec(transport: .local, address: Installation.address() ?? "127.0.0.1")
    _ = try gate.submit(.addHost(name: Installation.hostName(), spec: spec, labels: [:]), as: actor)
  case .overSSH: break
  }
  return gate
}

/// Runs work on a new thread, which ends with it.
func onOwnThread(_ work: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  let context = Unmanaged.passRetained(Box(work)).toOpaque()
  let failed = csys_thread_start(
    "site",
    { raw in
      guard let raw else { return }
      Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().work()
    }, context)
  // Without threads the work is done here, late but not never.
  if failed != 0 { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work() }
}

/// Runs work that blocks on a thread of its own and suspends until it is done.
private func offPool<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    onOwnThread { continuation.resume(with: Result { try work() }) }
  }
}
