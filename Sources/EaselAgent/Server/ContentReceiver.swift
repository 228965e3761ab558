import CSys
import EaselHostPlan
import EaselProcess
import Glibc

/// `easel-agent receive`: raw bytes from a descriptor into the content store. Runs in a process of its own.
///
/// Prints `offset N` (where the sender goes on), then, after the bytes, `ok` or `error CODE MESSAGE`.
package struct ContentReceiver: Sendable {
  package let store: ContentStore
  package let digest: String
  /// Bytes.
  package let size: Int64

  package init(state: StateFolder, digest: String, size: Int64) {
    (store, self.digest, self.size) = (ContentStore(state), digest, size)
  }

  /// The words of the first line, read byte by byte so that nothing behind it is taken; empty when there is no such line.
  package static func header(from input: Int32) -> [String] {
    var line: [UInt8] = []
    while line.count < 200, let byte = (try? Files.readPiece(input, "the header", 1))?.first, byte != 10 {
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
  }

  /// Receives and returns the exit status.
  package func run(input: Int32, output: Int32) -> Int32 {
    do {
      try receive(input, output)
      say("ok", output)
      return 0
    } catch {
      let failure = StepFailure(error)
      say("error \(failure.code) \(failure.message)", output)
      return 1
    }
  }

  private func say(_ line: String, _ output: Int32) { try? Files.write(output, Array(line.utf8) + [10], "the answer") }

  private func receive(_ input: Int32, _ output: Int32) throws {
    guard ContentStore.isDigest(digest), size >= 0 else {
      throw StepFailure("BadDigest", "receive takes a SHA-256 in lower case and a size", retryable: false)
    }
    try store.state.prepare()
    if store.missing(digest) == nil { return say("offset \(size)", output) }
    let path = store.partialPath(digest)
    try checkSpace(size - (Files.status(path)?.size ?? 0))
    let fd = csys_open_update(path, 0o600)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    defer { _ = close(fd) }
    guard csys_lock_file(fd, true, false) == 0 else {
      throw StepFailure("ContentBusy", "\(digest) is being received already")
    }
    // Who waited for the lock behind a receiver that finished has a file without a name.
    if store.missing(digest) == nil { return say("offset \(size)", output) }
    var offset = Files.status(path)?.size ?? 0
    if offset > size {
      guard ftruncate(fd, 0) == 0 else { throw SystemError("empty \(path)") }
      offset = 0
    }
    var hash = SHA256()
    while true {
      let piece = try Files.readPiece(fd, path, 1 << 20)
      if piece.isEmpty { break }
      hash.update(piece)
    }
    say("offset \(offset)", output)
    try copy(input, to: fd, path, from: offset, &hash)
    try seal(fd, path, hash.finishHex())
  }

  private func checkSpace(_ needed: Int64) throws {
    var (total, free) = (Int64(0), Int64(0))
    guard csys_space(store.state.path, &total, &free) == 0 else { throw SystemError("look at \(store.state.path)") }
    if free < needed {
      throw StepFailure(
        "DiskFull", "\(digest) needs \(needed) bytes more and \(store.state.path) has \(free) free")
    }
  }

  private func copy(_ input: Int32, to fd: Int32, _ path: String, from start: Int64, _ hash: inout SHA256) throws {
    var offset = start
    while offset < size {
      let piece = try Files.readPiece(input, "the content", Int(min(1 << 20, size - offset)))
      if piece.isEmpty {
        _ = csys_sync_file(fd)
        throw StepFailure("Truncated", "the content ended after \(offset) of \(size) bytes; send the rest")
      }
      try Files.write(fd, piece, path)
      hash.update(piece)
      offset += Int64(piece.count)
    }
    guard try Files.readPiece(input, "the content", 1).isEmpty else {
      _ = unlink(path)
      throw StepFailure("SizeDiffers", "more than the announced \(size) bytes came", retryable: false)
    }
  }

  private func seal(_ fd: Int32, _ path: String, _ found: String) throws {
    guard found == digest else {
      _ = unlink(path)
      throw StepFailure("DigestDiffers", "the bytes have the digest \(found), not \(digest); they were thrown away")
    }
    guard fchmod(fd, 0o400) == 0, csys_sync_file(fd) == 0 else { throw SystemError("flush \(path)") }
    guard csys_rename_durably(path, store.path(digest)) == 0 else { throw SystemError("keep \(digest)") }
  }
}
