import EaselHostPlan

/// The agent protocol: JSON-RPC 2.0, one message a line, lines up to 1 MiB, on any byte stream. The console's side calls, the
/// agent answers and sends notifications for what runs.
package enum AgentProtocol {
  /// Both sides state theirs in `hello`; different majors refuse each other.
  package static let version = 1
  /// Bytes in a line, its line feed included; a longer one ends the connection with `LineTooLong`.
  package static let maximumLine = 1 << 20
}

/// Who sends a mutating request: an agent refuses any lower pair than the highest it has accepted.
package struct Fence: Codable, Sendable, Hashable {
  package var site: String
  package var epoch: Int64

  package init(site: String, epoch: Int64) { (self.site, self.epoch) = (site, epoch) }
}

package struct HelloRequest: Codable, Sendable, Hashable {
  package var protocolVersion: Int
  package var build: String

  package init(protocolVersion: Int, build: String) { (self.protocolVersion, self.build) = (protocolVersion, build) }
}

package struct HelloReply: Codable, Sendable, Hashable {
  package var protocolVersion: Int
  package var build: String
  package var architecture: String
  package var bootID: String
  package var hostname: String
  /// The highest fence that the agent has accepted.
  package var fence: Fence?
  /// Who that is, and since when; nil from agents that do not keep it.
  package var owner: OwnerNote?
  /// The key of the plan that runs now.
  package var running: String?
  /// The agent's clock, milliseconds since 1970.
  package var clockMilliseconds: Int64

  package init(
    protocolVersion: Int, build: String, architecture: String, bootID: String, hostname: String, fence: Fence?,
    owner: OwnerNote? = nil, running: String?, clockMilliseconds: Int64
  ) {
    self.protocolVersion = protocolVersion
    self.build = build
    self.architecture = architecture
    self.bootID = bootID
    self.hostname = hostname
    self.fence = fence
    self.owner = owner
    self.running = running
    self.clockMilliseconds = clockMilliseconds
  }
}

/// Run a plan under a key. A known key is answered with its recorded outcome or attached to; the same key with another digest
/// is refused, and so is a second plan while one runs.
package struct RunRequest: Codable, Sendable, Hashable {
  package var key: String
  package var digest: String
  package var fence: Fence
  package var plan: HostPlan
  /// Values by name, base64. They stay in memory.
  package var secrets: [String: String]

  package init(key: String, digest: String, fence: Fence, plan: HostPlan, secrets: [String: String] = [:]) {
    (self.key, self.digest, self.fence, self.plan, self.secrets) = (key, digest, fence, plan, secrets)
  }
}

/// What a plan came to, or where it is.
package struct RunReport: Codable, Sendable, Hashable {
  package enum State: String, Codable, Sendable, Hashable {
    case running, succeeded, failed
    /// The key was never seen here.
    case neverSeen
    /// The agent restarted and waits for the secrets of the plan: send the same request again.
    case needsSecrets
  }

  package var key: String
  package var state: State
  /// 1-based number of the current or last step.
  package var step: Int
  package var stepCount: Int
  package var stepTitle: String
  package var line: String
  /// How many log lines there are so far.
  package var logLines: Int
  package var failure: RunFailure?
  /// Captured outputs by name.
  package var outputs: [String: String]
  /// Captured secret outputs by name, base64; only in the answer to who asked, never in the journal.
  package var secretOutputs: [String: String]

  package init(
    key: String, state: State, step: Int = 0, stepCount: Int = 0, stepTitle: String = "", line: String = "",
    logLines: Int = 0, failure: RunFailure? = nil, outputs: [String: String] = [:],
    secretOutputs: [String: String] = [:]
  ) {
    self.key = key
    self.state = state
    self.step = step
    self.stepCount = stepCount
    self.stepTitle = stepTitle
    self.line = line
    self.logLines = logLines
    self.failure = failure
    self.outputs = outputs
    self.secretOutputs = secretOutputs
  }
}

package struct RunFailure: Codable, Sendable, Hashable {
  /// A stable CamelCase word: `CommandFailed`, `TimedOut`, `DiskFull`, `ContentMissing`, or the code of a `require` step.
  package var code: String
  package var message: String
  package var retryable: Bool

  package init(code: String, message: String, retryable: Bool) {
    (self.code, self.message, self.retryable) = (code, message, retryable)
  }
}
