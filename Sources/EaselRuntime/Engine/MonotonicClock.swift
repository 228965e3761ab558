import Glibc

/// Time that only moves forward, at its own rate: what intervals in this process are measured by.
package enum MonotonicClock {
  /// Milliseconds since some moment; counts while the machine sleeps.
  package static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
