import EaselProcess
import Synchronization

/// Messages on their way to one connection. Answers wait for a slow reader; progress is left out for it, since the task's log
/// has every line.
final class Outbox: Sendable {
  /// Bytes that may wait before progress is left out.
  static let progressLimit = 256 << 10

  private struct State {
    var messages: [[UInt8]] = []
    var bytes = 0
    var closed = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func send(_ lines: [UInt8], mayBeDropped: Bool = false) {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.closed, !(mayBeDropped && state.bytes > Outbox.progressLimit) else { return nil }
      state.messages.append(lines)
      state.bytes += lines.count
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Nothing is taken any more; what waits is still written.
  func close() {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.closed = true
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Writes until closed and empty, or the other side is gone.
  func drain(into channel: ByteChannel) async {
    while true {
      let next = state.withLock { state -> [UInt8]? in
        guard !state.messages.isEmpty else { return nil }
        let first = state.messages.removeFirst()
        state.bytes -= first.count
        return first
      }
      if let next {
        do { try await channel.write(next) } catch { return close() }
        continue
      }
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let now = state.withLock { state -> Bool in
          if state.closed || !state.messages.isEmpty { return true }
          state.sleeper = continuation
          return false
        }
        if now { continuation.resume() }
      }
      if state.withLock({ $0.closed && $0.messages.isEmpty }) { return }
    }
  }
}
