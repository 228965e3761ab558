import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import FoundationEssentials
import Glibc
import Synchronization

/// Runs the steps of one plan, in order, on a thread where files may block.
actor PlanExecution {
  enum End: Sendable {
    case succeeded
    case failed(RunFailure)
    /// Told to stop between two steps; the journal stays open and the next start goes on.
    case stopped
  }

  /// Set from outside to stop between two steps.
  final class StopFlag: Sendable {
    private let flag = Atomic(false)
    private let sleeper = Mutex<Task<Void, Never>?>(nil)

    func raise() {
      flag.store(true, ordering: .sequentiallyConsistent)
      sleeper.withLock { $0?.cancel() }
    }

    var isRaised: Bool { flag.load(ordering: .sequentiallyConsistent) }

    /// A pause that `raise` ends.
    func sleep(milliseconds: Int64) async throws {
      let task = Task<Void, Never> { try? await Task.sleep(for: .milliseconds(milliseconds)) }
      sleeper.withLock { $0 = task }
      if isRaised { task.cancel() }
      await task.value
    }
  }

  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let task: TaskState
  private let commands: CommandRunner
  private let files: WriteFiles
  private let configuration: AgentConfiguration
  private let skip: Set<String>
  private let stop: StopFlag
  private let record: @Sendable (JournalEntry) throws -> Void
  /// Milliseconds of the boot clock.
  private var deadline: Int64 = 0

  /// - Parameters:
  ///   - finished: steps that the journal says are done in this boot.
  ///   - record: writes an entry down, flushed, before it returns.
  init(
    _ task: TaskState, secrets: [String: [UInt8]], finished: Set<String>, stop: StopFlag,
    configuration: AgentConfiguration, executor: ThreadExecutor,
    record: @escaping @Sendable (JournalEntry) throws -> Void
  ) {
    self.task = task
    self.executor = executor
    self.stop = stop
    self.record = record
    self.configuration = configuration
    skip = finished
    let redactor = Redactor()
    for value in secrets.values { redactor.add(value) }
    commands = CommandRunner(
      searchPath: configuration.searchPath, marker: "", secrets: secrets, redactor: redactor,
      graceSeconds: configuration.graceSeconds)
    files = WriteFiles(secrets: secrets, content: ContentStore(configuration.state))
  }

  /// The environment mark of a step's processes; another agent on the same machine uses other marks.
  static func marker(_ state: StateFolder, _ key: String, _ step: String) -> String {
    "\(SHA256.hex("\(state.path)\n\(key)".utf8).prefix(24))/\(step)"
  }

  func run() async -> End {
    for (index, step) in task.plan.steps.enumerated() where !skip.contains(step.name) {
      if stop.isRaised { return .stopped }
      task.begin(step: index + 1, title: step.title)
      do {
        try record(.started(step: step.name))
        let output = try await run(step)
        try record(.finished(step: step.name, output: output))
      } catch is Interrupted {
        return .stopped
      } catch {
        var failure = StepFailure(error)
        if case let error as SystemError = error, error.number == ETIME {
          failure = StepFailure("TimedOut", "\(error.doing): not done within \(step.timeLimitSeconds) s")
        }
        let message = commands.redactor.redact("\(step.title): \(failure.message)")
        task.say(message)
        return .failed(RunFailure(code: failure.code, message: message, retryable: failure.retryable))
      }
    }
    return .succeeded
  }

  /// Returns what the journal keeps of the step's output.
  private func run(_ step: PlanStep) async throws -> String? {
    deadline = csys_boot_milliseconds() + Int64(step.timeLimitSeconds) * 1000
    if try await isAlreadySo(step.check, step) {
      task.say("already so: \(step.title)")
      return nil
    }
    switch step.action {
    case .write(let file): tell(try files.write(file), file.path)
    case .block(let path, let marker, let text): tell(try files.block(path, marker, text), path)
    case .place(let reference, let path, let mode):
      tell(try files.place(reference, path, mode, isOver: { [deadline] in csys_boot_milliseconds() > deadline }), path)
    case .directory(let path, let mode): tell(try files.directory(path, mode), path)
    case .remove(let paths):
      let trees = RemoveTrees(protected: [configuration.state.path])
      let removed = try trees.remove(paths) { task.say($0) }
      task.say("removed \(removed) of \(paths.count)")
    case .unit(let name, let state): try await bring(name, to: state, step)
    case .reloadUnits: try await must(Command(["systemctl", "daemon-reload"]), step)
    case .run(let command): try await must(command, step)
    case .wait(let command, let seconds): try await wait(command, seconds, step)
    case .require(let command, let code, let message):
      let outcome = try await start(command, step)
      guard outcome.succeeded(command) else {
        let detail = outcome.lastErrors.last.map { ": \($0)" } ?? ""
        throw StepFailure(code, message + detail, retryable: false)
      }
    case .capture(let command, let name, let secret): return try await capture(command, name, secret, step)
    }
    return nil
  }

  private func tell(_ changed: Bool, _ path: String) { task.say(changed ? "wrote \(path)" : "already so: \(path)") }

  // MARK: Checks

  private func isAlreadySo(_ check: StepCheck, _ step: PlanStep) async throws -> Bool {
    switch check {
    case .none, .idempotent: return false
    case .exists(let path): return Files.status(path) != nil
    case .absent(let path): return Files.status(path) == nil
    case .contains(let path, let text): return (try? Files.read(path))?.holds(Array(text.utf8)) ?? false
    case .command(let arguments):
      let command = Command.reading(arguments)
      do {
        return try await start(command, step, quiet: true).succeeded(command)
      } catch let error as SystemError where error.number == ENOENT || error.number == EACCES {
        return false
      }
    case .all(let checks):
      for check in checks where !(try await isAlreadySo(check, step)) { return false }
      return !checks.isEmpty
    }
  }

  // MARK: Commands

  private func start(
    _ command: Command, _ step: PlanStep, capture: Bool = false, quiet: Bool = false
  ) async throws -> CommandRunner.Outcome {
    var runner = commands
    runner.marker = PlanExecution.marker(configuration.state, task.key, step.name)
    let left = deadline - csys_boot_milliseconds()
    guard left > 0 else { throw timedOut(command, step) }
    let task = task
    let outcome = try await runner.run(command, milliseconds: left, capture: capture) { line in
      if !quiet { task.say(line) }
    }
    if outcome.timedOut { throw timedOut(command, step) }
    return outcome
  }

  private func must(_ command: Command, _ step: PlanStep) async throws {
    let outcome = try await start(command, step)
    guard outcome.succeeded(command) else { throw failed(command, outcome) }
  }

  private func failed(_ command: Command, _ outcome: CommandRunner.Outcome) -> StepFailure {
    let detail = outcome.lastErrors.isEmpty ? "" : ": " + outcome.lastErrors.joined(separator: " | ")
    let full = outcome.lastErrors.contains { $0.contains("No space left on device") }
    return StepFailure(
      full ? "DiskFull" : "CommandFailed",
      "\(command.arguments.prefix(3).joined(separator: " ")): \(outcome.status)\(detail)")
  }

  private func timedOut(_ command: Command, _ step: PlanStep, _ last: String? = nil) -> StepFailure {
    let detail = last.map { "; it last said: \($0)" } ?? ""
    return StepFailure(
      "TimedOut",
      "\(command.arguments.prefix(3).joined(separator: " ")) did not come to its end within \(step.timeLimitSeconds) s\(detail)"
    )
  }

  /// A wait was left because the agent is told to stop: it changes nothing, so it begins anew at the next start.
  private struct Interrupted: Error {}

  private func wait(_ command: Command, _ seconds: Int, _ step: PlanStep) async throws {
    var said: [String] = []
    while true {
      let lines = Mutex<[String]>([])
      var runner = commands
      runner.marker = PlanExecution.marker(configuration.state, task.key, step.name)
      let left = deadline - csys_boot_milliseconds()
      guard left > 0 else { throw timedOut(command, step, said.last) }
      let outcome = try await runner.run(command, milliseconds: left) { line in
        lines.withLock { if $0.count < 200 { $0.append(line) } }
      }
      // An attempt that says the same as the one before is not said again.
      let now = lines.withLock { $0 }
      if now != said { for line in now { task.say(line) } }
      said = now
      if outcome.succeeded(command) { return }
      let pause = min(Int64(max(1, seconds)) * 1000, deadline - csys_boot_milliseconds())
      guard pause > 0, !outcome.timedOut else { throw timedOut(command, step, said.last) }
      if stop.isRaised { throw Interrupted() }
      try await stop.sleep(milliseconds: pause)
      if stop.isRaised { throw Interrupted() }
    }
  }

  private func capture(_ command: Command, _ name: String, _ secret: Bool, _ step: PlanStep) async throws -> String? {
    let outcome = try await start(command, step, capture: true)
    guard outcome.succeeded(command) else { throw failed(command, outcome) }
    guard !outcome.outputTooLarge else {
      throw StepFailure(
        "OutputTooLarge", "\(command.arguments[0]) printed more than \(CommandRunner.maximumCapture) bytes",
        retryable: false)
    }
    task.say("\(outcome.output.count) bytes kept as \(secret ? "secret " : "")output \(name)")
    if secret {
      commands.redactor.add(outcome.output)
      task.keep(secretOutput: name, Data(outcome.output).base64EncodedString())
      return nil
    }
    let text = String(decoding: commands.redactor.redact(outcome.output), as: UTF8.self)
    task.keep(output: name, text)
    return text
  }

  // MARK: Units

  private func bring(_ name: String, to state: UnitState, _ step: PlanStep) async throws {
    guard UnitName.isValid(name) else {
      throw StepFailure("BadUnitName", "\(name) is not the name of a unit", retryable: false)
    }
    switch state {
    case .restarted: try await must(Command(["systemctl", "restart", name]), step)
    case .enabledAndStarted:
      let enabled = try await systemctl("is-enabled", name, step)
      let active = try await systemctl("is-active", name, step)
      if enabled.succeeded && active.word == "active" { return task.say("already so: \(name) is enabled and active") }
      if !enabled.succeeded { try await must(Command(["systemctl", "enable", name]), step) }
      try await must(Command(["systemctl", "start", name]), step)
    case .stoppedAndDisabled:
      let enabled = try await systemctl("is-enabled", name, step)
      let active = try await systemctl("is-active", name, step)
      let stopped = ["inactive", "failed", "unknown", ""].contains(active.word)
      if stopped && !["enabled", "enabled-runtime"].contains(enabled.word) {
        return task.say("already so: \(name) is neither active nor enabled")
      }
      if !stopped { try await must(Command(["systemctl", "stop", name]), step) }
      if ["enabled", "enabled-runtime"].contains(enabled.word) {
        try await must(Command(["systemctl", "disable", name]), step)
      }
    case .masked:
      if try await systemctl("is-enabled", name, step).word == "masked" {
        return task.say("already so: \(name) is masked")
      }
      try await must(Command(["systemctl", "mask", "--now", name]), step)
    }
  }

  private func systemctl(_ question: String, _ name: String, _ step: PlanStep) async throws
    -> (succeeded: Bool, word: String)
  {
    let command = Command.reading(["systemctl", question, name])
    let outcome = try await start(command, step, capture: true, quiet: true)
    let word = String(decoding: outcome.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
    return (outcome.succeeded(command), word.map(String.init) ?? "")
  }
}

/// Names of systemd units as systemd.unit(5) has them.
enum UnitName {
  static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count < 256 && !name.hasPrefix("-")
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || "@._:-\\".utf8.contains(byte)
      }
  }
}
