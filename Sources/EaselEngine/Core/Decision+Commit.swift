package import EaselModel

extension Decision {
  /// Writes the decision in the transaction of `writer`; all of it or, when this throws, nothing.
  ///
  /// - Returns: the written records with the versions that the store gave them, for `SiteState.apply`.
  /// - Throws: `Conflict` or `HostClaimed` when something was changed since the snapshot: take in the changes and decide again.
  @discardableResult
  package func commit(to writer: any StoreWriter) throws -> [Record] {
    for read in reads { try writer.require(read.kind, uid: read.uid, version: read.version) }
    for host in releasedClaims { try writer.deleteClaim(host: host) }
    for claim in newClaims { try writer.insert(claim) }
    var written: [Record] = []
    written.reserveCapacity(writes.count)
    for record in writes {
      var copy = record
      copy.version = try writer.put(record, expecting: record.version)
      written.append(copy)
    }
    for (kind, uid) in deletes {
      try writer.delete(kind, uid: uid)
      if kind != .operation { try writer.deleteObservations(of: uid) }
    }
    for record in writes {
      if case .task(let task) = record, task.status.state.isFinal { try writer.deleteObservations(of: task.uid) }
    }
    for event in events { try writer.append(event) }
    for prefix in forgottenSecrets { try writer.deleteSecrets(prefix: prefix) }
    return written
  }
}
