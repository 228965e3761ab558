import EaselHosts
import EaselModel

/// What an error on the way to a host, or on it, means for a task.
struct Setback {
  var failure: DurableTask.Failure
  /// Nobody knows what became of the request, or it was not taken yet: the same key is asked for again later.
  var isToBeAskedAgain: Bool

  /// Words of the agent that say "not now".
  private static let notNow: Set<String> = ["PlanRunning", "TooManyQueries", "AgentRestarting"]

  init(_ error: any Error) {
    switch error {
    case let error as EaselError:
      let kind = HostFailure(error)
      isToBeAskedAgain = kind?.passes ?? Self.notNow.contains(error.code)
      let advice = error.advice.isEmpty ? "" : " (\(error.advice))"
      failure = DurableTask.Failure(
        code: kind?.passes == true ? "HostUnreachable" : error.code, message: error.message + advice,
        retryable: isToBeAskedAgain || kind == .diskFull)
    case is CancellationError:
      isToBeAskedAgain = true
      failure = DurableTask.Failure(code: "Cancelled", message: "the request was given up", retryable: true)
    default:
      isToBeAskedAgain = false
      failure = DurableTask.Failure(code: "Unexpected", message: "\(error)", retryable: false)
    }
  }
}
