import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import Glibc

/// Sets the agent up as a systemd unit on the host it runs on, and takes it away again. Done by the new binary itself, as root.
package struct Installation: Sendable {
  /// Put before every path; empty on a real host.
  package var prefix: String
  /// A login user who may run exactly `easel-agent serve` and `easel-agent receive` by sudo without a password; nil for none.
  package var authorizedUser: String?

  package init(prefix: String = "", authorizedUser: String? = nil) {
    (self.prefix, self.authorizedUser) = (prefix, authorizedUser)
  }

  package static let binary = "/usr/local/lib/easel/easel-agent"
  package static let link = "/usr/local/bin/easel-agent"
  package static let unit = "/etc/systemd/system/easel-agent.service"
  /// Named to come last: of several rules that match, sudo takes the last (sudoers(5)).
  package static let sudoers = "/etc/sudoers.d/zz-easel-agent"

  /// The unit; the same text is in assets/easel-agent.service.
  package static let unitText = """
    [Unit]
    Description=Easel agent: runs plans on this host
    Documentation=file:///usr/local/lib/easel
    After=network.target local-fs.target
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    ExecStart=/usr/local/lib/easel/easel-agent runner
    Restart=always
    RestartSec=1
    # SIGTERM goes to the runner alone: it lets the running step end, and goes on with the next one when it is started again.
    KillMode=mixed
    TimeoutStopSec=60
    StateDirectory=easel-agent
    StateDirectoryMode=0700
    RuntimeDirectory=easel-agent
    RuntimeDirectoryMode=0700
    UMask=0022

    [Install]
    WantedBy=multi-user.target

    """

  /// What sudoers allows the user: the relay and the receiver (whose digest and size come on standard input), with exactly these
  /// arguments; sudo's wildcards would match further options too.
  package static func sudoersText(_ user: String) -> String {
    """
    # Written by easel-agent at an operator's request; `easel-agent uninstall` takes it away.
    \(user) ALL=(root) NOPASSWD: \(binary) serve, \(binary) receive -

    """
  }

  /// Writes link, unit and, if asked for, the sudoers rule; starts the runner or lets it restart between plans. Idempotent.
  package func install() async throws {
    try replaceLink()
    try write(Installation.unit, Installation.unitText, 0o644)
    if let user = authorizedUser { try authorize(user) }
    guard hasSystemd else { return say("installed; this host has no systemd, so no runner was started") }
    try await systemctl("daemon-reload")
    try await systemctl("enable", "--quiet", "easel-agent.service")
    // A runner of an older build ends when no plan runs and comes back in this one; `start` does nothing to one that runs.
    if await askToRestart() { say("the runner restarts once no plan runs") }
    try await systemctl("start", "easel-agent.service")
    say("installed \(AgentProtocol.build)")
  }

  /// Stops the runner and deletes what `install` wrote; with `purge` also the state: owner, journals, content.
  package func uninstall(purge: Bool) async throws {
    if hasSystemd {
      try? await systemctl("disable", "--now", "easel-agent.service")
    }
    for path in [Installation.unit, Installation.sudoers, Installation.link, Installation.binary] {
      guard unlink(prefix + path) == 0 || csys_errno() == ENOENT else { throw SystemError("delete \(prefix + path)") }
    }
    _ = rmdir(prefix + Files.parent(of: Installation.binary))
    if hasSystemd { try? await systemctl("daemon-reload") }
    if purge {
      _ = try RemoveTrees(protected: []).remove([prefix + StateFolder.installed.path, prefix + "/run/easel-agent"]) {
        _ in
      }
    }
    say("uninstalled")
  }

  private var hasSystemd: Bool { prefix.isEmpty && Files.status("/run/systemd/system")?.is_directory == true }

  private func say(_ line: String) { try? Files.write(1, Array(line.utf8) + [10], "standard output") }

  private func write(_ path: String, _ text: String, _ mode: UInt32) throws {
    let full = prefix + path
    try Files.makeDirectories(Files.parent(of: full))
    try Files.replace(full, mode: mode, bytes: Array(text.utf8))
  }

  /// Puts this program itself in its place, if it was started from another one.
  package func placeBinary() throws {
    let place = prefix + Installation.binary
    let own = Files.status("/proc/self/exe", followLinks: true)
    if let own, let there = Files.status(place), own.device == there.device, own.inode == there.inode { return }
    try Files.makeDirectories(Files.parent(of: place))
    try Files.replace(place, mode: 0o755, bytes: try Files.read("/proc/self/exe", limit: 1 << 28))
  }

  private func replaceLink() throws {
    let link = prefix + Installation.link
    try Files.makeDirectories(Files.parent(of: link))
    let temporary = "\(link).\(Files.randomName())"
    guard symlink(Installation.binary, temporary) == 0, csys_rename_durably(temporary, link) == 0 else {
      throw SystemError("make the link \(link)")
    }
  }

  private func authorize(_ user: String) throws {
    let allowed = user.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte) || "-_.".utf8.contains(byte)
    }
    guard allowed, !user.isEmpty, !user.hasPrefix("-"), user.utf8.count <= 64 else {
      throw StepFailure("BadUserName", "\(user) cannot be named in sudoers", retryable: false)
    }
    try write(Installation.sudoers, Installation.sudoersText(user), 0o440)
  }

  private func askToRestart() async -> Bool {
    let socket = csys_unix_connect(AgentServer.installedSocket)
    guard socket >= 0 else { return false }
    let channel = ByteChannel(taking: socket, name: AgentServer.installedSocket)
    guard let call = try? RPC.request(1, .shutdownAfterPlan, Empty()) else { return false }
    do {
      try await channel.write(call + [10])
      return !(try await channel.read()).isEmpty
    } catch {
      return false
    }
  }

  private func systemctl(_ arguments: String...) async throws {
    let runner = CommandRunner(
      searchPath: AgentConfiguration(state: .installed).searchPath, marker: "install", secrets: [:],
      redactor: Redactor(), graceSeconds: 1)
    let command = Command(["systemctl"] + arguments)
    let outcome = try await runner.run(command, milliseconds: 60_000) { _ in }
    guard outcome.succeeded(command) else {
      throw StepFailure(
        "CommandFailed", "systemctl \(arguments.joined(separator: " ")): \(outcome.lastErrors.joined(separator: " | "))"
      )
    }
  }
}
