import EaselModel
import EaselRuntime

/// Without an engine nobody looks at a real site: what is shown is as old as the last look, and the reader is told, with the command
/// that looks again. A simulated site does not change by itself.
func warnOfAge(of objects: [any Resource], in snapshot: SiteSnapshot) {
  guard snapshot.site.spec.simulation == nil, !snapshot.engineRuns, !objects.isEmpty else { return }
  let clusters = Dictionary(uniqueKeysWithValues: snapshot.clusters.map { ($0.uid, $0) })
  let looks = objects.compactMap { object -> Timestamp? in
    switch object {
    case let host as Host: host.status.lastSeen
    case let cluster as Cluster: cluster.status.observedAt
    case let machine as Machine: clusters[machine.spec.cluster.uid]?.status.observedAt
    default: nil
    }
  }
  guard let oldest = looks.min() else { return }
  let age = snapshot.now.seconds(since: oldest)
  guard age >= 60 else { return }
  Terminal.err(
    "note: this was seen \(shortDuration(age)) ago, and no engine runs; look again with: \(Hints.program) engine --until-idle"
  )
}

/// Tells the reader of operations, or of what they change, that nothing moves them: no engine runs.
func warnOfStandstill(of objects: [any Resource], in snapshot: SiteSnapshot, _ gate: SiteGate) throws {
  let shown = Set(objects.map(\.metadata.uid))
  let standing = snapshot.operations.filter {
    $0.status.phase.isMoving && (shown.contains($0.uid) || shown.contains($0.spec.target.uid))
  }
  guard !standing.isEmpty, try !gate.hasEngine() else { return }
  Terminal.err("note: \(standstill(standing))")
}

/// That operations do not go on, and what to do about it.
func standstill(_ operations: [Operation]) -> String {
  let first = operations.first?.name ?? ""
  let what = operations.count == 1 ? "\(first) does" : "\(operations.count) operations do"
  return "no engine runs, so \(what) not go on; start one with: \(Hints.program) engine --until-idle"
}

/// Tells the reader that an engine of another build leads: what is shown here may be decided by other rules.
func warnOfBuild(_ lease: Lease) { if let note = otherBuildNote(lease) { Terminal.err("note: \(note)") } }
