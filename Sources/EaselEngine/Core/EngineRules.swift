internal import EaselModel

/// The engine's limits, in one place. Tests break one on purpose and show that the invariants notice.
package struct EngineRules: Sendable, Hashable {
  /// Failures of one task in a row before the operator is asked.
  package var attempts = 5
  /// Tasks for one step of one item in one operation, whatever became of them.
  package var totalAttempts = 40
  /// Seconds before the second try; doubled for each further one.
  package var firstBackOff = 5.0
  package var longestBackOff = 60.0
  /// Seconds that an observation of the cluster may be old when members are changed on its word.
  package var freshness = 15.0
  /// Seconds between two looks at a cluster that is not yet as it should be.
  package var recheck = 5.0
  /// Seconds between two looks at a real cluster or host when nothing is going on.
  package var idleLook = 15.0
  /// Seconds after which a host that has done a task counts as seen anew: each time is a write.
  package var answerNotice = 60.0
  /// Seconds that join secrets must still be good for before a join starts.
  package var secretMargin = 600.0
  /// Seconds that a host may be silent under a running task before the operator is asked.
  package var patience = 120.0
  /// Seconds that a host may be away to reboot or to power off before the operator is asked: servers take minutes to start.
  package var bootPatience = 600.0
  /// Days ahead that the end of a certificate is announced.
  package var certificateNotice = 60.0
  /// The quorum test before every change of etcd members. Only a test that wants to see it missed turns it off.
  package var testsQuorum = true
  /// Undo of our own cordons at the end of an operation. Only a test turns it off.
  package var restoresCordons = true

  package init() {}
}
