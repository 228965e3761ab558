import EaselModel
import FoundationEssentials
import Glibc

/// The log lines of tasks, one file each, copied while they run: they are here when the host that wrote them is gone.
struct TaskLogs: Sendable {
  /// Bytes of one task's log; what comes after is dropped, and the log says so.
  static let limit = 4 << 20

  var folder: String

  init(_ directory: StateDirectory) { folder = directory.taskLogs }

  /// Adds lines to a task's log. A log that cannot be written stops no task.
  func append(_ lines: [String], toTask name: String) {
    guard !lines.isEmpty else { return }
    mkdir(folder, 0o700)
    let file = open(path(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_size < Self.limit else { return }
    var text = Array((lines.joined(separator: "\n") + "\n").utf8)
    if Int(status.st_size) + text.count > Self.limit { text = Array("(the log is longer than 4 MiB; cut here)\n".utf8) }
    var written = 0
    while written < text.count {
      let count = text[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      written += count
    }
  }

  /// The lines from a number on, counted from 0; nil when there is no log.
  func lines(ofTask name: String, from line: Int) -> [String]? {
    guard let bytes = try? Data(contentsOf: URL(filePath: path(name))) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropLast().dropFirst(line).map(String.init)
  }

  /// How many of the host's own lines are in the log: lines of this machine stand among them, so it is kept beside.
  func copied(ofTask name: String) -> Int {
    guard let bytes = try? Data(contentsOf: URL(filePath: path(name) + ".copied")) else { return 0 }
    return Int(String(decoding: bytes, as: UTF8.self)) ?? 0
  }

  func noteCopied(_ lines: Int, ofTask name: String) {
    try? Data("\(lines)".utf8).write(to: URL(filePath: path(name) + ".copied"))
  }

  func remove(task name: String) {
    unlink(path(name))
    unlink(path(name) + ".copied")
  }

  /// Task names hold slashes; the file's name has `,` in their place, which no object's name can hold.
  private func path(_ name: String) -> String {
    let plain = name.map { $0 == "/" ? "," : $0.isLetter || $0.isNumber || "-._".contains($0) ? $0 : "_" }
    return "\(folder)/\(String(plain)).log"
  }
}
