internal import EaselModel

extension Workflow {
  /// Drain, leave etcd, delete the node, clean the host (lifecycle rule 7).
  static let removeMachine = Workflow(
    verb: .removeMachine,
    steps: [
      .markMachine,
      .drainMachine,
      .leaveEtcd,
      .deleteNode,
      .resetHost,
      .releaseHost,
      .connectMembers,
      .waitReady,
      .publishDefinition,
    ])
}
