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
    var content = ContentFolder.none
    do {
      if let folder = site.spec.contentDirectory { content = try ContentFolder(path: folder) }
    } catch {
      // What needs no content goes on; what does stops, and says that its files are not listed.
      log.write("the content folder is left aside: \(error)")
    }
    return HostExecutor(
      store: store, ways: try HostWays(directory), content: content, fence: Fence(site: site.uid.text, epoch: epoch),
      siteName: site.name, logs: TaskLogs(directory), log: log)
  }
}
