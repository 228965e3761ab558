import EaselModel
import EaselProcess

/// The classes of what can go wrong between us and a host's agent. The raw value is the error's stable code.
package enum HostFailure: String, Sendable, Hashable, CaseIterable {
  case hostUnreachable = "HostUnreachable"
  case hostKeyUnknown = "HostKeyUnknown"
  case hostKeyChanged = "HostKeyChanged"
  case authenticationFailed = "AuthenticationFailed"
  case agentMissing = "AgentMissing"
  case agentOutdated = "AgentOutdated"
  case agentNotRunning = "RunnerNotRunning"
  case wrongArchitecture = "WrongArchitecture"
  case sudoPasswordNeeded = "SudoPasswordNeeded"
  case sudoPasswordWrong = "SudoPasswordWrong"
  case sudoNotAllowed = "SudoNotAllowed"
  case diskFull = "DiskFull"
  case timeout = "Timeout"
  case connectionLost = "ConnectionLost"
  case sshMissing = "SSHMissing"
  case contentRefused = "ContentRefused"
  case agentError = "AgentError"

  /// Whether the same attempt may work later without anybody doing something.
  package var passes: Bool {
    switch self {
    case .hostUnreachable, .timeout, .connectionLost, .agentNotRunning: true
    default: false
    }
  }

  /// Whether an operator's credentials are what is missing.
  package var needsCredentials: Bool {
    switch self {
    case .authenticationFailed, .sudoPasswordNeeded, .sudoPasswordWrong: true
    default: false
    }
  }

  /// The class of an error that this target threw.
  package init?(_ error: EaselError) { self.init(rawValue: error.code) }

  /// The error for a host.
  package func error(_ host: String, _ detail: String) -> EaselError {
    let why = detail.isEmpty ? "" : ": \(detail)"
    switch self {
    case .hostUnreachable:
      return EaselError(
        .failed, rawValue, "\(host) cannot be reached\(why)", advice: "check that it is up and that ssh reaches it")
    case .hostKeyUnknown:
      return EaselError(
        .refused, rawValue, "the host key of \(host) is not known\(why)",
        advice: "compare the key on the host itself, then confirm it with: easel host trust \(host)")
    case .hostKeyChanged:
      return EaselError(
        .refused, rawValue, "\(host) shows another host key than the one that was confirmed\(why)",
        advice:
          "if it was installed anew, confirm its new key with: easel host trust \(host); else somebody may be in between"
      )
    case .authenticationFailed:
      return EaselError(
        .failed, rawValue, "\(host) refused the login\(why)",
        advice: "make sure that your own ssh logs in there without a question, for example with ssh-add")
    case .agentMissing:
      return EaselError(
        .failed, rawValue, "there is no easel-agent on \(host)\(why)", advice: "install it: easel host add does so")
    case .agentOutdated:
      return EaselError(
        .failed, rawValue, "the agent on \(host) is too old or too new\(why)", advice: "upgrade the agent")
    case .agentNotRunning:
      return EaselError(
        .failed, rawValue, "the agent's runner does not answer on \(host)\(why)",
        advice: "look at `systemctl status easel-agent` there")
    case .wrongArchitecture:
      return EaselError(
        .refused, rawValue, "\(host) has a processor that the agent is not built for\(why)",
        advice: "only x86_64 hosts are supported")
    case .sudoPasswordNeeded:
      return EaselError(
        .failed, rawValue, "sudo on \(host) asks for a password\(why)", advice: "credentials for \(host) must be typed")
    case .sudoPasswordWrong: return EaselError(.failed, rawValue, "sudo on \(host) did not take the password\(why)")
    case .sudoNotAllowed:
      return EaselError(.failed, rawValue, "the login user may not use sudo on \(host)\(why)", advice: "log in as root")
    case .diskFull:
      return EaselError(.failed, rawValue, "a disk of \(host) is full\(why)", advice: "free some space there")
    case .timeout: return EaselError(.timedOut, rawValue, "\(host) did not answer in time\(why)")
    case .connectionLost:
      return EaselError(
        .failed, rawValue, "the connection to \(host) was lost\(why)", advice: "what runs there goes on")
    case .sshMissing:
      return EaselError(.failed, rawValue, "ssh cannot be started\(why)", advice: "install openssh-client")
    case .contentRefused: return EaselError(.failed, rawValue, "\(host) did not take a file\(why)")
    case .agentError: return EaselError(.failed, rawValue, "the agent on \(host) failed\(why)")
    }
  }

  /// The class of a connection that ended, from how ssh (or the agent) ended and what it said.
  ///
  /// The words are OpenSSH's (sshconnect.c, sshconnect2.c), sudo's and the shells'; they are asked for in the C locale.
  package static func classify(_ status: ExitStatus, _ said: String) -> HostFailure {
    func has(_ words: String...) -> Bool { words.contains { said.contains($0) } }
    if has("REMOTE HOST IDENTIFICATION HAS CHANGED") { return .hostKeyChanged }
    if has("host key is known for") || has("Host key verification failed") { return .hostKeyUnknown }
    if has("Permission denied (", "Too many authentication failures", "no more authentication methods") {
      return .authenticationFailed
    }
    if has("incorrect password attempt", "Sorry, try again") { return .sudoPasswordWrong }
    if has("a password is required", "a terminal is required", "no tty present") { return .sudoPasswordNeeded }
    if has("is not in the sudoers file", "is not allowed to execute", "may not run sudo") { return .sudoNotAllowed }
    if has("Exec format error", "cannot execute binary file") { return .wrongArchitecture }
    if has("No space left on device", "Disk quota exceeded") { return .diskFull }
    if has(
      "Connection refused", "Connection timed out", "No route to host", "Network is unreachable", "Could not resolve",
      "Connection reset", "Connection closed by", "kex_exchange_identification", "Operation timed out",
      "not responding", "ssh_exchange_identification")
    {
      return .hostUnreachable
    }
    switch status {
    case .exited(127): return .agentMissing
    case .exited(126): return .agentMissing
    case .exited(69): return .agentNotRunning
    case .exited(255): return .hostUnreachable
    default:
      if has("command not found", "No such file or directory") { return .agentMissing }
      return .connectionLost
    }
  }

  /// The part of what was said that a message shows: the last line that is not decoration, at most 300 bytes.
  package static func summary(_ said: String) -> String {
    let lines = said.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.hasPrefix("@") && !$0.allSatisfy(\.isWhitespace) }
    return HostWord.plain(lines.last ?? "", 300)
  }
}
