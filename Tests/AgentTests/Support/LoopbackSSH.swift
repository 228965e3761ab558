import EaselHosts
import EaselProcess
import FoundationEssentials
import Glibc

@testable import EaselAgent

/// A real sshd on loopback with keys of its own; it ends with its owner.
final class LoopbackSSH: Sendable {
  static let isInstalled = access("/usr/sbin/sshd", X_OK) == 0

  let folder: TestFolder
  let port: Int
  private let daemon: ChildProcess

  /// - Parameter hostKey: the name of a key in `folder`; made when it is not there.
  init(_ folder: TestFolder, hostKey: String = "host", port given: Int? = nil) async throws {
    self.folder = folder
    port = given ?? LoopbackSSH.freePort()
    for name in [hostKey, "login"] where !folder.exists(name) { try await LoopbackSSH.makeKey(folder(name)) }
    if !folder.exists("authorized") { folder.write("authorized", folder.read("login.pub")!, mode: 0o600) }
    if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
    folder.write(
      "sshd_config",
      """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(folder(hostKey))
      AuthorizedKeysFile \(folder("authorized"))
      PidFile none
      StrictModes no
      UsePAM no
      PermitRootLogin yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      PubkeyAuthentication yes
      LogLevel ERROR
      """)
    var launch = ChildProcess.Launch(["/usr/sbin/sshd", "-D", "-e", "-f", folder("sshd_config")])
    launch.errors = .pipe
    daemon = try ChildProcess(launch)
    try await waitUntilItListens()
  }

  deinit { daemon.signal(SIGTERM) }

  func stop() async { await daemon.terminate(graceSeconds: 5) }

  /// What the tests' ssh is told: the login key and a known_hosts of its own instead of the user's.
  func target(_ name: String = "lo") -> SSHTarget {
    folder.write(
      "ssh_config",
      """
      Host *
        IdentityFile \(folder("login"))
        IdentitiesOnly yes
        UserKnownHostsFile \(folder("operators_known_hosts"))
      """)
    return SSHTarget(host: name, destination: "127.0.0.1", port: port, config: folder("ssh_config"))
  }

  func settings(multiplexed: Bool = false) -> SSHSettings {
    if multiplexed { mkdir(folder("ctl"), 0o700) }
    return SSHSettings(knownHosts: folder("known_hosts"), controlFolder: multiplexed ? folder("ctl") : nil)
  }

  /// The built agent, as its own runner with its state in the folder.
  func agent() -> SSHTransport.Agent {
    var agent = SSHTransport.Agent()
    agent.path = Built.agent
    agent.serveArguments = ["--foreground", "--state", folder("agent")]
    agent.receiveArguments = ["--state", folder("agent")]
    return agent
  }

  static func makeKey(_ path: String) async throws {
    let child = try ChildProcess(ChildProcess.Launch(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]))
    _ = await child.wait()
  }

  private func waitUntilItListens() async throws {
    for _ in 0..<500 {
      if LoopbackSSH.connects(port) { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw SystemError("start sshd on port \(port)", number: ETIMEDOUT)
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func connects(_ port: Int) -> Bool {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = address(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  static func freePort() -> Int {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(fd, $0, size)
        _ = getsockname(fd, $0, &size)
      }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
  }
}
