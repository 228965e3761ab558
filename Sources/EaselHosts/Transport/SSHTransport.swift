import EaselAgentProtocol
import EaselModel
import EaselProcess
import Glibc
import Synchronization

/// The agent over the operator's own ssh: its configuration, agents, jump hosts and keys work as they are.
package struct SSHTransport: HostTransport {
  /// How the agent is called on the host.
  package struct Agent: Sendable, Hashable {
    package var path = "/usr/local/lib/easel/easel-agent"
    /// Added to `serve` and `receive`; for hosts without systemd.
    package var serveArguments: [String] = []
    package var receiveArguments: [String] = []

    package init() {}
  }

  package let target: SSHTarget
  package let settings: SSHSettings
  package let agent: Agent
  private let password: Secret?
  private let siteKey: SiteKeyUse
  package var host: String { target.host }

  /// - Parameter password: of sudo, for hosts that ask; it goes to sudo's standard input and nowhere else.
  package init(_ target: SSHTarget, _ settings: SSHSettings, agent: Agent = Agent(), password: Secret? = nil) {
    self.target = target
    self.settings = settings
    self.agent = agent
    siteKey = SiteKeyUse(target.siteKey != nil)
    self.password = target.privilege == .sudoPassword ? password : nil
  }

  package func start(_ arguments: [String]) async throws -> HostProcess {
    let extra = arguments.first == "serve" ? agent.serveArguments : agent.receiveArguments
    let words = elevation + [agent.path] + arguments + extra
    var target = target
    if !siteKey.isGood { target.siteKey = nil }
    let launch = try settings.launch(target, [], ShellWord.line(words))
    return try await HostProcess(launch, host: host, first: password)
  }

  /// Where the site's key is refused (somebody took its line out by hand), the operator's own credentials may still do.
  package func takeAnotherWay() -> Bool { siteKey.giveUp() }

  /// What comes before a command so that root runs it. `-k` makes sudo read the password even if it would not ask.
  private var elevation: [String] {
    switch target.privilege {
    case .root: []
    case .sudo: ["sudo", "-n", "--"]
    case .sudoPassword: password == nil ? ["sudo", "-n", "--"] : ["sudo", "-k", "-S", "-p", "", "--"]
    }
  }

  /// Ends the shared connection, if there is one.
  package func disconnect() async {
    guard settings.controlFolder != nil else { return }
    var launch = ChildProcess.Launch(
      [settings.program, "-O", "exit"] + settings.options(target) + target.selection + ["--", target.destination])
    launch.environment = SSHSettings.environment()
    _ = await (try? ChildProcess(launch))?.wait()
  }
}

/// Whether a transport still tries the site's key.
private final class SiteKeyUse: Sendable {
  private let good: Atomic<Bool>

  init(_ good: Bool) { self.good = Atomic(good) }

  var isGood: Bool { good.load(ordering: .relaxed) }
  /// Says whether it was still tried until now.
  func giveUp() -> Bool { good.exchange(false, ordering: .relaxed) }
}
