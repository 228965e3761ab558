import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

/// A site's own key, over a real sshd on loopback.
@Suite(.enabled(if: LoopbackSSH.isInstalled, "openssh-server is not installed"), .timeLimit(.minutes(2)))
struct SiteKeyTests {
  let folder = TestFolder()

  private func trusted() async throws -> LoopbackSSH {
    let ssh = try await LoopbackSSH(folder)
    let scan = HostKeyScan(ssh.settings())
    try scan.trust(try await scan.scan(ssh.target()))
    return ssh
  }

  private func installer(_ ssh: LoopbackSSH) async throws -> SiteKeyInstaller {
    mkdir(folder("site"), 0o700)
    var installer = SiteKeyInstaller(ssh.target(), ssh.settings(), key: try await SiteKey.ensure(in: folder("site")))
    installer.authorizedKeys = folder("authorized")
    installer.command = "\(Built.agent) forced-command --foreground --state \(folder("agent"))"
    return installer
  }

  /// The way of a host that takes the key; what the agent is told besides `serve` and `receive -` comes from the line.
  private func transport(_ ssh: LoopbackSSH, multiplexed: Bool = false) -> SSHTransport {
    var target = ssh.target()
    target.siteKey = folder("site/site_key")
    var agent = SSHTransport.Agent()
    agent.path = Built.agent
    return SSHTransport(target, ssh.settings(multiplexed: multiplexed), agent: agent)
  }

  /// The operator's key does not get in any more.
  private func takeOperatorsKeyOut() {
    let lines = folder.read("authorized")!.split(separator: "\n").filter { $0.hasPrefix("restrict") }
    folder.write("authorized", lines.joined(separator: "\n") + "\n", mode: 0o600)
  }

  @Test func `the key is made once, for its owner alone`() async throws {
    mkdir(folder("site"), 0o700)
    let made = try await SiteKey.ensure(in: folder("site"))
    #expect(try await SiteKey.ensure(in: folder("site")) == made)
    #expect(made.publicHalf.hasPrefix("ssh-ed25519 ") && made.fingerprint.hasPrefix("SHA256:"))
    var status = stat()
    #expect(stat(folder("site/site_key"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    chmod(folder("site/site_key"), 0o644)
    await #expect(throws: EaselError.self) { try await SiteKey.ensure(in: folder("site")) }
  }

  @Test func `with the key the agent is reached when the operator's own credentials are gone`() async throws {
    let ssh = try await trusted()
    let installer = try await installer(ssh)
    try await installer.install()
    takeOperatorsKeyOut()
    let client = AgentClient(transport(ssh))
    #expect(try await client.hello().architecture == "x86_64")
    #expect(try await client.run(request("k", [script("s", "echo x > \(folder("x"))")])).state == .succeeded)
    let bytes = Array("some content".utf8)
    folder.write("file", "some content")
    var digest = SHA256()
    digest.update(bytes)
    let file = ContentPush.File(
      .init(sha256: digest.finishHex(), size: Int64(bytes.count), name: "file"), path: folder("file"))
    #expect(try await ContentPush(client).push([file]) == Int64(bytes.count))
    await client.close()
    #expect(folder.exists("x"))
  }

  @Test(
    "with the key nothing else can be started",
    arguments: [
      "", "true", "sh", "echo x > /tmp/x", "easel-agent", "AGENT", "AGENT uninstall", "AGENT serve; id",
      "AGENT serve id",
      "AGENT serve --socket /tmp/x", "AGENT  serve", " AGENT serve", "AGENT serve ", "AGENT serve\n", "AGENT serve\nid",
      "AGENT receive", "AGENT receive - --state /tmp", "AGENT receive 00 1", "AGENT runner", "AGENT inventory",
      "sudo -n -- sh", "sudo -n -- AGENT uninstall", "sudo AGENT serve", "sudo -n -- sudo -n -- AGENT serve",
      "exec AGENT serve", "$(AGENT) serve", "/tmp/AGENT serve", "AGENT serve && id", "scp -t /tmp", "internal-sftp",
      "AGENT forced-command",
    ])
  func refused(command: String) async throws {
    let asked = command.split(separator: "AGENT", omittingEmptySubsequences: false).joined(separator: Built.agent)
    #expect(ForcedCommand(asked: asked, programs: [Built.agent]) == nil)
  }

