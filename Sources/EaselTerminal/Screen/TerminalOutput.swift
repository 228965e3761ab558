import CSys
import Glibc

/// Sends bytes to the terminal without ever waiting for it: what it does not take is kept, and sent when it is writable.
final class TerminalOutput {
  /// Calls of write(2) so far.
  private(set) var writes: UInt64 = 0
  /// A description of our own; where it cannot be had, standard output, which may block.
  private let descriptor: Int32
  private var rest: [UInt8] = []

  init() {
    let own = csys_tty_open_nonblocking(1)
    descriptor = own >= 0 ? own : 1
  }

  deinit { if descriptor != 1 { close(descriptor) } }

  var isBehind: Bool { !rest.isEmpty }

  func send(_ bytes: UnsafeRawBufferPointer) {
    guard rest.isEmpty else {
      rest.append(contentsOf: bytes)
      return
    }
    let sent = write(bytes)
    rest = Array(bytes.dropFirst(sent))
  }

  func sendRest() {
    guard isBehind else { return }
    let sent = rest.withUnsafeBytes { write($0) }
    rest.removeFirst(sent)
  }

  /// Sends the rest as long as the terminal takes something at least every so many milliseconds; then gives it up, and what
  /// the terminal itself has not shown with it.
  func finish(within limit: Int32) {
    while isBehind {
      guard csys_tty_poll(-1, descriptor, 1, -1, -1, limit) & CSYS_POLL_TTY_OUT != 0 else { break }
      sendRest()
    }
    guard isBehind else { return }
    rest = []
    tcflush(descriptor, TCOFLUSH)
  }

  /// Bytes that were taken; a terminal that is gone takes everything, its end is told by `poll`.
  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let start = bytes.baseAddress else { return 0 }
    writes += 1
    let count = Glibc.write(descriptor, start, bytes.count)
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : bytes.count
  }
}
