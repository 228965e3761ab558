import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import Synchronization

/// One peer that speaks the protocol, over any two byte streams.
final class Connection: Sendable {
  /// Requests that may be worked on at the same time; reading stops until one is done.
  private static let parallelism = 32

  private let runner: Runner
  private let input: ByteChannel
  private let output: ByteChannel
  private let outbox = Outbox()
  /// Plans that the peer follows: key to the follower's id.
  private let followed = Mutex<[String: (TaskState, Int)]>([:])

  init(runner: Runner, input: ByteChannel, output: ByteChannel) {
    (self.runner, self.input, self.output) = (runner, input, output)
  }

  /// Serves until the peer closes, breaks the protocol, or is gone.
  func serve() async {
    let writer = Task.detached { [outbox, output] in await outbox.drain(into: output) }
    await readRequests()
    let left = followed.withLock { followed in
      defer { followed = [:] }
      return Array(followed.values)
    }
    for (task, id) in left { task.unfollow(id) }
    outbox.close()
    await writer.value
    input.close()
    output.close()
  }

  private func readRequests() async {
    var splitter = LineSplitter(limit: AgentProtocol.maximumLine)
    var framing = MessageFraming()
    await withTaskGroup(of: Void.self) { group in
      var inWork = 0
      while let bytes = try? await input.read(), !bytes.isEmpty {
        do {
          for line in try splitter.add(bytes) where !line.isEmpty {
            guard let message = try framing.message(from: line) else { continue }
            if inWork == Connection.parallelism {
              await group.next()
              inWork -= 1
            }
            inWork += 1
            group.addTask { await self.handle(message) }
          }
        } catch is LineSplitter.LineTooLong {
          refuse(
            nil, RPCFailure(code: -32600, "LineTooLong", "a line is longer than \(AgentProtocol.maximumLine) bytes"))
          break
        } catch {
          refuse(nil, RPCFailure(code: -32600, "BadPart", "a message in parts cannot be put together"))
          break
        }
      }
      // The peer has nothing more to ask; what it asked before is still answered. A running plan goes on without it.
    }
  }

  private func refuse(_ id: RPCID?, _ failure: RPCFailure) { outbox.send(RPC.failure(id, failure) + [10]) }

  private func answer(_ id: RPCID?, _ result: some Encodable) throws {
    guard let id else { return }
    do {
      outbox.send(try MessageFraming.lines(try RPC.answer(id, result)))
    } catch MessageFraming.Defect.messageTooLarge {
      throw RPCFailure("AnswerTooLarge", "the answer is longer than \(MessageFraming.maximumMessage) bytes")
    }
  }

  private func handle(_ message: [UInt8]) async {
    let head: RPCHead
    do { head = try RPC.head(message) } catch {
      return refuse(nil, RPCFailure(code: -32700, "NotJSON", "the line is not a JSON-RPC message"))
    }
    guard let name = head.method else {
      return refuse(head.id, RPCFailure(code: -32600, "NotARequest", "the message has no method"))
    }
    guard let method = AgentMethod(rawValue: name) else {
      return refuse(head.id, RPCFailure(code: -32601, "NoSuchMethod", "there is no method \(name.prefix(100))"))
    }
    do {
      try await call(method, head.id, message)
    } catch let failure as RPCFailure {
      refuse(head.id, failure)
    } catch is DecodingError {
      refuse(head.id, RPCFailure(code: -32602, "BadParameters", "the parameters of \(name) are not as expected"))
    } catch {
      let failure = StepFailure(error)
      refuse(head.id, RPCFailure(failure.code, failure.message))
    }
  }

