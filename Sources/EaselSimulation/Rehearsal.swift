package import EaselModel

/// What intents that are planned one after another lead to.
package struct Rehearsal {
  private var start: SiteSnapshot
  private var last: SimulatedSite?
  private var ids = 0

  package init(of site: SiteSnapshot) { start = site }

  /// The site as the last intent left it, as far as it got.
  func site() throws -> SiteSnapshot {
    guard let last else { return start }
    var site = try last.snapshot()
    (site.site, site.lease, site.engineRuns) = (start.site, start.lease, start.engineRuns)
    return site
  }

  mutating func leads(to copy: SimulatedSite) { last = copy }

  mutating func newUID() -> UID {
    ids += 1
    return UID("preview-\(ids)")
  }
}
