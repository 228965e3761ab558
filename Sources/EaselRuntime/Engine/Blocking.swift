import Synchronization

/// Runs asynchronous work to its end on the calling thread: for the main thread of commands. Must never be called from a task,
/// whose thread Swift needs for others.
package func blocking<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) throws -> T {
  let box = ResultBox<T>()
  let wakeup = Wakeup()
  Task.detached {
    let value: Result<T, any Error>
    do { value = .success(try await work()) } catch { value = .failure(error) }
    box.result.withLock { $0 = value }
    wakeup.signal()
  }
  while true {
    if let value = box.result.withLock({ $0 }) { return try value.get() }
    wakeup.wait(milliseconds: 1000)
  }
}

private final class ResultBox<T: Sendable>: Sendable {
  let result = Mutex<Result<T, any Error>?>(nil)
}
