internal import EaselModel

extension Workflow {
  /// A change of several parts: hosts are there first, then versions, then more members, then fewer.
  static let changeCluster = Workflow(
    verb: .changeCluster,
    steps: [
      .chooseHosts,
      .checkCluster,
      .backupEtcd,
      .stageContent,
      .upgradeControlPlanes,
      .upgradeWorkers,
      .preflight,
      .prepareHosts,
      .joinControlPlanes,
      .joinWorkers,
      .chooseRemovals,
      .removeMachines,
      .connectMembers,
      .describeNodes,
      .restoreCordons,
      .waitReady,
      .publishDefinition,
    ])
}
