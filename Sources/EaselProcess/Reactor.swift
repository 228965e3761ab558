import CSys
import Glibc
import Synchronization

/// One thread that waits on descriptors for everybody: tasks suspend here instead of blocking Swift's small thread pool.
///
/// Each wait is registered one-shot, so a descriptor that nobody waits for costs nothing and no event is ever lost: readiness that
/// came earlier is reported at once when somebody asks. Dispatch sources were tried and lost data at hang-up.
package final class Reactor: Sendable {
  /// The process's only reactor; its thread starts with the first use and never ends.
  package static let shared = Reactor()

  package enum Interest: Sendable { case readable, writable }

  private struct Waiting {
    var readers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    var writers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    var registered = false

    var mask: UInt32 {
      UInt32(readers.isEmpty ? 0 : CSYS_READABLE | CSYS_PEER_CLOSED) | UInt32(writers.isEmpty ? 0 : CSYS_WRITABLE)
        | UInt32(CSYS_ONESHOT)
    }
  }

  private struct State {
    var descriptors: [Int32: Waiting] = [:]
    var nextID: UInt64 = 1
    /// Waits that were cancelled before they were registered.
    var cancelled: Set<UInt64> = []
  }

  private let epoll: Int32
  private let state = Mutex(State())

  private init() {
    // A peer that is gone is an error of the write, never the end of this process. Children start with the default again.
    _ = csys_ignore_signal(SIGPIPE, true)
    epoll = csys_epoll_create()
    precondition(epoll >= 0, "epoll_create1 failed")
    let context = Unmanaged.passRetained(self).toOpaque()
    let error = csys_thread_start(
      "reactor",
      { raw in
        guard let raw else { return }
        Unmanaged<Reactor>.fromOpaque(raw).takeUnretainedValue().loop()
      }, context)
    precondition(error == 0, "the reactor's thread did not start")
  }

  /// Suspends until the descriptor is ready (or at its end, or broken: the next system call tells).
  ///
  /// - Throws: `CancellationError` when the task is cancelled, `SystemError` with ECANCELED when the descriptor is forgotten.
  package func wait(_ fd: Int32, _ interest: Interest) async throws {
    try await wait(interest) { use in use(fd) }
  }

  /// The same for a descriptor that somebody else may close: `borrow` calls its argument with the descriptor, at once, under
  /// the lock that `close` takes too.
  package func wait(_ interest: Interest, borrowing borrow: @Sendable ((Int32) -> Void) -> Void) async throws {
    try Task.checkCancellation()
    let id = state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        borrow { fd in register(fd, interest, id, continuation) }
      }
    } onCancel: {
      cancel(id)
    }
  }

  /// Ends all waits on a descriptor that is about to be closed. Must be called before `close`.
  package func forget(_ fd: Int32) {
    let waiting = state.withLock { state -> Waiting? in
      guard let waiting = state.descriptors.removeValue(forKey: fd) else { return nil }
      if waiting.registered { _ = csys_epoll_remove(epoll, fd) }
      return waiting
    }
    guard let waiting else { return }
    let error = SystemError("wait for descriptor \(fd)", number: ECANCELED)
    for continuation in waiting.readers.values { continuation.resume(throwing: error) }
    for continuation in waiting.writers.values { continuation.resume(throwing: error) }
  }

  private func register(
    _ fd: Int32, _ interest: Interest, _ id: UInt64, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    let outcome = state.withLock { state -> Result<Bool, any Error> in
      if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
      var waiting = state.descriptors[fd] ?? Waiting()
      switch interest {
      case .readable: waiting.readers[id] = continuation
      case .writable: waiting.writers[id] = continuation
      }
      let tag = UInt64(UInt32(bitPattern: fd))
      let result =
        waiting.registered
        ? csys_epoll_modify(epoll, fd, waiting.mask, tag) : csys_epoll_add(epoll, fd, waiting.mask, tag)
      if result != 0 {
        let number = csys_errno()
        // A regular file cannot be polled and is always ready.
        return number == EPERM ? .success(true) : .failure(SystemError("wait for descriptor \(fd)", number: number))
      }
      waiting.registered = true
      state.descriptors[fd] = waiting
      return .success(false)
    }
    switch outcome {
    case .success(true): continuation.resume()
    case .success(false): break
    case .failure(let error): continuation.resume(throwing: error)
    }
  }

  private func cancel(_ id: UInt64) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      for (fd, var waiting) in state.descriptors {
        guard let found = waiting.readers.removeValue(forKey: id) ?? waiting.writers.removeValue(forKey: id) else {
          continue
        }
        state.descriptors[fd] = waiting
        rearm(fd, &state)
        return found
      }
      // Not registered yet, or already resumed; ids are never reused, so a stale one does no harm beyond its eight bytes.
      state.cancelled.insert(id)
      return nil
    }
    continuation?.resume(throwing: CancellationError())
  }

  /// Registers what is still waited for, or takes the descriptor out when that is nothing.
  private func rearm(_ fd: Int32, _ state: inout State) {
    guard let waiting = state.descriptors[fd] else { return }
    if waiting.readers.isEmpty && waiting.writers.isEmpty {
      if waiting.registered { _ = csys_epoll_remove(epoll, fd) }
      state.descriptors[fd] = nil
    } else {
      _ = csys_epoll_modify(epoll, fd, waiting.mask, UInt64(UInt32(bitPattern: fd)))
    }
  }

  private func loop() {
    var events = [csys_event](repeating: csys_event(), count: 64)
    while true {
      let count = csys_epoll_wait(epoll, &events, 64, -1)
      for event in events.prefix(Int(max(0, count))) {
        for continuation in ready(Int32(truncatingIfNeeded: event.tag), event.events) { continuation.resume() }
      }
    }
  }

  private func ready(_ fd: Int32, _ events: UInt32) -> [CheckedContinuation<Void, any Error>] {
    state.withLock { state in
      guard var waiting = state.descriptors[fd] else { return [] }
      let broken = events & UInt32(CSYS_ERROR | CSYS_HANGUP) != 0
      var resumed: [CheckedContinuation<Void, any Error>] = []
      if broken || events & UInt32(CSYS_READABLE | CSYS_PEER_CLOSED) != 0 {
        resumed += waiting.readers.values
        waiting.readers = [:]
      }
      if broken || events & UInt32(CSYS_WRITABLE) != 0 {
        resumed += waiting.writers.values
        waiting.writers = [:]
      }
      state.descriptors[fd] = waiting
      rearm(fd, &state)
      return resumed
    }
  }
}
