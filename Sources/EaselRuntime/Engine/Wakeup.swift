import CSys
import Glibc

/// What ends a thread's sleep early: any thread may signal it, one thread waits.
package final class Wakeup: Sendable {
  private let descriptor: Int32

  package init() { descriptor = csys_eventfd(true) }

  deinit { if descriptor >= 0 { close(descriptor) } }

  package func signal() { _ = csys_eventfd_signal(descriptor) }

  /// Sleeps until it is signalled, a signal arrives, or the time is over.
  package func wait(milliseconds: Int64) {
    let limit = Int32(clamping: max(0, milliseconds))
    if csys_poll(descriptor, Int32(CSYS_READABLE), limit) > 0 { _ = csys_eventfd_clear(descriptor) }
  }
}
