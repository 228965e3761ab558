import EaselModel
import Synchronization

/// A site's state in one SQLite file, shared by all processes of its owner.
///
/// Why it is built so: `BEGIN IMMEDIATE` takes SQLite's one write lock before anything is read, so what a transaction checks
/// (versions, the lease's epoch, claims) is still true when it commits, across threads and processes. A leader that was
/// stopped inside a transaction holds that lock and blocks others (`StoreBusy`) but cannot be overtaken; one that was
/// stopped before it fails the epoch check when it goes on. Readers see one snapshot and never wait (WAL). What was tried
/// and left: one connection for all (readers waited for fsync), SQLite's own mutexes (slower, and no protection for
/// statements that are stepped).
package final class SQLiteStore: SiteStore {
  private let directory: StoreFolder
  private let opening: Opening
  private let retention: StoreRetention
  private let knownSchema: Int64
  private let cache: RecordCache
  private let writerLock = Mutex(())
  /// Only used inside `writerLock`.
  private let writer: Session
  private let checkpointer: Checkpointer
  private let readers = Mutex<[Session]>([])
  private let pollLock = Mutex(())
  /// Only used inside `pollLock`.
  private let poll: Poll
  private let copy: StoreCopy?
  /// Why the site itself could not be opened, where this is a copy of it that cannot be written to.
  package let refusal: EaselError?

  /// A connection with its own coders; used by one thread at a time, like the connection.
  final class Session: @unchecked Sendable {
    let connection: Connection
    let coding: RecordCoding

    init(_ connection: Connection, _ memory: StoreMemory) {
      (self.connection, coding) = (connection, RecordCoding(memory))
    }
  }

  /// A connection of its own for `latestVersion`: `data_version` tells it whether any other connection has committed.
  private final class Poll: @unchecked Sendable {
    let connection: Connection
    var dataVersion: Int64 = -1
    var version: Int64 = 0

    init(_ connection: Connection) { self.connection = connection }
  }

  /// Opens the site in a directory.
  ///
  /// - Parameters:
  ///   - create: make the directory (mode 0700), keys and database where they are missing.
  ///   - migrations: the schema's history; only tests pass another.
  /// - Throws: `EaselError` with the code `NoSite`, `NotOwner`, `UnsafeDirectory`, `ReadOnly`, `Corrupt`, `NewerSchema`,
  ///   `DiskFull`, `StoreBusy` or `StoreFailed`.
  package static func open(
    directory path: String, create: Bool, retention: StoreRetention = StoreRetention(), memory: StoreMemory = .engine,
    migrations: [Migration] = Schema.migrations, busyMilliseconds: Int32 = 10_000
  ) throws -> SQLiteStore {
    let directory = try StoreFolder(path, create: create)
    let opening = Opening(
      directory: directory, migrations: migrations, busyMilliseconds: busyMilliseconds, memory: memory)
    return try SQLiteStore(opening, directory, create: create, retention: retention)
  }

  /// Opens a site to look at it: itself where that is possible, else, where its file system is full or read-only, a copy in memory
  /// as the site stands now. Writing to a copy is refused with `refusal`.
  ///
  /// - Parameter places: folders in which a copy may lie; nil for the file systems in memory that this machine has.
  package static func openToRead(
    directory path: String, memory: StoreMemory = .engine, places: [String]? = nil
  ) throws -> SQLiteStore {
    do {
      return try open(directory: path, create: false, memory: memory)
    } catch let error as EaselError where error.code == "DiskFull" || error.code == "ReadOnly" {
      let directory = try StoreFolder(path, create: false)
      guard let copy = try? StoreCopy(of: directory, in: places ?? StoreCopy.placesInMemory) else { throw error }
      let opening = Opening(
        directory: copy.folder, migrations: Schema.migrations, busyMilliseconds: 10_000, memory: memory)
      return try SQLiteStore(
        opening, directory, create: false, retention: StoreRetention(), copy: copy, refusal: error)
    }
  }

  /// - Parameter folder: where the keys and the head of the audit log are.
  private init(
    _ opening: Opening, _ folder: StoreFolder, create: Bool, retention: StoreRetention, copy: StoreCopy? = nil,
    refusal: EaselError? = nil
  ) throws {
    let memory = opening.memory
    let writing = try opening.prepare(create: create)
    let polling = try opening.connect()
    (self.copy, self.refusal) = (copy, refusal)
    cache = RecordCache(limit: memory.objects)
    self.opening = opening
    self.retention = retention
    directory = folder
    knownSchema = opening.migrations.last?.version ?? 0
    writer = Session(writing, memory)
    writing.followLog()
    checkpointer = Checkpointer { try opening.connect() }
    poll = Poll(polling)
  }

  deinit { checkpointer.end() }

  /// The directory that holds the site.
  package var path: String { directory.path }

  package func read<T>(_ body: (any StoreReader) throws -> T) throws -> T { try reading { try body($0) } }

  func reading<T>(_ body: (SQLiteTransaction) throws -> T) throws -> T {
    let session = try readers.withLock { $0.popLast() } ?? Session(opening.connect(), opening.memory)
    try session.connection.run("BEGIN")
    // A session is given back only when its transaction has ended; otherwise it is closed.
    let result = Result { () throws -> T in
      try checkSchema(session.connection)
      return try body(transaction(on: session))
    }
    try session.connection.run("ROLLBACK")
    readers.withLock { if $0.count < 4 { $0.append(session) } }
    return try result.get()
  }

  @discardableResult
  package func write<T>(epoch: Int64?, _ body: (any StoreWriter) throws -> T) throws -> T {
    if let refusal { throw refusal }
    return try writerLock.exclusively {
      let connection = writer.connection
      try connection.run("BEGIN IMMEDIATE")
      let transaction: SQLiteTransaction
      let result: T
      do {
        try checkSchema(connection)
        transaction = try self.transaction(on: writer)
        if let epoch {
          let lease = try transaction.lease()
          if lease.epoch != epoch { throw EaselError.leadershipLost(claimed: epoch, current: lease) }
        }
        result = try body(transaction)
        try transaction.finish(retention)
        try connection.run("COMMIT")
      } catch {
        // SQLite has rolled back by itself after some errors (a full disk); then this says so and changes nothing.
        try? connection.run("ROLLBACK")
        throw error
      }
      cache.insert(transaction.written.values)
      // The commit stands whether or not this can be written; the next audit record writes it again.
      try? transaction.auditHead?.write(directory)
      checkpointer.committed(on: connection)
      return result
    }
  }

  package func latestVersion() throws -> Int64 {
    try pollLock.exclusively {
      let now = try poll.connection.row("PRAGMA data_version") { $0.integer(0) } ?? 0
      if now != poll.dataVersion {
        poll.version = try poll.connection.row("SELECT version FROM counter") { $0.integer(0) } ?? 0
        poll.dataVersion = now
      }
      return poll.version
    }
  }

  /// Reads the whole file and says what is wrong with it; empty when nothing is. Takes about a second per gigabyte.
  package func checkIntegrity() throws -> [String] {
    try reading { transaction in
      try transaction.connection.rows("PRAGMA integrity_check(20)") { $0.text(0) }.filter { $0 != "ok" }
    }
  }

  /// Throws what is wrong with the site's keys: missing, damaged, or readable by others.
  package func checkKeys() throws {
    let keys = Keys(directory: directory)
    _ = try (keys.seal(), keys.audit())
  }

  /// Checks every audit record against its keyed hash, the record before it and the head beside the database.
  package func verifyAudit() throws -> AuditVerification {
    // The head first: what is committed after that only makes the database newer than it.
    let head = try AuditHead.read(directory)
    let chain = AuditChain(key: try Keys(directory: directory).audit())
    return try reading { transaction in
      var verifier = AuditVerifier(chain: chain, head: head)
      var last: Int64 = Int64.min
      while true {
        let rows = try transaction.auditRows(after: last, limit: 1000)
        guard let newest = rows.last else { break }
        rows.forEach { verifier.check($0.record, previous: $0.previous) }
        last = newest.record.sequence
      }
      return verifier.finish()
    }
  }

  private func transaction(on session: Session) throws -> SQLiteTransaction {
    try SQLiteTransaction(session.connection, coding: session.coding, cache: cache, directory: directory)
  }

  /// A newer Easel may have migrated the file while this process had it open.
  private func checkSchema(_ connection: Connection) throws {
    let found = try connection.row("PRAGMA user_version") { $0.integer(0) } ?? 0
    if found != knownSchema {
      throw StoreFailure.newerSchema(directory.database, found: found, known: knownSchema)
    }
  }
}
