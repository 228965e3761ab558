import EaselModel
import EaselRuntime

/// Follows an operation until it ends, printing what changes: lines in a pipe, lines and one live line on a terminal.
struct OperationFollower {
  var gate: SiteGate
  /// Nil waits without end.
  var timeoutSeconds: Int?
  /// The stream that progress goes to: standard error when standard output holds an object.
  var stream: Int32
  /// Whether they were told to abort: then that is what was asked for.
  var aborts: Bool

  private var shown: [String: Operation.StepState] = [:]
  private var liveLine = ""
  private let live: Bool
  /// When the waiting began.
  private let start = MonotonicClock.milliseconds()
  /// When it was last made sure that an engine runs.
  private var engineCheckedAt: Int64
  private var hasStartedEngine = false
  private var isBlocked = false

  /// - Parameter isNew: the operation was submitted a moment ago, so an engine is just being started for it.
  init(gate: SiteGate, timeoutSeconds: Int?, stream: Int32, aborts: Bool = false, isNew: Bool) {
    (self.gate, self.timeoutSeconds, self.stream, self.aborts) = (gate, timeoutSeconds, stream, aborts)
    engineCheckedAt = isNew ? start : 0
    live = stream == 1 && Terminal.outputIsTerminal
  }

  /// - Returns: the operation as it ended, if it succeeded or was to be aborted.
  /// - Throws: `OperationStopped`, `OperationFailed`, `OperationAborted` (failed), `TimedOut`, or `Interrupted`.
  mutating func follow(_ reference: ObjectReference) throws -> Operation {
    Interrupts.catchThem()
    var version: Int64 = -1
    while true {
      if Interrupts.pending {
        clearLive()
        throw EaselError(
          .interrupted, "Interrupted", "stopped waiting for \(reference.name); the operation goes on",
          advice: "follow it with: easel logs \(reference.name), stop it with: easel abort \(reference.name)")
      }
      let latest = try gate.store.latestVersion()
      if latest != version {
        version = latest
        if let end = try look(at: reference) { return end }
      }
      let now = MonotonicClock.milliseconds()
      if let timeoutSeconds, now - start > Int64(timeoutSeconds) * 1000 {
        clearLive()
        throw EaselError(
          .timedOut, "TimedOut", "\(reference.name) has not ended within \(timeoutSeconds) s; it goes on",
          advice: "see how far it is with: easel describe operation \(reference.name)")
      }
      try ensureEngine(now)
      pause(milliseconds: 50)
    }
  }

  /// An engine may die while its operation is followed. One for an operation that waits for something else may end at once, so that
  /// is not tried all the time.
  private mutating func ensureEngine(_ now: Int64) throws {
    guard now - engineCheckedAt > (isBlocked ? 30_000 : 2000) else { return }
    engineCheckedAt = now
    guard try gate.ensureEngine(), !hasStartedEngine else { return }
    hasStartedEngine = true
    print("engine  none ran, so one was started")
  }

  private mutating func look(at reference: ObjectReference) throws -> Operation? {
    let snapshot = try gate.snapshot()
    guard let operation = snapshot.operations.first(where: { $0.uid == reference.uid }) else {
      clearLive()
      throw EaselError(.notFound, "NoSuchOperation", "the operation \(reference.name) is not in the site any more")
    }
    let status = operation.status
    // What it stopped at is what it was just told to go on from.
    if status.phase == .stopped, operation.hasOpenControls { return nil }
    show(operation, in: snapshot)
    isBlocked = status.phase == .blocked
    switch status.phase {
    case .succeeded:
      clearLive()
      return operation
    case .aborted where aborts:
      clearLive()
      return operation
    case .stopped:
      clearLive()
      throw EaselError(
        .failed, "OperationStopped", "\(operation.name) has stopped: \(status.message)",
        advice: "try again with: easel retry \(operation.name), or end it with: easel abort \(operation.name)")
    case .failed, .aborted:
      clearLive()
      let word = status.phase == .failed ? "failed" : "was aborted"
      throw EaselError(
        .failed, status.phase == .failed ? "OperationFailed" : "OperationAborted",
        "\(operation.name) \(word): \(status.message)")
    case .pending, .running, .blocked: return nil
    }
  }

  private mutating func show(_ operation: Operation, in snapshot: SiteSnapshot) {
    for step in operation.status.steps {
      for item in step.items {
        let key = "\(step.name)/\(item.name)"
        guard shown[key] != item.state, item.state != .waiting else { continue }
        shown[key] = item.state
        print(line(step.title, item))
      }
      let key = step.name
      guard step.items.isEmpty, shown[key] != step.state, step.state != .waiting else { continue }
      shown[key] = step.state
      print("\(word(step.state)) \(step.title)" + (step.message.isEmpty ? "" : ": \(step.message)"))
    }
    if operation.status.phase == .blocked, shown["blocked:\(operation.status.message)"] == nil {
      shown["blocked:\(operation.status.message)"] = .blocked
      print("blocked \(operation.status.message)")
    }
    guard live else { return }
    let doing = snapshot.tasks.filter { $0.spec.operation.uid == operation.uid && $0.status.state == .running }
    let done = operation.status.steps.count(where: \.state.isOver)
    var text = "[\(done)/\(operation.status.steps.count)]"
    for task in doing.prefix(3) {
      text += " \(task.spec.item)"
      if let progress = task.status.progress, progress.count > 1 {
        text += " \(progress.step)/\(progress.count) \(progress.title)"
      }
    }
    setLive(text)
  }

  private func line(_ title: String, _ item: Operation.Item) -> String {
    let message = item.message.isEmpty ? "" : ": \(item.message)"
    return "\(word(item.state)) \(title): \(item.name)\(item.attempt > 1 ? " (try \(item.attempt))" : "")\(message)"
  }

  private func word(_ state: Operation.StepState) -> String {
    let word =
      switch state {
      case .waiting: "waiting"
      case .doing: "begins"
      case .blocked: "blocked"
      case .stopped: "stopped"
      case .done: "done"
      case .skipped: "skipped"
      }
    return word + String(repeating: " ", count: 7 - word.count)
  }

  private mutating func print(_ text: String) {
    clearLive()
    Terminal.write(text + "\n", to: stream)
  }

  private mutating func setLive(_ text: String) {
    let fitted = String(text.prefix(Terminal.width - 1))
    guard fitted != liveLine else { return }
    Terminal.clearLine(stream)
    Terminal.write(fitted, to: stream)
    liveLine = fitted
  }

  private mutating func clearLive() {
    guard !liveLine.isEmpty else { return }
    Terminal.clearLine(stream)
    liveLine = ""
  }
}
