/// One column of a table.
package struct Column: Sendable {
  package var id: String
  package var title: String
  /// Columns of cells below which it is dropped rather than squeezed.
  package var minimum: Int
  /// Columns of cells that it wants.
  package var ideal: Int
  /// Its share of what is left over, as far as its texts need it; 0 stays at its ideal width.
  package var flex: Int
  package var align: Alignment
  /// The higher, the earlier it goes when there is no room; 0 never goes.
  package var drop: Int
  package var truncate: Truncation
  /// What it is narrowed to, in one step, when its turn to go comes; nil lets it go.
  package var short: Short?

  /// A column that says less rather than nothing.
  package struct Short: Sendable {
    package var title: String
    /// Columns of cells.
    package var width: Int

    package init(_ title: String, width: Int) { (self.title, self.width) = (title, width) }
  }

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

  /// Which columns are shown in `width` cells (one blank between them), and how wide each is. What no text needs stays free
  /// at the right: a row whose cells are far apart cannot be followed by eye.
  ///
  /// - Parameter texts: cells that the widest text of each column takes; what is ideal where it is not known.
  package static func fit(_ columns: [Column], width: Int, texts: [Int] = []) -> [(column: Int, width: Int)] {
    var shown = Array(columns.indices)
    var least = columns.map(\.minimum)
    func needed() -> Int { shown.reduce(shown.count - 1) { $0 + least[$1] } }
    func mayGive(_ index: Int) -> Bool {
      columns[index].drop > 0 && columns[index].short.map { $0.width < least[index] } ?? true
    }
    // Where texts would be cut, a column in which nothing stands gives its room up.
    let wanted = columns.indices.reduce(columns.count - 1) { sum, index in
      let isKnown = columns[index].flex > 0 && texts.indices.contains(index)
      return sum + (isKnown ? max(texts[index], columns[index].minimum) : columns[index].ideal)
    }
    if wanted > width {
      shown.removeAll { columns[$0].flex > 0 && columns[$0].drop > 0 && texts.indices.contains($0) && texts[$0] == 0 }
    }
    while shown.count > 1, needed() > width {
      guard
        let victim = shown.enumerated().filter({ mayGive($0.element) })
          .max(by: { (columns[$0.element].drop, $0.offset) < (columns[$1.element].drop, $1.offset) })
      else { break }
      if let short = columns[victim.element].short {
        least[victim.element] = short.width
      } else {
        shown.remove(at: victim.offset)
      }
    }
    // A moment without its day says more than a text that is cut.
    func wish(_ index: Int) -> Int {
      let isKnown = columns[index].flex > 0 && texts.indices.contains(index)
      return isKnown ? max(least[index], min(texts[index], columns[index].ideal)) : least[index]
    }
    while shown.reduce(shown.count - 1, { $0 + wish($1) }) > width,
      let victim = shown.filter({ index in columns[index].short.map { $0.width < least[index] } ?? false })
        .max(by: { columns[$0].drop < columns[$1].drop })
    {
      least[victim] = columns[victim].short?.width ?? 0
    }
    guard !shown.isEmpty, width > 0 else { return [] }
    var widths = shown.map { least[$0] }
    var left = width - needed()
    if left < 0 {
      // Nothing may be dropped any more: the first columns keep their width, the last ones are cut.
      var room = width
      for index in widths.indices {
        widths[index] = max(0, min(widths[index], room))
        room -= widths[index] + 1
      }
      return zip(shown, widths).filter { $0.1 > 0 }.map { (column: $0.0, width: $0.1) }
    }
    func text(_ index: Int) -> Int {
      texts.indices.contains(shown[index]) ? texts[shown[index]] : columns[shown[index]].ideal
    }
    func grow(_ index: Int, to wanted: Int) {
      let column = columns[shown[index]]
      var more = max(0, min(left, wanted - widths[index]))
      // A short form is as good at any width below that of the long one.
      if column.short != nil, widths[index] + more < column.minimum { more = 0 }
      widths[index] += more
      left -= more
    }
    for index in widths.indices {
      let column = columns[shown[index]]
      if least[shown[index]] < column.minimum { continue }
      grow(index, to: column.flex > 0 ? min(column.ideal, text(index)) : column.ideal)
    }
    var hungry = widths.indices.filter { index in
      let column = columns[shown[index]]
      return column.flex > 0 && column.short == nil && text(index) > widths[index]
    }
    while left > 0, !hungry.isEmpty {
      let shares = Length.divide(left, among: hungry.map { .flex(columns[shown[$0]].flex) })
      for (index, share) in zip(hungry, shares) { grow(index, to: min(text(index), widths[index] + share)) }
      hungry.removeAll { text($0) <= widths[$0] }
    }
    for index in widths.indices { grow(index, to: columns[shown[index]].ideal) }
    return zip(shown, widths).map { (column: $0.0, width: $0.1) }
  }
}

