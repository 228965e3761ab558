import EaselModel
import EaselStore
import Glibc
import Synchronization
import Testing

@Suite("SQLite store: several handles and processes")
struct TwoEnginesTests {
  func open(_ path: String, create: Bool = false) throws -> SQLiteStore {
    try SQLiteStore.open(directory: path, create: create)
  }

  @Test("what one handle commits the other sees: version, changes, objects")
  func changesAcrossHandles() throws {
    let directory = TemporaryDirectory()
    let (a, b) = (try open(directory.path, create: true), try open(directory.path))
    #expect(try b.latestVersion() == 0)
    var seen: Int64 = 0
    for round in 1...5 {
      try a.write(epoch: nil) { try $0.put(.cluster(cluster("edge", replicas: round)), expecting: nil) }
      #expect(try b.latestVersion() == a.latestVersion())
      let changes = try b.read { try $0.changes(since: seen) }
      guard case .cluster(let object)? = changes.records.first else {
        Issue.record("round \(round): no change seen")
        return
      }
      #expect(object.spec.controlPlane.replicas == round && changes.records.count == 1)
      seen = changes.version
    }
    try b.write(epoch: nil) { try $0.delete(.cluster, uid: "uid-edge") }
    #expect(try a.read { try $0.changes(since: seen) }.deleted.map(\.uid) == ["uid-edge"])
    #expect(try a.read { try $0.record(.cluster, name: "edge") } == nil)
  }

  @Test("a reader keeps its one state while others commit")
  func readersSeeOneState() throws {
    let directory = TemporaryDirectory()
    let (a, b) = (try open(directory.path, create: true), try open(directory.path))
    try a.write(epoch: nil) { try $0.put(.cluster(cluster("one")), expecting: 0) }
    try b.read { reader throws in
      #expect(try reader.latestVersion() == 1)
      try a.write(epoch: nil) { try $0.put(.cluster(cluster("two")), expecting: 0) }
      #expect(try reader.records(.cluster, scope: nil).map(\.name) == ["one"])
      #expect(try reader.changes(since: 1).records.isEmpty)
    }
    #expect(try b.read { try $0.records(.cluster, scope: nil).count } == 2)
  }

  @Test("an old leader that was stopped and goes on commits nothing")
  func oldLeader() throws {
    let directory = TemporaryDirectory()
    let (old, new) = (try open(directory.path, create: true), try open(directory.path))
    let take: (SQLiteStore, String, Timestamp) throws -> Int64? = { store, holder, now in
      try store.write(epoch: nil) { writer in
        guard let lease = try writer.lease().acquired(by: holder, at: now, seconds: 15) else { return nil }
        try writer.setLease(lease)
        return lease.epoch
      }
    }
    #expect(try take(old, "old", noon) == 1)
    #expect(try take(new, "new", noon.adding(seconds: 10)) == nil)
    try old.write(epoch: 1) { try $0.put(.cluster(cluster("a")), expecting: 0) }
    // Here the old leader stands still for 20 seconds.
    #expect(try take(new, "new", noon.adding(seconds: 20)) == 2)
    let before = try Picture(new)
    let error = failure {
      try old.write(epoch: 1) { writer in
        try writer.put(.cluster(cluster("b")), expecting: 0)
        try writer.append(Event(at: noon, reason: "R", message: "m", object: ObjectReference(cluster("b"))))
      }
    }
    #expect(error?.code == "LeadershipLost" && error?.message.contains("by new") == true)
    #expect(try Picture(new) == before)
    try new.write(epoch: 2) { try $0.put(.cluster(cluster("c")), expecting: 0) }
    #expect(try take(old, "old", noon.adding(seconds: 21)) == nil, "it does not take over from one that lives")
  }

  @Test("four handles that write at once lose nothing")
  func concurrentHandles() throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    _ = try open(path, create: true)
    inThreads(4) { thread in
      let store = try! open(path)
      for index in 0..<50 {
        try! store.write(epoch: nil) { writer in
          try writer.put(.cluster(cluster("t\(thread)-\(index)")), expecting: 0)
          try writer.append(audit("create", "t\(thread)-\(index)"))
        }
      }
    }
    let store = try open(path)
    #expect(try store.read { try $0.records(.cluster, scope: nil).count } == 200)
    #expect(try store.verifyAudit() == AuditVerification(records: 200, findings: []))
  }

  @Test("a process killed in the middle of a transaction leaves nothing of it")
  func killedInTransaction() async throws {
    let directory = TemporaryDirectory()
    let store = try open(directory.path, create: true)
    try store.write(epoch: nil) { try $0.put(.cluster(cluster("before")), expecting: 0) }
    let before = try Picture(store)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
      let store = try SQLiteStore.open(directory: path, create: false)
      try store.write(epoch: nil) { writer in
        for index in 0..<5000 { try writer.put(.cluster(cluster("c\(index)")), expecting: 0) }
        try writer.append(audit("create"))
        kill(getpid(), SIGKILL)
      }
    }
    #expect(try Picture(store) == before)
    #expect(try open(directory.path).checkIntegrity() == [])
    try store.write(epoch: nil) { try $0.put(.cluster(cluster("after")), expecting: 0) }
  }

  @Test("a process killed while its threads write keeps every commit that returned, each one whole")
  func killedWhileWriting() async throws {
    let directory = TemporaryDirectory()
    _ = try open(directory.path, create: true)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
      let store = try SQLiteStore.open(directory: path, create: false)
      let returned = Mutex<Int>(0)
      inThreads(4) { thread in
        for index in 0..<10_000 {
          try! store.write(epoch: nil) { writer in
            for half in ["a", "b"] { try writer.put(.cluster(cluster("t\(thread)-\(index)-\(half)")), expecting: 0) }
            try writer.append(audit("create", "t\(thread)-\(index)"))
          }
          returned.withLock { count in
            count += 1
            // One line for each commit that returned, in a file that only grows.
            let file = fopen(path + "/returned", "a")!
            fputs("t\(thread)-\(index)\n", file)
            fclose(file)
            if count == 150 { kill(getpid(), SIGKILL) }
          }
        }
      }
    }
    let store = try open(directory.path)
    #expect(try store.checkIntegrity() == [])
    let names = Set(try store.read { try $0.records(.cluster, scope: nil).map(\.name) })
    let returned = String(decoding: contents(directory.path + "/returned"), as: UTF8.self).split(separator: "\n")
    #expect(returned.count == 150)
    for name in returned { #expect(names.contains("\(name)-a") && names.contains("\(name)-b")) }
    #expect(names.count % 2 == 0 && names.count <= (150 + 4) * 2)
    #expect(try store.verifyAudit() == AuditVerification(records: names.count / 2, findings: []))
  }
}
