import EaselModel
@testable import EaselStore
import Glibc
import Testing

@Suite("SQLite store: audit and secrets against tampering")
struct AuditAndSealTests {
  /// A store with ten audit records, and what to do to its file behind its back.
  func verify(after tampering: String, head: ((String) -> Void)? = nil) throws -> [AuditVerification.Finding] {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    for index in 1...10 { try store.write(epoch: nil) { try $0.append(audit("change", detail: "number \(index)")) } }
    #expect(try store.verifyAudit() == AuditVerification(records: 10, findings: []))
    let connection = try Connection(path: directory.path + "/state.db", busyMilliseconds: 1000)
    try connection.execute(tampering)
    head?(directory.path + "/audit.head")
    return try store.verifyAudit().findings
  }

  @Test("an untouched log is intact, also when the head was not written after the last commits")
  func intact() throws {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    #expect(try store.verifyAudit() == AuditVerification(records: 0, findings: []))
    try store.write(epoch: nil) { try $0.append(audit("one")) }
    let head = contents(directory.path + "/audit.head")
    try store.write(epoch: nil) { writer in
      try writer.append(audit("two"))
      try writer.append(audit("three"))
    }
    #expect(contents(directory.path + "/audit.head") != head)
    // As after a crash between commit and head.
    overwrite(directory.path + "/audit.head", head)
    #expect(try store.verifyAudit() == AuditVerification(records: 3, findings: []))
    try store.write(epoch: nil) { try $0.append(audit("four")) }
    #expect(try store.verifyAudit() == AuditVerification(records: 4, findings: []))
  }

