import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc

/// A host on loopback: a real sshd that lets one key in and starts the built agent, with its state in a folder, in place of an
/// installed one. Whatever else is asked of it is refused or only noted, so that nothing of this machine is touched.
final class AgentHost: Sendable {
  static let isPossible = access("/usr/sbin/sshd", X_OK) == 0

  let folder: String
  let port: Int
  private let daemons = Daemons()

  private actor Daemons {
    var running: ChildProcess?
    func replace(_ next: ChildProcess?) -> ChildProcess? {
      defer { running = next }
      return running
    }
    deinit { running?.signal(SIGTERM) }
  }

  init(_ folder: String) async throws {
    self.folder = folder
    mkdir(folder, 0o700)
    port = try Loopback.freePort()
    for key in ["login", "host_key", "other_key"] {
      let made = try await TestSite.end(
        of: try Loopback.start(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"]))
      guard made.status == 0 else { throw EaselError(.failed, "TestFailed", made.errors) }
    }
    let agent = TestSite.program + "-agent"
    try write(
      "wrap",
      """
      #!/bin/sh
      case "$SSH_ORIGINAL_COMMAND" in
        "") exit 1 ;;
        true) exit 0 ;;
        *sha256sum\\ /usr/local/lib/easel*) echo machine=x86_64; echo user=root; echo digest=$(sha256sum '\(agent)' | cut -c1-64) ;;
        *install-unit*) exit 0 ;;
        *uninstall*) echo dismissed >> '\(folder)/dismissed' ;;
        *easel-agent\\ serve*)
          echo $$ > '\(folder)/serving'
          if [ -x '\(folder)/liar' ]; then exec '\(folder)/liar'; fi
          exec '\(agent)' serve --foreground --state '\(folder)/agent' ;;
        *) echo "$SSH_ORIGINAL_COMMAND" >> '\(folder)/refused'; exit 77 ;;
      esac
      """, mode: 0o755)
    try write(
      "ssh_config", "IdentityFile \(folder)/login\nIdentitiesOnly yes\nUserKnownHostsFile \(folder)/operators\n")
    try letIn()
    if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
    try await listen(key: "host_key")
  }

  /// sshd takes the login key.
  func letIn() throws {
    let key = try read("login.pub")
    try write("authorized", "restrict,command=\"\(folder)/wrap\" \(key)", mode: 0o600)
  }

  /// sshd takes no key any more; who is in is thrown out.
  func letNobodyIn() throws {
    try write("authorized", "", mode: 0o600)
    hangUp()
  }

  /// Ends every connection that stands.
  func hangUp() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for pid in names.compactMap(Int32.init) {
      // The processes that sshd keeps for its sessions: they have the daemon's, or its session's, as parent.
      guard let parent = Self.parent(of: pid), let daemon = daemonPID() else { continue }
      if parent == daemon || Self.parent(of: parent) == daemon { kill(pid, SIGKILL) }
    }
  }

  /// The same place with another key: as after it was installed anew.
  func listen(key: String) async throws {
    try write(
      "sshd_config",
      """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(folder)/\(key)
      AuthorizedKeysFile \(folder)/authorized
      PidFile \(folder)/sshd.pid
      StrictModes no
      UsePAM no
      PermitRootLogin yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      MaxStartups 100:30:200
      LogLevel ERROR
      """)
    hangUp()
    if let old = await daemons.replace(nil) { await old.terminate(graceSeconds: 5) }
    unlink("\(folder)/sshd.pid")
    _ = await daemons.replace(try Loopback.start(["/usr/sbin/sshd", "-D", "-e", "-f", "\(folder)/sshd_config"]))
    for _ in 0..<500 where daemonPID() == nil { try await Task.sleep(for: .milliseconds(20)) }
    // The pid is written once it listens.
  }

  func fingerprint(_ key: String) async throws -> String {
    try await TestSite.end(of: try Loopback.start(["ssh-keygen", "-lf", "\(folder)/\(key)"])).output
      .split(separator: " ").dropFirst().first.map(String.init) ?? ""
  }

  /// The words that add it to a site.
  func words(_ name: String) async throws -> [String] {
    [
      "host", "add", name, "--address", "192.0.2.7", "--ssh-host", "127.0.0.1", "--port", "\(port)", "--ssh-config",
      "\(folder)/ssh_config", "--user", "root", "--host-key", try await fingerprint("host_key"), "--yes", "--wait",
    ]
  }

  func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    chmod("\(folder)/\(name)", mode)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(name)")), as: UTF8.self)
  }

  private func daemonPID() -> Int32? {
    (try? read("sshd.pid")).flatMap { Int32($0.filter(\.isNumber)) }
  }

  private static func parent(of pid: Int32) -> Int32? {
    guard let bytes = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/stat")) else { return nil }
    // After the name, which stands in parentheses: state, parent.
    let words = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
    return words.count > 1 ? Int32(words[1]) : nil
  }
}
