import EaselEngine
import EaselModel

// STUB until SiteState lands
struct EngineState {
  var version: Int64 = -1
  var records: [UID: Record] = [:]
  mutating func load(from reader: any StoreReader, epoch: Int64) throws { version = try reader.latestVersion() }
  mutating func apply(_ changes: StoreChanges, from reader: any StoreReader) throws { version = changes.version }
  mutating func apply(_ observation: Observation) {}
  mutating func takeDirty(now: Timestamp) -> [UID] { [] }
  mutating func markDirty(_ scopes: [UID]) {}
  mutating func lookAgain(_ scope: UID, at time: Timestamp?) {}
  func snapshot(of scope: UID) -> Snapshot? { nil }
  var nextLook: Timestamp? { nil }
  var openTasks: [DurableTask] { [] }
  var openOperations: [Operation] { [] }
  var hosts: [Host] { [] }
  var site: Site? { nil }
}
extension Decision { func commit(in writer: any StoreWriter) throws {} }
