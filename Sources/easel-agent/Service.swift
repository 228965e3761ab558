import CSys
import EaselAgent
import EaselProcess
import Glibc

/// The runner as a process: under systemd, or in the foreground for a host without it.
struct Service {
  private let configuration: AgentConfiguration
  private let socketPath: String?

  init(_ arguments: Arguments, _ state: StateFolder) {
    var configuration = AgentConfiguration(state: state)
    if let grace = arguments.options["--grace"].flatMap(Double.init) { configuration.graceSeconds = grace }
    if let member = arguments.options["--member"] { configuration.memberFile = member }
    self.configuration = configuration
    socketPath = arguments.options["--socket"]
  }

  /// Runs until SIGTERM, or until it is told to restart; a running step is let to its end first.
  func serveUnit() async throws -> Int32 {
    let signals = csys_signalfd([SIGTERM, SIGINT, SIGHUP], 3)
    guard signals >= 0 else { throw SystemError("take signals") }
    let server = try AgentServer(configuration, socketPath: socketPath ?? AgentServer.installedSocket)
    let runner = server.runner
    await runner.resume()
    Task.detached { await server.acceptConnections() }
    Task.detached {
      while true {
        try await Reactor.shared.wait(signals, .readable)
        if csys_signalfd_read(signals) != 0 { await runner.stopAfterStep() }
      }
    }
    await runner.untilClosed()
    // Answers that are on their way (to `shutdownAfterPlan`, to who follows the plan) get a moment to leave.
    try? await Task.sleep(for: .milliseconds(200))
    return 0
  }

  /// Serves standard input and output, and the socket; stays after the peer is gone as long as a plan runs or somebody else is
  /// connected. When another runner has the state folder, relays to it.
  func serveForeground() async throws -> Int32 {
    let path = socketPath ?? "\(configuration.state.path)/agent.sock"
    // A lost terminal or console must not end a plan.
    for signal in [SIGHUP, SIGINT] { _ = csys_ignore_signal(signal, true) }
    // A runner that is about to end, or has just begun, has the folder and no socket for some milliseconds.
    for _ in 0..<100 {
      do {
        let server = try AgentServer(configuration, socketPath: path)
        await server.runner.resume()
        Task.detached { await server.acceptConnections() }
        await server.serve(input: 0, output: 1)
        await server.untilUnused()
        return 0
      } catch let error as SystemError where error.number == EWOULDBLOCK {}
      do {
        try Relay.carry(to: path)
        return 0
      } catch let error as SystemError where [ENOENT, ECONNREFUSED].contains(error.number) {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    return Relay.refuse("the runner at \(path) is ending, and does not end")
  }
}
