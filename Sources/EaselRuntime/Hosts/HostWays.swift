import EaselAgentProtocol
import EaselHosts
import EaselModel
import EaselProcess
import Glibc

/// The ways to a site's hosts: connections, the agent put on them and taken off.
package struct HostWays: Sendable {
  package var connection: HostConnection
  private var directory: StateDirectory

  /// - Throws: `AgentBinaryMissing` when there is no agent to put on hosts.
  package init(_ directory: StateDirectory) throws {
    guard let binary = AgentBinary.path() else {
      throw EaselError(
        .failed, "AgentBinaryMissing", "there is no easel-agent beside \(EngineStarter.thisProgram())",
        advice: "build it with: make build")
    }
    self.directory = directory
    // Without systemd on this machine its agent runs as our own child.
    let ownRunner = access("/run/systemd/system", F_OK) != 0
    connection = HostConnection(
      agentBinary: binary, localState: ownRunner ? directory.path + "/local-agent" : nil,
      settings: try SSHSettings.inState(directory.path))
    connection.siteKey = SiteKey.file(in: directory.path)
  }

  /// - Parameter password: of sudo, while somebody who typed it is there.
  package func client(for host: Host, password: Secret? = nil) throws -> AgentClient {
    AgentClient(try connection.transport(for: host, password: password))
  }

  /// The keys that a host shows, not yet trusted.
  package func keys(of host: Host) async throws -> [HostKey] {
    try await HostKeyScan(connection.settings).scan(SSHTarget(host))
  }

  /// Keeps the host's key if it is the one that its definition names, which somebody has confirmed.
  ///
  /// - Throws: `HostKeyDiffers` (refused) when the host shows another one.
  package func trust(_ host: Host) async throws {
    guard host.spec.transport == .ssh, let wanted = host.spec.hostKey else { return }
    let keys = try await keys(of: host)
    guard keys.contains(where: { $0.fingerprint == wanted }) else {
      throw EaselError(
        .refused, "HostKeyDiffers",
        "\(host.name) shows the key \(keys.map(\.fingerprint).joined(separator: ", ")) and not \(wanted)",
        advice: "compare with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host itself")
    }
    try HostKeyScan(connection.settings).trust(keys.filter { $0.fingerprint == wanted })
  }

  /// Puts the agent on a host, or upgrades it; with a password it also lets the login user start it without one from then on.
  package func install(on host: Host, password: Secret? = nil) async throws {
    switch host.spec.transport {
    case .simulated: return
    case .local:
      if connection.localState == nil { try await agentHere(["install-unit", "--place"], "installing the agent on") }
    case .ssh:
      var installer = AgentInstaller(
        SSHTarget(host), connection.settings, binary: connection.agentBinary, password: password)
      installer.authorizeLoginUser = password != nil
      _ = try await installer.install()
    }
  }

  /// Runs the agent's own set-up, or its removal, on this machine.
  private func agentHere(_ words: [String], _ gerund: String) async throws {
    var launch = ChildProcess.Launch([connection.agentBinary] + words)
    launch.errors = .pipe
    let child = try ChildProcess(launch)
    var said: [UInt8] = []
    while let bytes = try await child.errors?.read(), !bytes.isEmpty { said = (said + bytes).suffix(4096) }
    guard await child.wait() == .exited(0) else {
      let why = String(decoding: said, as: UTF8.self).split(separator: "\n").joined(separator: " | ")
      throw EaselError(
        .failed, "AgentError", "\(gerund) this machine: \(why)",
        advice: geteuid() == 0 ? "see: journalctl -u easel-agent" : "it needs root: run easel with sudo")
    }
  }

  /// Puts the agent on a host, makes the site its owner, and says what the host is.
  ///
  /// - Parameters:
  ///   - name: of the site, and who asked: what a former owner is told.
  ///   - force: take the host from another site.
  func adopt(
    _ host: Host, fence: Fence, name: String, by: String, force: Bool = false
  ) async throws -> HostObservation {
    try await trust(host)
    let client = try client(for: host)
    // Where sudo asks, whoever added the host has installed the agent: nobody is here to type the password.
    if host.spec.privilege == .sudoPassword {
      if try await client.isOutdated() {
        throw EaselError(
          .failed, "SudoPasswordNeeded",
          "the agent on \(host.name) is of another build, and sudo there asks for a password",
          advice: "add the host again, which asks for it")
      }
    } else {
      try await install(on: host)
    }
    _ = try await client.adopt(fence, force: force, name: name, by: by)
    let seen = try await HostWays.observe(client)
    await client.close()
    return seen
  }

  /// Puts the site's key on a host, by whatever credentials are at hand now. Returns its fingerprint.
  package func installSiteKey(on host: Host) async throws -> String {
    let key = try await SiteKey.ensure(in: directory.path)
    try await SiteKeyInstaller(SSHTarget(host), connection.settings, key: key).install()
    return key.fingerprint
  }

  package func removeSiteKey(from host: Host) async throws {
    guard let key = try await SiteKey.existing(in: directory.path) else { return }
    try await SiteKeyInstaller(SSHTarget(host), connection.settings, key: key).remove()
  }

  /// Takes the agent off, unless it takes changes from another site now.
  func dismiss(_ host: Host, site: String) async throws {
    switch host.spec.transport {
    case .ssh:
      let client = try client(for: host)
      let owner = try? await client.hello().hostOwner
      await client.close()
      if let owner, owner.site.text != site {
        throw EaselError(
          .refused, "OwnedByAnotherSite", "\(host.name) takes changes from another site: \(owner.adoptionText)",
          advice: "skip this step: the host is forgotten here and stays as it is")
      }
      if host.spec.siteKey == true { try await removeSiteKey(from: host) }
      try await AgentInstaller(SSHTarget(host), connection.settings, binary: connection.agentBinary).dismiss(
        purge: true)
    case .local:
      if connection.localState == nil {
        try await agentHere(["uninstall", "--purge"], "taking the agent off")
      }
    case .simulated: return
    }
  }

  /// One look at a host through its agent.
  static func observe(_ client: AgentClient) async throws -> HostObservation {
    let hello = try await client.hello()
    let facts = try await client.inventory()
    return HostObservation(
      reachable: true, bootID: facts.bootID, agentVersion: hello.build, inventory: facts.inventory,
      ownerCluster: facts.ownerCluster, owner: hello.hostOwner)
  }
}
