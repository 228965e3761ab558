internal import EaselModel
internal import EaselTerminal

/// Running and past operations, the running ones first.
struct OperationsScreen: ListScreen {
  struct Row {
    var operation: Operation
    var progress: OperationProgress
    var now: Timestamp
  }

  var title: String { tr("Operations") }
  var tab: RootTab { .operations }
  var keyMap: KeyMap { Self.keys }
  var list = ObjectList<Row>(
    Self.columns, empty: tr("Nothing was asked for yet. Changes that you make show up here."), hasMarks: true,
    identity: { $0.operation.name })

  /// Where it stands in full: the column is narrower than what some say.
  var footnote: String? {
    guard let row = list.selected else { return nil }
    let text = row.progress.step.isEmpty ? row.operation.status.message : row.progress.step
    return text.count > 16 ? text + row.progress.detail.prefixed("  ") : nil
  }

  static let keys = KeyMap(
    "operations",
    [
      Binding("open", [.enter], tr("Open the selected one"), hint: tr("open"), group: tr("Operation")),
      Binding(
        "operation.retry", [.character("r")], tr("Retry what stopped"), hint: tr("retry"), group: tr("Operation"),
        changes: true),
      Binding(
        "operation.abort", [.character("A")], tr("Abort after the running step"), hint: tr("abort"),
        group: tr("Operation"),
        changes: true),
      Binding("operation.target", [.character("c")], tr("The cluster or host that it changes"), group: tr("Operation")),
      Binding("operation.compare", [.character("=")], tr("What it changes in the definition"), group: tr("Operation")),
    ] + ObjectList<Row>.markBindings)

  static let columns: [ListColumn<Row>] = [
    ListColumn(Column("name", tr("NAME"), min: 16, ideal: 18, flex: 1, truncate: .middle)) {
      TableCell($0.operation.name)
    },
    ListColumn(Column("state", tr("STATE"), min: 9, ideal: 9)) {
      TableCell($0.operation.phaseWord, $0.operation.phaseStyle)
    },
    ListColumn(
      Column("done", tr("DONE"), min: 4, ideal: 4, align: .right, drop: 2), key: { .number($0.progress.fraction) }
    ) { TableCell($0.progress.share) },
    ListColumn(Column("step", tr("STEP"), min: 16, ideal: 26, flex: 2, drop: 3)) { row in
      TableCell(row.progress.step.isEmpty ? row.operation.status.message : row.progress.step, .muted)
    },
    ListColumn(
      Column("took", tr("TOOK"), min: 6, ideal: 6, align: .right, drop: 4), key: { .number($0.progress.elapsed) }
    ) { TableCell(Words.duration($0.progress.elapsed)) },
    ListColumn(
      Column("asked", tr("ASKED"), min: 6, ideal: 6, align: .right, drop: 5),
      key: { .number(-Double($0.operation.spec.requestedAt.milliseconds)) }
    ) { TableCell(Words.age($0.operation.spec.requestedAt, at: $0.now), .muted) },
    ListColumn(Column("by", tr("BY"), min: 8, ideal: 8, flex: 1, drop: 6)) {
      TableCell($0.operation.spec.actor, .muted)
    },
  ]

  static func rows(_ site: SiteView) -> [Row] {
    site.snapshot.operations.sorted { a, b in
      if a.status.phase.isFinal != b.status.phase.isFinal { return !a.status.phase.isFinal }
      return (b.spec.requestedAt, b.name) < (a.spec.requestedAt, a.name)
    }.map { Row(operation: $0, progress: OperationProgress($0, site: site), now: site.now) }
  }

  func open(_ row: Row, _ surroundings: Surroundings) -> [Request] {
    [.open(OperationDetailScreen(row.operation.name))]
  }

  func offers(_ action: ActionID, _ row: Row?) -> Bool { OperationActions.offers(action, row?.operation) }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    OperationActions.requests(action, operations: list.chosen.map(\.operation), surroundings)
  }
}
