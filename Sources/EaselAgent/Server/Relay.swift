import CSys
import EaselAgentProtocol
import EaselProcess
import Glibc

/// `easel-agent serve`: carries bytes between its standard streams and the runner's socket, nothing else.
package enum Relay {
  /// Returns the exit status: 0 when either side closed, 69 when no runner listens.
  package static func run(socketPath: String, input: Int32 = 0, output: Int32 = 1) -> Int32 {
    do {
      try carry(to: socketPath, input: input, output: output)
      return 0
    } catch {
      return refuse("\(error)", output: output)
    }
  }

  /// Tells the peer that no runner listens, and returns the exit status that says the same.
  package static func refuse(_ reason: String, output: Int32 = 1) -> Int32 {
    let failure = RPCFailure(
      "RunnerNotRunning", "no agent runs on this host: \(reason)",
      advice: "look at `systemctl status easel-agent` on the host")
    try? Files.write(output, RPC.failure(nil, failure) + [10], "the answer")
    return 69
  }

  /// Returns when either side closed.
  ///
  /// - Throws: `SystemError`: why nobody could be reached at the socket.
  package static func carry(to socketPath: String, input: Int32 = 0, output: Int32 = 1) throws {
    let socket = csys_unix_connect(socketPath)
    guard socket >= 0 else { throw SystemError("connect to \(socketPath)") }
    var inputOpen = true
    let readable = CSYS_READABLE | CSYS_ERROR | CSYS_HANGUP
    while true {
      var (fromInput, fromSocket) = (Int32(0), Int32(0))
      guard
        csys_poll_pair(
          inputOpen ? input : -1, Int32(CSYS_READABLE), &fromInput, socket, Int32(CSYS_READABLE), &fromSocket, -1) > 0
      else { return }
      do {
        if Int(fromInput) & Int(readable) != 0 {
          let bytes = try Files.readPiece(input, "standard input", 65_536)
          if bytes.isEmpty {
            inputOpen = false
            _ = shutdown(socket, Int32(SHUT_WR))
          } else {
            try Files.write(socket, bytes, socketPath)
          }
        }
        if Int(fromSocket) & Int(readable) != 0 {
          let bytes = try Files.readPiece(socket, socketPath, 65_536)
          if bytes.isEmpty { return }
          try Files.write(output, bytes, "standard output")
        }
      } catch {
        return
      }
    }
  }
}
