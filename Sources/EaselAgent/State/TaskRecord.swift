import EaselAgentProtocol
import EaselHostPlan

/// What a journal says about one plan.
struct TaskRecord {
  var number: Int64
  var key: String
  var digest: String
  /// In whose name it was taken.
  var fence: Fence
  var plan: HostPlan
  var folder: String
  /// The boot in which it ran last.
  var bootID = ""
  /// The steps recorded as finished since `bootID` began, in order. Earlier ones count as unknown too: what they put below /run
  /// is gone.
  var finished: [String] = []
  /// Started and not recorded as finished: its effect is unknown.
  var unknownStep: String?
  var outputs: [String: String] = [:]
  var ended: (failure: RunFailure?, secretOutputs: [String])?

  /// Reads a folder's journal; nil when it holds no accepted plan (a crash came before its first line was whole).
  init?(folder: String) {
    let entries = Journal.entries(in: folder)
    guard case .accepted(let number, let key, let digest, let fence, let plan)? = entries.first else { return nil }
    (self.number, self.key, self.digest, self.fence, self.plan, self.folder) = (
      number, key, digest, fence, plan, folder
    )
    for entry in entries.dropFirst() {
      switch entry {
      case .accepted: break
      case .running(let boot):
        if boot != bootID { finished = [] }
        bootID = boot
      case .started(let step): unknownStep = step
      case .finished(let step, let output):
        unknownStep = nil
        finished.append(step)
        if let output, let name = plan.outputName(ofStep: step) { outputs[name] = output }
      case .ended(let failure, let secretOutputs): ended = (failure, secretOutputs)
      }
    }
  }

  /// All journals of a state folder, oldest first.
  static func all(in state: StateFolder) -> [TaskRecord] {
    (Files.names(in: state.tasks) ?? []).compactMap { TaskRecord(folder: "\(state.tasks)/\($0)") }
      .sorted { $0.number < $1.number }
  }
}

extension HostPlan {
  /// The name of the output that a step captures.
  func outputName(ofStep name: String) -> String? {
    guard case .capture(_, let output, _)? = steps.first(where: { $0.name == name })?.action else { return nil }
    return output
  }

  /// Whether a step captures a secret.
  func capturesSecret(_ name: String) -> Bool {
    guard case .capture(_, _, let secret)? = steps.first(where: { $0.name == name })?.action else { return false }
    return secret
  }
}
