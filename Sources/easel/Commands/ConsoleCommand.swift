import CSys
import EaselConsole
import EaselHosts
import EaselModel
import EaselPlans
import EaselRuntime
import EaselStore
import EaselTerminal
import FoundationEssentials
import Glibc
import Synchronization

/// Opens the console on the site, or on the start page when there is none; in lines where there is no screen.
func openConsole(_ invocation: Invocation) throws {
  if invocation.has("version") { return Terminal.out("easel \(Build.current)") }
  if invocation.has("print-keys") { return Terminal.write(Console.keyFile, to: 1) }
  csys_memory_one_heap()
  let variables = ProcessInfo.processInfo.environment
  var options = TerminalOptions(environment: variables)
  options.noColour = invocation.has("no-color")
  options.terminfoDirectories = Installation.shared("terminfo")
  Language.open(Installation.shared("locale"))
  let inLines = wantsLines(invocation, term: options.term)
  let directory = SiteOpening.directory(invocation)
  if invocation.has("read-only") { try directory.requireSite() }
  var environment = try consoleEnvironment(directory, variables, content: try contentFolder(invocation))
  // In lines nobody is put into an editor that was not chosen: vi takes the whole screen and says nothing.
  if inLines, (variables["VISUAL"] ?? variables["EDITOR"]) == nil { environment.editor = [] }
  if invocation.has("read-only") { environment.isReadOnly = true }
  environment.mouse = !options.isRemote
  if invocation.has("state") { environment.program = SiteOpening.program(directory) }
  options.log = directory.holdsSite ? directory.path + "/console.log" : nil
  if let name = invocation.value("theme") {
    do { options.theme = try environment.theme(name) } catch { throw invocation.usage("--theme: \(error)") }
    environment.settings.theme = name
  } else if let name = environment.settings.theme {
    do { options.theme = try environment.theme(name) } catch {
      environment.keyProblems.append("settings: theme \(name): \(error)")
      environment.settings.theme = nil
    }
  }
  let report = TerminalReport()
  options.onOpen = { report.note($0) }
  let files = KeyFile.folder(variables)
  environment.about = {
    [
      AboutLine("Easel", Build.current.description), AboutLine("State", directory.path),
      AboutLine("Settings file", "\(files)/console"), AboutLine("Key file", "\(files)/keys"),
    ] + report.lines
  }
  if !inLines {
    do {
      let status = try Console.run(environment, options: options)
      if status != 0 { throw Ending(status: status) }
      return
    } catch let error as TerminalError {
      Terminal.err("\(error)\nGoing on in lines instead.")
    }
  }
  // Programs such as an editor would take a pipe for what was typed to them; what is asked on a pipe is a line like the others.
  let isTyped = Terminal.inputIsTerminal
  if !isTyped { environment.runProgram = nil }
  let typed = isTyped ? TypedLines() : nil
  let status = try blocking { [environment] in
    await PlainConsole(
      environment, input: { if let typed { typed.next() } else { readLine() } }, output: { Terminal.out($0) },
      prompt: { Terminal.write(isTyped ? $0 : $0 + "\n", to: 1) }
    ).run()
  }
  if status != 0 { throw Ending(status: status) }
}

/// Whether the console is to be lines instead of a screen: where there is none to draw on, or no keys come in. Lines from a pipe are
/// safe: whatever changes something is planned first and needs a line of its own, and at their end the console ends.
private func wantsLines(_ invocation: Invocation, term: String) -> Bool {
  invocation.has("plain") || !Terminal.inputIsTerminal || !Terminal.outputIsTerminal || term == "dumb"
}

