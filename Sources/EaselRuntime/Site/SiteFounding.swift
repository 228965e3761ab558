import EaselModel
import EaselStore

/// Makes a site: the database, the site's own object and the built-in profile, in one transaction with its audit record.
package enum SiteFounding {
  /// - Throws: `SiteExists` (conflict) when the directory holds a site.
  package static func found(
    in directory: StateDirectory, name: String, simulation: Site.Simulation?, contentDirectory: String?, as actor: Actor
  ) throws -> SQLiteStore {
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    let now = Timestamp.wallClock()
    var site = Site(
      metadata: Metadata(name: name, uid: UID.fresh(), createdAt: now),
      spec: Site.Spec(simulation: simulation, contentDirectory: contentDirectory))
    if simulation != nil { site.status.simulatedNow = now }
    try store.write(epoch: nil) { writer in
      guard try writer.records(.site, scope: nil).isEmpty else {
        throw EaselError(
          .conflict, "SiteExists", "making a site in \(directory.path): there is one already",
          advice: "use it, or choose another directory with --state")
      }
      try writer.put(.site(site), expecting: 0)
      try writer.put(.profile(Profile.builtIn(at: now)), expecting: 0)
      try writer.append(
        AuditRecord(
          at: now, actor: actor.name, verb: "create-site", object: ObjectReference(site),
          detail: simulation == nil ? "for real hosts" : "simulated"))
    }
    return store
  }

  /// The definition of the simulated host of a number, from 1: an address of a documentation range (RFC 5737 is too small
  /// for large sites, so the benchmark range of RFC 2544).
  package static func simulatedHost(_ number: Int) -> (name: String, spec: Host.Spec) {
    let address = "198.\(18 + number / 65_025 % 2).\(number / 255 % 255).\(number % 255 + 1)"
    return ("host\(number)", Host.Spec(transport: .simulated, address: address))
  }
}