/// The text of one cell of a table.
package struct TableCell: Sendable {
  package var text: String
  package var style: Style
  /// What is said where the text has no room; nil cuts it.
  package var short: String?

  package init(_ text: String, _ style: Style = .plain, short: String? = nil) {
    self.text = text
    self.style = style
    self.short = short
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
  /// The columns that had room when it was last drawn; nil before.
  package fileprivate(set) var shownColumns: [String]?
  /// Cells that the widest text of each column took since the rows came: columns do not jump while one moves through them.
  fileprivate var texts: [Int] = []

  package init() {}

  /// There are other rows: their texts are measured anew.
  package mutating func forgetTexts() { texts = [] }

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
    let visible = state.scroll.visible(count: count)
    let rows = body > 0 ? visible.map(row) : []
    measure(rows, &state, glyphs: canvas.glyphs)
    let fitted = fit(state, width: canvas.width - 2 - bar, canvas.glyphs)
    state.shownColumns = fitted.map { columns[$0.column].id }
    drawHeader(fitted, state, on: canvas)
    guard body > 0 else { return }
    if count == 0 {
      _ = canvas.part(Rect(x: 2, y: 2, width: canvas.width - 4, height: body - 1)).paragraph(empty, .muted)
      return
    }
    for (index, cells) in zip(visible, rows) {
      let y = 1 + index - visible.lowerBound
      let selected = index == state.scroll.selected
      let marked = !state.marked.isEmpty && state.marked.contains(identity(index))
      if selected { canvas.put(.selected, x: 0, y: y, hasFocus ? .selection : .muted) }
      if marked { canvas.put(.marked, x: 1, y: y, Style(.mark)) }
      var x = 2
      for (place, (column, width)) in fitted.enumerated() where column < cells.count {
        let cell = cells[column]
        let style = selected && place == 0 ? Style(hasFocus ? .selection : cell.style.role, .bold) : cell.style
        let text = cell.short.map { CellText.width(of: cell.text) > width ? $0 : cell.text } ?? cell.text
        canvas.text(
          text, x: x, y: y, style, width: width, align: columns[column].align, truncate: columns[column].truncate)
        x += width + 1
      }
      // The eye finds along a long row from one mark to the other; lighting all of it would cost each move ten times the bytes.
      if selected, canvas.width >= Self.longRow, x < canvas.width - bar {
        canvas.put(.selectedEnd, x: x, y: y, hasFocus ? .selection : .muted)
      }
    }
    canvas.scrollBar(first: visible.lowerBound, visible: visible.count, count: count, y: 1, height: body)
  }

  /// Columns of cells from which on the selected row is marked at its end as well.
  private static let longRow = 100

  /// Only of columns that grow with them.
  private func measure(_ rows: [[TableCell]], _ state: inout TableState, glyphs: GlyphSet) {
    if state.texts.count != columns.count { state.texts = columns.map { _ in 0 } }
    for (index, column) in columns.enumerated() where column.flex > 0 {
      let widest = rows.map { index < $0.count ? CellText.width(of: $0[index].text) : 0 }.max() ?? 0
      let title = CellText.width(of: column.title + arrow(column, state, glyphs))
      state.texts[index] = max(state.texts[index], widest == 0 ? 0 : max(widest, title))
    }
  }

  /// The columns, with room for the arrow unless another column would have to go for it.
  private func fit(_ state: TableState, width: Int, _ glyphs: GlyphSet) -> [(column: Int, width: Int)] {
    func fit(_ makesRoom: Bool) -> [(column: Int, width: Int)] {
      let columns = columns.map { column in
        var column = column
        let arrow = arrow(column, state, glyphs)
        column.ideal = max(column.ideal, CellText.width(of: column.title + arrow))
        if makesRoom, !arrow.isEmpty, column.short == nil { column.minimum = max(column.minimum, column.ideal) }
        return column
      }
      return Column.fit(columns, width: width, texts: state.texts)
    }
    let (tight, roomy) = (fit(false), fit(true))
    let isFree =
      roomy.count == tight.count
      && zip(tight, roomy).allSatisfy { $1.width >= min($0.width, columns[$0.column].minimum) }
    return isFree ? roomy : tight
  }

  private func arrow(_ column: Column, _ state: TableState, _ glyphs: GlyphSet) -> String {
    guard column.id == state.sortColumn else { return "" }
    return (state.ascending ? Glyph.ascending : .descending).text(in: glyphs)
  }

  private func drawHeader(_ fitted: [(column: Int, width: Int)], _ state: TableState, on canvas: Canvas) {
    var x = 2
    for (index, width) in fitted {
      let column = columns[index]
      let title = column.short.map { width < column.minimum ? $0.title : column.title } ?? column.title
      let arrow = arrow(column, state, canvas.glyphs)
      // Without room of its own the arrow stands in the blank after the column.
      let hasRoom = CellText.width(of: title + arrow) <= width
      canvas.text(hasRoom ? title + arrow : title, x: x, y: 0, .heading, width: width, align: column.align)
      if !hasRoom { canvas.text(arrow, x: x + width, y: 0, .heading) }
      x += width + 1
    }
  }
}
