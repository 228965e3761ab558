import EaselModel
import Glibc
import Synchronization

/// A store that counts its commits.
final class MeasuredStore: SiteStore {
  private let inner: any SiteStore
  private let count = Mutex(0)

  init(_ inner: any SiteStore) { self.inner = inner }

  var commits: Int { count.withLock { $0 } }

  func read<T>(_ body: (any StoreReader) throws -> T) throws -> T { try inner.read(body) }

  func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T {
    let result = try inner.write(epoch: epoch, body)
    count.withLock { $0 += 1 }
    return result
  }

  func latestVersion() throws -> Int64 { try inner.latestVersion() }
}
