import EaselModel

/// Holds the store's lease, or waits for it.
///
/// The lease is a row with an epoch; each change of leader raises it, and every commit of an engine names it, so a leader that
/// slept past its lease fails at its next commit whatever it believes. Real time decides when a lease ends. A follower takes over
/// sooner where the holder is certainly gone, and later, should the wall clock be wrong, when it has watched an unchanged row for
/// the whole length on its own monotonic clock.
package final class Leadership {
  /// How long a lease holds without being renewed.
  package static let leaseMilliseconds: Int64 = 10_000
  /// How often its holder renews it.
  package static let renewMilliseconds: Int64 = 3_000

  private let store: any SiteStore
  private let holder: String
  private var watched: Lease?
  private var watchedSince: Int64 = 0
  private var renewedAt: Int64 = 0
  /// The epoch that this process leads under; nil while it does not lead.
  package private(set) var epoch: Int64?

  package init(store: any SiteStore, holder: String = LeaseHolder.current().description) {
    (self.store, self.holder) = (store, holder)
  }

  /// What stood in the way at the last try: somebody else's lease.
  package var other: Lease? { epoch == nil ? watched : nil }

  /// Takes the lease if it is free.
  ///
  /// - Returns: whether this process leads now.
  package func acquire() throws -> Bool {
    if epoch != nil { return true }
    let seen = try store.read { try $0.lease() }
    guard isFree(seen) else { return false }
    let now = Timestamp.wallClock()
    let taken: Lease? = try store.write(epoch: nil) { writer in
      guard try writer.lease() == seen else { return nil }
      let lease = Lease(epoch: seen.epoch + 1, holder: self.holder, expiresAt: self.end(from: now))
      try writer.setLease(lease)
      return lease
    }
    guard let taken else { return false }
    epoch = taken.epoch
    renewedAt = MonotonicClock.milliseconds()
    return true
  }

  /// Renews the lease when it is time to.
  ///
  /// - Throws: `LeadershipLost` when another process leads.
  package func renewIfDue() throws {
    guard let epoch, MonotonicClock.milliseconds() - renewedAt >= Self.renewMilliseconds else { return }
    try store.write(epoch: epoch) { try self.renew(in: $0) }
    renewedAt = MonotonicClock.milliseconds()
  }

  /// Writes the renewed lease in a transaction of the caller.
  private func renew(in writer: any StoreWriter) throws {
    guard let epoch else { return }
    try writer.setLease(Lease(epoch: epoch, holder: holder, expiresAt: end(from: .wallClock())))
  }

  /// Milliseconds until the lease must be renewed; 0 when that is due.
  package var renewIn: Int64 { max(0, Self.renewMilliseconds - (MonotonicClock.milliseconds() - renewedAt)) }

  /// Gives the lease back, if nobody has written anything since `version`: whoever commits after that finds it free and starts
  /// an engine, and whoever committed before is seen by this check. So no intent is left without an engine.
  ///
  /// - Returns: whether the lease was given back.
  package func release(ifStillAt version: Int64?) throws -> Bool {
    guard let epoch else { return true }
    let released = try store.write(epoch: epoch) { writer in
      if let version, try writer.latestVersion() != version { return false }
      try writer.setLease(Lease(epoch: epoch, holder: "", expiresAt: .zero))
      return true
    }
    if released { self.epoch = nil }
    return released
  }

  /// Forgets a lease that somebody else has taken.
  package func forget() { epoch = nil }

  private func isFree(_ lease: Lease) -> Bool {
    let now = MonotonicClock.milliseconds()
    if watched != lease { (watched, watchedSince) = (lease, now) }
    return !lease.isLed || now - watchedSince > Self.leaseMilliseconds
  }

  private func end(from now: Timestamp) -> Timestamp { now.adding(seconds: Double(Self.leaseMilliseconds) / 1000) }
}
