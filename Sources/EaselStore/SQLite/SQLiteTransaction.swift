import EaselModel

/// One transaction on one connection. The connection has begun it; the store ends it.
final class SQLiteTransaction: StoreWriter {
  let connection: Connection
  let coding: RecordCoding
  let cache: RecordCache
  let directory: StoreFolder
  private(set) var version: Int64
  /// The version at the start: what has a higher one was written here and is not committed.
  let startVersion: Int64
  /// What was written here, for the cache once it is committed.
  private(set) var written: [UID: Record] = [:]
  private(set) var hasChanges = false
  private var deletions = 0
  private var lastEvent: Int64 = 0
  /// The last audit record that was written here.
  private(set) var auditHead: AuditHead?

  init(_ connection: Connection, coding: RecordCoding, cache: RecordCache, directory: StoreFolder) throws {
    self.connection = connection
    self.coding = coding
    self.cache = cache
    self.directory = directory
    startVersion = try connection.row("SELECT version FROM counter") { $0.integer(0) } ?? 0
    version = startVersion
  }

  /// Stores the new version and forgets what is too old.
  func finish(_ retention: StoreRetention) throws {
    guard hasChanges else { return }
    if version == startVersion { version += 1 }
    try connection.run("UPDATE counter SET version = ?1", .integer(version))
    // Pruning looks only now and then: it is a range delete by key, and being a little late does no harm.
    if lastEvent > 0 && (lastEvent % 64 == 0 || retention.events < 1000) {
      try connection.run("DELETE FROM events WHERE sequence <= ?1", .integer(lastEvent - retention.events))
    }
    if deletions > 0 { try pruneDeletions(keeping: retention.deletions) }
  }

  private func pruneDeletions(keeping limit: Int64) throws {
    let surplus = try connection.row(
      "SELECT version FROM deletions ORDER BY version DESC LIMIT 1 OFFSET ?1", .integer(limit)
    ) { $0.integer(0) }
    guard let surplus else { return }
    try connection.run("DELETE FROM deletions WHERE version <= ?1", .integer(surplus))
    try connection.run("UPDATE counter SET pruned = max(pruned, ?1)", .integer(surplus))
  }

  func nextVersion() -> Int64 {
    hasChanges = true
    version += 1
    return version
  }

  // MARK: Objects

  func put(_ record: Record, expecting: Int64?) throws -> Int64 {
    let (kind, uid, name, scope) = (record.kind, record.uid, record.name, record.scope)
    let old = try connection.row("SELECT version, kind, name, scope FROM objects WHERE uid = ?1", .text(uid.text)) {
      (version: $0.integer(0), kind: Kind(rawValue: $0.text(1)), name: $0.text(2), scope: $0.optionalText(3))
    }
    if let old, let other = old.kind, other != kind { throw EaselError.identityTaken(kind, uid: uid, by: other) }
    if let expecting, expecting != old?.version ?? 0 {
      throw EaselError.versionConflict(kind, name: name, expected: expecting, stored: old?.version ?? 0)
    }
    if old?.name != name {
      let owner = try connection.row(
        "SELECT uid FROM objects WHERE kind = ?1 AND name = ?2", .text(kind.rawValue), .text(name)
      ) { $0.text(0) }
      if let owner, owner != uid.text { throw EaselError.nameTaken(kind, name: name) }
    }
    var stored = record
    stored.version = version + 1
    let body = try coding.encode(stored)
    let number = SQLValue.integer(nextVersion())
    if old == nil {
      try connection.run(
        "INSERT INTO objects (uid, kind, name, scope, version, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", .text(uid.text),
        .text(kind.rawValue), .text(name), .optional(scope?.text), number, .utf8(body))
    } else if old?.name == name && old?.scope == scope?.text {
      try connection.run(
        "UPDATE objects SET version = ?2, body = ?3 WHERE uid = ?1", .text(uid.text), number, .utf8(body))
    } else {
      try connection.run(
        "UPDATE objects SET version = ?2, body = ?3, name = ?4, scope = ?5 WHERE uid = ?1", .text(uid.text), number,
        .utf8(body), .text(name), .optional(scope?.text))
    }
    written[uid] = stored
    return version
  }

  func delete(_ kind: Kind, uid: UID) throws {
    try connection.run("DELETE FROM objects WHERE uid = ?1 AND kind = ?2", .text(uid.text), .text(kind.rawValue))
    guard connection.changedRows > 0 else { return }
    try connection.run(
      "INSERT INTO deletions (version, kind, uid) VALUES (?1, ?2, ?3)", .integer(nextVersion()), .text(kind.rawValue),
      .text(uid.text))
    deletions += 1
    written[uid] = nil
  }

  func require(_ kind: Kind, uid: UID, version: Int64) throws {
    let stored = try connection.row(
      "SELECT version, name FROM objects WHERE uid = ?1 AND kind = ?2", .text(uid.text), .text(kind.rawValue)
    ) { (version: $0.integer(0), name: $0.text(1)) }
    guard stored?.version ?? 0 != version else { return }
    throw EaselError.versionConflict(
      kind, name: stored?.name ?? uid.text, expected: version, stored: stored?.version ?? 0)
  }

  // MARK: Claims, observations, events, audit

