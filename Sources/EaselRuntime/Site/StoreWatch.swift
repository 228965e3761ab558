import CSys
import Glibc
import Synchronization

/// Tells that a site's database was written to, by whichever process: inotify on its files, and a thread that waits for that.
///
/// A commit is a write to the write-ahead log, a checkpoint one to the database. Both go through the kernel of this machine, as
/// a write-ahead log cannot be shared beyond it; still, who follows a site should look now and then: what comes from another
/// machine, or from under a mount, is not told.
final class StoreWatch: Sendable {
  private struct State {
    var told: (@Sendable () -> Void)?
    var isFollowed = false
  }

  private let descriptor: Int32
  private let folder: String
  private let files: [String]
  private let state = Mutex(State())

  /// Nil where the kernel watches nothing more for this user.
  init?(_ directory: StateDirectory) {
    descriptor = inotify_init1(Int32(IN_CLOEXEC))
    folder = directory.path
    files = [directory.database + "-wal", directory.database]
    if descriptor < 0 { return nil }
  }

  /// Calls `told` once, on a thread of its own, when something is written from now on, or the files go away; a later call takes
  /// the place of an earlier one. False where that cannot be known.
  func tell(_ told: @escaping @Sendable () -> Void) -> Bool {
    // Once each: a storm of commits is one word until somebody has looked and asks for the next.
    let gone = IN_MOVE_SELF | IN_DELETE_SELF
    let watches = files.map { ($0, IN_MODIFY | IN_ATTRIB | gone) } + [(folder, gone)]
    return state.withLock { state in
      guard startsFollowing(&state) else { return false }
      state.told = told
      return watches.allSatisfy { path, events in
        inotify_add_watch(descriptor, path, UInt32(events) | UInt32(IN_ONESHOT)) >= 0
      }
    }
  }

  private func startsFollowing(_ state: inout State) -> Bool {
    if state.isFollowed { return true }
    let context = Unmanaged.passRetained(self).toOpaque()
    let failed = csys_thread_start(
      "watch",
      { raw in
        guard let raw else { return }
        Unmanaged<StoreWatch>.fromOpaque(raw).takeRetainedValue().follow()
      }, context)
    if failed != 0 { Unmanaged<StoreWatch>.fromOpaque(context).release() }
    state.isFollowed = failed == 0
    return state.isFollowed
  }

  /// Goes on as long as the process.
  private func follow() {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, csys_errno() == EINTR { continue }
        guard count > 0 else { return }
        guard Self.isNews(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { continue }
        let told = state.withLock { state in
          defer { state.told = nil }
          return state.told
        }
        told?()
      }
    }
  }

  /// Whether there is more in it than that a watch has ended, which follows each word.
  private static func isNews(_ events: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place + MemoryLayout<inotify_event>.size <= events.count {
      let event = events.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
      if event.mask != UInt32(IN_IGNORED) { return true }
      place += MemoryLayout<inotify_event>.size + Int(event.len)
    }
    return false
  }
}
