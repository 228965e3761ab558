import CSys
import Glibc
import Synchronization

@testable import EaselTerminal

/// The other side of a terminal: collects what is shown and types when something has appeared.
final class PseudoTerminal: Sendable {
  /// Types a text as soon as another one has been shown after the step before.
  struct Step {
    let seen: String
    let typed: String

    init(_ seen: String, type typed: String) {
      self.seen = seen
      self.typed = typed
    }
  }

  /// The path of the program's side.
  let path: String
  let descriptor: Int32
  private let shown = Mutex<[UInt8]>([])
  private let reader = Mutex<pthread_t?>(nil)

  init(width: Int, height: Int, steps: [Step] = [], hangsUpAt: String? = nil, reads: Bool = true) {
    var name = [CChar](repeating: 0, count: 128)
    descriptor = csys_pty_open(&name, name.count, Int32(width), Int32(height))
    precondition(descriptor >= 0, "a pseudo terminal can be opened")
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard reads else { return }
    let body = Box { [self] in follow(steps, hangsUpAt) }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(body).toOpaque())
    reader.withLock { $0 = thread }
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private func follow(_ steps: [Step], _ hangsUpAt: String?) {
    var rest = steps[...]
    var from = 0
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // A program that shows nothing for so long will not show it any more: hanging up ends it, and the test fails.
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 30_000) > 0 else {
        close(descriptor)
        return
      }
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      let all = shown.withLock { shown in
        shown += buffer[..<count]
        return shown
      }
      while let step = rest.first, let end = all[from...].end(of: Array(step.seen.utf8)) {
        from = end
        rest = rest.dropFirst()
        _ = write(descriptor, step.typed, step.typed.utf8.count)
      }
      if let hangsUpAt, all.end(of: Array(hangsUpAt.utf8)) != nil {
        close(descriptor)
        return
      }
    }
  }

  /// Everything that was sent to the terminal, once the program's side is closed.
  func finish() -> String {
    if let thread = reader.withLock({ $0 }) { pthread_join(thread, nil) }
    return String(decoding: shown.withLock { $0 }, as: UTF8.self)
  }

  /// Whether the terminal is in the mode that a shell expects.
  var isCooked: Bool {
    var mode = termios()
    guard tcgetattr(descriptor, &mode) == 0 else { return false }
    return mode.c_lflag & tcflag_t(ICANON) != 0 && mode.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Makes a terminal the standard input and output of this process.
  static func adopt(_ path: String) {
    let slave = open(path, O_RDWR | O_NOCTTY)
    precondition(slave >= 0, "the program's side can be opened")
    dup2(slave, 0)
    dup2(slave, 1)
    if slave > 2 { close(slave) }
    setenv("SWIFT_BACKTRACE", "enable=no", 1)
  }
}

extension Collection where Element == UInt8, Index == Int {
  /// The index after the first place where these bytes are.
  fileprivate func end(of bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty, count >= bytes.count else { return nil }
    for start in startIndex...(endIndex - bytes.count) where self[start..<start + bytes.count].elementsEqual(bytes) {
      return start + bytes.count
    }
    return nil
  }
}
