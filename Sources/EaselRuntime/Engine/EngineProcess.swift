import EaselModel

/// An engine process: waits for the lease, leads while it has it, and ends or follows when it has not.
package final class EngineProcess {
  private let directory: StateDirectory
  private let store: any SiteStore
  private let options: EngineOptions
  private let log: EngineLog
  private let leadership: Leadership
  /// What this process has done while it led.
  package private(set) var statistics = EngineStatistics()

  package init(directory: StateDirectory, store: any SiteStore, options: EngineOptions, log: EngineLog) {
    (self.directory, self.store, self.options, self.log) = (directory, store, options, log)
    leadership = Leadership(store: store)
  }

  /// Runs until it is told to stop, or (with `untilIdle`) until no operation can go on.
  package func run(until stop: () -> Bool) throws {
    var seen: Lease?
    while !stop() {
      do {
        if try leadership.acquire() {
          if try lead(until: stop) { return }
          seen = nil
          continue
        }
      } catch let error as EaselError where error.code == "StoreBusy" {
        // Somebody sits on the write lock, perhaps a leader that was stopped inside a transaction: it cannot be overtaken.
        log.write("waits: \(error.message)")
        continue
      }
      if let other = leadership.other, seen != other {
        let isRenewed = seen?.epoch == other.epoch && seen?.holder == other.holder
        // One that renews its lease stays, and sees what this engine was started for. One that was told to end gives it back
        // instead, whatever is left to do: that is then for this engine.
        if isRenewed, options.untilIdle { return }
        if !isRenewed { log.write("waits: \(other.holder) leads under epoch \(other.epoch)") }
        seen = other
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
