package import EaselModel

/// The engine: a pure function from what is to what to do. No clock, no random source, no I/O.
package enum Engine {
  /// Decides about one cluster, or one free host. Level-triggered: applied to its own result it decides nothing.
  package static func decide(_ snapshot: Snapshot, now: Timestamp) -> Decision { Decision() }
}
