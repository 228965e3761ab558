/// A host's membership: at most one row per host, so that a host is in at most one cluster.
package struct Claim: Codable, Sendable, Hashable {
  package var host: UID
  package var cluster: UID
  package var machine: UID
  /// The /24 of the pod network that goes with the membership; unique within a cluster.
  package var podCIDR: String
  package var claimedAt: Timestamp

  package init(host: UID, cluster: UID, machine: UID, podCIDR: String, claimedAt: Timestamp) {
    (self.host, self.cluster, self.machine, self.podCIDR, self.claimedAt) = (host, cluster, machine, podCIDR, claimedAt)
  }
}

/// Something that happened. Numbered by the store.
package struct Event: Codable, Sendable, Hashable {
  package enum Severity: String, Codable, Sendable, Hashable { case normal = "Normal", warning = "Warning" }

  package var sequence: Int64
  package var at: Timestamp
  package var severity: Severity
  /// One CamelCase word.
  package var reason: String
  package var message: String
  package var object: ObjectReference
  /// The operation it belongs to, by name.
  package var operation: String?

  package init(
    sequence: Int64 = 0, at: Timestamp, severity: Severity = .normal, reason: String, message: String,
    object: ObjectReference, operation: String? = nil
  ) {
    self.sequence = sequence
    self.at = at
    self.severity = severity
    self.reason = reason
    self.message = message
    self.object = object
    self.operation = operation
  }
}

/// Something that somebody did. Numbered and chained by the store.
package struct AuditRecord: Codable, Sendable, Hashable {
  package var sequence: Int64
  /// Real time, also on a simulated site.
  package var at: Timestamp
  /// Who: the Unix user, and where from if that is known.
  package var actor: String
  package var verb: String
  package var object: ObjectReference
  /// What exactly, for people; never holds a secret.
  package var detail: String
  /// Hexadecimal keyed hash over the record before and this record.
  package var hash: String

  package init(
    sequence: Int64 = 0, at: Timestamp, actor: String, verb: String, object: ObjectReference, detail: String,
    hash: String = ""
  ) {
    self.sequence = sequence
    self.at = at
    self.actor = actor
    self.verb = verb
    self.object = object
    self.detail = detail
    self.hash = hash
  }
}

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
}

/// A named object of any kind, as the store keeps it.
package enum Record: Sendable, Hashable {
  case site(Site)
  case host(Host)
  case cluster(Cluster)
  case machine(Machine)
  case profile(Profile)
  case operation(Operation)
  case task(DurableTask)

  package var resource: any Resource {
    switch self {
    case .site(let object): object
    case .host(let object): object
    case .cluster(let object): object
    case .machine(let object): object
    case .profile(let object): object
    case .operation(let object): object
    case .task(let object): object
    }
  }

  package var kind: Kind { type(of: resource).kind }
  package var uid: UID { resource.metadata.uid }
  package var name: String { resource.metadata.name }
  package var scope: UID? { resource.scope }

  package var version: Int64 {
    get { resource.metadata.resourceVersion }
    set {
      switch self {
      case .site(var object): object.metadata.resourceVersion = newValue; self = .site(object)
      case .host(var object): object.metadata.resourceVersion = newValue; self = .host(object)
      case .cluster(var object): object.metadata.resourceVersion = newValue; self = .cluster(object)
      case .machine(var object): object.metadata.resourceVersion = newValue; self = .machine(object)
      case .profile(var object): object.metadata.resourceVersion = newValue; self = .profile(object)
      case .operation(var object): object.metadata.resourceVersion = newValue; self = .operation(object)
      case .task(var object): object.metadata.resourceVersion = newValue; self = .task(object)
      }
    }
  }
}
