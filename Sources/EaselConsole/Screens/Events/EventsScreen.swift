internal import EaselModel
internal import EaselTerminal

/// What happened, newest first.
struct EventsScreen: ListScreen {
  typealias Row = EaselModel.Event
  var title: String { tr("Events") }
  var tab: RootTab { .events }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(Self.columns, empty: tr("Nothing has happened yet."), identity: { "\($0.sequence)" })

  var footnote: String? { Self.footnote(list) }

  /// The selected message in full: the column is narrower than what some say.
  static func footnote(_ list: ObjectList<Row>) -> String? {
    list.selected.flatMap { $0.message.count > 40 ? $0.message : nil }
  }

  /// Opens the operation that an event belongs to.
  static func operation(of event: Row?) -> [Request] {
    guard let event else { return [] }
    return event.operation.map { [.open(OperationDetailScreen($0))] }
      ?? [.say(tr("this belongs to no operation"), isProblem: false)]
  }

  static let keys = KeyMap(
    "events",
    [
      Binding("open", [.enter], tr("Open what it is about"), hint: tr("open"), group: tr("Event")),
      Binding(
        "event.operation", [.character("o")], tr("The operation it belongs to"), hint: tr("operation"),
        group: tr("Event")),
    ]
      + ObjectList<Row>.bindings)

  static let columns: [ListColumn<Row>] = [
    .time(Column("time", tr("TIME"), ideal: 19, drop: 2), order: { Double($0.sequence) }) { $0.at },
    ListColumn(Column("kind", tr("KIND"), min: 9, ideal: 9, drop: 4)) {
      TableCell($0.object.kind.rawValue.lowercased(), .muted)
    },
    ListColumn(Column("object", tr("OBJECT"), min: 8, ideal: 14, flex: 1)) { TableCell($0.object.name) },
    ListColumn(Column("severity", "", min: 1, ideal: 1)) { TableCell($0.severity == .warning ? "!" : "", .warning) },
    ListColumn(Column("message", tr("WHAT"), min: 32, ideal: 44, flex: 3)) {
      TableCell($0.message, $0.severity == .warning ? .warning : .plain)
    },
    ListColumn(Column("operation", tr("OPERATION"), min: 16, ideal: 18, drop: 3)) {
      TableCell($0.operation ?? "", .muted)
    },
  ]

  static func rows(_ site: SiteView) -> [Row] { site.events }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] {
    switch row.object.kind {
    case .cluster: [.open(ClusterDetailScreen(row.object.name))]
    case .host: [.open(HostDetailScreen(row.object.name))]
    case .operation: [.open(OperationDetailScreen(row.object.name))]
    default: row.operation.map { [.open(OperationDetailScreen($0))] } ?? []
    }
  }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    action == "event.operation" ? Self.operation(of: list.selected) : []
  }
}
