import EaselModel
import EaselStore
import FoundationEssentials
import Glibc
import Testing

@Suite("SQLite store: opening what is not as it should be")
struct DamagedStoreTests {
  func open(_ path: String, create: Bool = false, migrations: [Migration] = Schema.migrations) throws -> SQLiteStore {
    try SQLiteStore.open(directory: path, create: create, migrations: migrations, busyMilliseconds: 2000)
  }

  /// A closed store with 300 clusters.
  func filled(_ directory: TemporaryDirectory, migrations: [Migration] = Schema.migrations) throws {
    let store = try open(directory.path, create: true, migrations: migrations)
    try store.write(epoch: nil) { writer in
      for index in 0..<300 { try writer.put(.cluster(cluster("c\(index)")), expecting: 0) }
    }
  }

  /// Opens and reads everything.
  func readAll(_ path: String) -> EaselError? {
    failure {
      let store = try open(path)
      let picture = try Picture(store)
      if picture.records.count != 300 { throw EaselError(.failed, "Lost", "\(picture.records.count) are left") }
      let problems = try store.checkIntegrity()
      if !problems.isEmpty { throw EaselError(.failed, "Corrupt", problems.joined(separator: "; "), advice: "-") }
    }
  }

  @Test("a new site's directory and files are their owner's alone")
  func permissions() throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/deep/er/site"
    let store = try open(path, create: true)
    try store.write(epoch: nil) { try $0.append(audit("create")) }
    #expect(mode(path) == 0o700)
    for file in ["state.db", "state.db-wal", "state.db-shm", "seal.key", "audit.key", "audit.head"] {
      #expect(mode("\(path)/\(file)") == 0o600, "\(file)")
    }
  }

  @Test("where there is no site, the error says how to make one")
  func missing() throws {
    let directory = TemporaryDirectory()
    overwrite(directory.path + "/empty", [])
    for path in [directory.path, directory.path + "/none", directory.path + "/empty", directory.path + "/empty/x"] {
      let error = failure { _ = try open(path) }
      #expect(error?.code == "NoSite" && error?.category == .notFound && error?.advice.contains("site init") == true)
    }
    overwrite(directory.path + "/state.db", [])
    #expect(failure { _ = try open(directory.path) }?.code == "NoSite", "a creation that was cut short")
    _ = try open(directory.path, create: true)
    #expect(try open(directory.path).latestVersion() == 0)
  }

  @Test("a database that is gone or emptied beside the rest of its site is damage, and no new site is made over it")
  func emptied() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    for damage in [{ overwrite($0, []) }, { unlink($0) }] as [(String) -> Void] {
      damage(directory.path + "/state.db")
      for create in [false, true] {
        let error = failure { _ = try open(directory.path, create: create) }
        #expect(error?.code == "Corrupt" && error?.advice.contains("backup") == true, "\(String(describing: error))")
      }
    }
  }

  @Test("another user's directory or database is refused", .enabled(if: geteuid() == 0, "needs root to change owners"))
  func foreign() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    chown(directory.path, 12_345, 12_345)
    #expect(failure { _ = try open(directory.path) }?.code == "NotOwner")
    chown(directory.path, 0, 0)
    chown(directory.path + "/state.db", 12_345, 12_345)
    #expect(failure { _ = try open(directory.path) }?.code == "NotOwner")
    chown(directory.path + "/state.db", 0, 0)
    #expect(readAll(directory.path) == nil)
  }

  @Test("a directory that others may write to is refused")
  func writableByOthers() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    chmod(directory.path, 0o777)
    let error = failure { _ = try open(directory.path) }
    #expect(error?.code == "UnsafeDirectory" && error?.advice.contains("chmod 700") == true)
  }

  @Test("a key that others may read is not used, and a database that others may read is closed to them")
  func readableByOthers() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    chmod(directory.path, 0o755)
    chmod(directory.path + "/state.db", 0o644)
    let store = try open(directory.path)
    #expect(mode(directory.path + "/state.db") == 0o600)
    try store.write(epoch: nil) { try $0.setSecret("s", Secret("value"), expiresAt: nil) }
    for (file, use) in [
      ("seal.key", { (store: SQLiteStore) in _ = try store.read { try $0.secret("s") } }),
      ("audit.key", { (store: SQLiteStore) in try store.write(epoch: nil) { _ = try $0.append(audit("create")) } }),
    ] {
      for wrong in [0o644, 0o640, 0o602] as [mode_t] {
        chmod("\(directory.path)/\(file)", wrong)
        let error = failure { try use(try open(directory.path)) }
        #expect(error?.code == "KeyExposed" && error?.category == .refused, "\(file) \(wrong): \(error as Any)")
        #expect(error?.advice.contains("chmod 600 '\(directory.path)/\(file)'") == true)
      }
      chmod("\(directory.path)/\(file)", 0o600)
      #expect(failure { try use(try open(directory.path)) } == nil)
    }
  }

  @Test("a state directory that is reached by a link is the one that it leads to")
  func linkedDirectory() throws {
    let (directory, other) = (TemporaryDirectory(), TemporaryDirectory())
    try filled(directory)
    let link = other.path + "/link"
    symlink(directory.path, link)
    #expect(readAll(link) == nil)
    chmod(directory.path, 0o777)
    #expect(failure { _ = try open(link) }?.code == "UnsafeDirectory")
    chmod(directory.path, 0o700)
    let loop = other.path + "/loop"
    symlink(loop, loop)
    #expect(failure { _ = try open(loop, create: true) } != nil)
  }

  @Test("a link in the place of the database is not followed")
  func link() throws {
    let (directory, other) = (TemporaryDirectory(), TemporaryDirectory())
    try filled(other)
    symlink(other.path + "/state.db", directory.path + "/state.db")
    #expect(failure { _ = try open(directory.path) }?.code == "Corrupt")
  }

  @Test("garbage, a cut file and another program's database are named as damage")
  func garbage() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let path = directory.path + "/state.db"
    let good = contents(path)
    var random = SeededGenerator(state: 1)
    var cases: [[UInt8]] = [
      (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }, Array("hello".utf8),
      Array(good[..<100]), Array(good[..<4096]), Array(good[..<(good.count / 2)]),
      [UInt8](repeating: 0, count: good.count),
    ]
    var other = good
    other.replaceSubrange(68..<72, with: [1, 2, 3, 4])
    cases.append(other)
    for (index, bytes) in cases.enumerated() {
      overwrite(path, bytes)
      let error = readAll(directory.path)
      #expect(error?.code == "Corrupt" && error?.advice.isEmpty == false, "case \(index): \(String(describing: error))")
    }
    overwrite(path, good)
    #expect(readAll(directory.path) == nil)
  }

  @Test("any one destroyed page is noticed and never crashes")
  func pages() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let path = directory.path + "/state.db"
    let good = contents(path)
    #expect(good.count / 4096 > 20)
    for page in 0..<good.count / 4096 {
      var bytes = good
      for index in page * 4096..<(page + 1) * 4096 { bytes[index] = 0xa5 }
      overwrite(path, bytes)
      #expect(readAll(directory.path)?.code == "Corrupt", "page \(page + 1)")
    }
  }

  @Test("a write to a file that was damaged while it was open fails and says so")
  func damagedWhileOpen() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let path = directory.path + "/state.db"
    var bytes = contents(path)
    for index in 4096..<bytes.count { bytes[index] = 0xa5 }
    let store = try open(directory.path)
    overwrite(path, bytes)
    let error = failure {
      try store.write(epoch: nil) { writer in
        for index in 0..<300 { try writer.put(.cluster(cluster("c\(index)", replicas: 3)), expecting: nil) }
      }
    }
    #expect(error?.code == "Corrupt")
  }

  let second = Migration(version: 2, sql: "CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (7);")

  @Test("a newer schema is refused and left alone")
  func newer() throws {
    let directory = TemporaryDirectory()
    try filled(directory, migrations: Schema.migrations + [second])
    let before = contents(directory.path + "/state.db")
    let error = failure { _ = try open(directory.path) }
    #expect(error?.code == "NewerSchema" && error?.category == .refused)
    #expect(contents(directory.path + "/state.db") == before)
    #expect(failure { _ = try open(directory.path, create: true) }?.code == "NewerSchema")
  }

  @Test("a migration keeps everything, and the file before it stays as a backup that opens")
  func migration() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let before = try Picture(try open(directory.path))
    let migrated = try open(directory.path, migrations: Schema.migrations + [second])
    #expect(try Picture(migrated) == before)
    let backup = directory.path + "/state.db.backup-v1"
    #expect(mode(backup) == 0o600)
    let restored = TemporaryDirectory()
    overwrite(restored.path + "/state.db", contents(backup))
    #expect(try Picture(try open(restored.path)) == before)
  }

  @Test("a migration that fails changes nothing")
  func failedMigration() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let bad = Migration(version: 2, sql: "CREATE TABLE later (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);")
    #expect(failure { _ = try open(directory.path, migrations: Schema.migrations + [bad]) }?.code == "StoreFailed")
    #expect(readAll(directory.path) == nil)
  }

  @Test("an old process that has the file open writes nothing into a newer schema")
  func migratedWhileOpen() throws {
    let directory = TemporaryDirectory()
    try filled(directory)
    let old = try open(directory.path)
    let new = try open(directory.path, migrations: Schema.migrations + [second])
    let version = try new.latestVersion()
    #expect(
      failure { try old.write(epoch: nil) { _ = try $0.put(.cluster(cluster("x")), expecting: 0) } }?.code
        == "NewerSchema")
    #expect(failure { _ = try old.read { try $0.lease() } }?.code == "NewerSchema")
    #expect(try new.latestVersion() == version)
  }

  @Test(
    "a read-only file system is named",
    .enabled(if: PrivateMounts.permitted, "needs the right to mount (CAP_SYS_ADMIN)"))
  func readOnly() throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    let codes = Findings<[String?]>([])
    PrivateMounts.run {
      PrivateMounts.mountMemory(at: path, size: "8m")
      let code: (Bool) -> String? = { create in failure { _ = try open(path, create: create) }?.code }
      _ = code(true)
      PrivateMounts.makeReadOnly(path)
      codes.set([code(false), code(true)])
    }
    #expect(codes.value == ["ReadOnly", "ReadOnly"])
  }

  @Test(
    "a full disk fails the one change, loses nothing, and all goes on once there is room",
    .enabled(if: PrivateMounts.permitted, "needs the right to mount (CAP_SYS_ADMIN)"))
  func fullDisk() throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    let errors = Findings<[EaselError?]>([])
    let counts = Findings<[Int]>([])
    PrivateMounts.run {
      PrivateMounts.mountMemory(at: path, size: "2m")
      let store = try! open(path, create: true)
      overwrite(path + "/filler", [UInt8](repeating: 1, count: 600_000))
      var written = 0
      var error: EaselError?
      while error == nil && written < 100_000 {
        error = failure {
          try store.write(epoch: nil) { writer in
            for half in ["a", "b"] { try writer.put(.cluster(cluster("c\(written)-\(half)")), expecting: 0) }
          }
        }
        if error == nil { written += 1 }
      }
      let after = try! store.read { try $0.records(.cluster, scope: nil).count }
      unlink(path + "/filler")
      let retried = failure {
        try store.write(epoch: nil) { _ = try $0.put(.cluster(cluster("later")), expecting: 0) }
      }
      let reopened = try! open(path).read { try $0.records(.cluster, scope: nil).count }
      errors.set([error, retried])
      counts.set([written, after, reopened])
    }
    #expect(errors.value.map { $0?.code } == ["DiskFull", nil])
    let counted = counts.value
    #expect(counted[0] > 10 && counted[1] == counted[0] * 2 && counted[2] == counted[0] * 2 + 1)
  }

  @Test(
    "a site on a file system that is full or read-only is looked at in a copy, which changes nothing and leaves nothing",
    .enabled(if: PrivateMounts.permitted, "needs the right to mount (CAP_SYS_ADMIN)"), arguments: ["full", "read-only"])
  func copied(_ fault: String) throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    let found = Findings<[String?]>([])
    let memory = directory.path + "/memory"
    PrivateMounts.run {
      mkdir(path + "/site", 0o700)
      mkdir(memory, 0o700)
      PrivateMounts.mountMemory(at: path + "/site", size: "4m")
      do {
        let store = try! open(path + "/site", create: true)
        try! store.write(epoch: nil) { writer in
          _ = try writer.put(.cluster(cluster("kept")), expecting: 0)
          _ = try writer.append(audit("made"))
        }
        // Not closed as it should be: what was committed is still in the log.
        overwrite(path + "/log", contents(path + "/site/state.db-wal"))
      }
      overwrite(path + "/site/state.db-wal", contents(path + "/log"))
      if fault == "full" {
        var size = 4 << 20
        while size > 0 {
          let file = Glibc.open(path + "/site/filler", O_CREAT | O_WRONLY | O_APPEND, 0o600)
          while write(file, [UInt8](repeating: 1, count: size), size) > 0 {}
          close(file)
          size /= 2
        }
      } else {
        PrivateMounts.makeReadOnly(path + "/site")
      }
      // What a killed process left is removed, what a living one has is not.
      for process in ["999999999", "1"] {
        mkdir("\(memory)/easel-view-\(process)-x", 0o700)
        overwrite("\(memory)/easel-view-\(process)-x/state.db", [1])
      }
      let direct = failure { _ = try open(path + "/site") }?.code
      let store = try! SQLiteStore.openToRead(directory: path + "/site", places: ["/nowhere", memory])
      let names = try! store.read { try $0.records(.cluster, scope: nil).map(\.name) }
      let refused = failure { try store.write(epoch: nil) { _ = try $0.put(.cluster(cluster("new")), expecting: 0) } }
      let log = try! store.verifyAudit()
      found.set([
        direct, names.joined(), refused?.code, "\(log.records) \(log.isIntact)",
        access("\(memory)/easel-view-999999999-x", F_OK) == 0 ? "left" : "swept",
        access("\(memory)/easel-view-1-x", F_OK) == 0 ? "left" : "swept",
      ])
    }
    let code = fault == "full" ? "DiskFull" : "ReadOnly"
    #expect(found.value == [code, "kept", code, "1 true", "swept", "left"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: memory) == ["easel-view-1-x"])
  }
}
