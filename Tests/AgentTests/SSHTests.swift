import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

/// Over a real sshd on loopback. Skipped, and shown as skipped, where openssh-server is not installed.
@Suite(.enabled(if: LoopbackSSH.isInstalled, "openssh-server is not installed"), .timeLimit(.minutes(2)))
struct SSHTests {
  let folder = TestFolder()

  private func code<T>(_ attempt: () async throws -> T) async -> String {
    do {
      _ = try await attempt()
      return "none"
    } catch let error as EaselError {
      return error.code
    } catch {
      return "\(error)"
    }
  }

  private func trusted(_ ssh: LoopbackSSH, multiplexed: Bool = false) async throws -> AgentClient {
    let scan = HostKeyScan(ssh.settings())
    try scan.trust(try await scan.scan(ssh.target()))
    return AgentClient(SSHTransport(ssh.target(), ssh.settings(multiplexed: multiplexed), agent: ssh.agent()))
  }

  @Test func `an unknown host is refused until its key, fetched without a login, is confirmed`() async throws {
    let ssh = try await LoopbackSSH(folder)
    let client = AgentClient(SSHTransport(ssh.target(), ssh.settings(), agent: ssh.agent()))
    #expect(await code { try await client.hello() } == "HostKeyUnknown")
    let scan = HostKeyScan(ssh.settings())
    let keys = try await scan.scan(ssh.target())
    let printed = try ChildProcess(
      {
        var launch = ChildProcess.Launch(["ssh-keygen", "-l", "-f", folder("host.pub")])
        launch.output = .pipe
        return launch
      }())
    let text = String(decoding: try await printed.output!.read(), as: UTF8.self)
    #expect(keys.count == 1 && text.contains(keys[0].fingerprint))
    #expect(!folder.exists("known_hosts") && !folder.exists("operators_known_hosts"))
    #expect(await code { try await client.hello() } == "HostKeyUnknown")
    try scan.trust(keys)
    #expect(try await client.hello().architecture == "x86_64")
    await client.close()
    try scan.forget(keys)
    let again = AgentClient(SSHTransport(ssh.target(), ssh.settings(), agent: ssh.agent()))
    #expect(await code { try await again.hello() } == "HostKeyUnknown")
  }

  @Test func `a key in the operator's own known_hosts is enough`() async throws {
    let ssh = try await LoopbackSSH(folder)
    let line = try await HostKeyScan(ssh.settings()).scan(ssh.target())[0].line
    folder.write("operators_known_hosts", line + "\n")
    let client = AgentClient(SSHTransport(ssh.target(), ssh.settings(), agent: ssh.agent()))
    #expect(try await client.hello().protocolVersion == AgentProtocol.version)
    await client.close()
  }

  @Test func `a changed host key is refused by its own name`() async throws {
    let first = try await LoopbackSSH(folder)
    let client = try await trusted(first)
    _ = try await client.hello()
    await client.close()
    await first.stop()
    let second = try await LoopbackSSH(folder, hostKey: "other", port: first.port)
    let next = AgentClient(SSHTransport(second.target(), second.settings(), agent: second.agent()))
    #expect(await code { try await next.hello() } == "HostKeyChanged")
  }

  @Test func `each way in which a login fails has its own name`() async throws {
    let ssh = try await LoopbackSSH(folder)
    let client = try await trusted(ssh)
    var wrong = ssh.agent()
    wrong.path = folder("no-such-agent")
    let missing = AgentClient(SSHTransport(ssh.target(), ssh.settings(), agent: wrong))
    #expect(await code { try await missing.hello() } == "AgentMissing")
    try await LoopbackSSH.makeKey(folder("stranger"))
    folder.write("authorized", folder.read("stranger.pub")!, mode: 0o600)
    #expect(await code { try await client.hello() } == "AuthenticationFailed")
    var nobody = ssh.target()
    nobody.port = LoopbackSSH.freePort()
    let down = AgentClient(SSHTransport(nobody, ssh.settings(), agent: ssh.agent()))
    #expect(await code { try await down.hello() } == "HostUnreachable")
    var option = ssh.target()
    option.destination = "-oProxyCommand=touch \(folder("owned"))"
    let evil = AgentClient(SSHTransport(option, ssh.settings(), agent: ssh.agent()))
    #expect(await code { try await evil.hello() } == "BadHostName")
    #expect(!folder.exists("owned"))
    var noSSH = ssh.settings()
    noSSH.program = folder("ssh")
    let none = AgentClient(SSHTransport(ssh.target(), noSSH, agent: ssh.agent()))
    #expect(await code { try await none.hello() } == "SSHMissing")
  }

