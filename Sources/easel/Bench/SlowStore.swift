import EaselModel
import Glibc

/// A store whose disk is slower than this machine's: each transaction takes that much longer, as its one fsync would.
final class SlowStore: SiteStore {
  private let store: any SiteStore
  private let delay: timespec

  init(_ store: any SiteStore, microseconds: Int) {
    self.store = store
    delay = timespec(tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
  }

  func read<T>(_ body: (any StoreReader) throws -> T) throws -> T { try store.read(body) }

  func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T {
    let result = try store.write(epoch: epoch, body)
    var rest = delay
    nanosleep(&rest, nil)
    return result
  }

  func latestVersion() throws -> Int64 { try store.latestVersion() }
}
