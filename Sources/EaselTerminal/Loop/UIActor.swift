import CSys
import Glibc
import Synchronization

/// The global actor whose code runs on the thread that owns the terminal.
@globalActor
package actor UIActor {
  /// The one instance.
  package static let shared = UIActor()

  nonisolated package var unownedExecutor: UnownedSerialExecutor { UIExecutor.shared.asUnownedSerialExecutor() }

  /// Runs a closure at once; traps unless this is the UI thread while the loop runs.
  package static func assumeIsolated<T: Sendable>(_ body: @UIActor () throws -> T) rethrows -> T {
    UIExecutor.shared.checkIsolated()
    return try withoutActuallyEscaping(body) { body in
      // The only difference between the two types is the isolation, which has just been checked.
      try unsafeBitCast(body, to: (() throws -> T).self)()
    }
  }
}

/// Runs the jobs of `UIActor` on the thread of the UI loop: jobs go into a list, and the first one in an empty list wakes
/// the loop's `poll` through an eventfd.
///
/// The list belongs to the process, so jobs that come before the loop starts wait for it.
final class UIExecutor: SerialExecutor {
  static let shared = UIExecutor()

  private let jobs = Mutex<[UnownedJob]>([])
  private let thread = Atomic<UInt>(0)
  let wake: Int32 = csys_eventfd(true)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let first = jobs.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if first { _ = csys_eventfd_signal(wake) }
  }

  /// Makes the calling thread the UI thread; nil when there is none any more.
  func bind(_ bound: Bool) { thread.store(bound ? UInt(pthread_self()) : 0, ordering: .sequentiallyConsistent) }

  func runJobs() {
    let ready = jobs.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in ready { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  func checkIsolated() {
    precondition(thread.load(ordering: .sequentiallyConsistent) == UInt(pthread_self()), "not on the UI thread")
  }

  func isIsolatingCurrentContext() -> Bool? {
    thread.load(ordering: .sequentiallyConsistent) == UInt(pthread_self())
  }
}
