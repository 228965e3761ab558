import EaselAgentProtocol
import EaselModel

/// What hosts say of themselves, brought within bounds: a host may be broken, or somebody else's by now. Nothing that it says may end
/// this process, fill its memory or its disk, or move the cursor of somebody's terminal.
enum HostWord {
  /// Bytes of a name, of a message, and of a line of a log. Honest agents keep below all of them.
  static let name = 256
  static let message = 4096
  static let line = 16 << 10
  /// Elements of a list in an inventory.
  static let most = 256
  /// Bytes that a host's memory or one of its disks may have: what several hosts say can still be added up.
  static let mostBytes: Int64 = 1 << 50

  /// One line: control characters become blanks, and what is too long is cut.
  static func plain(_ text: String, _ limit: Int = name) -> String {
    if text.utf8.count <= limit, !text.unicodeScalars.contains(where: \.drivesTerminals) { return text }
    var plain = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      plain.unicodeScalars.append(scalar.drivesTerminals ? " " : scalar)
      if plain.utf8.count >= limit { break }
    }
    return plain
  }

  static func bytes(_ value: Int64) -> Int64 { min(max(0, value), mostBytes) }

  /// A time that can be written and reckoned with.
  static func milliseconds(_ value: Int64) -> Int64 { min(max(0, value), Timestamp.never.milliseconds) }
}

extension HelloReply {
  var bounded: HelloReply {
    var reply = self
    reply.build = HostWord.plain(build)
    reply.architecture = HostWord.plain(architecture)
    reply.bootID = HostWord.plain(bootID)
    reply.hostname = HostWord.plain(hostname)
    reply.running = running.map { HostWord.plain($0) }
    reply.fence?.site = HostWord.plain(fence?.site ?? "")
    reply.fence?.epoch = max(0, fence?.epoch ?? 0)
    if let owner {
      reply.owner = OwnerNote(
        name: HostWord.plain(owner.name), by: HostWord.plain(owner.by),
        sinceMilliseconds: HostWord.milliseconds(owner.sinceMilliseconds))
    }
    reply.clockMilliseconds = HostWord.milliseconds(clockMilliseconds)
    return reply
  }
}

extension ProgressNote {
  var bounded: ProgressNote {
    let count = min(max(0, stepCount), 10_000)
    return ProgressNote(
      key: key, step: min(max(0, step), count), stepCount: count, stepTitle: HostWord.plain(stepTitle),
      line: HostWord.plain(line, HostWord.message), lineNumber: max(0, lineNumber))
  }
}

extension RunReport {
  /// Outputs are left as they are: who reads them expects anything.
  var bounded: RunReport {
    var report = self
    report.stepCount = min(max(0, stepCount), 10_000)
    report.step = min(max(0, step), report.stepCount)
    report.stepTitle = HostWord.plain(stepTitle)
    report.line = HostWord.plain(line, HostWord.message)
    report.failure = failure.map {
      RunFailure(
        code: HostWord.plain($0.code, 64), message: HostWord.plain($0.message, HostWord.message),
        retryable: $0.retryable)
    }
    return report
  }
}

extension LinesReply {
  /// - Parameter most: as many lines as were asked for.
  func bounded(_ most: Int) -> LinesReply {
    LinesReply(
      firstLine: max(0, firstLine), lines: lines.prefix(most).map { HostWord.plain($0, HostWord.line) },
      cursor: cursor.map { HostWord.plain($0, HostWord.message) })
  }
}

extension UnitsReply.Unit {
  var bounded: UnitsReply.Unit {
    UnitsReply.Unit(
      name: HostWord.plain(name, HostWord.message), title: HostWord.plain(title), state: HostWord.plain(state),
      detail: HostWord.plain(detail), sinceMilliseconds: sinceMilliseconds.map(HostWord.milliseconds))
  }
}
