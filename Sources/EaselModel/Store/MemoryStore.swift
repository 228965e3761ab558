import Synchronization

/// A store that lives and ends with its process: for the simulated world, previews and tests.
///
/// It keeps every rule of the SQLite store, transactions with rollback included, and needs no disk. Secrets stay in memory
/// unsealed, and the audit chain has no key: nobody but this process could change it.
package final class MemoryStore: SiteStore {
  private let lock = Mutex(())
  /// Safe: only touched inside `lock`.
  private nonisolated(unsafe) let contents = MemoryContents()
  private let retention: StoreRetention

  package init(retention: StoreRetention = StoreRetention()) { self.retention = retention }

  package func read<T>(_ body: (any StoreReader) throws -> T) throws -> T {
    try lock.exclusively { try body(MemoryTransaction(contents, retention: retention)) }
  }

  @discardableResult
  package func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T {
    try lock.exclusively {
      if let epoch, epoch != contents.lease.epoch {
        throw EaselError.leadershipLost(claimed: epoch, current: contents.lease)
      }
      let transaction = MemoryTransaction(contents, retention: retention)
      do {
        let result = try body(transaction)
        transaction.finish()
        return result
      } catch {
        transaction.rollBack()
        throw error
      }
    }
  }

  package func latestVersion() throws -> Int64 { lock.exclusively { contents.version } }
}

extension Mutex where Value == Void {
  /// Runs `body` alone. Unlike `withLock`, its result need not be sendable: it never was inside the lock's value.
  package borrowing func exclusively<T>(_ body: () throws -> T) rethrows -> T {
    _unsafeLock()
    defer { _unsafeUnlock() }
    return try body()
  }
}
