import CSys
import EaselHostPlan
import EaselProcess
import Glibc

/// Files by digest: whole ones in `content`, arriving ones in `partial`. A file is in `content` only when its bytes were checked
/// and flushed.
package struct ContentStore: Sendable {
  let state: StateFolder

  package init(_ state: StateFolder) { self.state = state }

  static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  func path(_ digest: String) -> String { "\(state.content)/\(digest)" }
  func partialPath(_ digest: String) -> String { "\(state.partial)/\(digest)" }

  /// Bytes that are there of a file; nil when it is whole.
  func missing(_ digest: String) -> Int64? {
    if Files.status(path(digest))?.is_file == true { return nil }
    return Files.status(partialPath(digest))?.size ?? 0
  }

  /// A descriptor to read a whole file from, owned by the caller.
  func open(_ reference: ContentReference) throws -> Int32 {
    guard ContentStore.isDigest(reference.sha256) else {
      throw StepFailure("BadDigest", "\(reference.sha256) is not a SHA-256 in lower case", retryable: false)
    }
    let fd = csys_open_read(path(reference.sha256), false)
    guard fd >= 0 else {
      throw StepFailure("ContentMissing", "\(reference.name) (\(reference.sha256)) was not pushed to this host")
    }
    var status = csys_status()
    guard csys_status_of_fd(fd, &status) == 0, status.size == reference.size else {
      _ = close(fd)
      throw StepFailure(
        "ContentSizeDiffers", "\(reference.name) has \(status.size) bytes, the plan says \(reference.size)",
        retryable: false)
    }
    return fd
  }

  func digest(ofFile path: String, isOver: () -> Bool = { false }) throws -> String {
    let fd = csys_open_read(path, true)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    defer { _ = close(fd) }
    var digest = SHA256()
    while true {
      let piece = try Files.readPiece(fd, path, 1 << 20)
      if piece.isEmpty { return digest.finishHex() }
      digest.update(piece)
      if isOver() { throw SystemError("read \(path)", number: ETIME) }
    }
  }

  /// Deletes all but the named files, unfinished ones too unless they are just arriving.
  func prune(keeping keep: Set<String>) -> (removed: Int, bytes: Int64) {
    var (removed, bytes) = (0, Int64(0))
    for name in Files.names(in: state.content) ?? [] where !keep.contains(name) {
      let size = Files.status(path(name))?.size ?? 0
      if unlink(path(name)) == 0 { (removed, bytes) = (removed + 1, bytes + size) }
    }
    for name in Files.names(in: state.partial) ?? [] where !keep.contains(name) {
      let fd = csys_open_update(partialPath(name), 0o600)
      guard fd >= 0 else { continue }
      defer { _ = close(fd) }
      guard csys_lock_file(fd, true, false) == 0 else { continue }
      let size = Files.status(partialPath(name))?.size ?? 0
      if unlink(partialPath(name)) == 0 { (removed, bytes) = (removed + 1, bytes + size) }
    }
    return (removed, bytes)
  }
}

extension [UInt8] {
  /// The bytes with every occurrence of a sequence replaced.
  func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    guard let first = old.first, count >= old.count else { return self }
    var out: [UInt8] = []
    out.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == first, index + old.count <= count, self[index..<(index + old.count)].elementsEqual(old) {
        out += new
        index += old.count
      } else {
        out.append(self[index])
        index += 1
      }
    }
    return out
  }

  /// Whether the sequence occurs.
  func holds(_ other: [UInt8]) -> Bool {
    guard let first = other.first else { return true }
    var index = 0
    while index + other.count <= count {
      if self[index] == first && self[index..<(index + other.count)].elementsEqual(other) { return true }
      index += 1
    }
    return false
  }
}
