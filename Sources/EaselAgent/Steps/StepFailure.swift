import EaselAgentProtocol
import EaselProcess

/// Why a step failed, before it becomes the plan's failure.
struct StepFailure: Error, CustomStringConvertible {
  var code: String
  var message: String
  var retryable: Bool

  var description: String { message }

  init(_ code: String, _ message: String, retryable: Bool = true) {
    (self.code, self.message, self.retryable) = (code, message, retryable)
  }

  /// The failure that any error means.
  init(_ error: any Error) {
    switch error {
    case let failure as StepFailure: self = failure
    case let failure as RPCFailure: self.init(failure.word, failure.message, retryable: false)
    case let error as SystemError where error.isDiskFull: self.init("DiskFull", "\(error): free some space, then retry")
    case let error as SystemError: self.init("SystemCallFailed", error.description)
    default: self.init("AgentError", String(describing: error))
    }
  }
}
