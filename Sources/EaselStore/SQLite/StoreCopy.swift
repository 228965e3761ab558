import EaselModel
import FoundationEssentials
import Glibc
import Synchronization

/// A copy of a site's database in memory, for looking at a site whose file system is full or read-only: SQLite needs to make files
/// beside a database to read it. An edge host in such a state is what somebody wants to look at.
///
/// Removed when nobody uses it any more, when the process ends by itself, and by the next one where it did not.
final class StoreCopy: Sendable {
  let folder: StoreFolder

  /// - Parameters:
  ///   - original: a directory that nobody writes to now: SQLite could not open it for writing.
  ///   - places: folders in which the copy may lie, in the order of trying.
  /// - Throws: what stood against it in the last place that was tried.
  init(of original: StoreFolder, in places: [String]) throws {
    var failure: EaselError?
    for place in places {
      Self.sweep(place)
      do {
        folder = try original.exclusively { try Self.copy(original, to: place) }
        return
      } catch let error as EaselError {
        failure = error
      }
    }
    throw failure ?? StoreFailure.system("copying the state", original.path, ENOENT)
  }

  deinit { Self.remove(folder.path) }

  /// File systems in memory, as far as this machine has them.
  static var placesInMemory: [String] {
    [getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }, "/dev/shm", "/run"].compactMap(\.self)
      .filter { $0.hasPrefix("/") && access($0, W_OK) == 0 }
  }

  private static let prefix = "easel-view-"
  private static let files = ["state.db", "state.db-wal"]

  private static func copy(_ original: StoreFolder, to place: String) throws -> StoreFolder {
    var template = Array("\(place)/\(prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw StoreFailure.system("copying the state to", place) }
    let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    do {
      for file in files { try copy("\(original.path)/\(file)", to: "\(path)/\(file)") }
      removedAtExit(path)
      return try StoreFolder(path, create: false)
    } catch {
      remove(path)
      throw error
    }
  }

  private static func copy(_ source: String, to target: String) throws {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else {
      if errno == ENOENT { return }
      throw StoreFailure.system("reading", source)
    }
    defer { close(from) }
    let into = open(target, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard into >= 0 else { throw StoreFailure.system("copying the state to", target) }
    defer { close(into) }
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(from, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw StoreFailure.system("reading", source) }
      if count == 0 { return }
      guard StoreFolder.write(block[..<count], to: into) else {
        throw StoreFailure.system("copying the state to", target)
      }
    }
  }

  private static func remove(_ path: String) {
    for file in files + ["state.db-shm"] { unlink("\(path)/\(file)") }
    rmdir(path)
  }

  /// Removes copies of processes that were killed. The name holds the process that made it.
  private static func sweep(_ place: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
      guard name.hasPrefix(prefix), let process = name.dropFirst(prefix.count).split(separator: "-").first,
        let pid = pid_t(process), pid > 0, kill(pid, 0) != 0, errno == ESRCH
      else { continue }
      remove("\(place)/\(name)")
    }
  }

  private static let ownPaths = Mutex<[String]>([])

  private static func removedAtExit(_ path: String) {
    let isFirst = ownPaths.withLock { paths in
      paths.append(path)
      return paths.count == 1
    }
    if isFirst { atexit { StoreCopy.ownPaths.withLock { $0 }.forEach(StoreCopy.remove) } }
  }
}
