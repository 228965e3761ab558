import CSQLite
import EaselModel

/// A value that is bound to a statement.
enum SQLValue {
  case integer(Int64)
  case text(String)
  /// UTF-8 text as bytes.
  case utf8([UInt8])
  case blob([UInt8])
  case null

  static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
  static func time(_ time: Timestamp) -> SQLValue { .integer(time.milliseconds) }
}

/// One SQLite connection with its prepared statements.
///
/// Opened without SQLite's own locks: it is used by one thread at a time, by whoever took it out of its pool or holds the
/// writer's lock. That is why it may say that it is sendable.
final class Connection: @unchecked Sendable {
  let path: String
  let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  /// Pages in the write-ahead log after this connection's newest commit, once it follows them.
  private(set) var logPages = 0

  /// Opens an existing file for reading and writing, or only for reading where nothing else is possible.
  init(path: String, busyMilliseconds: Int32) throws {
    self.path = path
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW
    let status = sqlite3_open_v2(path, &handle, flags, nil)
    guard status == SQLITE_OK, let handle else {
      let error = StoreFailure.from(status, handle, path: path, doing: "opening")
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, busyMilliseconds)
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  /// Runs statements that return nothing and take nothing.
  func execute(_ sql: String, doing: String = "writing") throws {
    let status = sqlite3_exec(handle, sql, nil, nil, nil)
    if status != SQLITE_OK { throw StoreFailure.from(status, handle, path: path, doing: doing) }
  }

  /// Runs a statement to its end; its rows are dropped.
  func run(_ sql: String, _ values: SQLValue...) throws {
    let statement = try prepared(sql)
    defer { statement.reset() }
    try statement.bind(values)
    while try statement.step() {}
  }

  /// The rows of a query, mapped one by one.
  func rows<T>(_ sql: String, _ values: SQLValue..., map: (Statement) throws -> T) throws -> [T] {
    let statement = try prepared(sql)
    defer { statement.reset() }
    try statement.bind(values)
    var found: [T] = []
    while try statement.step() { found.append(try map(statement)) }
    return found
  }

  /// The first row of a query, if it has one.
  func row<T>(_ sql: String, _ values: SQLValue..., map: (Statement) throws -> T) throws -> T? {
    let statement = try prepared(sql)
    defer { statement.reset() }
    try statement.bind(values)
    return try statement.step() ? try map(statement) : nil
  }

  /// Keeps `logPages` up to date from now on.
  func followLog() {
    sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        guard let context else { return SQLITE_OK }
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Moves as many pages of the write-ahead log into the database as no reader needs in the log, without waiting for anybody.
  ///
  /// - Returns: how many of the log's pages have been moved since it was started; nil where nothing could be done.
  func checkpoint() -> Int? {
    var (inLog, moved): (Int32, Int32) = (0, 0)
    let status = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, &inLog, &moved)
    return status == SQLITE_OK && moved >= 0 ? Int(moved) : nil
  }

  /// How many rows the last statement changed.
  var changedRows: Int { Int(sqlite3_changes(handle)) }

  /// The key of the row that was inserted last.
  var lastRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  private func prepared(_ sql: String) throws -> Statement {
    // A statement that is in use (a query inside the loop over another one's rows) is not shared.
    if let statement = statements[sql], !statement.isBusy { return statement }
    let statement = try Statement(sql, on: self)
    statements[sql] = statement
    return statement
  }
}
