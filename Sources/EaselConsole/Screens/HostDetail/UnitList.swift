internal import EaselModel
internal import EaselTerminal

/// What runs on a host, as it said last.
struct UnitList {
  struct Row {
    var unit: HostUnit
    var now: Timestamp
  }

  private(set) var units: [HostUnit] = []
  /// When the host last answered; nil when it never has.
  private(set) var answeredAt: Timestamp?
  private(set) var problem: EaselError?
  var list = ObjectList<Row>(Self.columns, empty: tr("The host named no units."), identity: { $0.unit.name })

  static let columns: [ListColumn<Row>] = [
    ListColumn(Column("unit", tr("UNIT"), min: 12, ideal: 22, flex: 1)) { TableCell($0.unit.shortName) },
    ListColumn(Column("state", tr("STATE"), min: 10, ideal: 11)) { row in
      let style: Style =
        switch row.unit.state {
        case "active": .ok
        case "failed": .critical
        case "container": .muted
        default: .warning
        }
      return TableCell(row.unit.state, style)
    },
    ListColumn(Column("detail", tr("DETAIL"), min: 8, ideal: 16, flex: 1, drop: 2)) {
      TableCell($0.unit.detail, .muted)
    },
    ListColumn(Column("since", tr("SINCE"), min: 6, ideal: 6, align: .right, drop: 1)) {
      TableCell(Words.age($0.unit.since, at: $0.now))
    },
    ListColumn(Column("what", tr("WHAT"), min: 10, ideal: 24, flex: 2, drop: 3)) { TableCell($0.unit.title, .muted) },
  ]

  mutating func take(_ result: Result<[HostUnit], EaselError>, at now: Timestamp) {
    switch result {
    case .failure(let error): problem = error
    case .success(let units): (self.units, answeredAt, problem) = (units, now, nil)
    }
    refresh(at: now)
  }

  mutating func refresh(at now: Timestamp) { list.update(units.map { Row(unit: $0, now: now) }) }

  /// The unit that is read first when none was chosen: the one that breaks most often.
  var first: HostUnit? { units.first { $0.shortName == "kubelet" } ?? units.first }

  mutating func draw(on canvas: Canvas, host: String, at now: Timestamp) {
    guard answeredAt != nil else {
      let text = problem.map { tr("\($0.description)\nIt is asked again and again.") } ?? tr("Asking \(host) ...")
      _ = canvas.part(canvas.bounds.inset(horizontal: 2)).paragraph(text, y: 1, problem == nil ? .muted : .warning)
      return
    }
    guard problem != nil, canvas.height > 3 else { return list.draw(on: canvas) }
    list.draw(on: canvas.part(Rect(width: canvas.width, height: canvas.height - 1)))
    let age = Words.age(answeredAt, at: now)
    canvas.text(tr("no answer now; this is \(age) old: \(problem?.message ?? "")"), x: 1, y: canvas.height - 1, .stale)
  }
}
