internal import EaselModel

/// The newest state of a site as screens need it, and where the next look goes on from.
package struct SiteFeed: Sendable {
  let view: SiteView
  private let eventSequence: Int64
  private let auditSequence: Int64
  /// Raised whenever the view was made anew.
  let serial: Int

  static let keptEvents = 1000
  private static let chunk = 1000

  /// Asks the site. Blocks; what did not change since `last` is taken over from there.
  static func look(at site: any SiteAccess, after last: SiteFeed?) throws -> SiteFeed {
    let snapshot = try site.snapshot()
    var events: [Event] = []
    var eventSequence = last?.eventSequence ?? 0
    while true {
      let more = try site.events(after: eventSequence, object: nil, limit: chunk)
      guard let newest = more.last, newest.sequence > eventSequence else { break }
      eventSequence = newest.sequence
      events = Array((events + more).suffix(keptEvents))
      if more.count < chunk { break }
    }
    var audit: [AuditRecord] = []
    var auditSequence = last?.auditSequence ?? 0
    while true {
      let more = try site.auditRecords(after: auditSequence, limit: chunk)
      guard let newest = more.last, newest.sequence > auditSequence else { break }
      auditSequence = newest.sequence
      audit = Array((audit + more).suffix(keptEvents))
      if more.count < chunk { break }
    }
    if let last, events.isEmpty, audit.isEmpty, last.view.snapshot.isSame(as: snapshot) {
      return last.at(snapshot)
    }
    return SiteFeed(
      view: SiteView(
        snapshot, events: Array((events.reversed() + (last?.view.events ?? [])).prefix(keptEvents)),
        audit: Array((audit.reversed() + (last?.view.audit ?? [])).prefix(keptEvents)), after: last?.view),
      eventSequence: eventSequence, auditSequence: auditSequence, serial: (last?.serial ?? 0) + 1)
  }

  /// Whether the same is to be seen.
  func isSame(as other: SiteFeed) -> Bool {
    serial == other.serial && view.now == other.view.now && view.snapshot.engineRuns == other.view.snapshot.engineRuns
      && view.snapshot.lacksEngine == other.view.snapshot.lacksEngine
  }

  /// The same state at a later time, as `snapshot` says it. Nothing that is shown is finer than a second.
  private func at(_ snapshot: SiteSnapshot) -> SiteFeed {
    if view.now.milliseconds / 1000 == snapshot.now.milliseconds / 1000 { return self }
    return SiteFeed(
      view: view.at(snapshot), eventSequence: eventSequence, auditSequence: auditSequence, serial: serial)
  }
}

extension SiteFeed {
  /// The same state at another moment of real time; nil when more than the clock has changed by then, and the site has to be
  /// looked at.
  func at(_ real: Timestamp) -> SiteFeed? {
    let later = view.snapshot.at(real)
    return view.snapshot.isSame(as: later) ? at(later) : nil
  }

  /// When the picture may change although nothing is written: at the next second of a real site's clock, on a simulated one when
  /// the engine's lease runs out, or earlier where something is on its way: an engine that was killed still has its lease, one that
  /// was started has none yet.
  func nextChange(after real: Timestamp) -> Timestamp? {
    if !view.isSimulated { return Timestamp(milliseconds: (real.milliseconds / 1000 + 1) * 1000) }
    guard view.snapshot.engineRuns else { return view.snapshot.engineExpectedUntil }
    let end = view.snapshot.lease.expiresAt
    return view.snapshot.isMoving ? min(end, real.adding(seconds: 1)) : end
  }
}

extension SiteSnapshot {
  /// Whether nothing that is shown differs but the time: the store's version, the engine's state, and the hour, as
  /// the days that certificates have left are counted here.
  fileprivate func isSame(as other: SiteSnapshot) -> Bool {
    version == other.version && engineRuns == other.engineRuns && engineEnd == other.engineEnd
      && lacksEngine == other.lacksEngine
      && lease.epoch == other.lease.epoch
      && now.milliseconds / 3_600_000 == other.now.milliseconds / 3_600_000
  }
}
