import EaselModel
import Synchronization

/// Decoded objects by uid and version, so that an object that did not change is decoded once and shared.
///
/// A version names one state of the whole store for ever: only what was committed may enter, since a rolled-back
/// transaction's numbers are given again.
final class RecordCache: Sendable {
  private struct Generations {
    var young: [UID: Record] = [:]
    var old: [UID: Record] = [:]
  }

  private let generations = Mutex(Generations())
  private let limit: Int

  /// - Parameter limit: objects after which the ones that were not used lately are dropped; twice as many may be held.
  init(limit: Int) { self.limit = limit }

  func record(_ uid: UID, version: Int64) -> Record? {
    generations.withLock { held in
      if let record = held.young[uid] { return record.version == version ? record : nil }
      guard let record = held.old[uid], record.version == version else { return nil }
      held.young[uid] = record
      return record
    }
  }

  func insert(_ records: some Collection<Record>) {
    generations.withLock { held in
      for record in records {
        if let newer = held.young[record.uid] ?? held.old[record.uid], newer.version > record.version { continue }
        held.young[record.uid] = record
      }
      if held.young.count > limit {
        held.old = held.young
        held.young = [:]
      }
    }
  }
}
