/// The state of one site: transactions over objects, claims, observations, events, audit, secrets and the lease.
///
/// Two implementations pass one conformance suite: `MemoryStore` here and SQLite in EaselStore. All calls block; callers
/// keep them off Swift's shared threads. A body must not call the store again: its transaction is all that it may use, and
/// only until it returns.
package protocol SiteStore: AnyObject, Sendable {
  /// Runs `body` on one consistent state. Throws `EaselError`.
  func read<T>(_ body: (any StoreReader) throws -> T) throws -> T

  /// Runs `body` in a transaction that is on disk when the call returns, or leaves no trace when it throws.
  ///
  /// - Parameter epoch: what the caller leads under; the transaction fails with `LeadershipLost` (conflict) if the lease has
  ///   another epoch. Nil for operators, whose edits carry only versions.
  @discardableResult
  func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T

  /// The number of the last write; it grows whenever any process has committed a change of anything. Cheap enough to poll.
  func latestVersion() throws -> Int64
}

/// Reads inside a transaction.
package protocol StoreReader {
  func record(_ kind: Kind, uid: UID) throws -> Record?
  func record(_ kind: Kind, name: String) throws -> Record?
  /// All objects of a kind, by name; only those of one cluster when `scope` is given.
  func records(_ kind: Kind, scope: UID?) throws -> [Record]
  /// Goes through all objects of a kind, by name, with one of them in memory at a time.
  func each(_ kind: Kind, _ take: (Record) throws -> Void) throws
  /// Objects written after `version`, in the order of their writes, and the uids deleted after it and not written again.
  func changes(since version: Int64) throws -> StoreChanges
  func latestVersion() throws -> Int64
  func claim(host: UID) throws -> Claim?
  func claims(cluster: UID?) throws -> [Claim]
  /// The stored observation of each source about an object.
  func observations(of object: UID) throws -> [Observation]
  /// Observations taken in after a store version, in that order.
  func observations(since version: Int64) throws -> [Observation]
  /// Events with a number above `sequence`, oldest first; `object` narrows to one object, or a cluster's whole scope: its
  /// machines, operations and tasks, and whatever its operations did to hosts.
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event]
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord]
  func lease() throws -> Lease
  /// The names and ends of the stored secrets that start with a prefix; `Timestamp.never` for those without an end.
  func secretNames(prefix: String) throws -> [String: Timestamp]
  /// The opened value, or nil if there is none of that name.
  func secret(_ name: String) throws -> Secret?
  /// A part of a simulated site's world.
  func worldPart(_ key: String) throws -> [UInt8]?
  func worldParts() throws -> [String: [UInt8]]
}

/// Writes inside a transaction.
package protocol StoreWriter: StoreReader {
  /// Writes an object and returns its new version.
  ///
  /// - Parameter expecting: the version that must be stored now: 0 for "must not exist", nil for "whatever it is".
  /// - Throws: `Conflict` (conflict) when the stored version is another or the name is taken by another uid.
  @discardableResult
  func put(_ record: Record, expecting: Int64?) throws -> Int64
  /// Deletes an object; nothing happens if it is gone.
  func delete(_ kind: Kind, uid: UID) throws
  /// Fails with `Conflict` unless the object's stored version is the given one; 0 means "absent".
  func require(_ kind: Kind, uid: UID, version: Int64) throws
  /// Claims a host. Fails with `HostClaimed` (conflict) if it, or the pod CIDR in that cluster, is claimed already.
  func insert(_ claim: Claim) throws
  func deleteClaim(host: UID) throws
  /// Keeps the observation unless its source has stored a newer or equal sequence; says whether it was kept.
  @discardableResult
  func append(_ observation: Observation) throws -> Bool
  /// Forgets what was observed of an object.
  func deleteObservations(of object: UID) throws
  @discardableResult
  func append(_ event: Event) throws -> Int64
  @discardableResult
  func append(_ record: AuditRecord) throws -> Int64
  func setLease(_ lease: Lease) throws
  func setSecret(_ name: String, _ value: Secret, expiresAt: Timestamp?) throws
  func deleteSecrets(prefix: String) throws
  func setWorldPart(_ key: String, _ bytes: [UInt8]?) throws
}

/// What changed in a store since a version.
package struct StoreChanges: Sendable {
  /// The store's version that these changes lead to: what to ask from the next time.
  package var version: Int64
  package var records: [Record]
  package var deleted: [(kind: Kind, uid: UID)]
  /// False when deletions since then may have been forgotten, or the store is younger than the version asked from: the
  /// reader must load everything anew.
  package var complete: Bool

  package init(
    version: Int64, records: [Record] = [], deleted: [(kind: Kind, uid: UID)] = [], complete: Bool = true
  ) {
    (self.version, self.records, self.deleted, self.complete) = (version, records, deleted, complete)
  }
}

/// How much of its past a store keeps.
package struct StoreRetention: Sendable {
  /// The newest events that stay.
  package var events: Int64
  /// The newest deletions that the change feed still knows.
  package var deletions: Int64

  package init(events: Int64 = 100_000, deletions: Int64 = 100_000) {
    (self.events, self.deletions) = (events, deletions)
  }
}

extension StoreReader {
  /// Whether an event about an object belongs to what a reader asked for: the object itself or a cluster's whole scope.
  package func eventScope(of event: Event) throws -> UID? {
    if let record = try record(event.object.kind, uid: event.object.uid), let scope = record.scope { return scope }
    guard let operation = event.operation else { return nil }
    return try record(.operation, name: operation)?.scope
  }
}
