import CSys
import Synchronization

/// A thread for actors whose work blocks (files, fsync, hashing), so that it never takes one of Swift's pool.
///
/// The thread lasts as long as the process: an executor is made once per long-lived actor, not per piece of work.
package final class ThreadExecutor: SerialExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let wake = csys_eventfd(false)

  /// - Parameter name: at most 15 bytes; what tools show for the thread.
  package init(name: String) {
    precondition(wake >= 0, "no eventfd for the thread \(name)")
    let context = Unmanaged.passRetained(self).toOpaque()
    let error = csys_thread_start(
      name,
      { raw in
        guard let raw else { return }
        Unmanaged<ThreadExecutor>.fromOpaque(raw).takeUnretainedValue().run()
      }, context)
    precondition(error == 0, "the thread \(name) did not start")
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    jobs.withLock { $0.append(unowned) }
    _ = csys_eventfd_signal(wake)
  }

  private func run() {
    let executor = asUnownedSerialExecutor()
    while true {
      _ = csys_eventfd_wait(wake)
      let ready = jobs.withLock { jobs in
        defer { jobs = [] }
        return jobs
      }
      for job in ready { job.runSynchronously(on: executor) }
    }
  }
}
