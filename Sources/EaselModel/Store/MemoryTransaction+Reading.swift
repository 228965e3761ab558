extension MemoryTransaction {
  func record(_ kind: Kind, uid: UID) throws -> Record? {
    contents.objects[uid].flatMap { $0.kind == kind ? $0 : nil }
  }

  func record(_ kind: Kind, name: String) throws -> Record? {
    contents.names[kind]?[name].flatMap { contents.objects[$0] }
  }

  func records(_ kind: Kind, scope: UID?) throws -> [Record] {
    if let scope {
      return (contents.scopes[scope] ?? []).compactMap { contents.objects[$0] }.filter { $0.kind == kind }
        .sorted { storeOrder($0.name, $1.name) }
    }
    guard let names = contents.names[kind] else { return [] }
    return names.sorted { storeOrder($0.key, $1.key) }.compactMap { contents.objects[$0.value] }
  }

  func each(_ kind: Kind, _ take: (Record) throws -> Void) throws { try records(kind, scope: nil).forEach(take) }

  func changes(since version: Int64) throws -> StoreChanges {
    if version == contents.version { return StoreChanges(version: version) }
    let records = contents.objects.values.filter { $0.version > version }.sorted { $0.version < $1.version }
    let first = contents.deletions.lastIndex { $0.version <= version }.map { $0 + 1 } ?? 0
    let deleted = contents.deletions[first...].filter { contents.objects[$0.uid] == nil }
    return StoreChanges(
      version: contents.version, records: records, deleted: deleted.map { ($0.kind, $0.uid) },
      complete: version >= contents.prunedDeletions && version <= contents.version)
  }

  func latestVersion() throws -> Int64 { contents.version }

  func claim(host: UID) throws -> Claim? { contents.claims[host] }

  func claims(cluster: UID?) throws -> [Claim] {
    contents.claims.values.filter { cluster == nil || $0.cluster == cluster }.sorted {
      storeOrder($0.host.text, $1.host.text)
    }
  }

  func observations(of object: UID) throws -> [Observation] {
    (contents.observations[object] ?? [:]).sorted { storeOrder($0.key, $1.key) }.map(\.value.observation)
  }

  func observations(since version: Int64) throws -> [Observation] {
    if version >= contents.version { return [] }
    return contents.observations.values.flatMap { $0.values.filter { $0.version > version } }
      .sorted { $0.version < $1.version }.map(\.observation)
  }

  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    guard let oldest = contents.events.first?.event.sequence, limit > 0 else { return [] }
    let start = min(Int(max(0, sequence + 1 - oldest)), contents.events.count)
    var found: [Event] = []
    for entry in contents.events[start...] where found.count < limit {
      if let object, entry.event.object.uid != object, entry.scope != object { continue }
      found.append(entry.event)
    }
    return found
  }

  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    Array(contents.audit.dropFirst(Int(max(0, sequence))).prefix(max(0, limit)))
  }

  func lease() throws -> Lease { contents.lease }

  func secretNames(prefix: String) throws -> [String: Timestamp] {
    contents.secrets.filter { $0.key.utf8.starts(with: prefix.utf8) }.mapValues { $0.expiresAt ?? .never }
  }

  func secret(_ name: String) throws -> Secret? { contents.secrets[name]?.value }

  func worldPart(_ key: String) throws -> [UInt8]? { contents.world[key] }

  func worldParts() throws -> [String: [UInt8]] { contents.world }
}

/// The order that SQLite gives text: by UTF-8 bytes.
private func storeOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
