import Glibc
import Synchronization

/// A disk whose flushes take longer: every fsync and fdatasync of this process, SQLite's among them, is done as always and then made
/// to last a number of times as long as it did.
///
/// The program defines both calls itself, so that the linker binds the libraries in it to these; the C library's own are found behind
/// them.
enum SlowDisk {
  private static let factor = Atomic<Int>(1)

  /// How many times as long a flush takes from now on; 1 is as it is.
  static func slow(_ times: Int) { factor.store(max(1, times), ordering: .relaxed) }

  typealias Flush = @convention(c) (Int32) -> Int32
  fileprivate static let fsync = next("fsync")
  fileprivate static let fdatasync = next("fdatasync")

  /// The definition after this program's: RTLD_NEXT of dlsym(3), which is (void *)-1.
  private static func next(_ name: String) -> Flush? {
    dlsym(UnsafeMutableRawPointer(bitPattern: -1), name).map { unsafeBitCast($0, to: Flush.self) }
  }

  fileprivate static func flush(_ descriptor: Int32, by flush: Flush?) -> Int32 {
    guard let flush else {
      errno = ENOSYS
      return -1
    }
    let times = factor.load(ordering: .relaxed)
    let start = monotonicSeconds()
    let result = flush(descriptor)
    let (error, took) = (errno, monotonicSeconds() - start)
    if times > 1 {
      var pause = timespec()
      let extra = took * Double(times - 1)
      pause.tv_sec = Int(extra)
      pause.tv_nsec = Int((extra - extra.rounded(.down)) * 1e9)
      nanosleep(&pause, nil)
    }
    errno = error
    return result
  }
}

@_cdecl("fsync") func interposedFsync(_ descriptor: Int32) -> Int32 {
  SlowDisk.flush(descriptor, by: SlowDisk.fsync)
}

@_cdecl("fdatasync") func interposedFdatasync(_ descriptor: Int32) -> Int32 {
  SlowDisk.flush(descriptor, by: SlowDisk.fdatasync)
}
