/// One column of a table.
package struct Column: Sendable {
  package var id: String
  package var title: String
  /// Columns of cells below which it is dropped rather than squeezed.
  package var minimum: Int
  /// Columns of cells that it wants.
  package var ideal: Int
  /// Its share of what is left over; 0 stays at its ideal width.
  package var flex: Int
  package var align: Alignment
  /// The higher, the earlier it goes when there is no room; 0 never goes.
  package var drop: Int
  package var truncate: Truncation

  package init(
    _ id: String, _ title: String, min minimum: Int = 3, ideal: Int, flex: Int = 0, align: Alignment = .left,
    drop: Int = 0, truncate: Truncation = .end
  ) {
    self.id = id
    self.title = title
    self.minimum = minimum
    self.ideal = max(minimum, ideal)
    self.flex = flex
    self.align = align
    self.drop = drop
    self.truncate = truncate
  }

  /// Which columns are shown in `width` cells (one blank between them), and how wide each is.
  package static func fit(_ columns: [Column], width: Int) -> [(column: Int, width: Int)] {
    var shown = Array(columns.indices)
    func needed(_ value: (Column) -> Int) -> Int { shown.reduce(0) { $0 + value(columns[$1]) } + shown.count - 1 }
    while shown.count > 1, needed(\.minimum) > width {
      guard
        let victim = shown.enumerated().filter({ columns[$0.element].drop > 0 })
          .max(by: { (columns[$0.element].drop, $0.offset) < (columns[$1.element].drop, $1.offset) })
      else { break }
      shown.remove(at: victim.offset)
    }
    guard !shown.isEmpty, width > 0 else { return [] }
    var widths = shown.map { columns[$0].minimum }
    var left = width - needed(\.minimum)
    if left < 0 {
      // Nothing may be dropped any more: the first columns keep their width, the last ones are cut.
      var room = width
      for index in widths.indices {
        widths[index] = max(0, min(widths[index], room))
        room -= widths[index] + 1
      }
      return zip(shown, widths).filter { $0.1 > 0 }.map { (column: $0.0, width: $0.1) }
    }
    for index in widths.indices {
      let more = min(left, columns[shown[index]].ideal - widths[index])
      widths[index] += more
      left -= more
    }
    let shares = Length.divide(left, among: shown.map { columns[$0].flex > 0 ? .flex(columns[$0].flex) : .fixed(0) })
    for index in widths.indices { widths[index] += shares[index] }
    return zip(shown, widths).map { (column: $0.0, width: $0.1) }
  }
}

/// The text of one cell of a table.
package struct TableCell: Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// What a table remembers between two drawings.
package struct TableState: Sendable {
  package var scroll = Scroll()
  /// The column that it is sorted by; nil leaves the order of the rows.
  package var sortColumn: String?
  /// The order of the sorted column.
  package var ascending = true
  /// The identities of rows that are marked for a bulk action.
  package var marked: Set<String> = []

  package init() {}

  /// Moves; Space marks the row and goes on to the next. Returns whether the key was used.
  package mutating func handle(_ key: Key, count: Int, identity: (Int) -> String) -> Bool {
    if key == .space {
      guard scroll.selected < count, scroll.selected >= 0 else { return false }
      let id = identity(scroll.selected)
      if marked.remove(id) == nil { marked.insert(id) }
      _ = scroll.handle(.down, count: count)
      return true
    }
    return scroll.handle(key, count: count)
  }

  /// Wheel scrolls, a click selects; `top` is the row of the header on the screen. Returns the row that was clicked.
  package mutating func handle(_ mouse: Mouse, count: Int, top: Int) -> Int? {
    switch mouse.action {
    case .scrollUp: scroll.scroll(by: -3, count: count)
    case .scrollDown: scroll.scroll(by: 3, count: count)
    case .press where mouse.button == .left:
      let row = scroll.top + mouse.position.y - top - 1
      guard mouse.position.y > top, scroll.visible(count: count).contains(row) else { return nil }
      scroll.selected = row
      return row
    default: break
    }
    return nil
  }

  /// Sorts by a column; by the same one again turns the order round.
  package mutating func sort(by column: String) {
    ascending = sortColumn == column ? !ascending : true
    sortColumn = column
  }

  /// Keeps the selection on the row of this identity after the rows have changed.
  package mutating func follow(_ identity: String?, in identities: some Collection<String>) {
    guard let identity, let index = identities.firstIndex(of: identity) else { return }
    scroll.selected = identities.distance(from: identities.startIndex, to: index)
  }
}

/// A table over any number of rows: only the visible ones are asked for.
package struct Table {
  package var columns: [Column]
  package var count: Int
  /// The cells of a row, one per column.
  package var row: (Int) -> [TableCell]
  /// What a row is known by when rows come and go.
  package var identity: (Int) -> String
  /// What is said when there are no rows.
  package var empty: String
  /// Whether the keys go to it; without focus the selected row is marked in the gutter alone.
  package var hasFocus: Bool

  package init(
    _ columns: [Column], count: Int, empty: String = tr("Nothing here."), hasFocus: Bool = true,
    identity: @escaping (Int) -> String = { "\($0)" }, row: @escaping (Int) -> [TableCell]
  ) {
    self.columns = columns
    self.count = count
    self.row = row
    self.identity = identity
    self.empty = empty
    self.hasFocus = hasFocus
  }

  /// Draws header and visible rows. Two columns at the left are the gutter: `>` the selected row, `*` a marked one.
  package func draw(_ state: inout TableState, on canvas: Canvas) {
    let body = canvas.height - 1
    state.scroll.fit(count: count, height: body)
    let bar = count > body && canvas.width > 20 ? 1 : 0
    let fitted = Column.fit(columns, width: canvas.width - 2 - bar)
    drawHeader(fitted, state, on: canvas)
    guard body > 0 else { return }
    if count == 0 {
      _ = canvas.part(Rect(x: 2, y: 2, width: canvas.width - 4, height: body - 1)).paragraph(empty, .muted)
      return
    }
    let visible = state.scroll.visible(count: count)
    for index in visible {
      let y = 1 + index - visible.lowerBound
      let selected = index == state.scroll.selected
      let marked = !state.marked.isEmpty && state.marked.contains(identity(index))
      if selected { canvas.put(.selected, x: 0, y: y, hasFocus ? .selection : .muted) }
      if marked { canvas.put(.marked, x: 1, y: y, Style(.mark)) }
      let cells = row(index)
      var x = 2
      for (place, (column, width)) in fitted.enumerated() where column < cells.count {
        let cell = cells[column]
        let style = selected && place == 0 ? Style(hasFocus ? .selection : cell.style.role, .bold) : cell.style
        canvas.text(
          cell.text, x: x, y: y, style, width: width, align: columns[column].align,
          truncate: columns[column].truncate)
        x += width + 1
      }
    }
    canvas.scrollBar(first: visible.lowerBound, visible: visible.count, count: count, y: 1, height: body)
  }

  private func drawHeader(_ fitted: [(column: Int, width: Int)], _ state: TableState, on canvas: Canvas) {
    var x = 2
    for (index, width) in fitted {
      let column = columns[index]
      var title = column.title
      if column.id == state.sortColumn {
        title += (state.ascending ? Glyph.ascending : .descending).text(in: canvas.glyphs)
      }
      canvas.text(title, x: x, y: 0, .heading, width: width, align: column.align)
      x += width + 1
    }
  }
}
