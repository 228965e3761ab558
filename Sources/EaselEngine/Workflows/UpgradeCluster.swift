internal import EaselModel

extension Workflow {
  /// Save, stage everywhere while the old version runs, control planes serially, workers in waves (lifecycle rule 6).
  static let upgradeCluster = Workflow(
    verb: .upgradeCluster,
    steps: [
      .checkCluster,
      .backupEtcd,
      .stageContent,
      .upgradeControlPlanes,
      .upgradeWorkers,
      .restoreCordons,
      .waitReady,
      .publishDefinition,
    ])
}
