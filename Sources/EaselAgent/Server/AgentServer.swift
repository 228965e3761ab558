import CSys
import EaselProcess
import Glibc

/// Listens on a Unix socket for one runner; only root and the runner's own user are let in.
package struct AgentServer: Sendable {
  package let runner: Runner
  private let listener: Int32
  private let socketPath: String

  /// Where an installed agent listens.
  package static let installedSocket = "/run/easel-agent/agent.sock"

  /// Takes the state folder for this process and listens.
  ///
  /// - Throws: `SystemError`; EWOULDBLOCK when another runner has the state folder.
  package init(_ configuration: AgentConfiguration, socketPath: String) throws {
    try configuration.state.prepare()
    let lock = csys_open_update(configuration.state.lock, 0o600)
    guard lock >= 0 else { throw SystemError("open \(configuration.state.lock)") }
    guard csys_lock_file(lock, true, false) == 0 else {
      let error = SystemError("take the state folder \(configuration.state.path)")
      _ = close(lock)
      throw error
    }
    // The lock lives as long as the process: its descriptor is never closed.
    runner = try Runner(configuration)
    try Files.makeDirectories(Files.parent(of: socketPath), mode: 0o700)
    listener = csys_unix_listen(socketPath, 0o600)
    guard listener >= 0 else { throw SystemError("listen on \(socketPath)") }
    self.socketPath = socketPath
  }

  /// Accepts connections for ever; each is served on its own.
  package func acceptConnections() async {
    while true {
      let fd = csys_accept(listener)
      if fd >= 0 {
        admit(fd)
      } else if csys_errno() == EAGAIN {
        do { try await Reactor.shared.wait(listener, .readable) } catch { return }
      } else if csys_errno() == EMFILE || csys_errno() == ENFILE {
        do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
      }
    }
  }

  /// Serves one peer on two descriptors, which are taken over, until it closes.
  package func serve(input: Int32, output: Int32) async {
    await Connection(
      runner: runner, input: ByteChannel(taking: input, name: "standard input"),
      output: ByteChannel(taking: output, name: "standard output")
    ).serve()
  }

  private func admit(_ fd: Int32) {
    var uid: UInt32 = .max
    var pid: Int32 = 0
    guard csys_peer(fd, &uid, &pid) == 0, uid == 0 || uid == geteuid() else {
      _ = close(fd)
      return
    }
    let copy = csys_duplicate(fd)
    guard copy >= 0 else {
      _ = close(fd)
      return
    }
    let connection = Connection(
      runner: runner, input: ByteChannel(taking: fd, name: "a connection"),
      output: ByteChannel(taking: copy, name: "a connection"))
    Task.detached { await connection.serve() }
  }
}