  @Test(
    "a changed record is named",
    arguments: [
      "UPDATE audit SET detail = 'nothing' WHERE sequence = 4", "UPDATE audit SET actor = 'alice' WHERE sequence = 4",
      "UPDATE audit SET at = at + 1 WHERE sequence = 4", "UPDATE audit SET hash = previous WHERE sequence = 4",
    ])
  func changed(_ sql: String) throws { #expect(try verify(after: sql).first == .changed(4)) }

  @Test("the first and the last record are no exception")
  func edges() throws {
    #expect(try verify(after: "UPDATE audit SET detail = 'x' WHERE sequence = 1") == [.changed(1)])
    #expect(try verify(after: "UPDATE audit SET detail = 'x' WHERE sequence = 10") == [.changed(10)])
    #expect(try verify(after: "DELETE FROM audit WHERE sequence = 1") == [.removed(1...1)])
  }

  @Test("removed records are named")
  func removed() throws {
    #expect(try verify(after: "DELETE FROM audit WHERE sequence = 4") == [.removed(4...4)])
    #expect(try verify(after: "DELETE FROM audit WHERE sequence IN (4, 5, 8)") == [.removed(4...5), .removed(8...8)])
  }

  @Test("cut records are named, and stay named when the log goes on")
  func cut() throws {
    #expect(try verify(after: "DELETE FROM audit WHERE sequence > 7") == [.cut(8...10)])
    #expect(try verify(after: "DELETE FROM audit") == [.cut(1...10)])
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    for _ in 1...5 { try store.write(epoch: nil) { try $0.append(audit("change")) } }
    try Connection(path: directory.path + "/state.db", busyMilliseconds: 1000)
      .execute("DELETE FROM audit WHERE sequence > 3")
    #expect(try store.write(epoch: nil) { try $0.append(audit("next")) } == 6)
    #expect(try store.verifyAudit().findings == [.removed(4...5)])
  }

  @Test("inserted records are named, at the end and in a gap that was made for them")
  func inserted() throws {
    let forged =
      "INSERT INTO audit SELECT %, at, actor, verb, kind, name, uid, 'forged', hash, 'ff' FROM audit WHERE sequence = 10"
    #expect(try verify(after: forged.replacing("%", with: "11")) == [.inserted(11)])
    let spread = """
      UPDATE audit SET sequence = -sequence - 1 WHERE sequence > 4; UPDATE audit SET sequence = -sequence WHERE sequence < 0;
      INSERT INTO audit SELECT 5, at, actor, verb, kind, name, uid, 'forged', hash, 'ff' FROM audit WHERE sequence = 4
      """
    let findings = try verify(after: spread)
    // The records after it were renumbered, so each of them is not what was written under its number.
    #expect(findings.contains(.inserted(5)) || findings.contains(.changed(5)))
    #expect(!findings.contains(.changed(4)) && findings.count >= 6)
  }

  @Test("a missing or damaged head is said, not passed over")
  func head() throws {
    #expect(try verify(after: "", head: { unlink($0) }) == [.headMissing])
    #expect(try verify(after: "", head: { overwrite($0, Array("x".utf8)) }) == [.headMissing])
    #expect(try verify(after: "", head: { overwrite($0, Array("10 abc\n".utf8)) }) == [.changed(10)])
  }

  @Test("a log that was cut together with its head stays suspect, whatever is written after it")
  func cutWithHead() throws {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    for _ in 1...5 { try store.write(epoch: nil) { try $0.append(audit("change")) } }
    try Connection(path: directory.path + "/state.db", busyMilliseconds: 1000)
      .execute("DELETE FROM audit WHERE sequence > 3")
    unlink(directory.path + "/audit.head")
    #expect(try store.write(epoch: nil) { try $0.append(audit("next")) } == 5)
    #expect(try store.write(epoch: nil) { try $0.append(audit("after")) } == 6)
    #expect(try store.verifyAudit() == AuditVerification(records: 6, findings: [.headWasMissing(4)]))
    // All of it, too: a site has a head from its making on.
    try Connection(path: directory.path + "/state.db", busyMilliseconds: 1000).execute("DELETE FROM audit")
    unlink(directory.path + "/audit.head")
    #expect(try store.verifyAudit() == AuditVerification(records: 0, findings: [.headMissing]))
    #expect(try store.write(epoch: nil) { try $0.append(audit("next")) } == 2)
    #expect(try store.verifyAudit() == AuditVerification(records: 2, findings: [.headWasMissing(1)]))
  }

  @Test("a secret's value is nowhere in the site's files")
  func sealed() throws {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    let value = "correct horse battery staple"
    try store.write(epoch: nil) { try $0.setSecret("token", Secret(value), expiresAt: nil) }
    for file in ["state.db", "state.db-wal"] {
      #expect(!String(decoding: contents(directory.path + "/" + file), as: UTF8.self).contains("horse"))
    }
    #expect(contents(directory.path + "/state.db-wal").count > 0)
    #expect(try store.read { try $0.secret("token") }?.withBytes { $0 } == Array(value.utf8))
  }

  @Test("a secret that was moved to another name, changed, or sealed with another key does not open")
  func tampered() throws {
    let directory = TemporaryDirectory()
    let store = try SQLiteStore.open(directory: directory.path, create: true)
    try store.write(epoch: nil) { writer in
      for name in ["moved", "changed", "kept"] { try writer.setSecret(name, Secret(name), expiresAt: nil) }
    }
    try Connection(path: directory.path + "/state.db", busyMilliseconds: 1000).execute(
      """
      UPDATE secrets SET name = 'admin' WHERE name = 'moved';
      UPDATE secrets SET sealed = zeroblob(length(sealed)) WHERE name = 'changed';
      """)
    func code(_ name: String) -> String? { failure { _ = try store.read { try $0.secret(name) } }?.code }
    #expect(code("admin") == "SecretDamaged" && code("changed") == "SecretDamaged" && code("kept") == nil)
    let key = contents(directory.path + "/seal.key")
    overwrite(directory.path + "/seal.key", key.map { $0 ^ 1 })
    #expect(code("kept") == "SecretDamaged")
    unlink(directory.path + "/seal.key")
    #expect(code("kept") == "KeyMissing")
    #expect(
      failure { try store.write(epoch: nil) { try $0.setSecret("new", Secret("x"), expiresAt: nil) } }?.code
        == "KeyMissing")
    #expect(try store.read { try $0.secretNames(prefix: "") }.count == 3)
  }
}
