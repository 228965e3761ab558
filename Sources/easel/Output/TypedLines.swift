import CSys
import EaselConsole
import Glibc
import Synchronization

/// Lines as they are typed on a terminal. Ctrl-C does not end the program but comes as a line of its own.
final class TypedLines: Sendable {
  /// Where the signal is told, so that whoever waits for a line hears of it whichever thread it came to.
  private static let interrupts = Atomic<Int32>(-1)

  private let ends: (read: Int32, write: Int32)
  /// What was read and not taken yet.
  private let rest = Mutex<[UInt8]>([])

  init() {
    var pair: [Int32] = [-1, -1]
    _ = csys_pipe(&pair, true)
    ends = (pair[0], pair[1])
    Self.interrupts.store(ends.write, ordering: .relaxed)
  }

  /// The next line without its end; nil at the end of the input.
  func next() -> String? {
    // Each time: what waits for hosts meanwhile notices Ctrl-C in its own way.
    signal(SIGINT) { _ in
      var byte: UInt8 = 3
      _ = Glibc.write(TypedLines.interrupts.load(ordering: .relaxed), &byte, 1)
    }
    return rest.withLock { rest in
      while true {
        if let end = rest.firstIndex(of: 10) {
          defer { rest.removeSubrange(...end) }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        var sources = [
          pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0),
        ]
        if poll(&sources, 2, -1) < 0 {
          if errno == EINTR { continue }
          return nil
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        if sources[1].revents != 0 {
          _ = read(ends.read, &bytes, bytes.count)
          rest = []
          Terminal.out("")
          return PlainConsole.interruption
        }
        let count = read(0, &bytes, bytes.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          defer { rest = [] }
          return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
        }
        rest += bytes.prefix(count)
      }
    }
  }
}
