/// The kinds of object that a site holds under a name.
package enum Kind: String, Codable, Sendable, CaseIterable, Hashable {
  case site = "Site"
  case host = "Host"
  case cluster = "Cluster"
  case machine = "Machine"
  case profile = "Profile"
  case operation = "Operation"
  case task = "Task"
}

/// What every named object carries.
package struct Metadata: Codable, Sendable, Hashable {
  /// An RFC 1123 name, unique among its kind in the site.
  package var name: String
  package var uid: UID
  /// Set by the store at each write: the number of the write in this store. 0 before the first.
  package var resourceVersion: Int64
  /// Raised whenever the spec changes; status changes leave it.
  package var generation: Int64
  package var createdAt: Timestamp
  package var labels: [String: String]
  package var annotations: [String: String]

  package init(
    name: String, uid: UID, resourceVersion: Int64 = 0, generation: Int64 = 1, createdAt: Timestamp,
    labels: [String: String] = [:], annotations: [String: String] = [:]
  ) {
    self.name = name
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.generation = generation
    self.createdAt = createdAt
    self.labels = labels
    self.annotations = annotations
  }
}

/// What is known by a name, and by an identity that stays when the name is used again.
package protocol Named: Sendable {
  var name: String { get }
  var uid: UID { get }
}

/// A named object of a site: metadata, a spec that people write and a status that the engine alone writes.
package protocol Resource: Codable, Hashable, Named {
  static var kind: Kind { get }
  var metadata: Metadata { get set }
  var name: String { get }
  var uid: UID { get }
  /// The cluster that the object belongs to, or the object itself: what a snapshot is scoped by. Nil for site-wide objects.
  var scope: UID? { get }
}

extension Resource {
  package var name: String { metadata.name }
  package var uid: UID { metadata.uid }
}

/// A reference to a named object that stays unambiguous when a name is used again.
package struct ObjectReference: Codable, Sendable, Hashable {
  package var kind: Kind
  package var name: String
  package var uid: UID

  package init(kind: Kind, name: String, uid: UID) { (self.kind, self.name, self.uid) = (kind, name, uid) }

  package init(_ object: some Resource) {
    self.init(kind: type(of: object).kind, name: object.name, uid: object.uid)
  }
}
