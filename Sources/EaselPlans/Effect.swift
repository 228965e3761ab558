package import EaselModel

/// What a change does to a node, from the heaviest to none.
package enum Effect: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
  case repave, halt, reboot, restart, reload
  case none = "no-op"

  package var words: String {
    switch self {
    case .repave: "data lost"
    case .halt: "shuts down"
    case .reboot: "reboots"
    case .restart: "services restart"
    case .reload: "settings change"
    case .none: "none"
    }
  }
}

extension TaskVerb {
  /// The effect of the verb on the host or node that it is about.
  package var effect: Effect {
    switch self {
    case .reset: .repave
    case .powerOff: .halt
    case .reboot: .reboot
    case .powerOn, .initialize, .join, .upgradeComponents, .upgradeKubelet, .prepare: .restart
    case .connect, .describeNode, .cordon, .uncordon, .drain, .removeEtcdMember, .deleteNode, .adopt, .takeOver,
      .dismiss:
      .reload
    case .preflight, .mintJoinSecrets, .publish, .stage, .backup, .checkCertificates, .readCredentials: .none
    }
  }
}
