import Synchronization

/// The way into an application from other threads. Results keep their order; of snapshots only the newest of each topic is
/// kept, so that a storm of changes costs one delivery.
package final class Mailbox<Message: Sendable>: Sendable {
  private struct State {
    var ordered: [Message] = []
    var newest: [(topic: String, message: Message)] = []
    var wake: (@Sendable () -> Void)?
    var busy = 0
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Delivers a message after all that were posted before it.
  package func post(_ message: Message) {
    let wake = state.withLock { state in
      state.ordered.append(message)
      return state.wake
    }
    wake?()
  }

  /// Delivers the newest message of a topic; an older one that was not yet delivered is dropped.
  package func post(newest message: Message, topic: String) {
    let wake = state.withLock { state in
      if let index = state.newest.firstIndex(where: { $0.topic == topic }) {
        state.newest[index].message = message
      } else {
        state.newest.append((topic, message))
      }
      return state.wake
    }
    wake?()
  }

  /// Takes everything that waits: results first, then snapshots.
  func take() -> [Message] {
    state.withLock { state in
      let all = state.ordered + state.newest.map { $0.message }
      state.ordered = []
      state.newest = []
      return all
    }
  }

  /// Messages that wait, and work that has not ended.
  var depth: Int { state.withLock { $0.ordered.count + $0.newest.count + $0.busy } }

  func onPost(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }

  /// Starts work whose result is posted; counted until it is.
  func perform(_ work: @escaping @Sendable () async -> Message?) {
    state.withLock { $0.busy += 1 }
    Task.detached { self.end(with: await work()) }
  }

  /// The same for work that calls what it is given when it has ended.
  func begin(_ work: @Sendable (@escaping @Sendable (Message?) -> Void) -> Void) {
    state.withLock { $0.busy += 1 }
    work { self.end(with: $0) }
  }

  private func end(with message: Message?) {
    if let message { post(message) }
    let waiters = state.withLock { state in
      state.busy -= 1
      guard state.busy == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.idleWaiters = [] }
      return state.idleWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when no work that `perform` started is under way.
  func untilIdle() async {
    await withCheckedContinuation { continuation in
      let idle = state.withLock { state in
        if state.busy == 0 { return true }
        state.idleWaiters.append(continuation)
        return false
      }
      if idle { continuation.resume() }
    }
  }
}
