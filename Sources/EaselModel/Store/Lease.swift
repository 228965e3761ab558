/// Who leads the store. The epoch grows with every change of leader and fences the old one off.
package struct Lease: Codable, Sendable, Hashable {
  /// 0 while nobody has ever led.
  package var epoch: Int64
  /// Who holds it, for people: process id, machine and start.
  package var holder: String
  /// Real time after which somebody else may take it.
  package var expiresAt: Timestamp

  package init(epoch: Int64, holder: String, expiresAt: Timestamp) {
    (self.epoch, self.holder, self.expiresAt) = (epoch, holder, expiresAt)
  }

  /// The lease of a store that nobody has ever led.
  package static let none = Lease(epoch: 0, holder: "", expiresAt: .zero)

  /// Whether somebody leads at a moment.
  package func isHeld(at now: Timestamp) -> Bool { epoch > 0 && expiresAt > now }

  /// The lease that `holder` may store now: renewed under the same epoch while it is still the holder, the next epoch when
  /// the old one has run out, nil while somebody else holds it.
  ///
  /// A holder whose lease ran out goes on under its epoch as long as nobody took it: nothing was committed in between.
  package func acquired(by holder: String, at now: Timestamp, seconds: Double) -> Lease? {
    let end = now.adding(seconds: seconds)
    if epoch > 0 && self.holder == holder { return Lease(epoch: epoch, holder: holder, expiresAt: end) }
    return isHeld(at: now) ? nil : Lease(epoch: epoch + 1, holder: holder, expiresAt: end)
  }

  /// The lease given up by its holder: free at once, under the same epoch.
  package func released() -> Lease { Lease(epoch: epoch, holder: "", expiresAt: .zero) }
}

extension EaselError {
  /// The commit of an engine that no longer leads.
  package static func leadershipLost(claimed: Int64, current: Lease) -> EaselError {
    EaselError(
      .conflict, "LeadershipLost",
      "committing under epoch \(claimed): the store is led under epoch \(current.epoch)"
        + (current.holder.isEmpty ? "" : " by \(current.holder)"),
      advice: "stop this engine; the new one goes on with its work")
  }
}
