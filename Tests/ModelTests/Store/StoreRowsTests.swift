import EaselModel
import EaselStore
import Testing

/// What every store must do alike with what is not a named object.
@Suite("Stores: claims, observations, events, audit, secrets, lease")
struct StoreRowsTests {
  @Test("a host is claimed once, and a pod network once per cluster", arguments: StoreKind.allCases)
  func claims(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    func claim(_ host: UID, _ cluster: UID, _ network: String) -> EaselError? {
      failure {
        try store.write(epoch: nil) {
          try $0.insert(Claim(host: host, cluster: cluster, machine: "m", podCIDR: network, claimedAt: noon))
        }
      }
    }
    #expect(claim("h1", "c1", "10.0.0.0/24") == nil)
    for refused in [
      claim("h1", "c2", "10.0.0.0/24"), claim("h1", "c1", "10.0.1.0/24"), claim("h2", "c1", "10.0.0.0/24"),
    ] {
      #expect(refused?.code == "HostClaimed" && refused?.category == .conflict)
    }
    #expect(claim("h2", "c2", "10.0.0.0/24") == nil)
    #expect(claim("h3", "c1", "10.0.1.0/24") == nil)
    try store.read { reader throws in
      #expect(try reader.claim(host: "h1")?.cluster == "c1")
      #expect(try reader.claims(cluster: "c1").map(\.host) == ["h1", "h3"])
      #expect(try reader.claims(cluster: nil).count == 3)
    }
    try store.write(epoch: nil) {
      try $0.deleteClaim(host: "h1")
      try $0.deleteClaim(host: "never")
    }
    #expect(claim("h1", "c2", "10.0.1.0/24") == nil)
  }

  @Test("an observation is kept only if its source has not said something newer", arguments: StoreKind.allCases)
  func observations(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    func append(_ sequence: Int64, _ source: String, _ object: UID = "h") throws -> Bool {
      try store.write(epoch: nil) { try $0.append(observation(object, sequence, source: source)) }
    }
    #expect(try append(5, "agent"))
    #expect(try !append(5, "agent"))
    #expect(try !append(4, "agent"))
    #expect(try append(1, "task"))
    let start = try store.latestVersion()
    #expect(try append(6, "agent"))
    #expect(try append(1, "agent", "other"))
    try store.read { reader throws in
      #expect(try reader.observations(of: "h").map(\.sequence) == [6, 1])
      #expect(try reader.observations(since: start).map(\.object) == ["h", "other"])
      #expect(try reader.observations(since: 0).count == 3)
    }
    try store.write(epoch: nil) { try $0.deleteObservations(of: "h") }
    #expect(try store.read { try $0.observations(of: "h") }.isEmpty)
    #expect(try append(1, "agent"), "a forgotten source starts anew")
  }

