import EaselModel

/// An engine process: waits for the lease, leads while it has it, and ends or follows when it has not.
package final class EngineProcess {
  private let directory: StateDirectory
  private let store: any SiteStore
  private let options: EngineOptions
  private let log: EngineLog
  private let leadership: Leadership
  /// What was done under the newest epoch, once it has ended.
  package private(set) var statistics = EngineStatistics()

  package init(directory: StateDirectory, store: any SiteStore, options: EngineOptions, log: EngineLog) {
    (self.directory, self.store, self.options, self.log) = (directory, store, options, log)
    leadership = Leadership(store: store)
  }

  /// Runs until it is told to stop, or (with `untilIdle`) until no operation can go on.
  package func run(until stop: () -> Bool) throws {
    var announced: Lease?
    while !stop() {
      if try leadership.acquire() {
        let ended = try lead(until: stop)
        if ended { return }
        announced = nil
        continue
      }
      if let other = leadership.other, announced != other {
        announced = other
        // The other one gives its lease back only when nothing waits: so a living leader sees what this engine was started for.
        if options.untilIdle, LeaseHolder(other.holder)?.isCertainlyGone != true { return }
        log.write("waits: \(other.holder) leads under epoch \(other.epoch)")
      }
      Wakeup().wait(milliseconds: 100)
    }
  }

  /// - Returns: whether the process is to end.
  private func lead(until stop: () -> Bool) throws -> Bool {
    let epoch = leadership.epoch ?? 0
    log.write("leads under epoch \(epoch)")
    let loop = try EngineLoop(
      directory: directory, store: store, leadership: leadership, options: options, log: log)
    defer {
      statistics = loop.statistics
      loop.end()
    }
    do {
      try loop.run(until: stop)
      log.write("ends: \(stop() ? "asked to" : "nothing is left to do")")
      return true
    } catch let error as EaselError where error.code == "LeadershipLost" {
      leadership.forget()
      log.write("no longer leads: \(error.message)")
      return options.untilIdle
    }
  }
}