  private func call(_ method: AgentMethod, _ id: RPCID?, _ message: [UInt8]) async throws {
    switch method {
    case .hello:
      let request = try RPC.parameters(HelloRequest.self, in: message)
      guard request.protocolVersion == AgentProtocol.version else {
        throw RPCFailure(
          "ProtocolDiffers", "the agent speaks protocol \(AgentProtocol.version), you speak \(request.protocolVersion)",
          advice: "upgrade the older side")
      }
      try answer(id, await hello())
    case .run:
      let task = try await runner.run(try RPC.parameters(RunRequest.self, in: message))
      try follow(task, id)
    case .attach:
      let request = try RPC.parameters(KeyRequest.self, in: message)
      guard let task = await runner.task(request.key) else {
        return try answer(id, RunReport(key: request.key, state: .neverSeen))
      }
      try follow(task, id)
    case .report:
      let request = try RPC.parameters(KeyRequest.self, in: message)
      try answer(id, await runner.task(request.key)?.report ?? RunReport(key: request.key, state: .neverSeen))
    case .query: try answer(id, await runner.query(try RPC.parameters(QueryRequest.self, in: message)))
    case .inventory: try answer(id, HostInventory(memberFile: runner.configuration.memberFile).read())
    case .logs:
      let logs = HostLogs(searchPath: runner.configuration.searchPath)
      try answer(id, await logs.read(try RPC.parameters(LogsRequest.self, in: message)))
    case .units: try answer(id, await HostUnits(searchPath: runner.configuration.searchPath).read())
    case .taskLog:
      let request = try RPC.parameters(TaskLogRequest.self, in: message)
      let folder = runner.configuration.state.task(request.key)
      let found = TaskLog.read(folder: folder, from: request.fromLine, limit: min(max(1, request.lines), 5000))
      try answer(id, LinesReply(firstLine: found.first, lines: found.lines))
    case .contentHas:
      let request = try RPC.parameters(ContentHasRequest.self, in: message)
      let store = ContentStore(runner.configuration.state)
      var missing: [String: Int64] = [:]
      for digest in request.digests where ContentStore.isDigest(digest) { missing[digest] = store.missing(digest) }
      var (total, free) = (Int64(0), Int64(0))
      _ = csys_space(store.state.path, &total, &free)
      try answer(id, ContentHasReply(missing: missing, freeBytes: free))
    case .contentPrune:
      let request = try RPC.parameters(ContentPruneRequest.self, in: message)
      try answer(id, await runner.prune(request))
    case .adopt:
      let previous = try await runner.adopt(try RPC.parameters(AdoptRequest.self, in: message))
      try answer(id, AdoptReply(previous: previous))
    case .shutdownAfterPlan:
      await runner.close()
      try answer(id, Empty())
    }
  }

  private func hello() async -> HelloReply {
    HelloReply(
      protocolVersion: AgentProtocol.version, build: AgentProtocol.build, architecture: HostInventory.architecture(),
      bootID: runner.bootID, hostname: HostInventory.hostname(), fence: await runner.fence,
      owner: await runner.ownerNote,
      running: await runner.runningKey, clockMilliseconds: csys_wall_milliseconds())
  }

  /// Answers with the plan's report and, while it has not ended, tells what happens to it from then on.
  private func follow(_ task: TaskState, _ id: RPCID?) throws {
    if let (_, old) = followed.withLock({ $0.removeValue(forKey: task.key) }) { task.unfollow(old) }
    // Held until the answer is out, so that no event comes before it.
    let gate = EventGate()
    let (follower, report) = task.follow { [outbox] event in gate.pass { Connection.tell(event, outbox) } }
    followed.withLock { $0[task.key] = (task, follower) }
    try answer(id, report)
    gate.open()
  }

  private static func tell(_ event: TaskEvent, _ outbox: Outbox) {
    switch event {
    case .progress(let note):
      guard let line = try? RPC.notification(AgentNotification.progress.rawValue, note) else { return }
      outbox.send(line + [10], mayBeDropped: true)
    case .finished(let report):
      guard let message = try? RPC.notification(AgentNotification.finished.rawValue, report) else { return }
      if let lines = try? MessageFraming.lines(message) { return outbox.send(lines) }
      var short = report
      short.outputs = [:]
      short.secretOutputs = [:]
      short.state = .failed
      short.failure = RunFailure(
        code: "OutputTooLarge", message: "the outputs are longer than \(MessageFraming.maximumMessage) bytes",
        retryable: false)
      if let line = try? RPC.notification(AgentNotification.finished.rawValue, short) { outbox.send(line + [10]) }
    }
  }
}

/// Holds events back, in order, until it is opened.
private final class EventGate: Sendable {
  private let held = Mutex<[@Sendable () -> Void]?>([])

  func pass(_ event: @escaping @Sendable () -> Void) {
    held.withLock { held in
      if held == nil { event() } else { held?.append(event) }
    }
  }

  func open() {
    held.withLock { held in
      for event in held ?? [] { event() }
      held = nil
    }
  }
}
