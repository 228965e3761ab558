internal import EaselModel
internal import EaselTerminal

/// Deleting a cluster: what vanishes is listed, and its name must be typed.
enum DeleteScreen {
  static func page(_ cluster: Cluster, _ site: SiteView) -> PlanScreen {
    let machines = site.machines(of: cluster)
    var preface: [[Span]] = [
      [Span(tr("Deleting \(cluster.name) cannot be undone."), .critical)],
      [Span(tr("  Everything that runs in it and everything stored in it is lost:"))],
      [Span(tr("  workloads, their data on these hosts, etcd, certificates, kubeconfig."))], [],
      [Span(tr("Hosts that are reset and free afterwards"), .heading), Span("  \(machines.count)", .muted)],
    ]
    for machine in machines {
      preface.append([
        Span("  "), .padded(machine.host?.name ?? machine.name, 16), Span(" "),
        Span(machine.spec.pool ?? Words.word(machine.spec.role), .muted),
      ])
    }
    preface.append([])
    return PlanScreen(
      .deleteCluster(name: cluster.name), title: tr("Delete \(cluster.name)"), confirm: tr("Delete"), tab: .clusters,
      typedName: cluster.name, preface: preface, remake: { site in site.cluster(cluster.name).map { page($0, site) } })
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
      tab: .clusters, typedName: machine.name, preface: preface)
  }
}
