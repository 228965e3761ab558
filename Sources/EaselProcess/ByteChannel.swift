import CSys
import Glibc
import Synchronization

/// An owned descriptor of a pipe or socket that is read and written without blocking a thread. Closed at the latest with the
/// last reference.
package final class ByteChannel: Sendable {
  private let descriptor: Mutex<Int32>
  /// For messages: `standard output of ssh`.
  package let name: String

  /// Takes the descriptor over and makes it non-blocking.
  package init(taking fd: Int32, name: String) {
    _ = csys_set_nonblocking(fd, true)
    descriptor = Mutex(fd)
    self.name = name
  }

  deinit { close() }

  /// Reads what is there, waiting for the first byte; empty at the end of the stream.
  ///
  /// - Throws: `CancellationError`, or `SystemError`, with EBADF once the channel is closed.
  package func read(upTo limit: Int = 65_536) async throws -> [UInt8] {
    while true {
      if let bytes = try readNow(upTo: limit) { return bytes }
      try await Reactor.shared.wait(.readable) { use in self.descriptor.withLock { use($0) } }
    }
  }

  /// Reads what is there without waiting: nil when nothing is, empty at the end of the stream.
  package func readNow(upTo limit: Int = 65_536) throws -> [UInt8]? {
    try descriptor.withLock { fd in
      guard fd >= 0 else { throw SystemError("read \(name)", number: EBADF) }
      var failed: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        var got = Glibc.read(fd, buffer.baseAddress, limit)
        while got < 0 && csys_errno() == EINTR { got = Glibc.read(fd, buffer.baseAddress, limit) }
        failed = got < 0 ? csys_errno() : 0
        count = max(0, got)
      }
      if failed == EAGAIN { return nil }
      if failed == ECONNRESET || failed == EIO { return [] }
      if failed != 0 { throw SystemError("read \(name)", number: failed) }
      return bytes
    }
  }

  /// Writes all bytes, waiting as often as the other side is slow.
  ///
  /// - Throws: `CancellationError`, or `SystemError`, with EPIPE when the other side is gone.
  package func write(_ bytes: some Collection<UInt8>) async throws {
    let all = ContiguousArray(bytes)
    var offset = 0
    while offset < all.count {
      let written = try all.withUnsafeBytes { buffer in
        try writeNow(UnsafeRawBufferPointer(rebasing: buffer[offset...]))
      }
      if let written {
        offset += written
      } else {
        try await Reactor.shared.wait(.writable) { use in self.descriptor.withLock { use($0) } }
      }
    }
  }

  private func writeNow(_ buffer: UnsafeRawBufferPointer) throws -> Int? {
    try descriptor.withLock { fd in
      guard fd >= 0 else { throw SystemError("write \(name)", number: EBADF) }
      var written = Glibc.write(fd, buffer.baseAddress, buffer.count)
      while written < 0 && csys_errno() == EINTR { written = Glibc.write(fd, buffer.baseAddress, buffer.count) }
      if written >= 0 { return written }
      let number = csys_errno()
      if number == EAGAIN { return nil }
      throw SystemError("write \(name)", number: number)
    }
  }

  /// Closes the descriptor; waits on it end with an error. More than once is fine.
  package func close() {
    descriptor.withLock { fd in
      guard fd >= 0 else { return }
      Reactor.shared.forget(fd)
      _ = Glibc.close(fd)
      fd = -1
    }
  }

  /// Tells the other side of a socket that nothing more comes, while reading goes on.
  package func shutdownWriting() {
    descriptor.withLock { fd in if fd >= 0 { _ = Glibc.shutdown(fd, Int32(SHUT_WR)) } }
  }

  /// Runs `use` with the descriptor, which stays open meanwhile; -1 when closed.
  package func withDescriptor<T>(_ use: (Int32) throws -> T) rethrows -> T { try descriptor.withLock { try use($0) } }
}
