import EaselEngine
import EaselModel

/// What an executor saw, with the secrets that it minted: both go into the store in one transaction.
struct Sighting: Sendable {
  struct MintedSecret: Sendable {
    /// The name in the sealed store.
    var name: String
    var value: Secret
    var expiresAt: Timestamp?
  }

  var observation: Observation
  var secrets: [MintedSecret] = []
}

/// Carries tasks out and looks at things; decides nothing and writes no status. All calls come from the engine's thread and return
/// at once.
protocol Executor: AnyObject {
  /// The site's time.
  var now: Timestamp { get }
  /// Tasks whose commit is on disk.
  func start(_ tasks: [DurableTask])
  /// Tasks that an earlier leader started: find out what became of them, and go on.
  func recover(_ tasks: [DurableTask])
  func cancel(_ tasks: [DurableTask])
  func look(_ looks: [Look])
  /// The site's own definition has changed.
  func update(_ site: Site)
  /// All hosts to keep an eye on; called when some may have gone.
  func watch(_ hosts: [Host])
  /// Hosts that are new or not as they were.
  func notice(_ hosts: [Host])
  /// Everything seen since the last call, in order.
  func take() -> [Sighting]
  /// Writes what belongs into the same transaction as what was taken last, and in the next ones until `saved` is called.
  func save(in writer: any StoreWriter) throws
  func saved()
  /// Called when there is nothing else to do: waits, at most until `deadline` (site time) or for `milliseconds`, or until something
  /// is to be taken. Says false when nothing will ever come by itself.
  func idle(until deadline: Timestamp?, milliseconds: Int64) -> Bool
  /// Whether something still happens by itself that is worth staying for: in a simulated world, what is under way there. Real hosts
  /// never stand still, so they do not count.
  var isUnderWay: Bool { get }
  /// Ends everything that the executor keeps open. What runs on hosts goes on there.
  func end()
}
