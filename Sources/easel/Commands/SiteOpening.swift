import EaselModel
import EaselRuntime
import EaselStore

/// Opens the site that an invocation names.
enum SiteOpening {
  static func directory(_ invocation: Invocation) -> StateDirectory { StateDirectory(given: invocation.value("state")) }

  /// - Parameter startsEngine: whether submitting an intent makes sure that an engine runs.
  static func open(_ invocation: Invocation, startsEngine: Bool = true) throws -> SiteGate {
    let directory = directory(invocation)
    let store = try store(directory)
    return SiteGate(
      directory: directory, store: store, starter: startsEngine ? EngineStarter(directory: directory) : nil)
  }

  static func store(_ directory: StateDirectory, memory: StoreMemory = .engine) throws -> SQLiteStore {
    try directory.requireSite()
    return try SQLiteStore.open(directory: directory.path, create: false, memory: memory)
  }
}
