import CSys
import Glibc

/// A failed system call: what was tried, and the kernel's reason.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An errno value.
  package var number: Int32
  /// What was being done, to what: "open /etc/hosts".
  package var doing: String

  package init(_ doing: String, number: Int32 = csys_errno()) { (self.number, self.doing) = (number, doing) }

  /// The kernel's words for the number.
  package var reason: String {
    var buffer = [CChar](repeating: 0, count: 256)
    // The XSI strerror_r fills the buffer; the text ends at the first zero.
    _ = strerror_r(number, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the disk, or the user's share of it, is full.
  package var isDiskFull: Bool { number == ENOSPC || number == EDQUOT }

  package var description: String { "\(doing): \(reason)" }
}
