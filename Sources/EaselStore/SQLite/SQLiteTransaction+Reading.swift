import EaselModel

extension SQLiteTransaction {
  // MARK: Objects

  func record(_ kind: Kind, uid: UID) throws -> Record? {
    try connection.row(
      "SELECT uid, version, body FROM objects WHERE uid = ?1 AND kind = ?2", .text(uid.text), .text(kind.rawValue)
    ) { try object(kind, $0) }
  }

  func record(_ kind: Kind, name: String) throws -> Record? {
    try connection.row(
      "SELECT uid, version, body FROM objects WHERE kind = ?1 AND name = ?2", .text(kind.rawValue), .text(name)
    ) { try object(kind, $0) }
  }

  func records(_ kind: Kind, scope: UID?) throws -> [Record] {
    if let scope {
      return try connection.rows(
        "SELECT uid, version, body FROM objects WHERE scope = ?1 AND kind = ?2 ORDER BY name", .text(scope.text),
        .text(kind.rawValue)
      ) { try object(kind, $0) }
    }
    var records: [Record] = []
    try each(kind) { records.append($0) }
    return records
  }

  func each(_ kind: Kind, _ take: (Record) throws -> Void) throws {
    _ = try connection.rows(
      "SELECT uid, version, body FROM objects WHERE kind = ?1 ORDER BY name", .text(kind.rawValue)
    ) { try take(try object(kind, $0)) }
  }

  /// The object in the row `uid, version, body`: from the cache when that version was decoded before.
  private func object(_ kind: Kind, _ row: Statement) throws -> Record {
    let (uid, version) = (UID(row.text(0)), row.integer(1))
    if version > startVersion, let record = written[uid], record.version == version { return record }
    if version <= startVersion, let record = cache.record(uid, version: version) { return record }
    let record = try row.withBytes(2) { try coding.decode(kind, $0, path: connection.path) }
    if version <= startVersion { cache.insert(CollectionOfOne(record)) }
    return record
  }

  private func kind(_ text: String) throws -> Kind {
    guard let kind = Kind(rawValue: text) else {
      throw StoreFailure.corrupt(connection.path, "it holds an object of the unknown kind \"\(text)\"")
    }
    return kind
  }

  func changes(since version: Int64) throws -> StoreChanges {
    if version == self.version { return StoreChanges(version: version) }
    let pruned = try connection.row("SELECT pruned FROM counter") { $0.integer(0) } ?? 0
    let records = try connection.rows(
      "SELECT uid, version, body, kind FROM objects WHERE version > ?1 ORDER BY version", .integer(version)
    ) { try object(try kind($0.text(3)), $0) }
    let deleted = try connection.rows(
      """
      SELECT kind, uid FROM deletions
      WHERE version > ?1 AND NOT EXISTS (SELECT 1 FROM objects WHERE objects.uid = deletions.uid) ORDER BY version
      """, .integer(version)
    ) { (kind: try kind($0.text(0)), uid: UID($0.text(1))) }
    return StoreChanges(
      version: self.version, records: records, deleted: deleted, complete: version >= pruned && version <= self.version)
  }

  func latestVersion() throws -> Int64 { version }

  // MARK: Claims and observations

  func claim(host: UID) throws -> Claim? {
    try connection.row(
      "SELECT host, cluster, machine, pod_cidr, claimed_at FROM claims WHERE host = ?1", .text(host.text), map: claim)
  }

  func claims(cluster: UID?) throws -> [Claim] {
    if let cluster {
      return try connection.rows(
        "SELECT host, cluster, machine, pod_cidr, claimed_at FROM claims WHERE cluster = ?1 ORDER BY host",
        .text(cluster.text), map: claim)
    }
    return try connection.rows(
      "SELECT host, cluster, machine, pod_cidr, claimed_at FROM claims ORDER BY host", map: claim)
  }

  private func claim(_ row: Statement) -> Claim {
    Claim(
      host: UID(row.text(0)), cluster: UID(row.text(1)), machine: UID(row.text(2)), podCIDR: row.text(3),
      claimedAt: Timestamp(milliseconds: row.integer(4)))
  }