private func consoleEnvironment(
  _ directory: StateDirectory, _ variables: [String: String], content: String?
) throws -> ConsoleEnvironment {
  // On the console a simulated operation is to be watched, not missed.
  let starter = EngineStarter(directory: directory, options: ["--pace", "20"])
  let actor = Actor.current()
  let watching = SiteWatching(directory)
  watching.begin()
  let store = directory.heldSite ? try SiteOpening.storeToRead(directory, memory: .follower) : nil
  let gate = store.map { SiteGate(directory: directory, store: $0, starter: starter) }
  let tidying = Tidying()
  var environment = ConsoleEnvironment(
    site: gate, actor: actor,
    blocking: { work in
      onOwnThread {
        work()
        tidying.afterWork()
      }
    })
  if let refusal = store?.refusal {
    environment.isReadOnly = true
    environment.copyReason = refusal.code == "DiskFull" ? .diskIsFull : .fileSystemIsReadOnly
  }
  environment.statePath = directory.path
  environment.createSite = { choice in
    try await offPool {
      defer { watching.begin() }
      return try makeSite(choice, directory, content: content, starter, as: actor)
    }
  }
  environment.fetchHostKey = { address in
    var spec = Host.Spec(transport: .ssh, address: address.address, port: address.port, user: address.user)
    spec.privilege = address.user == nil || address.user == "root" ? .root : .sudo
    let host = Host(metadata: Metadata(name: address.name, uid: "new", createdAt: .wallClock()), spec: spec)
    return try await HostWays(directory).keys(of: host).map(\.fingerprint).first ?? ""
  }
  environment.addHostProgram = { address in addHostProgram(address, directory) }
  environment.preview = { changes, site, inFull in
    try previews(of: changes.intents, in: site, as: actor, tellsPlans: inFull, placing: changes.placing)
  }
  environment.manifest = { record in (try? manifestText(record)) ?? "" }
  let wellKnown = environment.versions
  environment.versions = { site in installableVersions(site, simulated: wellKnown) }
  environment.startEngine = {
    watching.begin()
    try SiteGate(directory: directory, store: SiteOpening.store(directory), starter: starter).startEngine()
  }
  environment.leader = { holder in
    LeaseHolder(holder).flatMap { known in known.startedAt.map { (Int(known.pid), $0) } }
  }
  environment.isLeaderGone = { holder in
    LeaseHolder(holder).map { $0.isCertainlyGone || $0.isSuspended } ?? false
  }
  let lastBuild = Mutex<(holder: String, other: OtherBuild?)>(("", nil))
  environment.otherBuild = { holder in
    // Asked at each picture, of the same holder for hours.
    lastBuild.withLock { last in
      if last.holder == holder { return last.other }
      let known = LeaseHolder(holder).flatMap { $0.isOfAnotherBuild ? $0 : nil }
      last = (
        holder,
        known.map {
          OtherBuild(engine: $0.build?.description, own: Build.current.description, process: Int($0.pid))
        }
      )
      return last.other
    }
  }
  environment.keepDraft = { name, text in Drafts(directory).keep(name, text) }
  environment.draft = { name in Drafts(directory).text(name) }
  let themes = ThemeLibrary(environment: variables, executable: EngineStarter.thisProgram())
  environment.theme = { try themes.load($0) }
  environment.themeNames = themes.names
  environment.watchThemes = { changed in ThemeWatch.start(themes, changed: changed) }
  environment.pager = words(variables["PAGER"] ?? "less")
  environment.editor = words(variables["VISUAL"] ?? variables["EDITOR"] ?? "vi")
  environment.temporaryFile = { name, text in try Drafts(directory).file(name, text) }
  environment.saveFile = { name, text in try saveNewFile(name, text) }
  let keys = KeyFile(environment: variables)
  (environment.keys, environment.keyProblems) = (keys.keys, keys.problems)
  environment.useSettings(variables)
  environment.useFiles()
  environment.useContent()
  return environment
}

/// The Kubernetes versions that can be installed in a site, oldest first.
///
/// - Parameter simulated: those that a simulated site offers.
private func installableVersions(
  _ site: SiteSnapshot, simulated: (SiteSnapshot) -> [KubernetesVersion]
) -> [KubernetesVersion] {
  guard site.site.spec.simulation == nil else { return simulated(site) }
  // An index that cannot be read offers nothing; the content page says what is wrong with it.
  let content = try? SiteGate.content(of: site.site)
  return (content?.kubernetesVersions ?? []).compactMap { KubernetesVersion($0) }.sorted()
}

/// For completion.
let versionsCommand = CommandDefinition(
  name: "versions", summary: "Print the Kubernetes versions that can be installed here", hidden: true
) { invocation in
  let site = try SiteOpening.open(invocation, startsEngine: false).snapshot()
  let known = ConsoleEnvironment(site: nil, actor: Actor.current()).versions
  for version in installableVersions(site, simulated: known) { Terminal.out("\(version)") }
}

/// Writes a file that was not there before: a number is put before the name's end until it is free.
private func saveNewFile(_ name: String, _ text: String) throws -> String {
  let plain = String(name.map { $0 == "/" ? "-" : $0 })
  let stem = plain.hasSuffix(".log") ? String(plain.dropLast(4)) : plain
  for number in 1...999 {
    let path = currentDirectory() + "/" + (number == 1 ? plain : "\(stem)-\(number).log")
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0 {
      if errno == EEXIST { continue }
      throw EaselError(.failed, "NotSaved", "saving \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count <= 0 { throw EaselError(.failed, "NotSaved", "saving \(path): \(String(cString: strerror(errno)))") }
      written += count
    }
    return path
  }
  throw EaselError(.failed, "NotSaved", "saving \(plain): there are 999 of it already")
}

private func words(_ command: String) -> [String] { command.split(separator: " ").map(String.init) }

/// The command that adds a host whose sudo asks for a password, which is typed on the terminal and passes no screen of ours;
/// what it says stays until Enter.
private func addHostProgram(_ address: HostAddress, _ directory: StateDirectory) -> [String] {
  var command = [EngineStarter.thisProgram(), "--state", directory.path, "host", "add", address.name]
  command += ["--address", address.address, "--ask-sudo-password"]
  if let user = address.user { command += ["--user", user] }
  if let port = address.port { command += ["--port", "\(port)"] }
  let script = "\"$@\"; status=$?; printf '\\nEnter goes back to the console. '; read -r line; exit $status"
  return ["sh", "-c", script, "sh"] + command
}

private func makeSite(
  _ choice: SiteChoice, _ directory: StateDirectory, content: String?, _ starter: EngineStarter, as actor: Actor
) throws -> any SiteAccess {
  var simulation: Site.Simulation?
  if case .simulated = choice { simulation = Site.Simulation() }
  let store = try SiteFounding.found(
    in: directory, name: "site", simulation: simulation, contentDirectory: simulation == nil ? content : nil,
    as: actor)
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

/// Gives back, now and then, what looks at a site that changes have left, and the code that only its opening needed.
private final class Tidying: Sendable {
  private static let pauseMilliseconds: Int64 = 10_000
  private let last = Mutex(MonotonicClock.milliseconds())

  func afterWork() {
    let now = MonotonicClock.milliseconds()
    let isDue = last.withLock { last in
      guard now - last >= Self.pauseMilliseconds else { return false }
      last = now
      return true
    }
    if isDue { csys_memory_give_back() }
  }
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
