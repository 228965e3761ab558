// swift-format-ignore-file: NeverForceUnwrap

import EaselModel
import EaselStore
import Glibc
import Synchronization
import Testing

/// What every store must do alike.
@Suite("Stores: objects")
struct StoreConformanceTests {
  @Test(
    "a written object is read back by uid, by name and in lists, with its new version", arguments: StoreKind.allCases)
  func readsBack(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    let edge = cluster("edge")
    let version = try store.write(epoch: nil) { try $0.put(.cluster(edge), expecting: 0) }
    #expect(version == 1)
    try store.read { reader throws in
      guard case .cluster(var found)? = try reader.record(.cluster, uid: edge.uid) else {
        Issue.record("not found by uid")
        return
      }
      #expect(found.metadata.resourceVersion == version)
      found.metadata.resourceVersion = 0
      #expect(found == edge)
      #expect(try reader.record(.cluster, name: "edge")?.uid == edge.uid)
      #expect(try reader.record(.host, uid: edge.uid) == nil)
      #expect(try reader.record(.host, name: "edge") == nil)
      #expect(try reader.records(.cluster, scope: nil).map(\.name) == ["edge"])
    }
  }

  @Test("versions grow with every write of anything, deletes included", arguments: StoreKind.allCases)
  func versionsGrow(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    var versions = [try store.latestVersion()]
    func step(_ body: (any StoreWriter) throws -> Void) throws {
      try store.write(epoch: nil, body)
      versions.append(try store.latestVersion())
    }
    try step { try $0.put(.cluster(cluster("a")), expecting: nil) }
    try step { try $0.put(.cluster(cluster("a", replicas: 3)), expecting: nil) }
    try step { try $0.delete(.cluster, uid: "uid-a") }
    try step { try $0.setLease(Lease(epoch: 1, holder: "me", expiresAt: noon)) }
    try step { try $0.append(Event(at: noon, reason: "R", message: "m", object: ObjectReference(cluster("a")))) }
    try step { try $0.setWorldPart("clock", [1]) }
    try step { try $0.append(audit("create")) }
    try step { try $0.setSecret("s", Secret("v"), expiresAt: nil) }
    #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
    let before = try store.latestVersion()
    try store.write(epoch: nil) { try $0.delete(.cluster, uid: "uid-a") }
    #expect(try store.latestVersion() == before, "nothing was there to delete")
    #expect(try store.read { try $0.latestVersion() } == before)
  }

