import CSys
import EaselHostPlan
import EaselProcess
import Glibc

/// The steps that bring a file or folder into a state; each looks first and says whether it changed something.
struct WriteFiles {
  var secrets: [String: [UInt8]]
  var content: ContentStore

  func write(_ file: FileSpec) throws -> Bool {
    try SafePath.check(file.path)
    if !file.secrets.isEmpty && file.mode & 0o177 != 0 && !file.path.hasPrefix("/run/") {
      throw StepFailure(
        "SecretFileExposed", "\(file.path) holds a secret: it must have mode 0600 or lie under /run", retryable: false)
    }
    let bytes = try fill(file)
    if isSo(file.path, bytes, file.mode) { return false }
    try Files.makeDirectories(Files.parent(of: file.path))
    try Files.replace(file.path, mode: file.mode, bytes: bytes)
    return true
  }

  func directory(_ path: String, _ mode: UInt32) throws -> Bool {
    try SafePath.check(path)
    if let status = Files.status(path, followLinks: true), status.is_directory, status.mode == mode { return false }
    try Files.makeDirectories(path, mode: mode)
    guard chmod(path, mode) == 0 else { throw SystemError("set the mode of \(path)") }
    guard csys_sync_directory(Files.parent(of: path)) == 0 else { throw SystemError("flush the folder of \(path)") }
    return true
  }

  /// Keeps lines between `# BEGIN marker` and `# END marker`, at the file's end when they are new.
  func block(_ path: String, _ marker: String, _ text: String) throws -> Bool {
    try SafePath.check(path)
    let status = Files.status(path, followLinks: true)
    let before = status == nil ? "" : String(decoding: try Files.read(path), as: UTF8.self)
    let after = TextBlock(marker: marker).placing(text, in: before)
    if after == before { return false }
    try Files.makeDirectories(Files.parent(of: path))
    if status != nil, MountTable.points().contains(path) {
      // A file that is itself a mount point (in containers, /etc/hosts) cannot be replaced by rename.
      try overwrite(path, Array(after.utf8))
    } else {
      try Files.replace(path, mode: status?.mode ?? 0o644, bytes: Array(after.utf8))
    }
    return true
  }

  func place(_ reference: ContentReference, _ path: String, _ mode: UInt32, isOver: () -> Bool) throws -> Bool {
    try SafePath.check(path)
    if let status = Files.status(path), status.is_file, status.size == reference.size, status.mode == mode,
      try content.digest(ofFile: path, isOver: isOver) == reference.sha256
    {
      return false
    }
    let source = try content.open(reference)
    defer { _ = close(source) }
    try Files.makeDirectories(Files.parent(of: path))
    var digest = SHA256()
    var over = false
    try Files.replace(path, mode: mode) { fd, path throws(SystemError) in
      while true {
        let piece = try Files.readPiece(source, reference.name, 1 << 20)
        if piece.isEmpty { break }
        digest.update(piece)
        try Files.write(fd, piece, path)
        over = isOver()
        if over { throw SystemError("copy \(reference.name)", number: ETIME) }
      }
      guard digest.finishHex() == reference.sha256 else { throw SystemError("copy \(reference.name)", number: EBADMSG) }
    }
    return true
  }

  private func fill(_ file: FileSpec) throws -> [UInt8] {
    var bytes = Array(file.text.utf8)
    for name in file.secrets {
      guard let value = secrets[name] else {
        throw StepFailure("SecretMissing", "\(file.path) needs the secret \(name), which did not come", retryable: true)
      }
      bytes = bytes.replacing(Array("{{secret:\(name)}}".utf8), with: value)
    }
    return bytes
  }

  private func isSo(_ path: String, _ bytes: [UInt8], _ mode: UInt32) -> Bool {
    guard let status = Files.status(path), status.is_file, status.mode == mode, status.size == Int64(bytes.count) else {
      return false
    }
    return (try? Files.read(path)) == bytes
  }

  private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    let fd = csys_open_update(path, 0o644)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    defer { _ = close(fd) }
    try Files.write(fd, bytes, path)
    guard ftruncate(fd, off_t(bytes.count)) == 0, csys_sync_file(fd) == 0 else { throw SystemError("flush \(path)") }
  }
}

/// Lines between two marker lines of a text.
struct TextBlock {
  var marker: String

  /// The text with the block's lines being these; empty ones take block and markers away. Everything else stays as it is.
  func placing(_ block: String, in text: String) -> String {
    let (begin, end) = ("# BEGIN \(marker)", "# END \(marker)")
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    var body = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if body.last == "" { body.removeLast() }
    let replacement = body.isEmpty ? [] : [begin] + body + [end]
    if let start = lines.firstIndex(of: begin), let stop = lines[start...].firstIndex(of: end) {
      lines.replaceSubrange(start...stop, with: replacement)
    } else if replacement.isEmpty {
      return text
    } else {
      lines += replacement
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }
}
