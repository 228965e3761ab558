import CSys
import EaselProcess
import Glibc
import Synchronization

/// The lines of one plan: numbered from 1, the newest kept in files beside the journal, at most twice `segmentBytes`.
///
/// A segment is named after the number of its first line, so that old ones can go without renumbering.
final class TaskLog: Sendable {
  static let segmentBytes = 1 << 20

  private struct State {
    var fd: Int32 = -1
    var bytes = 0
    var lines = 0
  }

  private let folder: String
  private let state: Mutex<State>

  /// Goes on after the last line that is there.
  init(folder: String) {
    self.folder = folder
    var initial = State()
    if let last = TaskLog.segments(in: folder).last {
      initial.lines = last - 1 + TaskLog.lines(of: last, in: folder).count
    }
    state = Mutex(initial)
  }

  deinit { state.withLock { if $0.fd >= 0 { _ = close($0.fd) } } }

  /// How many lines there were so far.
  var count: Int { state.withLock { $0.lines } }

  /// Adds a line and returns its number. A full disk loses the line's text, not its number.
  func append(_ line: String) -> Int {
    state.withLock { state in
      if state.fd < 0 || state.bytes > TaskLog.segmentBytes {
        if state.fd >= 0 { _ = close(state.fd) }
        state.fd = csys_open_append("\(folder)/log.\(state.lines + 1)", 0o600)
        state.bytes = 0
        for old in TaskLog.segments(in: folder).dropLast(2) { _ = unlink("\(folder)/log.\(old)") }
      }
      state.lines += 1
      let bytes = Array(line.utf8) + [10]
      state.bytes += bytes.count
      if state.fd >= 0 { try? Files.write(state.fd, bytes, folder) }
      return state.lines
    }
  }

  /// Lines from a number on; the first one returned may be later when older lines are gone.
  static func read(folder: String, from first: Int, limit: Int) -> (first: Int, lines: [String]) {
    var start = 0
    var found: [String] = []
    for segment in segments(in: folder) {
      for (offset, line) in lines(of: segment, in: folder).enumerated() where segment + offset >= first {
        if found.isEmpty { start = segment + offset }
        found.append(line)
        if found.count == limit { return (start, found) }
      }
    }
    return (start, found)
  }

  private static func segments(in folder: String) -> [Int] {
    (Files.names(in: folder) ?? []).compactMap { $0.hasPrefix("log.") ? Int($0.dropFirst(4)) : nil }.sorted()
  }

  private static func lines(of segment: Int, in folder: String) -> [String] {
    guard let bytes = try? Files.read("\(folder)/log.\(segment)") else { return [] }
    return bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
