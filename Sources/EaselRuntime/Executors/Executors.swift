import EaselModel

/// Which executor a site's tasks go to.
enum Executors {
  static func make(
    for site: Site, directory: StateDirectory, store: any SiteStore, epoch: Int64, options: EngineOptions,
    log: EngineLog
  ) throws -> any Executor {
    throw EaselError(.failed, "NotBuilt", "executors are not built yet")
  }
}
