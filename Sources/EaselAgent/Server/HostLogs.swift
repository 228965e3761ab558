import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess

/// What units and files of the host say, bounded.
struct HostLogs {
  static let maximumLines = 5000

  var searchPath: String

  func read(_ request: LogsRequest) async throws -> LinesReply {
    let count = min(max(1, request.lines), HostLogs.maximumLines)
    switch (request.unit, request.path) {
    case (let unit?, nil): return try await journal(unit, request.since, count)
    case (nil, let path?): return try tail(path, count)
    default: throw RPCFailure(code: -32602, "BadParameters", "logs takes either a unit or a path")
    }
  }

  private func journal(_ unit: String, _ since: String?, _ count: Int) async throws -> LinesReply {
    guard UnitName.isValid(unit) else { throw RPCFailure(code: -32602, "BadUnitName", "\(unit) is not a unit's name") }
    var arguments = ["journalctl", "--no-pager", "--quiet", "--output=short-iso", "--lines=\(count)", "--unit=\(unit)"]
    if let since {
      guard since.utf8.count < 40, since.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) else {
        throw RPCFailure(code: -32602, "BadParameters", "since is not a time")
      }
      arguments.append("--since=\(since)")
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
    return LinesReply(lines: lines(outcome.output, count))
  }

  private func tail(_ path: String, _ count: Int) throws -> LinesReply {
    try SafePath.check(path)
    guard path.hasPrefix("/var/log/"), Files.status(path)?.is_file == true else {
      throw RPCFailure("NoSuchLog", "\(path) is not a file below /var/log")
    }
    return LinesReply(lines: lines(try Files.read(path), count))
  }

  private func lines(_ bytes: [UInt8], _ count: Int) -> [String] {
    bytes.split(separator: 10).suffix(count).map { OutputLines.text(Array($0), dropped: 0) }
  }
}
