import CSQLite
import EaselModel
import Glibc

/// The store's failures, each with a code of its own and what to do about it.
enum StoreFailure {
  /// What a status of SQLite means to the reader.
  static func from(_ status: Int32, _ handle: OpaquePointer?, path: String, doing: String) -> EaselError {
    let text = String(cString: sqlite3_errstr(status))
    let systemError = handle.map { sqlite3_system_errno($0) } ?? 0
    switch status & 0xff {
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return corrupt(path, text, doing: doing)
    case SQLITE_FULL:
      return diskFull(path, doing: doing)
    case SQLITE_IOERR where systemError == ENOSPC || systemError == EDQUOT:
      return diskFull(path, doing: doing)
    case SQLITE_READONLY:
      return readOnly(path, doing: doing)
    case SQLITE_CANTOPEN where systemError == EROFS:
      return readOnly(path, doing: doing)
    case SQLITE_BUSY, SQLITE_LOCKED:
      return EaselError(
        .failed, "StoreBusy", "\(doing) the state in \(path): another process has been writing for too long",
        advice: "try again; if it stays so, look for a stopped easel process")
    default:
      let why = systemError == 0 ? text : "\(text): \(String(cString: strerror(systemError)))"
      return EaselError(
        .failed, "StoreFailed", "\(doing) the state in \(path): \(why) (SQLite \(status))",
        advice: "check the disk and the permissions of the state directory, then try again")
    }
  }

  static func corrupt(_ path: String, _ why: String, doing: String = "reading") -> EaselError {
    EaselError(
      .failed, "Corrupt", "\(doing) the state in \(path): the file is damaged (\(why))",
      advice: "stop Easel, keep a copy of the state directory, and put a backup of state.db in its place")
  }

  static func diskFull(_ path: String, doing: String) -> EaselError {
    let isChange = doing != "opening" && doing != "reading"
    return EaselError(
      .failed, "DiskFull",
      "\(doing) the state in \(path): the disk or quota is full\(isChange ? "; the change was not made" : "")",
      advice: "free some space on that file system, then try again")
  }

  static func readOnly(_ path: String, doing: String) -> EaselError {
    EaselError(
      .failed, "ReadOnly", "\(doing) the state in \(path): the file or its file system is read-only",
      advice: "make the state directory writable, or name another with --state")
  }

  static func missing(_ directory: String) -> EaselError {
    EaselError(
      .notFound, "NoSite", "opening the site in \(directory): there is none",
      advice: "make one with: easel site init, or name another directory with --state")
  }

  static func notOwner(_ path: String) -> EaselError {
    EaselError(
      .refused, "NotOwner", "opening the site in \(path): it belongs to another user",
      advice: "run as the owner of that directory, or name another with --state")
  }

  static func openToOthers(_ path: String) -> EaselError {
    EaselError(
      .refused, "UnsafeDirectory", "opening the site in \(path): other users may write there",
      advice: "check what it holds, then: chmod 700 '\(path)'")
  }

  static func newerSchema(_ path: String, found: Int64, known: Int64) -> EaselError {
    EaselError(
      .refused, "NewerSchema",
      "opening the state in \(path): it has schema \(found), this Easel knows up to \(known); nothing was changed",
      advice: "use the newer Easel that wrote it")
  }

  /// A system call that failed, by its `errno`.
  static func system(_ doing: String, _ path: String, _ number: Int32 = errno) -> EaselError {
    switch number {
    case ENOSPC, EDQUOT: diskFull(path, doing: doing)
    case EROFS: readOnly(path, doing: doing)
    default:
      EaselError(
        .failed, "StoreFailed", "\(doing) \(path): \(String(cString: strerror(number)))",
        advice: "check the path and its permissions, then try again")
    }
  }
}
