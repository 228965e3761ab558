internal import EaselModel

/// What a host needs to join, and when it must be minted anew. The engine knows names and ends, never values.
enum JoinSecrets {
  static let token = "join-token"
  static let certificateKey = "certificate-key"
  /// Failures of a join after which what it was given is minted anew.
  static let stale: Set<String> = ["SecretsExpired", "SecretsLost", "NeedsSecrets"]

  static func names(for role: Machine.Role) -> [String] {
    role == .controlPlane ? [token, certificateKey] : [token]
  }

  /// The names under which the store keeps them.
  static func stored(_ cluster: Cluster, role: Machine.Role) -> [String] {
    names(for: role).map { "cluster/\(cluster.uid)/\($0)" }
  }

  /// Nil when the secrets for a role are there and good for long enough; else why the join waits. Starts minting.
  static func missing(for machine: Machine, in draft: Draft) -> Block? {
    guard let cluster = draft.cluster else { return nil }
    let needed = draft.now.adding(seconds: draft.rules.secretMargin)
    let good = names(for: machine.spec.role).allSatisfy { cluster.status.secrets[$0].map { $0 > needed } ?? false }
    if good { return nil }
    let slot = draft.attempts(item: cluster.name, stage: "mint-join-secrets").last
    if let slot, !slot.status.state.isFinal { return .waiting("waiting for fresh join secrets") }
    guard case .task(let request) = draft.request(.mintJoinSecrets, about: machine, limit: 120) else {
      return Block("NoControlPlane", "no control-plane machine can mint join secrets")
    }
    let retried = draft.operation?.spec.controls.compactMap { control -> Timestamp? in
      if case .retry(_, _, let at) = control { at } else { nil }
    }.max()
    switch Attempts(draft: draft).next(
      request, item: cluster.name, stage: "mint-join-secrets", retriedAt: retried, reason: "minting join secrets")
    {
    case .doing: return .waiting("waiting for fresh join secrets")
    case .backingOff(let until, let failure):
      draft.lookAgain(at: until)
      return .waiting("minting join secrets again soon, because \(failure.message)")
    case .stopped(let failure, _):
      return Block(failure.code, "join secrets could not be minted: \(failure.message)", needsOperator: true)
    }
  }
}
