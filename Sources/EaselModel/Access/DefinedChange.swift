/// What an object of a file asks for, beside what stands.
package struct DefinedChange: Sendable {
  package let kind: Kind
  package let name: String
  /// Nil where all is as the file says.
  package let intent: Intent?

  /// - Parameter generation: the one that the file says it was made from.
  /// - Throws: `EaselError` for what no file can ask for.
  package init(_ record: Record, generation: Int64?, in site: SiteSnapshot) throws {
    (kind, name) = (record.kind, record.name)
    switch record {
    case .cluster(let wanted):
      guard let known = site.clusters.first(named: wanted.name) else {
        intent = .createCluster(name: wanted.name, spec: wanted.spec, labels: wanted.metadata.labels)
        return
      }
      let spec = wanted.spec.keepingDefaults(of: known.spec)
      intent =
        spec == known.spec ? nil : .changeCluster(name: wanted.name, spec: spec, expecting: generation)
    case .host(let wanted):
      guard let known = site.hosts.first(named: wanted.name) else {
        intent = .addHost(name: wanted.name, spec: wanted.spec, labels: wanted.metadata.labels)
        return
      }
      guard known.spec == wanted.spec else {
        throw EaselError(
          .refused, "HostChange", "host \(wanted.name) is in the site already, with another definition",
          advice: "remove it and add it again")
      }
      intent = nil
    default:
      throw EaselError(
        .refused, "NotApplicable", "objects of kind \(record.kind.rawValue) are not applied from files",
        advice: "files hold clusters and hosts")
    }
  }

  /// All that is wrong with the definition itself, and with what it changes, before anything is handed in.
  package static func defects(of record: Record, in site: SiteSnapshot) -> [EaselError] {
    switch record {
    case .cluster(let cluster):
      let known = site.clusters.first(named: cluster.name)?.spec
      var spec = known.map(cluster.spec.keepingDefaults) ?? cluster.spec
      if spec == known { return [] }
      let profile = site.profiles.first { $0.name == spec.profile.name }
      if spec.profile.version.isEmpty, let profile { spec.profile.version = profile.spec.version }
      return ClusterValidation.check(name: cluster.name, spec: spec, insteadOf: known, profile: profile)
    case .host(let host): return HostValidation.check(name: host.name, spec: host.spec)
    default: return []
    }
  }
}
