import EaselAgentProtocol
import EaselModel

/// One host as the executor knows it: its definition, its one connection, and how often it has failed to answer.
actor HostSession {
  private(set) var host: Host
  private let door: any HostDoor
  private var link: (any HostLink)?
  private var connecting: Task<any HostLink, any Error>?

  init(_ host: Host, door: any HostDoor) { (self.host, self.door) = (host, door) }

  /// Takes a new definition; a changed way to the host ends the old connection.
  func update(_ host: Host) async {
    let moved = host.spec != self.host.spec
    self.host = host
    if moved { await drop() }
  }

  /// The connection, made if there is none; several callers share one attempt.
  func connection() async throws -> any HostLink {
    if let link { return link }
    if let connecting { return try await connecting.value }
    let attempt = Task { [host, door] in try await door.connect(to: host) }
    connecting = attempt
    defer { connecting = nil }
    let made = try await attempt.value
    link = made
    return made
  }

  /// Forgets a connection that has failed.
  func drop() async {
    guard let old = link else { return }
    link = nil
    await old.close()
  }

  /// Runs `body` with the connection, and drops it when it broke.
  func withLink<T: Sendable>(_ body: @Sendable (any HostLink) async throws -> T) async throws -> T {
    let link = try await connection()
    do {
      return try await body(link)
    } catch {
      if HostFailure(error).isLostContact { await drop() }
      throw error
    }
  }
}

/// What an error from a host means for a task.
struct HostFailure {
  var failure: DurableTask.Failure
  /// Nobody knows what became of the request: ask again later under the same key.
  var isLostContact: Bool

  /// Words for "the way to the host is broken", whatever stands on it.
  private static let lostContact: Set<String> = [
    "HostUnreachable", "ConnectionLost", "ConnectionClosed", "ConnectionRefused", "AgentNotAnswering", "AgentBusy",
    "Busy", "TimedOut", "AgentGone",
  ]

  init(_ error: any Error) {
    switch error {
    case let error as EaselError:
      isLostContact = Self.lostContact.contains(error.code)
      failure = DurableTask.Failure(
        code: error.code, message: error.message + (error.advice.isEmpty ? "" : " (\(error.advice))"),
        retryable: isLostContact)
    case let error as RPCFailure:
      isLostContact = Self.lostContact.contains(error.word)
      failure = DurableTask.Failure(code: error.word, message: error.message, retryable: isLostContact)
    case is CancellationError:
      isLostContact = true
      failure = DurableTask.Failure(code: "Cancelled", message: "the request was given up", retryable: true)
    default:
      isLostContact = true
      failure = DurableTask.Failure(code: "HostUnreachable", message: "\(error)", retryable: true)
    }
  }
}
