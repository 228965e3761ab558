import Glibc
import Synchronization

/// Says that somebody looks at a site, so that an engine that was started for a change stays and goes on observing hosts and
/// clusters. A shared lock on a file: the kernel gives it back when its holder ends, however that comes.
package final class SiteWatch: Sendable {
  private let descriptor: Int32

  /// Nil where the state directory cannot be written to: then nobody can be told.
  package init?(_ directory: StateDirectory) {
    descriptor = Self.open(directory, O_RDWR | O_CREAT)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  /// Whether somebody looks at the site now.
  package static func isHeld(_ directory: StateDirectory) -> Bool {
    let descriptor = open(directory, O_RDWR)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func open(_ directory: StateDirectory, _ flags: Int32) -> Int32 {
    Glibc.open(directory.path + "/watch.lock", flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
  }
}

/// A watch that is taken once there is a site to look at.
package final class SiteWatching: Sendable {
  private let directory: StateDirectory
  private let watch = Mutex<SiteWatch?>(nil)

  package init(_ directory: StateDirectory) { self.directory = directory }

  /// Watches from now on until this value goes away.
  package func begin() {
    watch.withLock { watch in
      if watch == nil, directory.holdsSite { watch = SiteWatch(directory) }
    }
  }
}
