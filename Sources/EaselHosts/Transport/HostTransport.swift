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

  /// The host has refused the login: takes another way from now on, if there is one, and says whether there is.
  func takeAnotherWay() -> Bool
}

extension HostTransport {
  package func takeAnotherWay() -> Bool { false }
}

/// An agent's subcommand that runs on a host, seen from here.
package final class HostProcess: Sendable {
  package let child: ChildProcess
  package let input: ByteChannel
  package let output: ByteChannel
  private let errors: Task<String, Never>
  /// The process is a runner itself: it may stay to end a plan after its streams are closed, and is never killed by us.
  private let lingers: Bool

  /// Starts a local process that stands for the remote one. `first` is written to it before anything else.
  init(_ launch: ChildProcess.Launch, host: String, first: Secret? = nil, lingers: Bool = false) async throws {
    self.lingers = lingers
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
    let status = lingers ? await endWithin(graceSeconds) : await endByForce(graceSeconds)
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

  /// Ends it as if the connection was cut; a runner only loses its streams.
  package func cut() {
    guard lingers else { return child.signal(9) }
    input.close()
    output.close()
  }

  private func endByForce(_ seconds: Double) async -> ExitStatus {
    let killer = Task.detached { [child] in
      try await Task.sleep(for: .seconds(seconds))
      await child.terminate(graceSeconds: 1)
    }
    defer { killer.cancel() }
    return await child.wait()
  }

  /// How it ended; as if with status 0 when it stays longer.
  private func endWithin(_ seconds: Double) async -> ExitStatus {
    let first = AsyncStream<ExitStatus> { stream in
      Task.detached { [child] in
        stream.yield(await child.wait())
        stream.finish()
      }
      Task.detached {
        try await Task.sleep(for: .seconds(seconds))
        stream.finish()
      }
    }
    for await status in first { return status }
    return .exited(0)
  }
}
