/// One transaction of a memory store: it changes the contents in place and keeps what it takes to undo that.
final class MemoryTransaction: StoreWriter {
  let contents: MemoryContents
  private let retention: StoreRetention
  private var undo: [(MemoryContents) -> Void] = []
  private let startVersion: Int64

  init(_ contents: MemoryContents, retention: StoreRetention) {
    self.contents = contents
    self.retention = retention
    startVersion = contents.version
  }

  /// Takes everything back, newest first.
  func rollBack() {
    for step in undo.reversed() { step(contents) }
    undo = []
  }

  /// Counts a commit that wrote no object, and forgets what is too old.
  func finish() {
    if !undo.isEmpty && contents.version == startVersion { contents.version += 1 }
    // Pruning waits for a tenth more than is kept, so that it does not move the arrays at every commit.
    let (events, deletions) = (Int(retention.events), Int(retention.deletions))
    if contents.events.count > events + events / 10 { contents.events.removeFirst(contents.events.count - events) }
    if contents.deletions.count > deletions + deletions / 10 {
      let surplus = contents.deletions.count - deletions
      contents.prunedDeletions = contents.deletions[surplus - 1].version
      contents.deletions.removeFirst(surplus)
    }
  }

  private func nextVersion() -> Int64 {
    let old = contents.version
    undo.append { $0.version = old }
    contents.version += 1
    return contents.version
  }

  private func change<Value>(_ path: ReferenceWritableKeyPath<MemoryContents, Value>, to value: Value) {
    let old = contents[keyPath: path]
    undo.append { $0[keyPath: path] = old }
    contents[keyPath: path] = value
  }

  // MARK: Objects

  func put(_ record: Record, expecting: Int64?) throws -> Int64 {
    let (kind, uid, name) = (record.kind, record.uid, record.name)
    let old = contents.objects[uid]
    if let old, old.kind != kind { throw EaselError.identityTaken(kind, uid: uid, by: old.kind) }
    if let expecting, expecting != old?.version ?? 0 {
      throw EaselError.versionConflict(kind, name: name, expected: expecting, stored: old?.version ?? 0)
    }
    if let owner = contents.names[kind]?[name], owner != uid { throw EaselError.nameTaken(kind, name: name) }
    var stored = record
    stored.version = nextVersion()
    replace(uid, old: old, new: stored)
    return stored.version
  }

  func delete(_ kind: Kind, uid: UID) throws {
    guard let old = contents.objects[uid], old.kind == kind else { return }
    let version = nextVersion()
    replace(uid, old: old, new: nil)
    contents.deletions.append((version, kind, uid))
    undo.append { $0.deletions.removeLast() }
  }

  private func replace(_ uid: UID, old: Record?, new: Record?) {
    Self.exchange(uid, old: old, new: new, in: contents)
    undo.append { Self.exchange(uid, old: new, new: old, in: $0) }
  }

  private static func exchange(_ uid: UID, old: Record?, new: Record?, in contents: MemoryContents) {
    if let old {
      if contents.names[old.kind]?[old.name] == uid { contents.names[old.kind]?[old.name] = nil }
      if let scope = old.scope { contents.scopes[scope]?.remove(uid) }
    }
    contents.objects[uid] = new
    if let new {
      contents.names[new.kind, default: [:]][new.name] = uid
      if let scope = new.scope { contents.scopes[scope, default: []].insert(uid) }
    }
  }

  func require(_ kind: Kind, uid: UID, version: Int64) throws {
    let record = contents.objects[uid].flatMap { $0.kind == kind ? $0 : nil }
    guard record?.version ?? 0 != version else { return }
    throw EaselError.versionConflict(
      kind, name: record?.name ?? uid.text, expected: version, stored: record?.version ?? 0)
  }

  // MARK: Claims, observations, events, audit

  func insert(_ claim: Claim) throws {
    if let other = contents.claims[claim.host] { throw EaselError.hostClaimed(claim, by: other) }
    if contents.claims.values.contains(where: { $0.cluster == claim.cluster && $0.podCIDR == claim.podCIDR }) {
      throw EaselError.podNetworkClaimed(claim)
    }
    contents.claims[claim.host] = claim
    undo.append { $0.claims[claim.host] = nil }
  }

  func deleteClaim(host: UID) throws {
    guard let old = contents.claims.removeValue(forKey: host) else { return }
    undo.append { $0.claims[host] = old }
  }

  func append(_ observation: Observation) throws -> Bool {
    let (object, source) = (observation.object, observation.source)
    let old = contents.observations[object]?[source]
    if let old, old.observation.sequence >= observation.sequence { return false }
    let version = nextVersion()
    contents.observations[object, default: [:]][source] = .init(version: version, observation: observation)
    undo.append { $0.observations[object]?[source] = old }
    return true
  }

  func deleteObservations(of object: UID) throws {
    guard let old = contents.observations.removeValue(forKey: object) else { return }
    undo.append { $0.observations[object] = old }
  }

  func append(_ event: Event) throws -> Int64 {
    var numbered = event
    numbered.sequence = contents.lastEvent + 1
    contents.lastEvent += 1
    contents.events.append(.init(event: numbered, scope: try eventScope(of: event)))
    undo.append {
      $0.events.removeLast()
      $0.lastEvent -= 1
    }
    return numbered.sequence
  }

  func append(_ record: AuditRecord) throws -> Int64 {
    var numbered = record
    numbered.sequence = (contents.audit.last?.sequence ?? 0) + 1
    numbered.hash = Self.chain(numbered, after: contents.audit.last?.hash ?? "")
    contents.audit.append(numbered)
    undo.append { $0.audit.removeLast() }
    return numbered.sequence
  }

  /// FNV-1a over the hash before and the record: a chain, not a seal, since nobody else can reach this memory.
  private static func chain(_ record: AuditRecord, after previous: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let fields = [
      previous, String(record.sequence), record.at.description, record.actor, record.verb, record.object.kind.rawValue,
      record.object.name, record.object.uid.text, record.detail,
    ]
    for field in fields {
      for byte in field.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 0xff) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // MARK: Lease, secrets, world

  func setLease(_ lease: Lease) throws { change(\.lease, to: lease) }

  func setSecret(_ name: String, _ value: Secret, expiresAt: Timestamp?) throws {
    let old = contents.secrets[name]
    contents.secrets[name] = (value, expiresAt)
    undo.append { $0.secrets[name] = old }
  }

  func deleteSecrets(prefix: String) throws {
    for (name, old) in contents.secrets where name.utf8.starts(with: prefix.utf8) {
      contents.secrets[name] = nil
      undo.append { $0.secrets[name] = old }
    }
  }

  func setWorldPart(_ key: String, _ bytes: [UInt8]?) throws {
    let old = contents.world[key]
    if old == nil && bytes == nil { return }
    contents.world[key] = bytes
    undo.append { $0.world[key] = old }
  }
}
