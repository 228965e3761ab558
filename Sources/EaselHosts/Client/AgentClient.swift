import EaselAgentProtocol
import EaselHostPlan
import EaselModel
import EaselProcess
import FoundationEssentials

/// One host's agent as the rest of the program uses it: connects when needed, connects again when a connection is lost, and sends what
/// is safe to send twice again. Every failure is an `EaselError` whose code is a `HostFailure` or the agent's own.
package actor AgentClient {
  /// How long a lost connection is tried again.
  package struct Patience: Sendable, Hashable {
    /// Pauses between attempts, in seconds; when they are used up, the last failure is thrown.
    package var pauses: [Double]

    package init(pauses: [Double]) { self.pauses = pauses }

    package static let none = Patience(pauses: [])
    /// About two minutes: a reboot.
    package static let reboot = Patience(pauses: [0.5, 1, 2, 4, 8, 10, 10, 10, 15, 15, 20, 20])
  }

  package nonisolated let transport: any HostTransport
  package nonisolated var host: String { transport.host }
  private var connection: AgentConnection?
  private var connecting: Task<AgentConnection, any Error>?
  private var greeting: HelloReply?

  package init(_ transport: any HostTransport) { self.transport = transport }

  deinit { connection?.close() }

  /// Greets the agent and says what it is; connects if need be.
  ///
  /// - Throws: `AgentOutdated` when it speaks another protocol version.
  package func hello() async throws -> HelloReply {
    let connection = try await connected()
    return try await connection.call(.hello, AgentClient.greeting, as: HelloReply.self, seconds: 30).bounded
  }

  /// Whether the agent's build is not ours, so that it should be upgraded between plans.
  package func isOutdated() async throws -> Bool { try await hello().build != AgentProtocol.build }

  /// Runs a plan (or finds it running, or ended) and waits for its end. A lost connection is made again and the same request sent again,
  /// which the key makes safe; `needsSecrets` is answered the same way.
  ///
  /// Where the host has another plan under the key, an earlier build of this program compiled it for the same attempt: it is followed
  /// instead, because what it did is what the attempt did.
  ///
  /// - Throws: `PlanSuperseded` when that plan waits for secrets, which go only with a plan that is the same.
  package func run(
    _ request: RunRequest, patience: Patience = .reboot, progress: @escaping @Sendable (ProgressNote) -> Void = { _ in }
  ) async throws -> RunReport {
    do {
      return try await persisting(patience) { connection in
        try await connection.follow(.run, key: request.key, request, progress: progress)
      }
    } catch let error as EaselError where error.code == "KeyReused" {
      let report = try await attach(request.key, patience: patience, progress: progress)
      guard report.state == .needsSecrets else { return report }
      throw EaselError(
        .failed, "PlanSuperseded",
        "\(host): the plan \(request.key) of an earlier build of Easel waits there for its secrets",
        advice: "retry: a new attempt takes its place")
    }
  }

  /// Waits for the end of a plan that was sent before; `neverSeen` and `needsSecrets` come back at once.
  package func attach(
    _ key: String, patience: Patience = .reboot, progress: @escaping @Sendable (ProgressNote) -> Void = { _ in }
  ) async throws -> RunReport {
    try await persisting(patience) { connection in
      try await connection.follow(.attach, key: key, KeyRequest(key: key), progress: progress)
    }
  }

  /// Where a plan stands.
  package func report(_ key: String) async throws -> RunReport {
    try await call(.report, KeyRequest(key: key), as: RunReport.self).bounded
  }

  /// Runs a read-only plan.
  package func query(_ plan: HostPlan, secrets: [String: Secret] = [:]) async throws -> RunReport {
    let seconds = plan.steps.reduce(30) { $0 + $1.timeLimitSeconds }
    return try await call(
      .query, QueryRequest(plan: plan, secrets: AgentClient.encode(secrets)), as: RunReport.self,
      seconds: Double(seconds)
    ).bounded
  }

  /// The host's inventory, its clock compared with ours, and the cluster whose member it says it is.
  package func inventory() async throws -> HostFacts {
    let before = Timestamp.wallClock()
    let reply = try await call(.inventory, Empty(), as: InventoryReply.self)
    return HostFacts(reply, asked: before, answered: Timestamp.wallClock())
  }

  package func logs(_ request: LogsRequest) async throws -> LinesReply {
    try await call(.logs, request, as: LinesReply.self, seconds: 40).bounded(request.lines)
  }

  package func units() async throws -> [UnitsReply.Unit] {
    try await call(.units, Empty(), as: UnitsReply.self, seconds: 40).units.prefix(5000).map(\.bounded)
  }

  /// A plan's log from a line on.
  package func taskLog(_ key: String, from line: Int = 1, lines: Int = 1000) async throws -> LinesReply {
    try await call(.taskLog, TaskLogRequest(key: key, fromLine: line, lines: lines), as: LinesReply.self).bounded(lines)
  }

  package func missingContent(_ digests: [String]) async throws -> ContentHasReply {
    try await call(.contentHas, ContentHasRequest(digests: digests), as: ContentHasReply.self)
  }

  package func pruneContent(keeping digests: [String], fence: Fence) async throws -> ContentPruneReply {
    try await call(.contentPrune, ContentPruneRequest(keep: digests, fence: fence), as: ContentPruneReply.self)
  }

  /// Makes our site the host's owner; `force` takes it from another site. Returns who owned it.
  ///
  /// - Parameters:
  ///   - name: our site's name and who asked: what a former owner is told.
  /// - Throws: `PlanRunning` (conflict) while a plan of the former owner runs, who is refused from then on all the same.
  package func adopt(_ fence: Fence, force: Bool = false, name: String? = nil, by: String? = nil) async throws -> Fence?
  {
    try await call(.adopt, AdoptRequest(fence: fence, force: force, name: name, by: by), as: AdoptReply.self).previous
  }

  /// The runner ends once no plan runs; its service manager starts it again.
  package func shutdownAfterPlan() async throws { _ = try await call(.shutdownAfterPlan, Empty(), as: Empty.self) }

  /// Ends the conversation; what runs on the host goes on.
  package func close() {
    connection?.close()
    connection = nil
    connecting?.cancel()
  }

  /// The connection that is open now, for tests that cut it.
  package var openConnection: AgentConnection? { connection }

  /// Secrets as they travel.
  package static func encode(_ secrets: [String: Secret]) -> [String: String] {
    secrets.mapValues { $0.withBytes { Data($0).base64EncodedString() } }
  }

  /// Captured secrets as they came.
  package static func decodeSecrets(_ report: RunReport) -> [String: Secret] {
    report.secretOutputs.compactMapValues { Data(base64Encoded: $0).map { Secret(Array($0)) } }
  }

  private static let greeting = HelloRequest(protocolVersion: AgentProtocol.version, build: AgentProtocol.build)

  private func call<Reply: Decodable & Sendable>(
    _ method: AgentMethod, _ parameters: some Encodable & Sendable, as type: Reply.Type, seconds: Double = 60
  ) async throws -> Reply {
    do {
      return try await connected().call(method, parameters, as: type, seconds: seconds)
    } catch let error as EaselError where HostFailure(error) == .connectionLost {
      // All these requests may be sent twice; a connection may have ended unnoticed while nobody used it.
      connection = nil
      return try await connected().call(method, parameters, as: type, seconds: seconds)
    }
  }

  private func persisting(
    _ patience: Patience, _ attempt: @Sendable (AgentConnection) async throws -> RunReport
  ) async throws -> RunReport {
    var pauses = patience.pauses[...]
    while true {
      do {
        return try await attempt(connected())
      } catch let error as EaselError {
        let passes = HostFailure(error)?.passes ?? (error.code == "AgentRestarting")
        guard passes, let pause = pauses.popFirst() else { throw error }
        connection = nil
        try await Task.sleep(for: .seconds(pause))
      }
    }
  }

  private static func connect(_ transport: any HostTransport) async throws -> AgentConnection {
    let new = try await AgentConnection(transport)
    do {
      let reply = try await new.call(.hello, AgentClient.greeting, as: HelloReply.self, seconds: 40)
      guard reply.protocolVersion == AgentProtocol.version else {
        new.close()
        throw HostFailure.agentOutdated.error(
          transport.host, "it speaks version \(reply.protocolVersion) of the protocol, this is \(AgentProtocol.version)"
        )
      }
    } catch let error as EaselError where error.code == "ProtocolDiffers" {
      new.close()
      throw HostFailure.agentOutdated.error(transport.host, error.message)
    }
    return new
  }

  private func connected() async throws -> AgentConnection {
    if let connection, !connection.isEnded { return connection }
    if let connecting { return try await connecting.value }
    let task = Task { [transport] in
      do { return try await AgentClient.connect(transport) } catch let error as EaselError
        where HostFailure(error) == .authenticationFailed && transport.takeAnotherWay()
      {
        return try await AgentClient.connect(transport)
      }
    }
    connecting = task
    defer { connecting = nil }
    let new = try await task.value
    connection = new
    return new
  }
}
