import EaselModel

/// Which executor a site's tasks go to.
enum Executors {
  static func make(
    for site: Site, directory: StateDirectory, store: any SiteStore, epoch: Int64, options: EngineOptions,
    log: EngineLog
  ) throws -> any Executor {
    if site.spec.simulation != nil {
      let parts = try store.read { try $0.worldParts() }
      return try SimulatedExecutor(
        site: site, parts: parts, epoch: epoch, pace: options.pace, tellsProgress: options.tellsProgress)
    }
    throw EaselError(.failed, "NotBuilt", "executors for real hosts are not built yet")
  }
}
