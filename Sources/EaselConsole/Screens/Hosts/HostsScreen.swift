internal import EaselModel
internal import EaselTerminal

/// All hosts with what they are made of and which cluster they serve.
struct HostsScreen: ListScreen {
  struct Row {
    var host: Host
    var role: String
    var isCordoned: Bool
    var now: Timestamp
  }

  var title: String { tr("Hosts") }
  var tab: RootTab { .hosts }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(
    Self.columns, empty: tr("No hosts yet. Press a to add the first one."), hasMarks: true, identity: { $0.host.name })

  static let keys = KeyMap(
    "hosts",
    [
      Binding("open", [.enter], tr("Open the selected one"), hint: tr("open"), group: tr("Host")),
      Binding(
        "host.add", [.character("a")], tr("Add a host over SSH"), hint: tr("add"), group: tr("Host"), changes: true),
      Binding(
        "host.maintenance", [.character("m")], tr("Maintenance on or off"), group: tr("Host"),
        changes: true),
      Binding("host.cordon", [.character("x")], tr("Cordon the nodes"), group: tr("Host"), changes: true),
      Binding("host.uncordon", [.character("X")], tr("Uncordon the nodes"), group: tr("Host"), changes: true),
      Binding("host.drain", [.character("d")], tr("Drain the nodes"), group: tr("Host"), changes: true),
      Binding(
        "host.reboot", [.character("R")], tr("Reboot, one after another"), hint: tr("reboot"), group: tr("Host"),
        changes: true),
      Binding(
        "host.shutdown", [.character("P")], tr("Shut down, or power a simulated one on"), group: tr("Host"),
        changes: true),
      Binding(
        "host.reset", [.character("Z")], tr("Take off what a cluster left on a free host"), group: tr("Host"),
        changes: true),
      Binding("host.logs", [.character("L")], tr("Live logs of its units"), hint: tr("logs"), group: tr("Host")),
      Binding("host.remove", [.character("D")], tr("Forget a free host"), group: tr("Host"), changes: true),
      Binding("host.cluster", [.character("c")], tr("The cluster that it serves"), group: tr("Host")),
    ] + ObjectList<Row>.markBindings)

  static let columns: [ListColumn<Row>] = [
    ListColumn(Column("name", tr("NAME"), min: 8, ideal: 14, flex: 1, truncate: .middle)) { TableCell($0.host.name) },
    ListColumn(Column("status", tr("STATUS"), min: 11, ideal: 11, flex: 1)) { row in
      let phrase = row.host.statusPhrase(isCordoned: row.isCordoned)
      return TableCell(phrase.text, phrase.style, short: row.isCordoned ? tr("Cordoned") : nil)
    },
    ListColumn(Column("cluster", tr("CLUSTER"), min: 8, ideal: 10, flex: 1, drop: 1)) { row in
      row.host.status.cluster.map { TableCell($0) } ?? TableCell(tr("free"), .muted)
    },
    ListColumn(Column("role", tr("ROLE"), min: 13, ideal: 13, flex: 1, drop: 5)) { TableCell($0.role) },
    ListColumn(
      Column("cpu", tr("CPU"), min: 3, ideal: 3, align: .right, drop: 3),
      key: { .number(Double($0.host.status.hardware?.cpuCount ?? -1)) }
    ) { TableCell($0.host.status.hardware.map { "\($0.cpuCount)" } ?? "-") },
    ListColumn(
      Column("memory", tr("MEMORY"), min: 8, ideal: 8, align: .right, drop: 3),
      key: { .number(Double($0.host.status.hardware?.memoryBytes ?? -1)) }
    ) { TableCell($0.host.status.hardware.map { Words.bytes($0.memoryBytes) } ?? "-") },
    ListColumn(
      Column("disk", tr("DISK"), min: 4, ideal: 5, align: .right, drop: 4), key: { .number($0.host.fullestDisk ?? -1) }
    ) { row in
      guard let used = row.host.fullestDisk else { return TableCell("-") }
      return TableCell("\(Int(used * 100))%", used > 0.9 ? .warning : .plain)
    },
    ListColumn(Column("address", tr("ADDRESS"), min: 15, ideal: 15, flex: 1, drop: 2)) {
      TableCell($0.host.spec.address)
    },
    ListColumn(Column("system", tr("SYSTEM"), min: 18, ideal: 22, flex: 1, drop: 7)) {
      TableCell($0.host.status.operatingSystem ?? "-", .muted)
    },
    ListColumn(
      Column("seen", tr("SEEN"), min: 6, ideal: 6, align: .right, drop: 6),
      key: { .number(-Double($0.host.status.lastSeen?.milliseconds ?? 0)) }
    ) { TableCell(Words.age($0.host.status.lastSeen, at: $0.now), .muted) },
  ]

  static func rows(_ site: SiteView) -> some RandomAccessCollection<Row> {
    site.snapshot.hosts.lazy.map {
      Row(host: $0, role: site.role(of: $0), isCordoned: site.isCordoned($0), now: site.now)
    }
  }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] { [.open(HostDetailScreen(row.host.name))] }

  func hint(_ action: ActionID) -> String? { HostActions.hint(action, list.selected?.host) }

  func offers(_ action: ActionID, _ row: Row?) -> Bool { HostActions.offers(action, row?.host) }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    HostActions.requests(action, hosts: list.chosen.map(\.host), surroundings)
  }
}
