/// The site that a host's agent takes changes from, as the agent has written it down.
package struct HostOwner: Codable, Sendable, Hashable {
  package var site: UID
  /// The site's name; empty when the agent was not told.
  package var name: String
  /// The highest epoch that the agent has accepted: it grows with every change of leader and of owner.
  package var epoch: Int64
  /// Who made the site the owner; empty when the agent was not told.
  package var by: String
  /// When, by the host's clock.
  package var since: Timestamp?

  package init(site: UID, name: String = "", epoch: Int64, by: String = "", since: Timestamp? = nil) {
    (self.site, self.name, self.epoch, self.by, self.since) = (site, name, epoch, by, since)
  }

  /// For people: `site plant-8 (uid 1f...) adopted it at 2026-01-01T00:00:00Z, by root`.
  package var adoptionText: String {
    let who = name.isEmpty ? "site \(site)" : "site \(name) (uid \(site))"
    return "\(who) adopted it" + (since.map { " at \($0)" } ?? "") + (by.isEmpty ? "" : ", by \(by)")
  }
}