  @Test(arguments: [false, true])
  func `a plan goes on when its connection is cut, and the client finds it again`(multiplexed: Bool) async throws {
    mkfifo(folder("gate"), 0o600)
    let ssh = try await LoopbackSSH(folder)
    let client = try await trusted(ssh, multiplexed: multiplexed)
    let asked = try request(
      "k",
      [
        script("s", "echo x >> \(folder("count")); echo waiting; exec cat \(folder("gate"))"),
        script("t", "echo x >> \(folder("t"))"),
      ])
    let notes = Events<ProgressNote>()
    let run = Task { try await client.run(asked) { notes.add($0) } }
    _ = await notes.first { $0.line == "waiting" }
    let cut = await client.openConnection!
    kill(cut.process.child.pid, SIGKILL)
    // The same client, on a connection of its own making, follows the plan that went on.
    while await client.openConnection === cut { try await Task.sleep(for: .milliseconds(20)) }
    close(open(folder("gate"), O_WRONLY))
    let report = try await run.value
    #expect(report.state == .succeeded)
    #expect(folder.read("count") == "x\n" && folder.read("t") == "x\n")
    await client.close()
    await (client.transport as? SSHTransport)?.disconnect()
  }

  @Test func `content is pushed over ssh and lands whole`() async throws {
    let ssh = try await LoopbackSSH(folder)
    let client = try await trusted(ssh, multiplexed: true)
    let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try Data(bytes).write(to: URL(filePath: folder("big")))
    var digest = SHA256()
    digest.update(bytes)
    let file = ContentPush.File(
      ContentReference(sha256: digest.finishHex(), size: Int64(bytes.count), name: "big"), path: folder("big"))
    #expect(try await ContentPush(client).push([file]) == 2_000_000)
    #expect(try await ContentPush(client).push([file]) == 0)
    await client.close()
    await (client.transport as? SSHTransport)?.disconnect()
  }

  @Test func `a host of another architecture is refused before anything is copied`() async throws {
    let ssh = try await LoopbackSSH(folder)
    _ = try await trusted(ssh)
    var installer = try installer(ssh)
    folder.write("bin/uname", "#!/bin/sh\necho aarch64\n", mode: 0o755)
    withPath(ssh)
    installer.prefix = folder("root")
    let asked = installer
    #expect(await code { try await asked.install() } == "WrongArchitecture")
    #expect(!folder.exists("root"))
  }

  @Test func `installing twice copies once, and dismissing takes everything away`() async throws {
    let ssh = try await LoopbackSSH(folder)
    _ = try await trusted(ssh)
    var installer = try installer(ssh)
    installer.prefix = folder("root")
    #expect(try await installer.install().copied)
    #expect(folder.exists("root/usr/local/lib/easel/easel-agent"))
    #expect(folder.read("root/etc/systemd/system/easel-agent.service") == Installation.unitText)
    #expect(try await installer.install().copied == false)
    try await installer.dismiss(purge: true)
    #expect(!folder.exists("root/usr/local/lib/easel") && !folder.exists("root/etc/systemd/system/easel-agent.service"))
    try await installer.dismiss(purge: true)
  }

  @Test func `keys that are confirmed at the same time are all kept`() async throws {
    let ssh = try await LoopbackSSH(folder)
    let settings = ssh.settings()
    let scan = HostKeyScan(settings)
    let blob = try #require(folder.read("host.pub")).split(separator: " ")[1]
    await withTaskGroup(of: Void.self) { group in
      for number in 1...40 {
        group.addTask {
          guard let key = HostKey(knownHostsLine: "192.0.2.\(number) ssh-ed25519 \(blob)") else { return }
          #expect(throws: Never.self) { try scan.trust([key]) }
        }
      }
    }
    let kept = Files.text(settings.knownHosts)?.split(separator: "\n").count
    #expect(kept == 40)
  }

  @Test func `a program started from anywhere puts itself in its place, once`() async throws {
    let place = folder("root/usr/local/lib/easel/easel-agent")
    for program in [Built.agent, place] {
      let child = try ChildProcess(
        ChildProcess.Launch([program, "install-unit", "--place", "--prefix", folder("root")]))
      #expect(await child.wait() == .exited(0))
      #expect(folder.read("root/etc/systemd/system/easel-agent.service") == Installation.unitText)
    }
    let (own, placed) = (try Files.read(Built.agent), try Files.read(place))
    #expect(own == placed)
    #expect(access(place, X_OK) == 0)
  }

