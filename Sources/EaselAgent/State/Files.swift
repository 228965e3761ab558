import CSys
import EaselProcess
import Glibc

/// Blocking file access with the kernel's reasons; for the agent's own threads only.
enum Files {
  /// The whole file.
  ///
  /// - Throws: `SystemError`, with EFBIG when it is longer than `limit` bytes.
  static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
    let fd = csys_open_read(path, true)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    defer { _ = close(fd) }
    var bytes: [UInt8] = []
    while true {
      let piece = try readPiece(fd, path, 256 << 10)
      if piece.isEmpty { return bytes }
      bytes += piece
      guard bytes.count <= limit else { throw SystemError("read \(path)", number: EFBIG) }
    }
  }

  /// The bytes of a file from one offset up to another, or to its end if that comes first.
  static func read(_ path: String, from start: Int64, to end: Int64) throws(SystemError) -> [UInt8] {
    let fd = csys_open_read(path, false)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    defer { _ = close(fd) }
    guard lseek(fd, off_t(start), SEEK_SET) >= 0 else { throw SystemError("read \(path)") }
    var bytes: [UInt8] = []
    while start + Int64(bytes.count) < end {
      let piece = try readPiece(fd, path, Int(min(256 << 10, end - start - Int64(bytes.count))))
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// The file's text without the white space at its ends; nil when it cannot be read.
  static func text(_ path: String) -> String? {
    guard let bytes = try? read(path, limit: 1 << 20) else { return nil }
    let blank: Set<UInt8> = [0, 9, 10, 13, 32]
    guard let first = bytes.firstIndex(where: { !blank.contains($0) }),
      let last = bytes.lastIndex(where: { !blank.contains($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// The next bytes of an open file; empty at its end.
  static func readPiece(_ fd: Int32, _ path: String, _ length: Int) throws(SystemError) -> [UInt8] {
    var failed: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      var got = Glibc.read(fd, buffer.baseAddress, length)
      while got < 0 && csys_errno() == EINTR { got = Glibc.read(fd, buffer.baseAddress, length) }
      failed = got < 0 ? csys_errno() : 0
      count = max(0, got)
    }
    if failed != 0 { throw SystemError("read \(path)", number: failed) }
    return bytes
  }

  /// Writes all bytes at the file's position.
  static func write(_ fd: Int32, _ bytes: some Collection<UInt8>, _ path: String) throws(SystemError) {
    let all = ContiguousArray(bytes)
    var offset = 0
    while offset < all.count {
      let written = all.withUnsafeBytes { Glibc.write(fd, $0.baseAddress.map { $0 + offset }, all.count - offset) }
      if written < 0 {
        if csys_errno() == EINTR { continue }
        throw SystemError("write \(path)")
      }
      offset += written
    }
  }

  /// Replaces (or makes) a file in one step that lasts: temporary file, fsync, rename, fsync of the folder.
  static func replace(_ path: String, mode: UInt32, _ fill: (Int32, String) throws(SystemError) -> Void)
    throws(SystemError)
  {
    let temporary = "\(parent(of: path))/.easel-\(randomName())"
    let fd = csys_open_new(temporary, 0o600)
    guard fd >= 0 else { throw SystemError("make a file beside \(path)") }
    do throws(SystemError) {
      defer { _ = close(fd) }
      try fill(fd, path)
      guard fchmod(fd, mode) == 0 else { throw SystemError("set the mode of \(path)") }
      guard csys_sync_file(fd) == 0 else { throw SystemError("flush \(path)") }
    } catch {
      _ = unlink(temporary)
      throw error
    }
    guard csys_rename_durably(temporary, path) == 0 else {
      let error = SystemError("put \(path) in place")
      _ = unlink(temporary)
      throw error
    }
  }

  /// Replaces (or makes) a file with these bytes.
  static func replace(_ path: String, mode: UInt32, bytes: [UInt8]) throws(SystemError) {
    try replace(path, mode: mode) { fd, path throws(SystemError) in try write(fd, bytes, path) }
  }

  /// Makes a directory with its parents; parents get mode 0755. What exists keeps its mode.
  static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
    if let status = status(path, followLinks: true) {
      guard status.is_directory else { throw SystemError("make the directory \(path)", number: ENOTDIR) }
      return
    }
    let above = parent(of: path)
    if above != path { try makeDirectories(above) }
    if mkdir(path, mode) != 0 {
      let number = csys_errno()
      if number == EEXIST, status(path, followLinks: true)?.is_directory == true { return }
      throw SystemError("make the directory \(path)", number: number)
    }
    // mkdir's mode is cut by the umask.
    guard chmod(path, mode) == 0 else { throw SystemError("set the mode of \(path)") }
  }

  /// What lies at a path; nil when nothing does (or it cannot be seen).
  static func status(_ path: String, followLinks: Bool = false) -> csys_status? {
    var status = csys_status()
    return csys_status_of(path, followLinks, &status) == 0 ? status : nil
  }

  /// The names in a directory, sorted, without `.` and `..`; nil when it cannot be read.
  static func names(in path: String) -> [String]? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    return names(stream)
  }

  static func names(_ stream: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The folder that holds a path.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func randomName() -> String {
    var value: UInt64 = 0
    _ = csys_random(&value, 8)
    return String(value, radix: 36)
  }
}