  @Test(
    "events are numbered, come in pages, and narrow to an object or a cluster's scope", arguments: StoreKind.allCases)
  func events(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    let (a, b, h) = (cluster("a"), cluster("b"), host("h"))
    let (member, run) = (machine("a-1", of: a), operation("run", on: a))
    try store.write(epoch: nil) { writer throws in
      try writer.put(.cluster(a), expecting: 0)
      try writer.put(.cluster(b), expecting: 0)
      try writer.put(.machine(member), expecting: 0)
      try writer.put(.operation(run), expecting: 0)
      try writer.put(.host(h), expecting: 0)
      func event(_ message: String, _ object: ObjectReference, operation: String? = nil) throws {
        try writer.append(
          Event(at: noon, severity: .warning, reason: "Why", message: message, object: object, operation: operation))
      }
      try event("1", ObjectReference(a))
      try event("2", ObjectReference(b))
      try event("3", ObjectReference(member))
      try event("4", ObjectReference(h), operation: "run")
      try event("5", ObjectReference(h))
    }
    try store.read { reader throws in
      #expect(try reader.events(after: 0, object: nil, limit: 10).map(\.message) == ["1", "2", "3", "4", "5"])
      #expect(try reader.events(after: 0, object: nil, limit: 2).map(\.sequence) == [1, 2])
      #expect(try reader.events(after: 2, object: nil, limit: 2).map(\.message) == ["3", "4"])
      #expect(try reader.events(after: 5, object: nil, limit: 2).isEmpty)
      #expect(try reader.events(after: 0, object: a.uid, limit: 10).map(\.message) == ["1", "3", "4"])
      #expect(try reader.events(after: 1, object: a.uid, limit: 1).map(\.message) == ["3"])
      #expect(try reader.events(after: 0, object: h.uid, limit: 10).map(\.message) == ["4", "5"])
      #expect(try reader.events(after: 0, object: nil, limit: 0).isEmpty)
      let first = try reader.events(after: 3, object: nil, limit: 1).first
      #expect(
        first
          == Event(
            sequence: 4, at: noon, severity: .warning, reason: "Why", message: "4", object: ObjectReference(h),
            operation: "run"))
    }
  }

  @Test("only the newest events stay, and numbers go on", arguments: StoreKind.allCases)
  func eventPruning(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind, retention: StoreRetention(events: 10, deletions: 10)).store
    for index in 1...100 {
      let number = try store.write(epoch: nil) {
        try $0.append(Event(at: noon, reason: "R", message: "\(index)", object: ObjectReference(cluster("a"))))
      }
      #expect(number == Int64(index))
    }
    let left = try store.read { try $0.events(after: 0, object: nil, limit: 1000) }
    #expect(left.count >= 10 && left.count <= 12 && left.last?.message == "100")
    #expect(try store.read { try $0.events(after: 95, object: nil, limit: 2) }.map(\.message) == ["96", "97"])
  }

  @Test("audit records are numbered and each hash depends on the one before", arguments: StoreKind.allCases)
  func auditChain(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    for detail in ["one", "two", "two"] {
      try store.write(epoch: nil) { try $0.append(audit("change", detail: detail)) }
    }
    let records = try store.read { try $0.auditRecords(after: 0, limit: 10) }
    #expect(records.map(\.sequence) == [1, 2, 3] && records.map(\.detail) == ["one", "two", "two"])
    #expect(Set(records.map(\.hash)).count == 3 && records.allSatisfy { $0.hash.count >= 16 })
    #expect(try store.read { try $0.auditRecords(after: 1, limit: 1) }.map(\.sequence) == [2])
  }

  @Test("secrets are found by prefix, opened by name and destroyed by prefix", arguments: StoreKind.allCases)
  func secrets(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) { writer throws in
      try writer.setSecret("c1/token", Secret("old"), expiresAt: nil)
      try writer.setSecret("c1/token", Secret("new"), expiresAt: noon)
      try writer.setSecret("c1/kubeconfig", Secret([0, 255, 0]), expiresAt: nil)
      try writer.setSecret("c10/token", Secret(""), expiresAt: nil)
      try writer.setSecret("C1/token", Secret("upper"), expiresAt: nil)
    }
    try store.read { reader throws in
      #expect(try reader.secretNames(prefix: "c1/") == ["c1/token": noon, "c1/kubeconfig": .never])
      #expect(try reader.secret("c1/token")?.withBytes { $0 } == Array("new".utf8))
      #expect(try reader.secret("c1/kubeconfig")?.withBytes { $0 } == [0, 255, 0])
      #expect(try reader.secret("c10/token")?.withBytes { $0 } == [])
      #expect(try reader.secret("none") == nil)
    }
    try store.write(epoch: nil) { try $0.deleteSecrets(prefix: "c1/") }
    #expect(try store.read { try $0.secretNames(prefix: "") }.keys.sorted() == ["C1/token", "c10/token"])
  }

  @Test(
    "a write under another epoch than the lease's is refused before anything happens", arguments: StoreKind.allCases)
  func fencing(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    #expect(try store.read { try $0.lease() } == .none)
    try store.write(epoch: nil) { try $0.setLease(Lease(epoch: 2, holder: "second", expiresAt: noon)) }
    try store.write(epoch: 2) { try $0.put(.cluster(cluster("a")), expecting: 0) }
    for epoch: Int64 in [1, 3, 0] {
      var ran = false
      let error = failure {
        try store.write(epoch: epoch) { _ in ran = true }
      }
      #expect(error?.code == "LeadershipLost" && error?.category == .conflict && !ran)
    }
    #expect(try store.read { try $0.lease() } == Lease(epoch: 2, holder: "second", expiresAt: noon))
  }

  @Test("world parts are kept byte for byte and can be removed", arguments: StoreKind.allCases)
  func world(_ kind: StoreKind) throws {
    let store = try StoreFixture(kind).store
    try store.write(epoch: nil) {
      try $0.setWorldPart("a", [0, 1, 255])
      try $0.setWorldPart("b", [])
    }
    #expect(try store.read { try $0.worldParts() } == ["a": [0, 1, 255], "b": []])
    try store.write(epoch: nil) { try $0.setWorldPart("a", nil) }
    #expect(try store.read { try $0.worldPart("a") } == nil)
    #expect(try store.read { try $0.worldPart("b") } == [])
  }
}

@Suite("Lease")
struct LeaseTests {
  let held = Lease(epoch: 3, holder: "a", expiresAt: noon)

  @Test("a free or run-out lease goes to the next epoch, a held one to nobody else")
  func acquiring() {
    #expect(Lease.none.acquired(by: "a", at: noon, seconds: 10)?.epoch == 1)
    #expect(held.acquired(by: "b", at: noon.adding(seconds: -1), seconds: 10) == nil)
    #expect(
      held.acquired(by: "b", at: noon, seconds: 10)
        == Lease(epoch: 4, holder: "b", expiresAt: noon.adding(seconds: 10)))
  }

  @Test("the holder renews under its own epoch, also late when nobody came")
  func renewing() {
    for late in [-5.0, 60.0] {
      let renewed = held.acquired(by: "a", at: noon.adding(seconds: late), seconds: 10)
      #expect(renewed == Lease(epoch: 3, holder: "a", expiresAt: noon.adding(seconds: late + 10)))
    }
  }

  @Test("a released lease is free at once and the next holder gets a new epoch")
  func releasing() {
    #expect(!held.released().isHeld(at: .zero))
    #expect(held.released().acquired(by: "b", at: .zero, seconds: 1)?.epoch == 4)
  }
}
