import EaselModel
import EaselRuntime
import EaselStore

/// Opens the site that an invocation names.
enum SiteOpening {
  static func directory(_ invocation: Invocation) -> StateDirectory {
    let directory = StateDirectory(given: invocation.value("state"))
    if invocation.has("state") { Hints.program = program(directory) }
    return directory
  }

  /// How this program is called for a site that is not the usual one.
  static func program(_ directory: StateDirectory) -> String { "easel --state \(directory.path)" }

  /// - Parameter startsEngine: whether submitting an intent makes sure that an engine runs; false for whoever only looks.
  static func open(_ invocation: Invocation, startsEngine: Bool = true) throws -> SiteGate {
    let directory = directory(invocation)
    let store = startsEngine ? try store(directory) : try storeToRead(directory)
    if let refusal = store.refusal {
      Terminal.err("warning: this is a copy, nothing can be changed: \(refusal.message)")
    }
    return SiteGate(
      directory: directory, store: store, starter: startsEngine ? EngineStarter(directory: directory) : nil)
  }

  static func store(_ directory: StateDirectory, memory: StoreMemory = .engine) throws -> SQLiteStore {
    try directory.requireSite()
    return try SQLiteStore.open(directory: directory.path, create: false, memory: memory)
  }

  /// The site, or a copy of it where its file system is full or read-only; writing to that is refused.
  static func storeToRead(_ directory: StateDirectory, memory: StoreMemory = .engine) throws -> SQLiteStore {
    try directory.requireSite()
    return try SQLiteStore.openToRead(directory: directory.path, memory: memory)
  }
}