  @Test func `what is allowed is exactly this`() {
    let programs = ["/a/agent", "/b/agent"]
    for program in programs {
      for prefix in ["", "sudo -n -- "] {
        #expect(ForcedCommand(asked: "\(prefix)\(program) serve", programs: programs) == .serve)
        #expect(ForcedCommand(asked: "\(prefix)\(program) receive -", programs: programs) == .receive)
      }
    }
    #expect(ForcedCommand(asked: nil, programs: programs) == nil)
  }

  @Test func `sshd itself starts nothing else, opens no terminal and forwards nothing`() async throws {
    let ssh = try await trusted()
    try await installer(ssh).install()
    takeOperatorsKeyOut()
    func end(_ words: [String]) async throws -> (status: EaselProcess.ExitStatus, said: String) {
      var launch = ChildProcess.Launch(
        [
          "ssh", "-F", folder("ssh_config"), "-i", folder("site/site_key"), "-o", "BatchMode=yes", "-o",
          "GlobalKnownHostsFile=\(folder("known_hosts"))", "-p", "\(ssh.port)",
        ] + words)
      launch.output = .pipe
      launch.errors = .pipe
      let child = try ChildProcess(launch)
      var said: [UInt8] = []
      for stream in [child.output!, child.errors!] {
        while let bytes = try? await stream.read(), !bytes.isEmpty { said += bytes }
      }
      return (await child.wait(), String(decoding: said, as: UTF8.self))
    }
    for command in ["id", "touch \(folder("owned"))", "\(Built.agent) serve; touch \(folder("owned"))", ""] {
      let end = try await end(["127.0.0.1"] + (command.isEmpty ? [] : [command]))
      #expect(end.status == .exited(77), "\(command): \(end)")
      #expect(end.said.contains("this key may start"))
    }
    let terminal = try await end(["-tt", "127.0.0.1", "id"])
    #expect(terminal.said.contains("PTY allocation request failed"), "\(terminal)")
    let forward = try await end([
      "-o", "ExitOnForwardFailure=yes", "-W", "127.0.0.1:\(ssh.port)", "127.0.0.1",
    ])
    #expect(forward.said.contains("administratively prohibited"), "\(forward)")
    #expect(!folder.exists("owned"))
  }

  @Test func `installing leaves other lines as they were, and revoking takes out ours alone`() async throws {
    let ssh = try await trusted()
    let before = folder.read("authorized")! + "# a comment without an end"
    folder.write("authorized", before, mode: 0o600)
    let installer = try await installer(ssh)
    try await installer.install()
    try await installer.install()
    let lines = folder.read("authorized")!.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("restrict,command=") } == 1 && lines.count == 3, "\(lines)")
    try await installer.remove()
    #expect(folder.read("authorized") == before + "\n")
    takeOperatorsKeyOut()
    let client = AgentClient(transport(ssh))
    await #expect(throws: EaselError.self) { try await client.hello() }
  }

  @Test func `a host that does not take the key is said to, and keeps no line of it`() async throws {
    let ssh = try await trusted()
    var installer = try await installer(ssh)
    // sshd there looks elsewhere.
    installer.authorizedKeys = folder("elsewhere/authorized")
    let asked = installer
    do {
      try await asked.install()
      Issue.record("it was taken")
    } catch let error as EaselError {
      #expect(error.code == "SiteKeyRefused")
    }
    #expect(folder.read("elsewhere/authorized") == "")
  }

  @Test func `where the key is refused the operator's own credentials still do`() async throws {
    let ssh = try await trusted()
    _ = try await installer(ssh)
    // Never installed, or taken out by hand; ssh's own configured key is left aside too.
    folder.write("no_key_config", "Host *\n  UserKnownHostsFile \(folder("operators_known_hosts"))\n")
    var target = ssh.target()
    target.siteKey = folder("site/site_key")
    let client = AgentClient(SSHTransport(target, ssh.settings(), agent: ssh.agent()))
    #expect(try await client.hello().architecture == "x86_64")
    await client.close()
  }
}
