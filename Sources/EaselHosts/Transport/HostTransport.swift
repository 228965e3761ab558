import EaselModel
import EaselProcess

/// A way to a host on which an agent's subcommand can be started with its standard streams in our hands.
package protocol HostTransport: Sendable {
  /// The host's name, for messages.
  var host: String { get }

  /// Starts `easel-agent ARGUMENTS` there.
  ///
  /// - Throws: `EaselError` when nothing could be started here; what fails there shows when the process ends.
  func start(_ arguments: [String]) async throws -> HostProcess
}

/// An agent's subcommand that runs on a host, seen from here.
package final class HostProcess: Sendable {
  package let child: ChildProcess
  package let input: ByteChannel
  package let output: ByteChannel
  private let errors: Task<String, Never>

  /// Starts a local process that stands for the remote one. `first` is written to it before anything else.
  init(_ launch: ChildProcess.Launch, host: String, first: Secret? = nil) async throws {
    var launch = launch
    launch.input = .pipe
    launch.output = .pipe
    launch.errors = .pipe
    launch.newSession = true
    let program = launch.arguments.first ?? ""
    do {
      child = try ChildProcess(launch)
    } catch {
      let missing = program.hasSuffix("ssh") ? HostFailure.sshMissing : .agentMissing
      throw missing.error(host, error.description)
    }
    guard let input = child.input, let output = child.output else {
      throw HostFailure.agentError.error(host, "no streams")
    }
    (self.input, self.output) = (input, output)
    let stream = child.errors
    errors = Task.detached {
      var said: [UInt8] = []
      // Only the end matters, and memory is bounded.
      while let stream, let bytes = try? await stream.read(), !bytes.isEmpty { said = (said + bytes).suffix(16_384) }
      return String(decoding: said, as: UTF8.self)
    }
    if let first { try await input.write(first.withBytes { $0 } + [10]) }
  }

  /// Closes its input and output, waits for its end, and says how and with which words it ended.
  package func finish(graceSeconds: Double = 5) async -> (status: ExitStatus, said: String) {
    input.close()
    let killer = Task.detached { [child] in
      try await Task.sleep(for: .seconds(graceSeconds))
      await child.terminate(graceSeconds: 1)
    }
    let status = await child.wait()
    killer.cancel()
    output.close()
    // A multiplexing master that ssh left behind may hold standard error open.
    let closer = Task.detached { [child] in
      try await Task.sleep(for: .milliseconds(300))
      child.errors?.close()
    }
    let said = await errors.value
    closer.cancel()
    return (status, said)
  }

  /// Ends it as if the connection was cut.
  package func cut() { child.signal(9) }
}
