internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// What a column sorts by.
enum SortKey: Comparable {
  case number(Double)
  case text(String)

  /// Texts in the order in which people count names.
  static func < (a: SortKey, b: SortKey) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): NaturalOrder.precedes(a, b)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}

/// A column of a list: how it is laid out, what it says of a row, what it sorts by.
struct ListColumn<Row>: Sendable {
  var layout: Column
  var cell: @Sendable (Row) -> TableCell
  /// Nil sorts by the cell's text.
  var key: (@Sendable (Row) -> SortKey)?
  /// Its title and width follow the time that the operator has chosen.
  var time: Time?

  /// What a column of moments tells.
  enum Time {
    /// When something was, by the site's clock or, of a simulated site too, in reality.
    case site, real
    /// A day, of which the hour matters little.
    case date
  }

  init(
    _ layout: Column, key: (@Sendable (Row) -> SortKey)? = nil, _ cell: @escaping @Sendable (Row) -> TableCell
  ) {
    (self.layout, self.cell, self.key) = (layout, cell, key)
  }

  /// A column of moments, the hour or the day alone where it is narrow.
  static func time(
    _ layout: Column, _ time: Time = .site, order: @escaping @Sendable (Row) -> Double,
    _ moment: @escaping @Sendable (Row) -> Timestamp
  ) -> ListColumn {
    var column = ListColumn(layout, key: { .number(order($0)) }) { row in
      let (moment, words) = (moment(row), TimeWords.current)
      return TableCell(words.moment(moment), .muted, short: time == .date ? words.date(moment) : words.clock(moment))
    }
    column.time = time
    return column
  }

  /// What stands over it: on a simulated site, whose time it tells.
  var title: String {
    guard TimeWords.current.isSimulated else { return layout.title }
    return switch time {
    case .site: tr("SIM \(layout.title)")
    case .real: tr("REAL \(layout.title)")
    case .date, nil: layout.title
    }
  }

  /// Whether a filter or the command line means it: by its id, or by what stands over it.
  func isNamed(_ name: String) -> Bool { layout.id == name || layout.title.lowercased() == name }

  /// The layout as it is now.
  var shownLayout: Column {
    guard let time else { return layout }
    var layout = layout
    let times = TimeWords.current
    layout.short = Column.Short(
      time == .real && times.isSimulated ? tr("REAL") : title,
      width: time == .date ? TimeWords.dateWidth : times.clockWidth)
    layout.title = "\(title) (\(times.zoneName))"
    layout.minimum = times.momentWidth
    layout.ideal = times.momentWidth
    return layout
  }
}

extension FilterableList {
  /// What it shows only a part by, and how much that is; nil while it shows all.
  var plainFilter: (text: String, shown: Int, all: Int)? {
    filter.text.isEmpty ? nil : (filter.text, counts.shown, counts.all)
  }
}

/// A list whatever its rows are.
protocol FilterableList {
  var filter: FilterLine { get set }
  var table: TableState { get set }
  var hasMarks: Bool { get }
  /// How many rows pass the filter, and of how many.
  var counts: (shown: Int, all: Int) { get }
  /// The identity of a row by its place among those that are shown.
  func identity(at place: Int) -> String?
  var columnNames: [String] { get }
  mutating func perform(_ action: ActionID) -> Bool
  mutating func clearFilter() -> Bool
  mutating func narrow(_ text: String)
  mutating func sort(by name: String, ascending: Bool) -> Bool
}

/// The rows of a list, each made when it is looked at.
struct ListRows<Row>: RandomAccessCollection {
  let endIndex: Int
  private let make: (Int) -> Row

  var startIndex: Int { 0 }
  subscript(index: Int) -> Row { make(index) }

  init<Rows: RandomAccessCollection<Row>>(_ rows: Rows) {
    endIndex = rows.count
    make = { rows[rows.index(rows.startIndex, offsetBy: $0)] }
  }
}

/// What was made of rows since they came, so that moving among them makes nothing anew. Copies of a list share it: it belongs
/// to the rows, and other rows get another one.
private final class MadeRows<Row> {
  private var made: [Int: (row: Row, cells: [TableCell])] = [:]

  /// A row with its cells; those that have gone out of sight are forgotten now and then.
  func row(_ index: Int, _ rows: ListRows<Row>, _ columns: [ListColumn<Row>]) -> (row: Row, cells: [TableCell]) {
    if let known = made[index] { return known }
    if made.count > 400 { made.removeAll(keepingCapacity: true) }
    let row = rows[index]
    let new = (row: row, cells: columns.map { $0.cell(row) })
    made[index] = new
    return new
  }
}

