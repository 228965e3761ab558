/// A unit of a host as its agent sees it now, or a container that logs there.
package struct HostUnit: Codable, Sendable, Hashable {
  /// What its log is asked for by: a unit's name, or the path of a container's log.
  package var name: String
  /// For people.
  package var title: String
  /// `active`, `inactive`, `failed`, ...; `container` for one of which only the log is known.
  package var state: String
  /// More of it, for example `running`.
  package var detail: String
  package var since: Timestamp?

  package init(name: String, title: String, state: String, detail: String = "", since: Timestamp? = nil) {
    self.name = name
    self.title = title
    self.state = state
    self.detail = detail
    self.since = since
  }

  /// The name without what every unit has: `kubelet` for `kubelet.service`, `etcd` for `/var/log/pods/.../etcd/0.log`.
  package var shortName: String {
    if name.hasPrefix("/") { return name.split(separator: "/").dropLast().last.map(String.init) ?? name }
    return name.hasSuffix(".service") ? String(name.dropLast(8)) : name
  }
}

/// Lines of a unit's log, and where to go on.
package struct HostLogPage: Codable, Sendable, Hashable {
  /// Oldest first.
  package var lines: [String]
  /// Give it back to get only what came since; nil when nobody can say where the log ends.
  package var cursor: String?

  package init(lines: [String], cursor: String?) { (self.lines, self.cursor) = (lines, cursor) }
}

extension SiteAccess {
  package func units(ofHost name: String) throws -> [HostUnit] { throw EaselError.noHostLogs(name) }

  package func log(
    ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int
  ) throws -> HostLogPage { throw EaselError.noHostLogs(name) }
}

extension EaselError {
  /// A site that has no way to its hosts' logs.
  package static func noHostLogs(_ host: String) -> EaselError {
    EaselError(.refused, "NoHostLogs", "this site cannot ask \(host) what its units say")
  }
}
