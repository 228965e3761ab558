import CSQLite
import EaselModel
import Glibc

/// Opening a database file: whose it is, whether it is whole, and bringing its schema up to date.
struct Opening {
  let directory: StoreFolder
  let migrations: [Migration]
  let busyMilliseconds: Int32
  let memory: StoreMemory

  /// A connection with every setting that the store relies on.
  func connect() throws -> Connection {
    let connection = try Connection(path: directory.database, busyMilliseconds: busyMilliseconds)
    // FULL: a commit is on disk when it returns (the contract of the task outbox). The write-ahead log is moved back into the
    // database by the `Checkpointer`, not in the middle of a commit.
    try connection.execute(
      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; "
        + "PRAGMA cell_size_check = ON; PRAGMA cache_size = -\(memory.pageKibibytes); PRAGMA wal_autocheckpoint = 0",
      doing: "opening")
    return connection
  }

  /// The first connection of a store: makes the file when asked to, and migrates it.
  func prepare(create: Bool) throws -> Connection {
    try directory.exclusively {
      if try !directory.hasDatabase() {
        // The head is the last thing that the making of a site writes: with it, there was a database.
        guard try directory.contents(of: directory.auditHead) == nil else {
          throw StoreFailure.corrupt(
            directory.database, "it is missing or empty, and the rest of the site is there", doing: "opening")
        }
        guard create else { throw StoreFailure.missing(directory.path) }
        try Keys.create(in: directory)
        try directory.createDatabase()
        directory.syncDirectory()
      }
      for path in [directory.database, directory.path] where access(path, W_OK) != 0 {
        throw StoreFailure.readOnly(path, doing: "opening")
      }
      let connection = try connect()
      if try migrate(connection, create: create) {
        try directory.replace(directory.auditHead, with: AuditHead.start.bytes)
      }
      return connection
    }
  }

  /// - Returns: whether the schema was laid out anew.
  private func migrate(_ connection: Connection, create: Bool) throws -> Bool {
    let found = try number("PRAGMA user_version", connection)
    let application = try number("PRAGMA application_id", connection)
    let known = migrations.last?.version ?? 0
    if found == 0 {
      // A file without a schema: ours from an interrupted creation, or another program's.
      guard application == 0, try number("SELECT count(*) FROM sqlite_schema", connection) == 0 else {
        throw StoreFailure.corrupt(directory.database, "it is another program's database", doing: "opening")
      }
      guard create else { throw StoreFailure.missing(directory.path) }
    } else if application != Schema.applicationID {
      throw StoreFailure.corrupt(directory.database, "it is another program's database", doing: "opening")
    }
    if found > known { throw StoreFailure.newerSchema(directory.database, found: found, known: known) }
    if connection.isReadOnly { throw StoreFailure.readOnly(directory.database, doing: "opening") }
    guard try connection.row("PRAGMA journal_mode = WAL", map: { $0.text(0) }) == "wal" else {
      throw EaselError(
        .failed, "StoreFailed",
        "opening the state in \(directory.database): its file system cannot hold a write-ahead log",
        advice: "put the state directory on a local file system")
    }
    guard found < known else { return false }
    if found > 0 { try backUp(connection, version: found) }
    try connection.execute("BEGIN IMMEDIATE", doing: "migrating")
    do {
      for migration in migrations where migration.version > found {
        try connection.execute(migration.sql, doing: "migrating")
      }
      try connection.execute(
        "PRAGMA user_version = \(known); PRAGMA application_id = \(Schema.applicationID)", doing: "migrating")
      try connection.execute("COMMIT", doing: "migrating")
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
    return found == 0
  }

  /// Copies the database to `state.db.backup-v<version>` before its schema changes; an older copy of that name is replaced.
  private func backUp(_ connection: Connection, version: Int64) throws {
    let target = directory.database + ".backup-v\(version)"
    let aside = target + ".new"
    unlink(aside)
    let file = open(aside, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreFailure.system("backing up", aside) }
    defer { close(file) }
    do {
      let copy = try Connection(path: aside, busyMilliseconds: busyMilliseconds)
      guard let backup = sqlite3_backup_init(copy.handle, "main", connection.handle, "main") else {
        throw StoreFailure.from(sqlite3_extended_errcode(copy.handle), copy.handle, path: aside, doing: "backing up")
      }
      let status = sqlite3_backup_step(backup, -1)
      sqlite3_backup_finish(backup)
      guard status == SQLITE_DONE else {
        throw StoreFailure.from(status, copy.handle, path: aside, doing: "backing up")
      }
    } catch {
      unlink(aside)
      throw error
    }
    guard fsync(file) == 0, rename(aside, target) == 0 else { throw StoreFailure.system("backing up", aside) }
    directory.syncDirectory()
  }

  private func number(_ sql: String, _ connection: Connection) throws -> Int64 {
    try connection.row(sql) { $0.integer(0) } ?? 0
  }
}
