import EaselAgentProtocol
import EaselHostPlan
import Synchronization

/// What is told to those who follow a plan.
enum TaskEvent: Sendable {
  case progress(ProgressNote)
  case finished(RunReport)
}

/// One plan as it stands, read by connections while its execution writes it.
final class TaskState: Sendable {
  typealias Follower = @Sendable (TaskEvent) -> Void

  private struct State {
    var report: RunReport
    /// Base64, by name; never leaves memory except in a report.
    var followers: [Int: Follower] = [:]
    var nextFollower = 1
  }

  let key: String
  let digest: String
  let plan: HostPlan
  let folder: String?
  private let state: Mutex<State>
  private let log: TaskLog?

  /// - Parameter folder: where the log goes; nil for a query, which has none.
  init(key: String, digest: String, plan: HostPlan, folder: String?, initial: RunReport.State) {
    (self.key, self.digest, self.plan, self.folder) = (key, digest, plan, folder)
    log = folder.map { TaskLog(folder: $0) }
    state = Mutex(
      State(report: RunReport(key: key, state: initial, stepCount: plan.steps.count, logLines: log?.count ?? 0)))
  }

  /// What a journal says about a plan that has ended, or waits to go on.
  convenience init(_ record: TaskRecord) {
    self.init(
      key: record.key, digest: record.digest, plan: record.plan, folder: record.folder, initial: .running)
    state.withLock { state in
      state.report.outputs = record.outputs
      state.report.step = min(record.plan.steps.count, record.finished.count + 1)
      guard let ended = record.ended else { return }
      state.report.failure = ended.failure
      if ended.failure == nil && !ended.secretOutputs.isEmpty { state.report.failure = TaskState.secretsLost }
      state.report.state = state.report.failure == nil ? .succeeded : .failed
    }
  }

  /// The agent restarted after a plan had captured secrets, which were in memory only.
  static let secretsLost = RunFailure(
    code: "SecretsLost", message: "the agent restarted and the secrets that the plan minted were in memory only",
    retryable: true)

  var report: RunReport { state.withLock { $0.report } }

  /// Calls `follower` for every event from now on; the report is what stood just before.
  func follow(_ follower: @escaping Follower) -> (id: Int, report: RunReport) {
    state.withLock { state in
      let id = state.nextFollower
      state.nextFollower += 1
      if state.report.state == .running || state.report.state == .needsSecrets { state.followers[id] = follower }
      return (id, state.report)
    }
  }

  func unfollow(_ id: Int) { state.withLock { _ = $0.followers.removeValue(forKey: id) } }

  func set(_ new: RunReport.State) { state.withLock { $0.report.state = new } }

  func begin(step: Int, title: String) {
    tell { report in
      report.step = step
      report.stepTitle = title
      report.line = ""
    }
  }

  /// Adds a line to the log; it must hold no secret.
  func say(_ line: String) {
    let number = log?.append(line) ?? 0
    tell { report in
      report.line = line
      report.logLines = max(report.logLines, number)
    }
  }

  func keep(output name: String, _ value: String) { state.withLock { $0.report.outputs[name] = value } }

  /// - Parameter value: base64.
  func keep(secretOutput name: String, _ value: String) { state.withLock { $0.report.secretOutputs[name] = value } }

  var secretOutputNames: [String] { state.withLock { $0.report.secretOutputs.keys.sorted() } }

  /// Ends the plan and tells its followers, who are let go. A plan that failed gives no secrets away.
  func end(_ failure: RunFailure?) {
    let (report, followers) = state.withLock { state in
      state.report.failure = failure
      state.report.state = failure == nil ? .succeeded : .failed
      if failure != nil { state.report.secretOutputs = [:] }
      defer { state.followers = [:] }
      return (state.report, state.followers)
    }
    for follower in followers.values { follower(.finished(report)) }
  }

  private func tell(_ change: (inout RunReport) -> Void) {
    let (report, followers) = state.withLock { state in
      change(&state.report)
      return (state.report, state.followers)
    }
    let note = ProgressNote(
      key: key, step: report.step, stepCount: report.stepCount, stepTitle: report.stepTitle, line: report.line,
      lineNumber: report.line.isEmpty ? 0 : report.logLines)
    for follower in followers.values { follower(.progress(note)) }
  }
}
