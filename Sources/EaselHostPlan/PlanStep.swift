/// One step of a plan: what to do, how to tell that it is done already, what undoes it, how long it may take.
package struct PlanStep: Codable, Sendable, Hashable {
  /// Unique in the plan, in kebab case: what the journal and the progress lines use.
  package var name: String
  /// For people, in the imperative: `Write the kubelet's unit`.
  package var title: String
  package var action: StepAction
  /// Run before the action, and after an interrupted one: when it says "already so", the action is not run.
  package var check: StepCheck
  /// What an operator could run to take it back; the agent never runs it by itself.
  package var undo: StepAction?
  /// 1 or more.
  package var timeLimitSeconds: Int

  package init(
    _ name: String, _ title: String, _ action: StepAction, check: StepCheck = .none, undo: StepAction? = nil,
    timeLimitSeconds: Int = 60
  ) {
    self.name = name
    self.title = title
    self.action = action
    self.check = check
    self.undo = undo
    self.timeLimitSeconds = timeLimitSeconds
  }
}

/// How to tell that a step's effect is there already.
package enum StepCheck: Codable, Sendable, Hashable {
  /// None is needed: the action checks itself, or changes nothing.
  case none
  /// Already so when the command exits 0.
  case command([String])
  case exists(String)
  case absent(String)
  /// Already so when the file's bytes contain the text.
  case contains(path: String, text: String)
  /// Already so when all are.
  case all([StepCheck])
  /// Always run: the action comes to the same however often it runs. The reason is kept for the reader.
  case idempotent(because: String)
}

/// What a step does.
package enum StepAction: Codable, Sendable, Hashable {
  /// Write a whole file, atomically, with fsync; parents are made. Checks itself by content and mode.
  case write(FileSpec)
  /// Keep a block of lines between two marker lines of a file; empty text removes it. Checks itself.
  case block(path: String, marker: String, text: String)
  /// Put a file of the agent's content store at a path. Checks itself by digest and mode.
  case place(ContentReference, path: String, mode: UInt32)
  /// Make a directory with its parents. Checks itself.
  case directory(path: String, mode: UInt32)
  /// Delete files or trees; what is absent is fine. Mount points below them are unmounted first. Checks itself.
  case remove([String])
  /// Bring a systemd unit into a state. Checks itself, except for `restarted`, which needs a check.
  case unit(name: String, state: UnitState)
  /// Tell systemd to read its unit files again.
  case reloadUnits
  /// Run a command without a shell.
  case run(Command)
  /// Run a read-only command until it exits 0, every so many seconds, up to the step's limit.
  case wait(Command, everySeconds: Int)
  /// Run a read-only command and fail with the given words unless it exits 0.
  case require(Command, code: String, message: String)
  /// Keep a command's standard output as an output of the plan.
  case capture(Command, output: String, secret: Bool)

  /// Whether the action may change the host.
  package var changesHost: Bool {
    switch self {
    case .wait, .require: false
    case .capture(let command, _, _): command.changesHost
    default: true
    }
  }

  /// Whether the action looks before it acts and needs no check of its own.
  package var checksItself: Bool {
    switch self {
    case .write, .block, .place, .directory, .remove, .reloadUnits: true
    case .unit(_, let state): state != .restarted
    case .run, .capture: false
    case .wait, .require: true
    }
  }
}

package enum UnitState: String, Codable, Sendable, Hashable {
  case enabledAndStarted, stoppedAndDisabled, restarted, masked
}

/// A file to write. `{{secret:NAME}}` in the text is replaced on the host by the value that came with the request; such a file
/// must lie under /run or have mode 0600.
package struct FileSpec: Codable, Sendable, Hashable {
  package var path: String
  package var mode: UInt32
  package var text: String
  /// Names of secrets that the text refers to.
  package var secrets: [String]

  package init(path: String, mode: UInt32 = 0o644, text: String, secrets: [String] = []) {
    (self.path, self.mode, self.text, self.secrets) = (path, mode, text, secrets)
  }
}

/// A file of the content directory, by digest.
package struct ContentReference: Codable, Sendable, Hashable {
  /// Lower-case hexadecimal.
  package var sha256: String
  /// Bytes.
  package var size: Int64
  /// For people: `bin/v1.31.4/kubelet`.
  package var name: String

  package init(sha256: String, size: Int64, name: String) { (self.sha256, self.size, self.name) = (sha256, size, name) }
}

/// A command with its arguments; never passed through a shell.
package struct Command: Codable, Sendable, Hashable {
  package var arguments: [String]
  /// Added to a minimal environment (PATH, HOME, LANG).
  package var environment: [String: String]
  /// The name of a secret that is written to standard input.
  package var inputSecret: String?
  /// Text that is written to standard input; not together with a secret.
  package var input: String?
  /// Exit statuses that count as success.
  package var successStatuses: [Int32]
  /// False for a command that only reads.
  package var changesHost: Bool

  package init(
    _ arguments: [String], environment: [String: String] = [:], inputSecret: String? = nil, input: String? = nil,
    successStatuses: [Int32] = [0], changesHost: Bool = true
  ) {
    self.arguments = arguments
    self.environment = environment
    self.inputSecret = inputSecret
    self.input = input
    self.successStatuses = successStatuses
    self.changesHost = changesHost
  }

  /// A command that only reads.
  package static func reading(_ arguments: [String], environment: [String: String] = [:], input: String? = nil)
    -> Command
  {
    Command(arguments, environment: environment, input: input, changesHost: false)
  }
}
