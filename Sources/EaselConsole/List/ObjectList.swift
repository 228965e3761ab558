internal import EaselTerminal

/// What a column sorts by.
enum SortKey: Comparable {
  case number(Double)
  case text(String)
}

/// A column of a list: how it is laid out, what it says of a row, what it sorts by.
struct ListColumn<Row>: Sendable {
  var layout: Column
  var cell: @Sendable (Row) -> TableCell
  /// Nil sorts by the cell's text.
  var key: (@Sendable (Row) -> SortKey)?

  init(
    _ layout: Column, key: (@Sendable (Row) -> SortKey)? = nil, _ cell: @escaping @Sendable (Row) -> TableCell
  ) {
    (self.layout, self.cell, self.key) = (layout, cell, key)
  }
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

/// Rows in a table that can be filtered, sorted and marked. Cells are made for the visible rows alone.
struct ObjectList<Row> {
  let columns: [ListColumn<Row>]
  let empty: String
  let identity: (Row) -> String
  private(set) var rows = ListRows<Row>([])
  /// Indices of the rows that pass the filter, in the order in which they are shown.
  private(set) var shown: [Int] = []
  var table = TableState()
  var filter = FilterLine(prompt: "/")

  init(_ columns: [ListColumn<Row>], empty: String, identity: @escaping (Row) -> String) {
    (self.columns, self.empty, self.identity) = (columns, empty, identity)
  }

  var selected: Row? {
    shown.indices.contains(table.scroll.selected) ? rows[shown[table.scroll.selected]] : nil
  }

  /// The marked rows, or the selected one when none is marked.
  var chosen: [Row] {
    let marked = rows.filter { table.marked.contains(identity($0)) }
    return marked.isEmpty ? selected.map { [$0] } ?? [] : marked
  }

  /// Takes new rows; the selection stays on its row.
  mutating func update(_ rows: some RandomAccessCollection<Row>) {
    let kept = selected.map(identity)
    self.rows = ListRows(rows)
    if !table.marked.isEmpty { table.marked.formIntersection(rows.map(identity)) }
    arrange(keeping: kept)
  }

  private mutating func arrange(keeping kept: String?) {
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

  private func texts(of row: Row, column name: String?) -> [String] {
    columns.filter { name == nil || $0.layout.id == name }.map { $0.cell(row).text }
  }

  // Keys

  static var bindings: [Binding] {
    [
      Binding("list.filter", [.character("/")], "Filter: text, ~regex, or column:text", hint: "filter", group: "List"),
      Binding("list.sort", [.character("s")], "Sort by the next column", group: "List"),
      Binding("list.reverse", [.character("S")], "Turn the order round", group: "List"),
      Binding("list.mark", [.space], "Mark for an action on several", group: "List"),
      Binding("list.unmark", [.character("U")], "Remove all marks", group: "List"),
    ]
  }

  /// Keys of the filter line and movement; nil when it has no use for one.
  mutating func handle(_ key: Key) -> Bool {
    if filter.isEditing {
      let kept = selected.map(identity)
      let outcome = filter.handle(key)
      if outcome == .unused { return false }
      arrange(keeping: kept)
      return true
    }
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
      let ids = columns.map(\.layout.id)
      let next = table.sortColumn.flatMap { ids.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
      table.sortColumn = ids.indices.contains(next) ? ids[next] : nil
      table.ascending = true
    case "list.reverse": table.ascending.toggle()
    case "list.mark":
      _ = table.handle(.space, count: shown.count) { identity(rows[shown[$0]]) }
      return true
    case "list.unmark": table.marked = []
    default: return false
    }
    arrange(keeping: kept)
    return true
  }

  mutating func clearFilter() -> Bool {
    guard !filter.text.isEmpty else { return false }
    filter.set("")
    arrange(keeping: selected.map(identity))
    return true
  }

  /// Returns the row that was clicked.
  mutating func handle(_ mouse: Mouse) -> Row? {
    let before = table.scroll.selected
    guard let place = table.handle(mouse, count: shown.count, top: 0), place == before else { return nil }
    return selected
  }

  // Drawing

  mutating func draw(on canvas: Canvas) {
    let hasLine = filter.isEditing || !filter.text.isEmpty
    let body = canvas.part(Rect(width: canvas.width, height: canvas.height - (hasLine ? 1 : 0)))
    let none = filter.text.isEmpty ? empty : "Nothing matches the filter \"\(filter.text)\". Esc removes it."
    let (columns, rows, shown, identity) = (columns, rows, shown, identity)
    Table(
      columns.map(\.layout), count: shown.count, empty: none, identity: { identity(rows[shown[$0]]) },
      row: { index in
        let row = rows[shown[index]]
        return columns.map { $0.cell(row) }
      }
    ).draw(&table, on: body)
    guard hasLine else { return }
    let line = canvas.part(Rect(y: canvas.height - 1, width: canvas.width, height: 1))
    filter.draw(on: line)
    let count = "\(shown.count) of \(rows.count)"
    if filter.error == nil, line.width > count.count + 20 {
      line.text(count, x: line.width - count.count - 1, .muted)
    }
  }

  mutating func lines() -> [PlainLine] {
    if shown.isEmpty { return [PlainLine(empty)] }
    return shown.prefix(200).enumerated().map { place, index in
      let cells = columns.compactMap { column -> String? in
        let text = column.cell(rows[index]).text
        return text.isEmpty || text == "-" ? nil : "\(column.layout.title.lowercased()) \(text)"
      }
      return PlainLine(cells.joined(separator: ", "), choice: place)
    }
  }
}
