import EaselModel
import EaselProcess

/// The agent as a child process on this machine. With a state folder it is its own runner; without one it relays to the
/// installed runner.
package struct LocalTransport: HostTransport {
  package let host: String
  private let agent: String
  private let state: String?

  /// - Parameters:
  ///   - agent: path of the agent's binary.
  ///   - state: the folder of a runner of our own; nil when a runner is installed as a unit.
  package init(host: String, agent: String, state: String?) {
    (self.host, self.agent, self.state) = (host, agent, state)
  }

  package func start(_ arguments: [String]) async throws -> HostProcess {
    var all = [agent] + arguments
    if let state { all += (arguments.first == "serve" ? ["--foreground"] : []) + ["--state", state] }
    return try await HostProcess(ChildProcess.Launch(all), host: host)
  }
}
