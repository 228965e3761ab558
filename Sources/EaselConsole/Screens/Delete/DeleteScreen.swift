internal import EaselModel
internal import EaselTerminal

/// Deleting a cluster: what vanishes is said, its plan lists the hosts, and its name must be typed.
enum DeleteScreen {
  static func page(_ cluster: Cluster) -> PlanScreen {
    let preface: [[Span]] = [
      [Span(tr("Deleting \(cluster.name) cannot be undone."), .critical)],
      [Span(tr("  Everything that runs in it and everything stored in it is lost:"))],
      [Span(tr("  workloads, their data on these hosts, etcd, certificates, kubeconfig."))], [],
    ]
    return PlanScreen(
      .deleteCluster(name: cluster.name), title: tr("Delete \(cluster.name)"), confirm: tr("Delete"), tab: .clusters,
      preface: preface, remake: { site in site.cluster(cluster.name).map(page) })
  }
}

/// Removing one machine: its host is reset, its name must be typed.
enum RemoveMachinePage {
  static func page(_ machine: Machine, of cluster: String) -> PlanScreen {
    let preface: [[Span]] = [
      [Span(tr("Removing \(machine.name) from \(cluster) cannot be undone."), .critical)],
      [Span(tr("  Its pods move away; what they stored on the host is lost; the host is reset and free again."))], [],
    ]
    return PlanScreen(
      .removeMachine(cluster: cluster, machine: machine.name), title: tr("Remove \(machine.name)"),
      confirm: tr("Remove"),
      tab: .clusters, preface: preface)
  }
}
