internal import EaselModel

/// Fresh words from the cluster itself: what a rule may rely on, and how to get it when it is not there.
extension Draft {
  /// The newest observation of the cluster if it was made after `time`; otherwise the look is asked for.
  func observation(after time: Timestamp) -> ClusterObservation? {
    if let cluster, let seen = cluster.status.observed, let at = cluster.status.observedAt, at > time { return seen }
    lookAtCluster()
    return nil
  }

  /// The newest observation after `time` that is also recent enough to change members on its word.
  func freshObservation(after time: Timestamp) -> ClusterObservation? {
    let oldest = now.adding(seconds: -rules.freshness)
    return observation(after: time < oldest ? oldest : time)
  }

  func lookAtCluster() {
    guard let cluster else { return }
    let via = speakers
    guard let first = via.first, let context = context(on: first) else { return }
    let look = Look.cluster(cluster.uid, via: via.compactMap { $0.host?.uid }, context: context)
    if !decision.looks.contains(look) { decision.looks.append(look) }
    // Should the answer get lost, the question is asked again.
    lookAgain(at: now.adding(seconds: rules.freshness))
  }

  /// What was seen is not good enough: look again soon, but not in a tight loop.
  func recheck() {
    guard let at = cluster?.status.observedAt else { return lookAtCluster() }
    let next = at.adding(seconds: rules.recheck)
    if now >= next { lookAtCluster() } else { lookAgain(at: next) }
  }

  /// When a task of the running operation last ended; what was seen before is old.
  func lastEnd(
    where matches: (DurableTask) -> Bool = { !$0.spec.verb.isReadOnly && $0.spec.verb != .publish }
  ) -> Timestamp {
    guard let operation else { return .zero }
    var last = operation.status.startedAt ?? operation.spec.requestedAt
    for task in tasks.values where task.spec.operation.uid == operation.uid && matches(task) {
      if let end = task.status.finishedAt, end > last { last = end }
    }
    return last
  }

  /// The cluster's own word after the last change of its members, if its API answers.
  func membersNow() -> (observation: ClusterObservation?, block: Block?) {
    let changed = lastEnd {
      [.join, .initialize, .removeEtcdMember, .reset, .upgradeComponents, .upgradeKubelet].contains($0.spec.verb)
    }
    guard let seen = freshObservation(after: changed) else {
      return (nil, .waiting("looking at the cluster's members first"))
    }
    guard seen.apiHealthy else {
      recheck()
      return (nil, Block("APINotAnswering", "the cluster's API does not answer: \(seen.message)"))
    }
    return (seen, nil)
  }

  /// Waits for what an observation does not show yet.
  ///
  /// - Parameter since: when what is waited for was set going; for a while after that its absence is no obstacle.
  func waitFor(_ reason: String, _ message: String, since: Timestamp = .zero) -> Block {
    recheck()
    return Block(reason, message, quiet: now.seconds(since: since) < rules.patience)
  }
}
