import EaselAgentProtocol
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
    return HostExecutor(
      store: store, ways: try HostWays(directory), content: ContentSource(path: site.spec.contentDirectory),
      fence: Fence(site: site.uid.text, epoch: epoch), siteName: site.name, logs: TaskLogs(directory), log: log)
  }
}