  func insert(_ claim: Claim) throws {
    if let other = try self.claim(host: claim.host) { throw EaselError.hostClaimed(claim, by: other) }
    let taken = try connection.row(
      "SELECT 1 FROM claims WHERE cluster = ?1 AND pod_cidr = ?2", .text(claim.cluster.text), .text(claim.podCIDR)
    ) { _ in true }
    if taken != nil { throw EaselError.podNetworkClaimed(claim) }
    try connection.run(
      "INSERT INTO claims (host, cluster, machine, pod_cidr, claimed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      .text(claim.host.text), .text(claim.cluster.text), .text(claim.machine.text), .text(claim.podCIDR),
      .time(claim.claimedAt))
    hasChanges = true
  }

  func deleteClaim(host: UID) throws {
    try connection.run("DELETE FROM claims WHERE host = ?1", .text(host.text))
    if connection.changedRows > 0 { hasChanges = true }
  }

  func append(_ observation: Observation) throws -> Bool {
    try connection.run(
      """
      INSERT INTO observations (object, source, sequence, version, body) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (object, source) DO UPDATE SET sequence = ?3, version = ?4, body = ?5 WHERE sequence < ?3
      """, .text(observation.object.text), .text(observation.source), .integer(observation.sequence),
      .integer(version + 1), .utf8(try coding.encode(observation)))
    guard connection.changedRows > 0 else { return false }
    _ = nextVersion()
    return true
  }

  func deleteObservations(of object: UID) throws {
    try connection.run("DELETE FROM observations WHERE object = ?1", .text(object.text))
    if connection.changedRows > 0 { hasChanges = true }
  }

  func append(_ event: Event) throws -> Int64 {
    try connection.run(
      """
      INSERT INTO events (at, severity, reason, message, kind, name, uid, operation, scope)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """, .time(event.at), .text(event.severity.rawValue), .text(event.reason), .text(event.message),
      .text(event.object.kind.rawValue), .text(event.object.name), .text(event.object.uid.text),
      .optional(event.operation), .optional(try scope(of: event)?.text))
    lastEvent = connection.lastRowID
    hasChanges = true
    return lastEvent
  }

  /// As `eventScope`, without reading whole objects.
  private func scope(of event: Event) throws -> UID? {
    let own = try connection.row("SELECT scope FROM objects WHERE uid = ?1", .text(event.object.uid.text)) {
      $0.optionalText(0)
    }
    if let own, let own { return UID(own) }
    guard let operation = event.operation else { return nil }
    let scope = try connection.row(
      "SELECT scope FROM objects WHERE kind = ?1 AND name = ?2", .text(Kind.operation.rawValue), .text(operation)
    ) { $0.optionalText(0) }
    return scope.flatMap { $0 }.map { UID($0) }
  }

  func append(_ record: AuditRecord) throws -> Int64 {
    if let auditHead { return try append(record, after: auditHead.sequence) }
    if let head = try AuditHead.read(directory) { return try append(record, after: head.sequence) }
    // Without the head a cut end cannot be told from a whole log: that stays written, whatever comes after it.
    let note = AuditRecord(
      at: record.at, actor: "easel", verb: AuditChain.headMissingVerb, object: record.object,
      detail: "the file audit.head is missing or damaged; records before this one may have been cut off")
    return try append(record, after: try append(note, after: 0))
  }

  /// - Parameter seen: the highest number that was ever given, as far as the head knows: it is not given again, so that a cut end
  ///   stays visible as a gap.
  private func append(_ record: AuditRecord, after seen: Int64) throws -> Int64 {
    let last = try connection.row("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") {
      (sequence: $0.integer(0), hash: $0.text(1))
    }
    var numbered = record
    numbered.sequence = max(last?.sequence ?? 0, seen) + 1
    let previous = last?.hash ?? ""
    numbered.hash = AuditChain(key: try Keys(directory: directory).audit()).hash(numbered, after: previous)
    try connection.run(
      """
      INSERT INTO audit (sequence, at, actor, verb, kind, name, uid, detail, previous, hash)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """, .integer(numbered.sequence), .time(record.at), .text(record.actor), .text(record.verb),
      .text(record.object.kind.rawValue), .text(record.object.name), .text(record.object.uid.text),
      .text(record.detail), .text(previous), .text(numbered.hash))
    auditHead = AuditHead(sequence: numbered.sequence, hash: numbered.hash)
    hasChanges = true
    return numbered.sequence
  }

  // MARK: Lease, secrets, world

  func setLease(_ lease: Lease) throws {
    try connection.run(
      "INSERT OR REPLACE INTO lease (id, epoch, holder, expires_at) VALUES (1, ?1, ?2, ?3)", .integer(lease.epoch),
      .text(lease.holder), .time(lease.expiresAt))
    hasChanges = true
  }

  func setSecret(_ name: String, _ value: Secret, expiresAt: Timestamp?) throws {
    let sealed = Seal(key: try Keys(directory: directory).seal()).close(value, name: name)
    try connection.run(
      "INSERT OR REPLACE INTO secrets (name, sealed, expires_at) VALUES (?1, ?2, ?3)", .text(name), .blob(sealed),
      expiresAt.map { .time($0) } ?? .null)
    hasChanges = true
  }

  func deleteSecrets(prefix: String) throws {
    try connection.run(
      "DELETE FROM secrets WHERE substr(name, 1, length(?1)) = ?1", .text(prefix))
    if connection.changedRows > 0 { hasChanges = true }
  }

  func setWorldPart(_ key: String, _ bytes: [UInt8]?) throws {
    if let bytes {
      try connection.run("INSERT OR REPLACE INTO world (key, bytes) VALUES (?1, ?2)", .text(key), .blob(bytes))
      hasChanges = true
    } else {
      try connection.run("DELETE FROM world WHERE key = ?1", .text(key))
      if connection.changedRows > 0 { hasChanges = true }
    }
  }
}
