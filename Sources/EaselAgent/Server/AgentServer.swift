import CSys
import EaselProcess
import Glibc
import Synchronization

/// Listens on a Unix socket for one runner; only root and the runner's own user are let in.
package final class AgentServer: Sendable {
  /// Who came through the socket and has not gone, and who waits for them to go.
  private struct Peers {
    var count = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  package let runner: Runner
  private let listener: Int32
  private let socketPath: String
  private let peers = Mutex(Peers())

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
      do {
        switch accept() {
        case EAGAIN: try await Reactor.shared.wait(listener, .readable)
        case EMFILE, ENFILE: try await Task.sleep(for: .milliseconds(100))
        default: continue
        }
      } catch {
        return
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

  /// Returns when no plan runs and nobody is connected, and from then on nobody gets in.
  package func untilUnused() async {
    let aside = socketPath + ".closing"
    while true {
      await untilNobodyIsHere()
      await runner.untilIdle()
      // Who finds no socket, or finds it closed, tries again; who came in before is served.
      guard rename(socketPath, aside) == 0 else { return }
      var isAwaited = false
      while accept() == 0 { isAwaited = true }
      guard isAwaited || peers.withLock({ $0.count > 0 }) else {
        unlink(aside)
        return
      }
      rename(aside, socketPath)
    }
  }

  private func untilNobodyIsHere() async {
    await withCheckedContinuation { waiter in
      let isEmpty = peers.withLock { peers in
        if peers.count > 0 { peers.waiters.append(waiter) }
        return peers.count == 0
      }
      if isEmpty { waiter.resume() }
    }
  }

  /// Lets one in that waits: it is counted in the same moment.
  ///
  /// - Returns: 0, or why nobody was let in, as the system numbers it.
  private func accept() -> Int32 {
    let (fd, error) = peers.withLock { peers in
      let fd = csys_accept(listener)
      guard fd >= 0 else { return (fd, csys_errno()) }
      peers.count += 1
      return (fd, 0)
    }
    guard fd >= 0 else { return error }
    Task.detached { [self] in
      await connection(fd)?.serve()
      left()
    }
    return 0
  }

  private func left() {
    let waiters = peers.withLock { peers in
      peers.count -= 1
      guard peers.count == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { peers.waiters = [] }
      return peers.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func connection(_ fd: Int32) -> Connection? {
    var uid: UInt32 = .max
    var pid: Int32 = 0
    guard csys_peer(fd, &uid, &pid) == 0, uid == 0 || uid == geteuid() else {
      _ = close(fd)
      return nil
    }
    let copy = csys_duplicate(fd)
    guard copy >= 0 else {
      _ = close(fd)
      return nil
    }
    return Connection(
      runner: runner, input: ByteChannel(taking: fd, name: "a connection"),
      output: ByteChannel(taking: copy, name: "a connection"))
  }
}