/// Rows in a table that can be filtered, sorted and marked. Cells are made for the visible rows alone.
struct ObjectList<Row>: FilterableList {
  let columns: [ListColumn<Row>]
  let empty: String
  /// Whether rows can be marked: only where something can be done with several at once.
  let hasMarks: Bool
  let identity: (Row) -> String
  private(set) var rows = ListRows<Row>([]) { didSet { made = MadeRows() } }
  private var made = MadeRows<Row>()
  /// Indices of the rows that pass the filter, in the order in which they are shown.
  private(set) var shown: [Int] = []
  /// Of the rows that `shown` was made of.
  private var serial: Int?
  var table = TableState()
  var filter = FilterLine(prompt: "/")
  /// What Tab goes through; nil after any other key.
  var completion: Completion?

  struct Completion {
    var before: String
    var words: [String]
    var next = 0
  }

  init(
    _ columns: [ListColumn<Row>], empty: String, hasMarks: Bool = false, identity: @escaping (Row) -> String
  ) {
    (self.columns, self.empty, self.hasMarks, self.identity) = (columns, empty, hasMarks, identity)
  }

  var columnNames: [String] { columns.map(\.layout.id) }
  var counts: (shown: Int, all: Int) { (shown.count, rows.count) }
  func identity(at place: Int) -> String? { shown.indices.contains(place) ? identity(rows[shown[place]]) : nil }

  var selected: Row? {
    guard shown.indices.contains(table.scroll.selected) else { return nil }
    return made.row(shown[table.scroll.selected], rows, columns).row
  }

  /// The marked rows, or the selected one when none is marked.
  var chosen: [Row] {
    let marked = rows.filter { table.marked.contains(identity($0)) }
    return marked.isEmpty ? selected.map { [$0] } ?? [] : marked
  }

  /// Takes new rows; the selection stays on its row.
  ///
  /// - Parameter serial: the same as before says that they are the same rows at a later time; then their order is the same too,
  ///   and so is which are shown, but for a filter that may mean an age.
  mutating func update(_ rows: some RandomAccessCollection<Row>, serial: Int? = nil) {
    defer { self.serial = serial }
    if let serial, serial == self.serial, rows.count == self.rows.count, filter.text.isEmpty {
      self.rows = ListRows(rows)
      return
    }
    let kept = selected.map(identity)
    self.rows = ListRows(rows)
    if !table.marked.isEmpty { table.marked.formIntersection(rows.map(identity)) }
    arrange(keeping: kept)
  }

  private mutating func arrange(keeping kept: String?) {
    table.forgetTexts()
    let test = ListFilter(filter.text)
    filter.error = test.problem
    shown =
      test.isEmpty
      ? Array(rows.indices)
      : rows.indices.filter { index in
        let row = rows[index]
        return test.matches { name in texts(of: row, column: name) }
      }
    if let column = columns.first(where: { $0.layout.id == table.sortColumn }) {
      let keys = shown.map { index in
        let row = rows[index]
        return column.key?(row) ?? .text(column.cell(row).text)
      }
      let order = shown.indices.sorted { a, b in
        if keys[a] == keys[b] { return shown[a] < shown[b] }
        return (keys[a] < keys[b]) == table.ascending
      }
      shown = order.map { shown[$0] }
    }
    if let kept, selected.map(identity) != kept,
      let place = shown.firstIndex(where: { identity(rows[$0]) == kept })
    {
      table.scroll.selected = place
    }
    table.scroll.selected = max(0, min(table.scroll.selected, shown.count - 1))
  }

  func texts(of row: Row, column name: String?) -> [String] {
    columns.filter { name == nil || $0.isNamed(name ?? "") }.map { $0.cell(row).text }
  }

  // Keys

  static var bindings: [Binding] {
    [
      Binding(
        "list.filter", [.character("/")], tr("Filter: text, !not, ~regex or column:text; Tab completes"),
        hint: tr("filter"), group: tr("List")),
      Binding("list.sort", [.character("s")], tr("Sort by the next column"), group: tr("List")),
      Binding("list.reverse", [.character("S")], tr("Turn the order round"), group: tr("List")),
    ]
  }

  /// Those of lists with marks.
  static var markBindings: [Binding] {
    bindings + [
      Binding("list.mark", [.space], tr("Mark for an action on several"), group: tr("List")),
      Binding("list.unmark", [.character("U")], tr("Remove all marks"), group: tr("List")),
    ]
  }

  /// Keys of the filter line and movement; nil when it has no use for one.
  mutating func handle(_ key: Key) -> Bool {
    if filter.isEditing {
      let kept = selected.map(identity)
      let outcome = filter.handle(key)
      if outcome == .unused { return false }
      if outcome == .complete { complete() } else { completion = nil }
      arrange(keeping: kept)
      return true
    }
    if key == .space, !hasMarks { return false }
    return table.handle(key, count: shown.count) { identity(rows[shown[$0]]) }
  }

