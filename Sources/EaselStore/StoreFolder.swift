import EaselModel
import Glibc

/// The directory that holds a site: the database, its keys and the newest audit hash.
struct StoreFolder {
  let path: String
  var database: String { path + "/state.db" }
  var sealKey: String { path + "/seal.key" }
  var auditKey: String { path + "/audit.key" }
  var auditHead: String { path + "/audit.head" }

  /// Finds the directory, or makes it for its owner alone (mode 0700), and refuses one that is not only ours.
  init(_ given: String, create: Bool) throws {
    if create { try Self.make(given) }
    // SQLite follows no link on the way to a database, and where the directory leads is checked below.
    let resolved = realpath(given, nil)
    defer { free(resolved) }
    let path = resolved.map { String(cString: $0) } ?? given
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw StoreFailure.missing(path) }
      throw StoreFailure.system("opening the state directory", path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw StoreFailure.missing(path) }
    guard status.st_uid == geteuid() else { throw StoreFailure.notOwner(path) }
    guard status.st_mode & 0o022 == 0 else { throw StoreFailure.openToOthers(path) }
  }

  /// Whether a database is there; one that is ours.
  func hasDatabase() throws -> Bool {
    var status = stat()
    guard lstat(database, &status) == 0 else {
      if errno == ENOENT { return false }
      throw StoreFailure.system("opening", database)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreFailure.corrupt(database, "it is not a regular file") }
    guard status.st_uid == geteuid() else { throw StoreFailure.notOwner(database) }
    for file in [database, database + "-wal", database + "-shm"] { try hide(file) }
    return status.st_size > 0
  }

  /// Takes a file's rights away from all but its owner: what lies in it is sealed or no secret, but nobody else's business.
  ///
  /// By its name: closing a descriptor of a database would give up the locks that this process has on it (fcntl(2)).
  private func hide(_ file: String) throws {
    var status = stat()
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
    if chmod(file, 0o600) != 0, errno != EROFS { throw StoreFailure.system("protecting", file) }
  }

  /// Makes an empty database file that only its owner may read. SQLite gives its log files the same mode.
  func createDatabase() throws {
    let file = open(database, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw StoreFailure.system("creating", database) }
    close(file)
  }

  /// Runs `body` while no other process opens, migrates or writes the audit head of this site.
  func exclusively<T>(_ body: () throws -> T) throws -> T {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw StoreFailure.system("locking", path) }
    defer { close(directory) }
    while flock(directory, LOCK_EX) != 0 {
      if errno != EINTR { throw StoreFailure.system("locking", path) }
    }
    return try body()
  }

  /// Replaces a file whole: written aside, on disk, then renamed; mode 0600.
  func replace(_ file: String, with bytes: [UInt8]) throws {
    let aside = file + ".new"
    let descriptor = open(aside, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw StoreFailure.system("writing", file) }
    do {
      defer { close(descriptor) }
      guard Self.write(bytes[...], to: descriptor) else { throw StoreFailure.system("writing", file) }
      guard fsync(descriptor) == 0 else { throw StoreFailure.system("writing", file) }
    } catch {
      unlink(aside)
      throw error
    }
    guard rename(aside, file) == 0 else { throw StoreFailure.system("writing", file) }
    syncDirectory()
  }

  /// Writes all of the bytes; where that does not work `errno` says why.
  static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// The contents of a small file; nil if there is none.
  func contents(of file: String) throws -> [UInt8]? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreFailure.system("reading", file)
    }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw StoreFailure.system("reading", file) }
    return Array(buffer[..<count])
  }

  /// Puts new names on disk.
  func syncDirectory() {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  private static func make(_ path: String) throws {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try make(String(path[..<slash]))
      if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    }
    throw StoreFailure.system("making the state directory", path)
  }
}
