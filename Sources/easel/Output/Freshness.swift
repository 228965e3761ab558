import EaselModel

/// When a value was last seen on the host or cluster itself; nil where it never was, or where it is no word of theirs.
func lastSeen(_ object: any Resource, in snapshot: SiteSnapshot) -> Timestamp? {
  switch object {
  case let host as Host: host.status.lastSeen
  case let cluster as Cluster: cluster.status.observedAt
  case let machine as Machine: snapshot.clusters.first { $0.uid == machine.spec.cluster.uid }?.status.observedAt
  default: nil
  }
}

/// Without an engine nobody looks at a real site: what is shown is as old as the last look, and the reader is told, with the command
/// that looks again. A simulated site does not change by itself.
func warnOfAge(of objects: [any Resource], in snapshot: SiteSnapshot) {
  guard snapshot.site.spec.simulation == nil, !snapshot.engineRuns,
    let oldest = objects.compactMap({ lastSeen($0, in: snapshot) }).min()
  else { return }
  let age = snapshot.now.seconds(since: oldest)
  guard age >= 60 else { return }
  Terminal.err(
    "note: this was seen \(shortDuration(age)) ago, and no engine runs; look again with: easel engine --until-idle")
}
