import CSys
import Glibc

/// Tells when a theme file was written, so that the theme can be loaded again while the program runs. A thread of its own
/// waits in inotify; it costs nothing while nothing is written.
package enum ThemeWatch {
  /// Watches the directories of a library for as long as the process lives; `changed` is called with the name of a theme, on a thread
  /// of its own, which takes no signals. Where nothing can be watched nothing is told.
  package static func start(_ library: ThemeLibrary, changed: @escaping @Sendable (String) -> Void) {
    let descriptor = inotify_init1(Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return }
    let watched = library.directories.filter {
      inotify_add_watch(descriptor, $0, UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO)) >= 0
    }
    guard !watched.isEmpty else {
      close(descriptor)
      return
    }
    let body = Unmanaged.passRetained(Body { follow(descriptor, changed) })
    let failed = csys_thread_start(
      "themes",
      { raw in
        guard let raw else { return }
        Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
      }, body.toOpaque())
    if failed != 0 {
      body.release()
      close(descriptor)
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private static func follow(_ descriptor: Int32, _ changed: (String) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      for name in names(in: buffer[..<count]) where name.hasSuffix(".theme") { changed(String(name.dropLast(6))) }
    }
  }

  /// The file names in a buffer of inotify events: four 32-bit words, of which the last is the length of the name.
  static func names(in buffer: ArraySlice<UInt8>) -> [String] {
    var names: [String] = []
    var index = buffer.startIndex
    while index + 16 <= buffer.endIndex {
      let length = (12..<16).reversed().reduce(0) { $0 << 8 | Int(buffer[index + $1]) }
      let end = min(buffer.endIndex, index + 16 + length)
      names.append(String(decoding: buffer[index + 16..<end].prefix { $0 != 0 }, as: UTF8.self))
      index = end
    }
    return names
  }
}
