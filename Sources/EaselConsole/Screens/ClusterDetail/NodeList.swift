internal import EaselModel
internal import EaselTerminal

/// The members of a cluster as a list: what Easel knows of a machine beside what Kubernetes says of its node.
struct NodeRow {
  var machine: Machine
  var host: Host?
  var node: ClusterObservation.Node?
  var etcd: ClusterObservation.EtcdMember?

  static func rows(_ cluster: Cluster, _ site: SiteView) -> [NodeRow] {
    let nodes = Dictionary(
      (cluster.status.observed?.nodes ?? []).map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    let members = Dictionary(
      (cluster.status.observed?.etcd ?? []).map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    return site.machines(of: cluster).map { machine in
      NodeRow(
        machine: machine, host: (machine.host?.name).flatMap(site.host), node: nodes[machine.spec.nodeName],
        etcd: members[machine.spec.nodeName] ?? members[machine.name])
    }
  }

  /// Its host answers, and the cluster says that its node is Ready.
  var isReady: Bool { node?.ready == true && host?.takesChanges == true }

  /// Ready is not said while the host is silent or the etcd member is missing.
  var condition: (text: String, style: Style) {
    guard let node else { return (tr("not seen"), .muted) }
    if !isReady { return (tr("not ready"), .warning) }
    if machine.isControlPlane, machine.status.phase == .running {
      guard let etcd else { return (tr("no etcd"), .warning) }
      if !etcd.healthy { return (tr("etcd down"), .critical) }
    }
    return node.cordoned ? (tr("cordoned"), .info) : (tr("ready"), .ok)
  }

  static let columns: [ListColumn<NodeRow>] = [
    ListColumn(Column("machine", tr("MACHINE"), min: 14, ideal: 14, flex: 2, truncate: .middle)) {
      TableCell($0.machine.name)
    },
    ListColumn(Column("name", tr("NODE"), min: 8, ideal: 10, flex: 2, truncate: .middle)) {
      TableCell($0.machine.spec.nodeName)
    },
    ListColumn(Column("role", tr("ROLE"), min: 13, ideal: 13, flex: 1, drop: 5)) {
      TableCell($0.machine.spec.pool ?? Words.word($0.machine.spec.role))
    },
    ListColumn(Column("phase", tr("STATE"), min: 11, ideal: 12, drop: 2)) { row in
      let phrase = row.machine.statusPhrase(on: row.host)
      return TableCell(phrase.text, phrase.style)
    },
    ListColumn(Column("node", tr("NODE IS"), min: 9, ideal: 10)) { TableCell($0.condition.text, $0.condition.style) },
    ListColumn(Column("etcd", tr("ETCD"), min: 6, ideal: 8, drop: 4)) { row in
      guard let etcd = row.etcd else { return TableCell(row.machine.isControlPlane ? "-" : "", .muted) }
      if !etcd.healthy { return TableCell(tr("down"), .critical) }
      return TableCell(etcd.leader ? tr("leader") : etcd.voting ? tr("voter") : tr("learner"))
    },
    ListColumn(Column("version", tr("KUBELET"), min: 9, ideal: 9, drop: 3)) {
      TableCell($0.node?.kubeletVersion ?? $0.machine.status.kubeletVersion?.description ?? "-")
    },
    ListColumn(Column("host", tr("HOST"), min: 12, ideal: 14, flex: 1, drop: 6)) {
      TableCell($0.machine.host?.name ?? "-", .muted)
    },
    ListColumn(Column("address", tr("ADDRESS"), min: 15, ideal: 15, drop: 7)) {
      TableCell($0.machine.spec.address, .muted)
    },
  ]

  static var list: ObjectList<NodeRow> {
    ObjectList(columns, empty: tr("No machines yet."), hasMarks: true, identity: { $0.machine.name })
  }
}