  func observations(of object: UID) throws -> [Observation] {
    try connection.rows("SELECT body FROM observations WHERE object = ?1 ORDER BY source", .text(object.text)) {
      try observation($0)
    }
  }

  func observations(since version: Int64) throws -> [Observation] {
    try connection.rows("SELECT body FROM observations WHERE version > ?1 ORDER BY version", .integer(version)) {
      try observation($0)
    }
  }

  private func observation(_ row: Statement) throws -> Observation {
    try row.withBytes(0) { try coding.decodeObservation($0, path: connection.path) }
  }

  // MARK: Events and audit

  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    let columns = "sequence, at, severity, reason, message, kind, name, uid, operation"
    if let object {
      return try connection.rows(
        """
        SELECT \(columns) FROM events WHERE uid = ?2 AND sequence > ?1
        UNION SELECT \(columns) FROM events WHERE scope = ?2 AND sequence > ?1 ORDER BY sequence LIMIT ?3
        """, .integer(sequence), .text(object.text), .integer(Int64(max(0, limit))), map: event)
    }
    return try connection.rows(
      "SELECT \(columns) FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT ?2", .integer(sequence),
      .integer(Int64(max(0, limit))), map: event)
  }

  private func event(_ row: Statement) throws -> Event {
    Event(
      sequence: row.integer(0), at: Timestamp(milliseconds: row.integer(1)),
      severity: Event.Severity(rawValue: row.text(2)) ?? .normal, reason: row.text(3), message: row.text(4),
      object: ObjectReference(kind: try kind(row.text(5)), name: row.text(6), uid: UID(row.text(7))),
      operation: row.optionalText(8))
  }

  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try auditRows(after: sequence, limit: limit).map(\.record)
  }

  /// Audit records with the hash before each, as it is stored.
  func auditRows(after sequence: Int64, limit: Int) throws -> [(record: AuditRecord, previous: String)] {
    try connection.rows(
      """
      SELECT sequence, at, actor, verb, kind, name, uid, detail, hash, previous FROM audit
      WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
      """, .integer(sequence), .integer(Int64(max(0, limit)))
    ) { row in
      let record = AuditRecord(
        sequence: row.integer(0), at: Timestamp(milliseconds: row.integer(1)), actor: row.text(2), verb: row.text(3),
        object: ObjectReference(kind: try kind(row.text(4)), name: row.text(5), uid: UID(row.text(6))),
        detail: row.text(7), hash: row.text(8))
      return (record, row.text(9))
    }
  }

  // MARK: Lease, secrets, world

  func lease() throws -> Lease {
    try connection.row("SELECT epoch, holder, expires_at FROM lease") {
      Lease(epoch: $0.integer(0), holder: $0.text(1), expiresAt: Timestamp(milliseconds: $0.integer(2)))
    } ?? .none
  }

  func secretNames(prefix: String) throws -> [String: Timestamp] {
    let found = try connection.rows(
      "SELECT name, expires_at FROM secrets WHERE substr(name, 1, length(?1)) = ?1", .text(prefix)
    ) { ($0.text(0), $0.optionalInteger(1).map(Timestamp.init(milliseconds:)) ?? .never) }
    return Dictionary(found) { first, _ in first }
  }

  func secret(_ name: String) throws -> Secret? {
    let sealed = try connection.row("SELECT sealed FROM secrets WHERE name = ?1", .text(name)) { $0.bytes(0) }
    guard let sealed else { return nil }
    return try Seal(key: try Keys(directory: directory).seal()).open(sealed, name: name)
  }

  func worldPart(_ key: String) throws -> [UInt8]? {
    try connection.row("SELECT bytes FROM world WHERE key = ?1", .text(key)) { $0.bytes(0) }
  }

  func worldParts() throws -> [String: [UInt8]] {
    Dictionary(try connection.rows("SELECT key, bytes FROM world") { ($0.text(0), $0.bytes(1)) }) { first, _ in first }
  }
}
