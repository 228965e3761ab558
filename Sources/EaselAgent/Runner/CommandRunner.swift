import CSys
import EaselHostPlan
import EaselProcess
import Glibc
import Synchronization

/// Runs a plan's commands: minimal environment, bounded output, ended as a group at the step's limit.
struct CommandRunner: Sendable {
  /// The most bytes that a command's standard output may have when it is captured.
  static let maximumCapture = 16 << 20

  struct Outcome {
    var status: ExitStatus
    var timedOut: Bool
    var output: [UInt8]
    var outputTooLarge: Bool
    /// The last lines of standard error, redacted.
    var lastErrors: [String]

    func succeeded(_ command: Command) -> Bool {
      if case .exited(let status) = status { !timedOut && command.successStatuses.contains(status) } else { false }
    }
  }

  var searchPath: String
  /// Marks the processes of a step, so that those which outlive a killed agent can be found.
  var marker: String
  var secrets: [String: [UInt8]]
  var redactor: Redactor
  /// Between SIGTERM and SIGKILL.
  var graceSeconds: Double

  /// - Parameters:
  ///   - milliseconds: time left.
  ///   - capture: keep standard output instead of logging it.
  ///   - log: takes every line of output, redacted.
  func run(
    _ command: Command, milliseconds: Int64, capture: Bool = false, log: @escaping @Sendable (String) -> Void
  ) async throws -> Outcome {
    var launch = ChildProcess.Launch(command.arguments)
    launch.environment = [
      "PATH": searchPath, "HOME": "/root", "LANG": "C.UTF-8", "EASEL_STEP": marker,
    ].merging(command.environment) { $1 }
    launch.searchPath = searchPath
    launch.directory = "/"
    launch.newSession = true
    let input = try input(of: command)
    if input != nil { launch.input = .pipe }
    launch.output = .pipe
    launch.errors = .pipe
    let child = try ChildProcess(launch)
    let timedOut = Atomic(false)
    let writer = Task.detached {
      // A child that does not read its input to the end is none of our business.
      try? await child.input?.write(input ?? [])
      child.input?.close()
    }
    let output = Task.detached { [redactor] in await collect(child.output, redactor, capture: capture, log: log) }
    let errors = Task.detached { [redactor] in await collect(child.errors, redactor, capture: false, log: log) }
    let timer = Task.detached { [graceSeconds] in
      try await Task.sleep(for: .milliseconds(max(1, milliseconds)))
      timedOut.store(true, ordering: .relaxed)
      await child.terminate(graceSeconds: graceSeconds)
    }
    let status = await child.wait()
    timer.cancel()
    // A descendant that holds the pipes open must not hold up the plan.
    let closer = Task.detached {
      try await Task.sleep(for: .seconds(1))
      child.output?.close()
      child.errors?.close()
    }
    let collected = await output.value
    let complaints = await errors.value
    closer.cancel()
    writer.cancel()
    child.input?.close()
    return Outcome(
      status: status, timedOut: timedOut.load(ordering: .relaxed), output: collected.bytes,
      outputTooLarge: collected.tooLarge,
      lastErrors: complaints.lastLines.isEmpty ? collected.lastLines : complaints.lastLines)
  }

  private func input(of command: Command) throws -> [UInt8]? {
    if let name = command.inputSecret {
      guard let value = secrets[name] else {
        throw StepFailure("SecretMissing", "the secret \(name) did not come with the request", retryable: true)
      }
      return value
    }
    return command.input.map { Array($0.utf8) }
  }
}

private struct Collected: Sendable {
  var bytes: [UInt8] = []
  var tooLarge = false
  var lastLines: [String] = []
}

private func collect(
  _ channel: ByteChannel?, _ redactor: Redactor, capture: Bool, log: @Sendable (String) -> Void
) async -> Collected {
  var collected = Collected()
  var lines = OutputLines()
  func note(_ line: [UInt8], _ dropped: Int) {
    let text = OutputLines.text(redactor.redact(line), dropped: dropped)
    collected.lastLines.append(text)
    if collected.lastLines.count > 5 { collected.lastLines.removeFirst() }
    log(text)
  }
  // Reading fails when the channel was closed on us: what came until then counts.
  while let channel, let bytes = try? await channel.read(), !bytes.isEmpty {
    if !capture {
      lines.add(bytes, note)
    } else if collected.bytes.count + bytes.count <= CommandRunner.maximumCapture {
      collected.bytes += bytes
    } else {
      collected.tooLarge = true
    }
  }
  if !capture { lines.finish(note) }
  return collected
}
