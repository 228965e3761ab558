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
