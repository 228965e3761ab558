/// What a memory store holds.
final class MemoryContents {
  struct Seen {
    var version: Int64
    var observation: Observation
  }

  struct NumberedEvent {
    var event: Event
    var scope: UID?
  }

  var version: Int64 = 0
  var prunedDeletions: Int64 = 0
  var objects: [UID: Record] = [:]
  var names: [Kind: [String: UID]] = [:]
  var scopes: [UID: Set<UID>] = [:]
  var deletions: [(version: Int64, kind: Kind, uid: UID)] = []
  var claims: [UID: Claim] = [:]
  var observations: [UID: [String: Seen]] = [:]
  var events: [NumberedEvent] = []
  var lastEvent: Int64 = 0
  var audit: [AuditRecord] = []
  var lease = Lease.none
  var secrets: [String: (value: Secret, expiresAt: Timestamp?)] = [:]
  var world: [String: [UInt8]] = [:]
}
