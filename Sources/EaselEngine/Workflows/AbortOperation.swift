internal import EaselModel

extension Workflow {
  /// What an abort does after the running tasks have ended. What has joined stays; what never joined is cleaned; the spec becomes
  /// what stands. A cluster whose first control plane never came up does not stand: it is forgotten once its hosts are clean.
  static let abort = Workflow(
    verb: .changeCluster,
    steps: [
      .finishRunning,
      .forgetUnadopted,
      .abortRestoreCordons,
      .cleanUnjoined,
      .settleSpec,
    ])

  /// What an abort does to an operation about a host.
  static let abortOnHost = Workflow(verb: .addHost, steps: [.finishRunning, .forgetUnreached])

  static func of(_ verb: Operation.Verb) -> Workflow {
    switch verb {
    case .createCluster: .createCluster
    case .scaleControlPlane: .scaleControlPlane
    case .scalePool: .scalePool
    case .changeCluster: .changeCluster
    case .upgradeCluster: .upgradeCluster
    case .removeMachine: .removeMachine
    case .deleteCluster: .deleteCluster
    case .addHost: .addHost
    case .removeHost: .removeHost
    case .cordonMachine: .cordonMachine
    case .uncordonMachine: .uncordonMachine
    case .drainMachine: .drainMachine
    case .rebootMachines: .rebootMachines
    case .shutDownMachines: .shutDownMachines
    case .powerOnMachines: .powerOnMachines
    case .rebootHost: .rebootHost
    case .shutDownHost: .shutDownHost
    case .powerOnHost: .powerOnHost
    case .resetHost: .resetHost
    case .adoptCluster: .adoptCluster
    case .adoptHost: .adoptHost
    }
  }
}
