import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

/// Host keys are confirmed before anything is sent to a host; against a real sshd on loopback that lets nobody do anything.
@Suite(.enabled(if: access("/usr/sbin/sshd", X_OK) == 0, "openssh-server is not installed: run `make test`"))
struct HostKeyTests {
  private final class Daemon: Sendable {
    let port: Int
    let fingerprint: String
    let config: String
    private let process: ChildProcess

    init(in folder: String) async throws {
      let key = folder + "/host_key"
      let made = try await TestSite.end(
        of: try Loopback.start(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]))
      try #require(made.status == 0, "\(made.errors)")
      fingerprint =
        try await TestSite.end(of: try Loopback.start(["ssh-keygen", "-lf", key])).output
        .split(separator: " ").dropFirst().first.map(String.init) ?? ""
      port = try Loopback.freePort()
      let text = """
        Port \(port)
        ListenAddress 127.0.0.1
        HostKey \(key)
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        ForceCommand false
        """
      try Data(text.utf8).write(to: URL(filePath: folder + "/sshd_config"))
      config = folder + "/ssh_config"
      try Data("UserKnownHostsFile \(folder)/operators_known_hosts\n".utf8).write(to: URL(filePath: config))
      if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
      process = try Loopback.start(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"])
    }

    deinit { process.signal(SIGTERM) }
  }

  private func add(_ site: TestSite, _ daemon: Daemon, _ more: String...) async throws -> Run {
    try await site.easel(
      [
        "host", "add", "one", "--address", "192.0.2.7", "--ssh-host", "127.0.0.1", "--port", "\(daemon.port)",
        "--ssh-config", daemon.config, "--yes",
      ] + more)
  }

  @Test(arguments: [
    (["Bad_Name"], "InvalidName"),
    (["one", "--user=-oProxyCommand=true"], "InvalidSSH"),
    (["one", "--label", "no label=x"], "InvalidLabel"),
  ])
  func `what is wrong with a host is said before it is asked for its key`(words: [String], code: String) async throws {
    let site = try TestSite()
    try await site.easel("site", "init")
    // Nothing listens there.
    let run = try await site.easel(
      ["host", "add"] + words + [
        "--address", "192.0.2.7", "--ssh-host", "127.0.0.1", "--port", "1", "--yes", "-o", "json",
      ])
    #expect(run.status == 3)
    #expect(try JSON(run.errors)["error.code"] == .string(code), "\(run.errors)")
  }

  @Test(.timeLimit(.minutes(2)))
  func `a host's key must be known or given, and a wrong one is refused`() async throws {
    let site = try TestSite()
    try await site.easel("site", "init")
    let daemon = try await Daemon(in: String(site.path.dropLast("/site".count)))
    var unknown = try await add(site, daemon)
    // Until the daemon listens, the host is unreachable.
    try await site.eventually("the daemon answers") {
      unknown = try await add(site, daemon)
      return unknown.status == 3
    }
    #expect(unknown.errors.contains(daemon.fingerprint), "\(unknown.errors)")
    #expect(unknown.errors.contains("--host-key"))

    let wrong = try await add(site, daemon, "--host-key", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    #expect(wrong.status == 3)
    #expect(try await site.easel("get", "hosts", "-o", "name").output.isEmpty)
    #expect(access(site.path + "/known_hosts", F_OK) != 0)

    let right = try await add(site, daemon, "--host-key", daemon.fingerprint)
    #expect(right.status == 0, "\(right.errors)")
    let known = String(decoding: try Data(contentsOf: URL(filePath: site.path + "/known_hosts")), as: UTF8.self)
    #expect(known.contains("[127.0.0.1]:\(daemon.port) ssh-ed25519"))
    // Nobody may log in there: the operation stops and says so, and the host is not called Ready.
    try await site.eventually("the operation has stopped") {
      try await site.easel("get", "operation", "add-one-1", "-o", "json").output.contains("\"Stopped\"")
    }
    let host = try JSON(try await site.easel("get", "host", "one", "-o", "json").output)
    #expect(host["status.phase"] != .string("Ready"))
    let waited = try await site.easel("logs", "add-one-1")
    #expect(waited.output.contains("AuthenticationFailed"), "\(waited.output)")
  }
}
