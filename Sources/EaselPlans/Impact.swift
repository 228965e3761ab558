package import EaselModel

/// What a task does to the node or host that it is about, as an operator says it. Files and programs get the `Effect` instead.
package enum Impact: String, Sendable, Hashable, CaseIterable, Spoken {
  /// Heaviest first.
  case dataLost = "data-lost"
  case shutsDown = "shuts-down"
  case reboots = "reboots"
  case servicesRestart = "services-restart"
  case podsMove = "pods-move"
  case leavesCluster = "leaves-cluster"
  case leavesEtcd = "leaves-etcd"
  case joins = "joins-cluster"
  case starts = "starts"
  case softwareInstalled = "gets-software"
  case noNewPods = "no-new-pods"
  case takesPods = "takes-pods-again"
  case settingsChange = "settings-change"
  case none = "none"

  /// The columns that the longest of them takes.
  package static let width = allCases.map(\.words.count).max() ?? 0
}

extension TaskVerb {
  package var impact: Impact {
    switch self {
    case .reset: .dataLost
    case .powerOff: .shutsDown
    case .reboot: .reboots
    case .powerOn: .starts
    case .initialize, .join: .joins
    case .prepare, .adopt: .softwareInstalled
    case .upgradeComponents, .upgradeKubelet: .servicesRestart
    case .drain: .podsMove
    case .cordon: .noNewPods
    case .uncordon: .takesPods
    case .deleteNode: .leavesCluster
    case .removeEtcdMember: .leavesEtcd
    case .connect, .describeNode, .takeOver, .dismiss: .settingsChange
    case .preflight, .mintJoinSecrets, .publish, .stage, .backup, .checkCertificates, .readCredentials: .none
    }
  }
}