  @Test("an unexpected version, a second creation and a deleted object are conflicts", arguments: StoreKind.allCases)
  func conflicts(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    let first = try store.write(epoch: nil) { try $0.put(.cluster(cluster("a")), expecting: 0) }
    let second = try store.write(epoch: nil) { try $0.put(.cluster(cluster("a", replicas: 3)), expecting: first) }
    func write(_ object: Cluster, expecting: Int64) -> EaselError? {
      failure { try store.write(epoch: nil) { _ = try $0.put(.cluster(object), expecting: expecting) } }
    }
    for stale in [first, 0, second + 1] {
      let error = write(cluster("a", replicas: 5), expecting: stale)
      #expect(error?.code == "Conflict" && error?.category == .conflict)
    }
    #expect(write(cluster("b"), expecting: 4)?.code == "Conflict")
    try store.read { reader throws in
      guard case .cluster(let found)? = try reader.record(.cluster, name: "a") else { return }
      #expect(found.spec.controlPlane.replicas == 3)
    }
    try store.write(epoch: nil) {
      try $0.require(.cluster, uid: "uid-a", version: second)
      try $0.require(.cluster, uid: "uid-b", version: 0)
    }
    #expect(
      failure { try store.write(epoch: nil) { try $0.require(.cluster, uid: "uid-a", version: first) } }?.code
        == "Conflict")
    #expect(
      failure { try store.write(epoch: nil) { try $0.require(.cluster, uid: "uid-b", version: 1) } }?.code == "Conflict"
    )
  }

  @Test("a name is unique within its kind, free again after a delete or a rename", arguments: StoreKind.allCases)
  func names(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) {
      try $0.put(.cluster(cluster("a", uid: "1")), expecting: 0)
      try $0.put(.host(host("a")), expecting: 0)
    }
    let taken = failure {
      try store.write(epoch: nil) { _ = try $0.put(.cluster(cluster("a", uid: "2")), expecting: 0) }
    }
    #expect(taken?.code == "Conflict" && taken?.field == "metadata.name")
    try store.write(epoch: nil) {
      try $0.put(.cluster(cluster("b", uid: "1")), expecting: nil)
      try $0.put(.cluster(cluster("a", uid: "2")), expecting: 0)
    }
    try store.read { reader throws in
      #expect(try reader.record(.cluster, name: "b")?.uid == "1")
      #expect(try reader.record(.cluster, name: "a")?.uid == "2")
    }
    try store.write(epoch: nil) {
      try $0.delete(.cluster, uid: "2")
      try $0.put(.cluster(cluster("a", uid: "3")), expecting: 0)
    }
    #expect(try store.read { try $0.record(.cluster, name: "a")?.uid } == "3")
    let swapped = failure { try store.write(epoch: nil) { _ = try $0.put(.host(host("x", uid: "3")), expecting: nil) } }
    #expect(swapped?.code == "Conflict", "a uid never changes its kind")
  }

  @Test("a list is in the order of names and narrows to one cluster", arguments: StoreKind.allCases)
  func scopes(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    let (a, b) = (cluster("a"), cluster("b"))
    try store.write(epoch: nil) { writer throws in
      for object in [machine("b-2", of: b), machine("a-2", of: a), machine("a-10", of: a), machine("a-1", of: a)] {
        try writer.put(.machine(object), expecting: 0)
      }
      try writer.put(.cluster(a), expecting: 0)
    }
    try store.read { reader throws in
      #expect(try reader.records(.machine, scope: a.uid).map(\.name) == ["a-1", "a-10", "a-2"])
      #expect(try reader.records(.machine, scope: nil).count == 4)
      #expect(try reader.records(.cluster, scope: a.uid).map(\.name) == ["a"])
      #expect(try reader.records(.machine, scope: "nobody").isEmpty)
    }
    var moved = machine("a-2", of: b)
    moved.metadata.name = "b-3"
    try store.write(epoch: nil) { try $0.put(.machine(moved), expecting: nil) }
    #expect(try store.read { try $0.records(.machine, scope: b.uid).map(\.name) } == ["b-2", "b-3"])
    #expect(try store.read { try $0.records(.machine, scope: a.uid).count } == 2)
  }

  @Test("changes come in the order of their writes, with what was deleted", arguments: StoreKind.allCases)
  func changeFeed(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) { writer throws in
      for name in ["a", "b", "c"] { try writer.put(.cluster(cluster(name)), expecting: 0) }
    }
    let start = try store.latestVersion()
    #expect(try store.read { try $0.changes(since: start) }.records.isEmpty)
    try store.write(epoch: nil) { writer throws in
      try writer.put(.cluster(cluster("c", replicas: 3)), expecting: nil)
      try writer.put(.cluster(cluster("a", replicas: 3)), expecting: nil)
      try writer.delete(.cluster, uid: "uid-b")
    }
    let changes = try store.read { try $0.changes(since: start) }
    #expect(changes.records.map(\.name) == ["c", "a"])
    #expect(changes.deleted.map(\.uid) == ["uid-b"] && changes.deleted.first?.kind == .cluster)
    #expect(changes.version == (try store.latestVersion()) && changes.complete)
    try store.write(epoch: nil) { try $0.put(.cluster(cluster("b")), expecting: 0) }
    let again = try store.read { try $0.changes(since: start) }
    #expect(again.deleted.isEmpty && again.records.map(\.name) == ["c", "a", "b"])
    #expect(try store.read { try $0.changes(since: 0) }.complete)
    #expect(try store.read { try $0.changes(since: again.version + 5) }.complete == false)
  }

  @Test("the change feed says when it has forgotten deletions", arguments: StoreKind.allCases)
  func forgottenDeletions(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind, retention: StoreRetention(events: 10, deletions: 5)).store
    for index in 0..<20 {
      try store.write(epoch: nil) { try $0.put(.cluster(cluster("c\(index)")), expecting: 0) }
    }
    let start = try store.latestVersion()
    for index in 0..<20 { try store.write(epoch: nil) { try $0.delete(.cluster, uid: UID("uid-c\(index)")) } }
    let latest = try store.latestVersion()
    #expect(try store.read { try $0.changes(since: start) }.complete == false)
    let late = try store.read { try $0.changes(since: latest - 2) }
    #expect(late.complete && late.deleted.count == 2)
  }

  @Test("a transaction that throws leaves no trace", arguments: StoreKind.allCases)
  func rollback(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    let edge = cluster("edge")
    try store.write(epoch: nil) { writer throws in
      try writer.put(.cluster(edge), expecting: 0)
      try writer.put(.host(host("h")), expecting: 0)
      try writer.insert(Claim(host: "h", cluster: "c", machine: "m", podCIDR: "10.0.0.0/24", claimedAt: noon))
      try writer.append(Event(at: noon, reason: "R", message: "1", object: ObjectReference(edge)))
      try writer.append(audit("create"))
      try writer.setSecret("a/1", Secret("one"), expiresAt: nil)
      try writer.setWorldPart("w", [1])
      _ = try writer.append(observation("o", 1))
    }
    let before = try Picture(store)
    #expect(throws: Interrupted.self) {
      try store.write(epoch: nil) { writer throws in
        try writer.put(.cluster(cluster("renamed", uid: edge.uid, replicas: 7)), expecting: nil)
        try writer.put(.cluster(cluster("new")), expecting: 0)
        try writer.delete(.host, uid: "uid-h")
        try writer.deleteClaim(host: "h")
        try writer.insert(Claim(host: "i", cluster: "c", machine: "m", podCIDR: "10.0.0.0/24", claimedAt: noon))
        try writer.append(Event(at: noon, reason: "R", message: "2", object: ObjectReference(edge)))
        try writer.append(audit("delete"))
        try writer.deleteSecrets(prefix: "a/")
        try writer.setSecret("b", Secret("two"), expiresAt: noon)
        try writer.setWorldPart("w", nil)
        try writer.setWorldPart("x", [2])
        _ = try writer.append(observation("o", 2))
        try writer.deleteObservations(of: "o")
        try writer.setLease(Lease(epoch: 9, holder: "x", expiresAt: noon))
        throw Interrupted()
      }
    }
    #expect(try Picture(store) == before)
    // Numbers are given as if it had never been, and the content of that number is the new one.
    let version = try store.write(epoch: nil) { try $0.put(.cluster(cluster("other")), expecting: 0) }
    #expect(version == before.version + 1)
    #expect(try store.read { try $0.record(.cluster, name: "other") }?.version == version)
    #expect(try store.read { try $0.record(.cluster, name: "new") } == nil)
    #expect(try store.read { try $0.record(.cluster, uid: edge.uid)?.name } == "edge")
  }

  @Test("a transaction sees what it wrote itself", arguments: StoreKind.allCases)
  func seesOwnWrites(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) { try $0.put(.cluster(cluster("a")), expecting: 0) }
    try store.write(epoch: nil) { writer throws in
      try writer.put(.cluster(cluster("a", replicas: 5)), expecting: 1)
      guard case .cluster(let found)? = try writer.record(.cluster, name: "a") else {
        Issue.record("not found")
        return
      }
      #expect(found.spec.controlPlane.replicas == 5 && found.metadata.resourceVersion == 2)
      #expect(try writer.latestVersion() == 2)
      #expect(try writer.changes(since: 1).records.map(\.version) == [2])
      try writer.put(.cluster(cluster("b")), expecting: 0)
      #expect(try writer.changes(since: 2).records == [try writer.record(.cluster, name: "b")])
      try writer.delete(.cluster, uid: "uid-a")
      #expect(try writer.record(.cluster, name: "a") == nil)
      let last = try writer.changes(since: 3)
      #expect(last.records.isEmpty && last.deleted.map(\.uid) == ["uid-a"] && last.complete && last.version == 4)
      try writer.append(audit("one"))
      try writer.append(audit("two"))
      #expect(try writer.auditRecords(after: 1, limit: 9).map(\.sequence) == [2])
    }
  }

  @Test("eight threads that write at once lose nothing", arguments: StoreKind.allCases)
  func concurrentWriters(_ kind: StoreKind) async throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) { try $0.put(.cluster(cluster("shared", replicas: 0)), expecting: 0) }
    let conflicts = Atomic<Int>(0)
    inThreads(8) { thread in
      for index in 0..<25 {
        while true {
          let read = try! store.read { try $0.record(.cluster, name: "shared") }
          guard case .cluster(var object)? = read else { return }
          object.spec.controlPlane.replicas += 1
          let error = failure {
            try store.write(epoch: nil) { writer throws in
              _ = try writer.put(.cluster(object), expecting: object.metadata.resourceVersion)
              _ = try writer.put(.cluster(cluster("t\(thread)-\(index)")), expecting: 0)
            }
          }
          if error == nil { break }
          precondition(error?.code == "Conflict", "\(error!)")
          conflicts.add(1, ordering: .relaxed)
        }
      }
    }
    try store.read { reader throws in
      guard case .cluster(let object)? = try reader.record(.cluster, name: "shared") else { return }
      #expect(object.spec.controlPlane.replicas == 200)
      #expect(try reader.records(.cluster, scope: nil).count == 201)
      #expect(try reader.latestVersion() == 401)
    }
  }
}

