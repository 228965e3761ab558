internal import EaselModel
internal import EaselTerminal

/// Who did what, newest first. The chain of hashes is checked by `easel audit verify`.
struct AuditScreen: ListScreen {
  typealias Row = AuditRecord
  var title: String { tr("Audit") }
  var tab: RootTab { .audit }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(
    Self.columns, empty: tr("Nobody has changed anything yet."), identity: { "\($0.sequence)" })

  /// Who did what in full: the columns are narrower than what some say.
  var footnote: String? {
    list.selected.map { row in
      "\(Words.moment(row.at))  \(row.actor): \(row.verb.inWords) \(row.object.name)" + row.detail.prefixed("  ")
    }
  }

  static let keys = KeyMap(
    "audit",
    [Binding("open", [.enter], tr("Open what was changed"), hint: tr("open"), group: tr("Audit"))]
      + ObjectList<Row>.bindings)

  static let columns: [ListColumn<Row>] = [
    ListColumn(
      Column("number", tr("NO"), min: 6, ideal: 6, align: .right, drop: 4), key: { .number(Double($0.sequence)) }
    ) {
      TableCell("\($0.sequence)", .muted)
    },
    .time(Column("time", tr("TIME"), ideal: 19, drop: 2), .real, order: { Double($0.sequence) }) { $0.at },
    ListColumn(Column("who", tr("WHO"), min: 8, ideal: 14, flex: 1)) { TableCell($0.actor) },
    ListColumn(Column("verb", tr("DID"), min: 8, ideal: 11, flex: 1)) { TableCell($0.verb.inWords) },
    ListColumn(Column("object", tr("TO"), min: 8, ideal: 14, flex: 1)) { TableCell($0.object.name) },
    ListColumn(Column("detail", tr("DETAIL"), min: 14, ideal: 36, flex: 3, drop: 1)) { TableCell($0.detail, .muted) },
    ListColumn(Column("hash", tr("HASH"), min: 12, ideal: 12, drop: 6)) {
      TableCell(String($0.hash.prefix(12)), .muted)
    },
  ]

  static func rows(_ site: SiteView) -> [Row] { site.audit }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] {
    switch row.object.kind {
    case .cluster: [.open(ClusterDetailScreen(row.object.name))]
    case .host: [.open(HostDetailScreen(row.object.name))]
    case .operation: [.open(OperationDetailScreen(row.object.name))]
    default: [.say(tr("\(row.object.name) has no page of its own"), isProblem: false)]
    }
  }
}
