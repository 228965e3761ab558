import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess

/// What units and files of the host say, bounded.
struct HostLogs {
  static let maximumLines = 5000
  /// Bytes at the end of a file that are looked at.
  static let maximumTail: Int64 = 4 << 20

  var searchPath: String
  /// Files are read below it.
  var folder = "/var/log/"

  func read(_ request: LogsRequest) async throws -> LinesReply {
    let count = min(max(1, request.lines), HostLogs.maximumLines)
    switch (request.unit, request.path) {
    case (let unit?, nil): return try await journal(unit, request, count)
    case (nil, let path?): return try tail(path, after: request.after, count)
    default: throw RPCFailure(code: -32602, "BadParameters", "logs takes either a unit or a path")
    }
  }

  private func journal(_ unit: String, _ request: LogsRequest, _ count: Int) async throws -> LinesReply {
    guard UnitName.isValid(unit) else { throw RPCFailure(code: -32602, "BadUnitName", "\(unit) is not a unit's name") }
    var arguments = [
      "journalctl", "--no-pager", "--quiet", "--output=short-iso", "--show-cursor", "--lines=\(count)",
      "--unit=\(unit)",
    ]
    if let since = request.since {
      guard since.utf8.count < 40, since.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) else {
        throw RPCFailure(code: -32602, "BadParameters", "since is not a time")
      }
      arguments.append("--since=\(since)")
    }
    if let after = request.after {
      guard HostLogs.isCursor(after) else { throw RPCFailure(code: -32602, "BadParameters", "after is not a cursor") }
      arguments.append("--after-cursor=\(after)")
    }
    let runner = CommandRunner(
      searchPath: searchPath, marker: "logs", secrets: [:], redactor: Redactor(), graceSeconds: 1)
    let command = Command.reading(arguments)
    let outcome: CommandRunner.Outcome
    do {
      outcome = try await runner.run(command, milliseconds: 20_000, capture: true) { _ in }
    } catch let error as SystemError {
      throw RPCFailure("NoJournal", "the journal of \(unit) cannot be read: \(error)")
    }
    guard outcome.succeeded(command) else {
      throw RPCFailure(
        "NoJournal", "the journal of \(unit) cannot be read: \(outcome.lastErrors.last ?? outcome.status.description)")
    }
    var lines = lines(outcome.output, count + 1)
    var cursor = request.after
    if let last = lines.last, last.hasPrefix(HostLogs.cursorMark) {
      cursor = String(last.dropFirst(HostLogs.cursorMark.count))
      lines.removeLast()
    }
    return LinesReply(lines: Array(lines.suffix(count)), cursor: cursor)
  }

  /// What journalctl prints before the place that it has read up to.
  private static let cursorMark = "-- cursor: "

  private static func isCursor(_ text: String) -> Bool {
    (1...512).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "=;-_".utf8.contains($0)
      }
  }

  /// A file's cursor is its inode and how far it was read: a file that was rotated or cut begins anew.
  private func tail(_ path: String, after: String?, _ count: Int) throws -> LinesReply {
    try SafePath.check(path)
    guard path.hasPrefix(folder), let status = Files.status(path), status.is_file else {
      throw RPCFailure("NoSuchLog", "\(path) is not a file below \(folder)")
    }
    let known = (after ?? "").split(separator: ":").compactMap { UInt64($0) }
    let size = UInt64(max(0, status.size))
    let begin = known.count == 2 && known[0] == status.inode && known[1] <= size ? Int64(known[1]) : 0
    let start = max(begin, Int64(size) - HostLogs.maximumTail)
    var bytes = try Files.read(path, from: start, to: Int64(size))
    // A line that is still being written is read with its end.
    let whole = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
    bytes.removeSubrange(whole...)
    if start > begin, let first = bytes.firstIndex(of: 10) { bytes.removeSubrange(...first) }
    return LinesReply(lines: lines(bytes, count), cursor: "\(status.inode):\(start + Int64(whole))")
  }

  private func lines(_ bytes: [UInt8], _ count: Int) -> [String] {
    bytes.split(separator: 10).suffix(count).map { OutputLines.text(Array($0), dropped: 0) }
  }
}