/// Runs a body on several threads of its own at once and waits for all.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  for index in 0..<count {
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job { body(index) })
    pthread_create(
      &thread, nil,
      {
        Unmanaged<Job>.fromOpaque($0!).takeRetainedValue().body()
        return nil
      }, job.toOpaque())
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}

func host(_ name: String, uid: UID) -> Host {
  var object = host(name)
  object.metadata.uid = uid
  return object
}

func observation(_ object: UID, _ sequence: Int64, source: String = "task") -> Observation {
  Observation(
    object: object, source: source, sequence: sequence, observedAt: noon, value: .host(HostObservation(reachable: true))
  )
}

/// Everything that a store holds, for comparing before and after.
struct Picture: Equatable {
  var version: Int64
  var records: [Record]
  var claims: [Claim]
  var observations: [Observation]
  var events: [Event]
  var audit: [AuditRecord]
  var lease: Lease
  var secrets: [String: Timestamp]
  var world: [String: [UInt8]]

  init(_ store: any SiteStore) throws {
    self = try store.read { reader throws in
      Picture(
        version: try reader.latestVersion(), records: try Kind.allCases.flatMap { try reader.records($0, scope: nil) },
        claims: try reader.claims(cluster: nil), observations: try reader.observations(since: 0),
        events: try reader.events(after: 0, object: nil, limit: 1000),
        audit: try reader.auditRecords(after: 0, limit: 1000), lease: try reader.lease(),
        secrets: try reader.secretNames(prefix: ""), world: try reader.worldParts())
    }
  }

  init(
    version: Int64, records: [Record], claims: [Claim], observations: [Observation], events: [Event],
    audit: [AuditRecord], lease: Lease, secrets: [String: Timestamp], world: [String: [UInt8]]
  ) {
    self.version = version
    self.records = records
    self.claims = claims
    self.observations = observations
    self.events = events
    self.audit = audit
    self.lease = lease
    self.secrets = secrets
    self.world = world
  }
}
