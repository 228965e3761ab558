import CSys
import EaselProcess
import Glibc

/// Deletes files and trees, after unmounting what is mounted in them. Links are deleted, never followed, and a tree that reaches
/// into another file system is refused instead of emptied.
struct RemoveTrees {
  /// Folders that must not go, with what is in them.
  var protected: [String]

  /// Deletes what is there; what is absent is fine. Returns how many of the paths were there.
  func remove(_ paths: [String], log: (String) -> Void) throws -> Int {
    for path in paths { try SafePath.checkDeletable(path, protected: protected) }
    var removed = 0
    for path in paths where Files.status(path) != nil {
      try unmount(below: path, log: log)
      try delete(path)
      removed += 1
    }
    return removed
  }

  private func unmount(below path: String, log: (String) -> Void) throws {
    // The deepest, and of several on one point the newest, go first.
    for point in MountTable.points().reversed() where point == path || point.hasPrefix(path + "/") {
      if csys_unmount(point, false) != 0 && csys_unmount(point, true) != 0 {
        throw SystemError("unmount \(point)")
      }
      log("unmounted \(point)")
    }
  }

  private func delete(_ path: String) throws {
    guard let status = Files.status(path) else { return }
    guard status.is_directory else {
      guard unlink(path) == 0 || csys_errno() == ENOENT else { throw SystemError("delete \(path)") }
      return
    }
    let fd = csys_open_directory(path)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    try empty(fd, path, device: status.device, depth: 0)
    guard rmdir(path) == 0 || csys_errno() == ENOENT else { throw SystemError("delete \(path)") }
  }

  /// Takes `fd` over.
  private func empty(_ fd: Int32, _ path: String, device: UInt64, depth: Int) throws {
    guard let stream = fdopendir(fd) else {
      let error = SystemError("read \(path)")
      _ = close(fd)
      throw error
    }
    defer { closedir(stream) }
    guard depth < 500 else { throw SystemError("delete \(path)", number: ELOOP) }
    for name in Files.names(stream) {
      var status = csys_status()
      guard csys_status_at(fd, name, &status) == 0 else { continue }
      if status.is_directory {
        guard status.device == device else { throw SystemError("delete \(path)/\(name), still mounted", number: EBUSY) }
        let child = csys_open_directory_at(fd, name)
        guard child >= 0 else { throw SystemError("open \(path)/\(name)") }
        try empty(child, "\(path)/\(name)", device: device, depth: depth + 1)
      }
      guard csys_unlink_at(fd, name, status.is_directory) == 0 || csys_errno() == ENOENT else {
        throw SystemError("delete \(path)/\(name)")
      }
    }
  }
}

/// The mounts that this process sees.
enum MountTable {
  struct Mount {
    var point: String
    var type: String
    var source: String
  }

  /// In the order in which they were mounted.
  static func mounts() -> [Mount] {
    guard let text = Files.text("/proc/self/mountinfo") else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 2 < fields.count else { return nil }
      return Mount(
        point: unescape(String(fields[4])), type: String(fields[dash + 1]), source: unescape(String(fields[dash + 2])))
    }
  }

  static func points() -> [String] { mounts().map(\.point) }

  /// The kernel writes space, tab, line feed and backslash as three octal digits.
  private static func unescape(_ text: String) -> String {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "\\"), bytes.count >= 3,
        let value = UInt8(String(decoding: bytes.prefix(3), as: UTF8.self), radix: 8)
      {
        out.append(value)
        bytes = bytes.dropFirst(3)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
