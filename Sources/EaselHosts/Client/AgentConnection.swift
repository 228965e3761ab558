import EaselAgentProtocol
import EaselModel
import EaselProcess
import Synchronization

/// One conversation with an agent. When it ends, all that waits for an answer fails with the reason as a typed error.
package final class AgentConnection: Sendable {
  private struct Follower {
    var progress: @Sendable (ProgressNote) -> Void
    var finished: CheckedContinuation<RunReport, any Error>?
    var report: RunReport?
  }

  private struct State {
    var nextID: Int64 = 1
    var pending: [Int64: CheckedContinuation<[UInt8], any Error>] = [:]
    var followers: [String: Follower] = [:]
    var ended: EaselError?
  }

  package let host: String
  package let process: HostProcess
  private let state = Mutex(State())
  private let writing = WriteQueue()

  /// Starts `easel-agent serve` over a transport.
  package init(_ transport: any HostTransport) async throws {
    host = transport.host
    process = try await transport.start(["serve"])
    // Holds itself until the stream ends; `close` ends the stream.
    Task.detached { await self.read() }
  }

  /// Whether nothing more can be asked.
  package var isEnded: Bool { state.withLock { $0.ended != nil } }

  /// Calls a method and waits for its answer.
  ///
  /// - Parameter seconds: how long to wait; the connection is cut when it is over, since a peer that does not answer is of no use.
  /// - Throws: `EaselError`, from the agent or about the connection.
  package func call<Reply: Decodable>(
    _ method: AgentMethod, _ parameters: some Encodable & Sendable, as type: Reply.Type, seconds: Double = 60
  ) async throws -> Reply {
    let id = state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    let lines = try MessageFraming.lines(try RPC.request(id, method, parameters))
    let overdue = Task.detached { [weak self] in
      try await Task.sleep(for: .seconds(seconds))
      guard let self else { return }
      self.end(HostFailure.timeout.error(self.host, "\(method.rawValue) took longer than \(Int(seconds)) s"))
      self.process.cut()
    }
    defer { overdue.cancel() }
    let answer: [UInt8] = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ended = state.withLock { state -> EaselError? in
          if state.ended == nil { state.pending[id] = continuation }
          return state.ended
        }
        if let ended { return continuation.resume(throwing: ended) }
        Task.detached { [process, writing] in try? await writing.write(lines, process.input) }
      }
    } onCancel: {
      state.withLock { $0.pending.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
    if let failure = try RPC.head(answer).error { throw error(failure) }
    do { return try RPC.result(Reply.self, in: answer) } catch {
      throw HostFailure.agentError.error(host, "its answer to \(method.rawValue) is not as expected")
    }
  }

  /// Sends a request that starts (or attaches to) a plan, and waits for the plan's end.
  package func follow(
    _ method: AgentMethod, key: String, _ parameters: some Encodable & Sendable,
    progress: @escaping @Sendable (ProgressNote) -> Void
  ) async throws -> RunReport {
    state.withLock { $0.followers[key] = Follower(progress: progress) }
    defer { state.withLock { _ = $0.followers.removeValue(forKey: key) } }
    let report = try await call(method, parameters, as: RunReport.self).bounded
    guard report.state == .running else { return report }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now = state.withLock { state -> Result<RunReport, any Error>? in
          if let report = state.followers[key]?.report { return .success(report) }
          if let ended = state.ended { return .failure(ended) }
          state.followers[key]?.finished = continuation
          return nil
        }
        if let now { continuation.resume(with: now) }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.followers[key]?.finished = nil }
        return state.followers[key]?.finished
      }?.resume(throwing: CancellationError())
    }
  }

  /// Ends the conversation; what runs on the host goes on.
  package func close() { process.input.close() }

  private func error(_ failure: RPCFailure) -> EaselError {
    let refused: Set<String> = ["OwnedByAnotherSite", "StaleEpoch", "KeyReused", "PlanDefect", "PlanChangesHost"]
    let category: EaselError.Category =
      refused.contains(failure.word) ? .refused : failure.word == "PlanRunning" ? .conflict : .failed
    return EaselError(
      category, HostWord.plain(failure.word, 64), "\(host): \(HostWord.plain(failure.message, HostWord.message))",
      advice: HostWord.plain(failure.data?.advice ?? "", HostWord.message))
  }

  private func read() async {
    var splitter = LineSplitter(limit: AgentProtocol.maximumLine)
    var framing = MessageFraming()
    var defect: String?
    do {
      reading: while true {
        let bytes = try await process.output.read()
        if bytes.isEmpty { break }
        for line in try splitter.add(bytes) where !line.isEmpty {
          guard let message = try framing.message(from: line) else { continue }
          try take(message)
        }
      }
    } catch is SystemError {
      // Closed on us.
    } catch {
      defect = "it sent what is not the protocol"
    }
    let (status, said) = await process.finish()
    if let defect {
      end(HostFailure.agentError.error(host, "\(defect) \(HostFailure.summary(said))"))
    } else {
      end(HostFailure.classify(status, said).error(host, HostFailure.summary(said)))
    }
  }

  private func take(_ message: [UInt8]) throws {
    let head = try RPC.head(message)
    if let method = head.method {
      switch AgentNotification(rawValue: method) {
      case .progress:
        let note = try RPC.parameters(ProgressNote.self, in: message).bounded
        state.withLock { $0.followers[note.key]?.progress }?(note)
      case .finished:
        let report = try RPC.parameters(RunReport.self, in: message).bounded
        state.withLock { state in
          state.followers[report.key]?.report = report
          defer { state.followers[report.key]?.finished = nil }
          return state.followers[report.key]?.finished
        }?.resume(returning: report)
      case nil: break
      }
      return
    }
    if case .number(let id)? = head.id {
      state.withLock { $0.pending.removeValue(forKey: id) }?.resume(returning: message)
    } else if let failure = head.error, failure.word == "RunnerNotRunning" {
      end(HostFailure.agentNotRunning.error(host, failure.message))
    }
  }

  private func end(_ reason: EaselError) {
    let (pending, followers, why) = state.withLock { state in
      let why = state.ended ?? reason
      state.ended = why
      defer {
        state.pending = [:]
        for key in state.followers.keys { state.followers[key]?.finished = nil }
      }
      return (Array(state.pending.values), state.followers.values.compactMap(\.finished), why)
    }
    for continuation in pending { continuation.resume(throwing: why) }
    for continuation in followers { continuation.resume(throwing: why) }
  }
}

/// Writes whole messages one after the other.
private actor WriteQueue {
  private var last: Task<Void, any Error>?

  func write(_ bytes: [UInt8], _ channel: ByteChannel) async throws {
    let before = last
    let task = Task {
      _ = await before?.result
      try await channel.write(bytes)
    }
    last = task
    try await task.value
  }
}
