import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import FoundationEssentials
import Glibc

/// What is written down about one plan, a JSON line each, flushed before the thing it announces happens.
enum JournalEntry: Codable, Hashable {
  /// `number` grows by one with every plan on this host.
  case accepted(number: Int64, key: String, digest: String, fence: Fence, plan: HostPlan)
  /// Execution began (or went on) in this boot of the host.
  case running(bootID: String)
  case started(step: String)
  /// `output` is what the step captured, unless that is secret.
  case finished(step: String, output: String?)
  case ended(failure: RunFailure?, secretOutputs: [String])
}

/// The journal of one plan: append-only, every line flushed. A torn last line is what a crash leaves and counts as not written.
final class Journal {
  private let fd: Int32
  private let path: String

  private init(fd: Int32, path: String) { (self.fd, self.path) = (fd, path) }

  deinit { _ = close(fd) }

  /// Starts the journal of a new plan. Room for its later lines is reserved, so that a full disk is noticed before the first step.
  static func create(in folder: String, accepted: JournalEntry) throws -> Journal {
    try Files.makeDirectories(folder, mode: 0o700)
    let path = "\(folder)/journal"
    let line = try encode(accepted)
    let fd = csys_open_append(path, 0o600)
    guard fd >= 0 else { throw SystemError("make \(path)") }
    let journal = Journal(fd: fd, path: path)
    if csys_reserve(fd, 0, Int64(line.count + 128 << 10)) != 0 {
      let error = SystemError("reserve room for \(path)")
      // File systems without reservation (EOPNOTSUPP) go without.
      if error.isDiskFull { throw error }
    }
    try Files.write(fd, line, path)
    try journal.flush()
    guard csys_sync_directory(folder) == 0, csys_sync_directory(Files.parent(of: folder)) == 0 else {
      throw SystemError("flush \(folder)")
    }
    return journal
  }

  /// Opens an interrupted plan's journal to go on with it; cuts off a torn last line.
  static func reopen(in folder: String) throws -> Journal {
    let path = "\(folder)/journal"
    let whole = try Files.read(path)
    let fd = csys_open_append(path, 0o600)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    let journal = Journal(fd: fd, path: path)
    let end = whole.lastIndex(of: 10).map { $0 + 1 } ?? 0
    if end < whole.count {
      guard ftruncate(fd, off_t(end)) == 0 else { throw SystemError("cut \(path)") }
    }
    return journal
  }

  func append(_ entry: JournalEntry) throws {
    try Files.write(fd, try Journal.encode(entry), path)
    try flush()
  }

  /// Gives back what was reserved; after the last line.
  func giveBackReserve() {
    var status = csys_status()
    if csys_status_of_fd(fd, &status) == 0 { _ = ftruncate(fd, off_t(status.size)) }
  }

  private func flush() throws(SystemError) {
    guard csys_sync_file(fd) == 0 else { throw SystemError("flush \(path)") }
  }

  private static func encode(_ entry: JournalEntry) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(entry)) + [10]
  }

  /// The whole lines of a journal; a line that cannot be read ends it.
  static func entries(in folder: String) -> [JournalEntry] {
    guard let bytes = try? Files.read("\(folder)/journal"), let end = bytes.lastIndex(of: 10) else { return [] }
    var entries: [JournalEntry] = []
    for line in bytes[...end].split(separator: 10) {
      guard let entry = try? JSONDecoder().decode(JournalEntry.self, from: Data(line)) else { break }
      entries.append(entry)
    }
    return entries
  }
}
