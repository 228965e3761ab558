import EaselModel
import EaselRuntime
import Glibc
import Synchronization

let engineCommand = CommandDefinition(
  name: "engine", summary: "Run the engine in the foreground, or show who runs it",
  discussion:
    "Nobody needs to start it by hand: whoever submits a change makes sure that one runs until nothing is left to do.\n"
    + "A systemd unit that keeps one running all the time is in assets/easel-engine.service.",
  options: [
    .flag("until-idle", "End when every host was looked at, no operation can go on and no console is open"),
    .value("pace", "PACE", "On a simulated site: max, or how many times faster than real time (default max)"),
    .flag("verbose", "Write every decision's reasons to the log"),
  ],
  subcommands: [
    CommandDefinition(name: "status", summary: "Show who holds the site's lease", formats: OutputFormat.structures) {
      invocation in
      let gate = try SiteOpening.open(invocation, startsEngine: false)
      let lease = try gate.store.read { try $0.lease() }
      let leads = lease.isLed
      let waiting = leads ? [] : try gate.snapshot().operations.filter(\.status.phase.isMoving)
      let format = OutputFormat(invocation)
      if format.isStructured {
        let build = leads ? LeaseHolder(lease.holder)?.build : nil
        return try printValue(
          EngineStatus(
            running: leads, epoch: lease.epoch, holder: lease.holder, version: build?.version, build: build?.digest,
            waiting: waiting.map(\.name), lastEnd: leads ? nil : gate.engineEnd(lease)),
          format: format)
      }
      guard leads else {
        let why = gate.engineEnd(lease).map { "\n\($0.reason) (\($0.at))" } ?? ""
        let what = waiting.isEmpty ? "no engine runs; the next change starts one" : standstill(waiting)
        return Terminal.out("\(what) (last epoch \(lease.epoch))\(why)")
      }
      Terminal.out("leading: \(lease.holder), epoch \(lease.epoch), lease until \(lease.expiresAt)")
      warnOfBuild(lease)
    }
  ]
) { invocation in
  let directory = SiteOpening.directory(invocation)
  var options = EngineOptions()
  options.untilIdle = invocation.has("until-idle")
  options.verbose = invocation.has("verbose")
  options.pace = try pace(invocation)
  Stop.onTermination()
  let log = EngineLog(path: options.untilIdle && directory.heldSite ? directory.engineLog : nil)
  do {
    try directory.requireSite()
    let engine = try EngineProcess(
      directory: directory, store: SiteOpening.store(directory), options: options, log: log)
    try engine.run(until: { Stop.requested })
  } catch {
    log.writeEnd(asEaselError(error))
    throw error
  }
}

private struct EngineStatus: Encodable {
  var kind = "EngineStatus"
  var running: Bool
  var epoch: Int64
  var holder: String
  /// Of the engine that runs; absent where none does, or it does not say.
  var version: String?
  var build: String?
  /// Operations that do not go on because no engine runs.
  var waiting: [String]
  /// Why the last one ended, where that was not in order.
  var lastEnd: EngineEnd?
}

/// Nil is "as fast as possible".
func pace(_ invocation: Invocation) throws -> Double? {
  guard let text = invocation.value("pace"), text != "max" else { return nil }
  guard let factor = Double(text), factor > 0, factor <= 1_000_000 else {
    throw invocation.usage("--pace takes max or a number such as 60, not \"\(text)\"")
  }
  return factor
}

/// SIGTERM, SIGINT and SIGHUP ask the engine to end after what it is doing.
private enum Stop {
  private static let flag = Atomic<Bool>(false)

  static var requested: Bool { flag.load(ordering: .relaxed) }

  static func onTermination() {
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number) { _ in Stop.flag.store(true, ordering: .relaxed) } }
  }
}
