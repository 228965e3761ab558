internal import EaselModel
internal import EaselTerminal

/// All clusters, with what matters of each in one line.
struct ClustersScreen: ListScreen {
  struct Row {
    var cluster: Cluster
    var operation: OperationProgress?
    var now: Timestamp
  }

  var title: String { tr("Clusters") }
  var tab: RootTab { .clusters }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(
    Self.columns, empty: tr("No clusters yet. Press c to create the first one."), identity: { $0.cluster.name })

  /// Whether a new cluster was begun in the wizard and not made.
  private var hasDraft = false
  private var createKey = ""

  var footnote: String? {
    hasDraft ? tr("a new cluster was begun: \(createKey) goes on with what you typed") : nil
  }

  mutating func begin(_ surroundings: Surroundings) -> [Request] {
    createKey = surroundings.keys["clusters"].keys(for: "cluster.create").first?.label ?? ":create"
    hasDraft = !surroundings.isReadOnly && surroundings.environment.draft(WizardDraft.key) != nil
    return []
  }

  /// - Parameter filter: what is shown at first; empty for all.
  init(filter: String = "") {
    if !filter.isEmpty { list.narrow(filter) }
  }

  static let keys = KeyMap(
    "clusters",
    [
      Binding("open", [.enter], tr("Open the selected one"), hint: tr("open"), group: tr("Cluster")),
      Binding(
        "cluster.create", [.character("c")], tr("Create a cluster"), hint: tr("create"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.scale", [.character("+")], tr("Scale the cluster"), hint: tr("scale"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.upgrade", [.character("u")], tr("Upgrade Kubernetes"), hint: tr("upgrade"), group: tr("Cluster"),
        changes: true),
      Binding(
        "cluster.delete", [.character("D")], tr("Delete the cluster"), hint: tr("delete"), group: tr("Cluster"),
        changes: true),
      Binding("cluster.operation", [.character("o")], tr("Its latest operation"), group: tr("Cluster")),
      Binding(
        "cluster.edit", [.character("e")], tr("Edit its definition in $EDITOR"), group: tr("Cluster"), changes: true),
      Binding("cluster.compare", [.character("=")], tr("Compare with what it was before"), group: tr("Cluster")),
      Binding(
        "cluster.apply", [.character("f")], tr("Create or change from a file"), group: tr("Cluster"), changes: true),
    ] + ObjectList<Row>.bindings)

  static let columns: [ListColumn<Row>] = [
    ListColumn(Column("name", tr("NAME"), min: 8, ideal: 16, flex: 1)) { TableCell($0.cluster.name) },
    ListColumn(Column("status", tr("STATUS"), min: 13, ideal: 13)) {
      TableCell($0.cluster.statusPhrase.text, $0.cluster.statusPhrase.style)
    },
    ListColumn(Column("version", tr("VERSION"), min: 9, ideal: 9, drop: 2)) {
      TableCell(($0.cluster.status.kubernetesVersion ?? $0.cluster.spec.kubernetesVersion).description)
    },
    ListColumn(Column("control", tr("CONTROL"), min: 7, ideal: 7, drop: 3)) { row in
      TableCell(row.cluster.ready(.controlPlane).text, row.cluster.ready(.controlPlane).style)
    },
    ListColumn(Column("workers", tr("WORKERS"), min: 7, ideal: 7, drop: 3)) { row in
      TableCell(row.cluster.ready(.worker).text, row.cluster.ready(.worker).style)
    },
    ListColumn(Column("conditions", tr("CONDITIONS"), min: 18, ideal: 24, flex: 1, drop: 7)) { row in
      let bad = row.cluster.status.conditions.filter(\.isBad).map(\.type).sorted()
      if bad.isEmpty {
        let count = row.cluster.status.conditions.count
        return TableCell(count == 0 ? tr("none stated") : tr("\(count) good"), .muted)
      }
      return TableCell(tr("bad: \(bad.joined(separator: ", "))"), .warning)
    },
    ListColumn(
      Column("seen", tr("SEEN"), min: 10, ideal: 10, align: .right, drop: 9),
      key: { .number(-Double($0.cluster.status.observedAt?.milliseconds ?? 0)) }
    ) { row in
      guard let seen = row.cluster.status.observedAt else { return TableCell(tr("never"), .stale) }
      let old = row.now.seconds(since: seen) > Words.oldAfter
      return TableCell(
        old ? tr("\(Words.age(seen, at: row.now)) old") : Words.age(seen, at: row.now), old ? .stale : .muted)
    },
    ListColumn(Column("profile", tr("PROFILE"), min: 10, ideal: 12, flex: 1, drop: 8)) {
      TableCell($0.cluster.spec.profile.name, .muted)
    },
    ListColumn(Column("doing", tr("DOING"), min: 16, ideal: 20, flex: 2, drop: 4)) { row in
      guard let progress = row.operation else { return TableCell("") }
      return TableCell("\(Int(progress.fraction * 100))% \(progress.step)", .info)
    },
    ListColumn(
      Column("age", tr("AGE"), min: 6, ideal: 6, align: .right, drop: 5),
      key: { .number(-Double($0.cluster.metadata.createdAt.milliseconds)) }
    ) { TableCell(Words.age($0.cluster.metadata.createdAt, at: $0.now), .muted) },
  ]

  static func rows(_ site: SiteView) -> some RandomAccessCollection<Row> {
    site.snapshot.clusters.lazy.map { cluster in
      let operation = cluster.status.operation.flatMap(site.operation).map { OperationProgress($0, site: site) }
      return Row(cluster: cluster, operation: operation, now: site.now)
    }
  }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] { [.open(ClusterDetailScreen(row.cluster.name))] }

  func offers(_ action: ActionID, _ row: Row?) -> Bool { ClusterActions.offers(action, row?.cluster) }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    ClusterActions.requests(action, cluster: list.selected?.cluster, surroundings)
  }
}