  /// Actions of `bindings`; false for others.
  mutating func perform(_ action: ActionID) -> Bool {
    let kept = selected.map(identity)
    switch action {
    case "list.filter":
      filter.begin()
      return true
    case "list.sort":
      // A column that is not seen would move the rows for no reason that is.
      let ids = table.shownColumns ?? columns.map(\.layout.id)
      let next = table.sortColumn.flatMap { ids.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
      table.sortColumn = ids.indices.contains(next) ? ids[next] : nil
      table.ascending = true
    case "list.reverse": table.ascending.toggle()
    case "list.mark" where hasMarks:
      _ = table.handle(.space, count: shown.count) { identity(rows[shown[$0]]) }
      return true
    case "list.unmark" where hasMarks: table.marked = []
    default: return false
    }
    arrange(keeping: kept)
    return true
  }

  /// Shows what passes a filter, as if it had been typed.
  mutating func narrow(_ text: String) {
    filter.set(text)
    arrange(keeping: selected.map(identity))
  }

  /// Sorts by a column of that name; false when there is none.
  mutating func sort(by name: String, ascending: Bool) -> Bool {
    guard let column = columns.first(where: { $0.isNamed(name.lowercased()) }) else { return false }
    table.sortColumn = column.layout.id
    table.ascending = ascending
    arrange(keeping: selected.map(identity))
    return true
  }

  /// Shows all again; false where all was shown.
  mutating func clearFilter() -> Bool {
    guard !filter.text.isEmpty else { return false }
    narrow("")
    return true
  }

  /// Returns the row that was clicked.
  mutating func handle(_ mouse: Mouse) -> Row? {
    let before = table.scroll.selected
    guard let place = table.handle(mouse, count: shown.count, top: 0), place == before else { return nil }
    return selected
  }

  // Drawing

  /// That the filter names a column that is none, and which there are.
  private var unknownColumn: String? {
    ListFilter(filter.text).columns.first { name in !columns.contains { $0.isNamed(name) } }.map { name in
      tr("There is no column \(name) here; there are: \(columnNames.joined(separator: ", ")).")
    }
  }

  mutating func draw(on canvas: Canvas) {
    let hasFilter = filter.isEditing || !filter.text.isEmpty
    let hasLine = hasFilter || !table.marked.isEmpty
    let offered = completions(canvas.width - 3).prefix(max(0, canvas.height - 4))
    let body = canvas.part(Rect(width: canvas.width, height: canvas.height - (hasLine ? 1 : 0) - offered.count))
    let none =
      filter.text.isEmpty
      ? empty : unknownColumn ?? tr("Nothing matches the filter \"\(filter.text)\". Esc removes it.")
    let (columns, rows, shown, identity, made) = (columns, rows, shown, identity, made)
    Table(
      columns.map(\.shownLayout), count: shown.count, empty: none,
      identity: { identity(rows[shown[$0]]) },
      row: { made.row(shown[$0], rows, columns).cells }
    ).draw(&table, on: body)
    guard hasLine else { return }
    for (row, spans) in offered.enumerated() { canvas.spans(spans, x: 1, y: body.height + row) }
    let line = canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1))
    if hasFilter { filter.draw(on: line) }
    let marks = table.marked.isEmpty ? "" : tr("\(table.marked.count) marked")
    var note = hasFilter ? tr("\(shown.count) of \(rows.count)") + marks.prefixed(", ") : marks
    if filter.isEditing, completion?.words.isEmpty == true { note = tr("nothing completes it") + "  " + note }
    let width = CellText.width(of: note)
    if filter.error == nil, line.width > width + 20 { line.text(note, x: line.width - width - 1, .muted) }
  }

  func lines() -> [PlainLine] {
    let hidden = rows.count - shown.count
    if shown.isEmpty {
      if hidden == 0 { return [PlainLine(empty)] }
      return [PlainLine(unknownColumn ?? tr("no row matches \(filter.text) (\(hidden) hidden)"))]
    }
    let (columns, rows, identity, marked) = (columns, rows, identity, table.marked)
    return shown.enumerated().map { place, index in
      PlainLine(choice: place, identity: { identity(rows[index]) }) {
        let row = rows[index]
        let cells = columns.compactMap { column -> String? in
          let text = column.cell(row).text
          if text.isEmpty || text == "-" { return nil }
          let title = column.title.lowercased()
          if title.isEmpty { return text == "!" ? tr("warning") : text }
          return text.hasPrefix(title + " ") ? text : "\(title) \(text)"
        }
        return ((marked.contains(identity(row)) ? [tr("marked")] : []) + cells).joined(separator: ", ")
      }
    }
  }
}