  @Test func `a sudo password goes to sudo's input alone, and a wrong one is named`() async throws {
    let ssh = try await LoopbackSSH(folder)
    _ = try await trusted(ssh)
    var plain = try installer(ssh)
    plain.prefix = folder("root")
    plain.target.privilege = .sudoPassword
    // Stands for sudo: takes `-k -S -p '' --`, reads the password, and runs the rest.
    folder.write(
      "bin/sudo",
      """
      #!/bin/sh
      echo "$*" >> \(folder("sudo-arguments"))
      test "$1" = -n && { echo 'sudo: a password is required' >&2; exit 1; }
      read -r password
      test "$password" = "open sesame" || { echo 'Sorry, try again.' >&2; exit 1; }
      shift 5
      exec "$@"
      """, mode: 0o755)
    withPath(ssh)
    let asked = plain
    #expect(await code { try await asked.install() } == "SudoPasswordNeeded")
    var wrong = plain
    wrong.password = Secret("guess")
    let guessed = wrong
    #expect(await code { try await guessed.install() } == "SudoPasswordWrong")
    var right = plain
    right.password = Secret("open sesame")
    right.authorizeLoginUser = true
    #expect(try await right.install().copied)
    #expect(
      folder.read("root/etc/sudoers.d/zz-easel-agent")!.contains("NOPASSWD: /usr/local/lib/easel/easel-agent serve,"))
    #expect(folder.read("sudo-arguments")!.contains("-k -S"))
    unlink(folder("bin/sudo"))
    #expect(!folder.anyFileHolds("open sesame") && !folder.anyFileHolds("guess"))
  }

  /// An installer of a small program that stands for the agent: it passes everything on to the built one.
  private func installer(_ ssh: LoopbackSSH) throws -> AgentInstaller {
    mkdir(folder("bin"), 0o755)
    folder.write("small-agent", "#!/bin/sh\nexec \(Built.agent) \"$@\"\n", mode: 0o755)
    return AgentInstaller(ssh.target(), ssh.settings(), binary: folder("small-agent"))
  }

  /// Puts `bin` before the login shell's path, by the key's environment.
  private func withPath(_ ssh: LoopbackSSH) {
    folder.write(
      "wrap", "#!/bin/sh\nPATH=\(folder("bin")):$PATH\nexport PATH\nexec sh -c \"$SSH_ORIGINAL_COMMAND\"\n", mode: 0o755
    )
    folder.write("authorized", "command=\"\(folder("wrap"))\" \(folder.read("login.pub")!)", mode: 0o600)
  }
}

@Suite struct FailureClassTests {
  @Test func `the folder of ssh's sockets is nobody else's`() throws {
    let folder = TestFolder()
    let place = folder("ssh")
    func chosen() throws -> String? { try SSHSettings.inState(folder.path).controlFolder }
    let usual = try chosen()
    guard usual == place else { return }
    chmod(place, 0o755)
    #expect(try chosen() != place)
    rmdir(place)
    mkdir(folder("elsewhere"), 0o700)
    symlink(folder("elsewhere"), place)
    #expect(try chosen() != place)
    unlink(place)
    folder.write("ssh", "")
    #expect(try chosen() != place)
    unlink(place)
    #expect(try chosen() == place)
  }

  @Test(
    "what ssh and sudo say is told apart",
    arguments: [
      (
        "No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.",
        255, "HostKeyUnknown"
      ),
      (
        "@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.", 255, "HostKeyChanged"
      ),
      ("root@h: Permission denied (publickey,password).", 255, "AuthenticationFailed"),
      ("ssh: connect to host h port 22: Connection refused", 255, "HostUnreachable"),
      ("ssh: Could not resolve hostname h: Name or service not known", 255, "HostUnreachable"),
      ("Timeout, server h not responding.", 255, "HostUnreachable"),
      ("bash: line 1: /usr/local/lib/easel/easel-agent: No such file or directory", 127, "AgentMissing"),
      ("sudo: a password is required", 1, "SudoPasswordNeeded"),
      ("user is not in the sudoers file.", 1, "SudoNotAllowed"),
      ("sh: 1: /x: Exec format error", 126, "WrongArchitecture"),
      ("cat: write error: No space left on device", 1, "DiskFull"),
      ("", 69, "RunnerNotRunning"), ("", 255, "HostUnreachable"), ("", 0, "ConnectionLost"),
    ])
  func classes(said: String, status: Int32, code: String) {
    #expect(HostFailure.classify(.exited(status), said).rawValue == code)
  }

  @Test func `a message shows the last line that is not decoration`() {
    #expect(HostFailure.summary("@@@@\nreason\n\n") == "reason")
  }
}
