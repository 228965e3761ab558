/// One line of a tree, in the order in which it is shown when everything is open.
package struct TreeItem: Sendable {
  package var id: String
  /// 0 for the outermost.
  package var depth: Int
  package var spans: [Span]
  /// Text at the right edge, for example a duration.
  package var trailing: [Span]
  package var hasChildren: Bool

  package init(_ id: String, depth: Int, hasChildren: Bool = false, _ spans: [Span], trailing: [Span] = []) {
    self.id = id
    self.depth = depth
    self.hasChildren = hasChildren
    self.spans = spans
    self.trailing = trailing
  }
}

/// What a tree remembers: the selection, and which items are closed.
package struct TreeState: Sendable {
  package var scroll = Scroll()
  /// The identities of the closed items.
  package var closed: Set<String> = []

  package init() {}

  /// The items that are not inside of a closed one.
  package func shown(_ items: [TreeItem]) -> [TreeItem] {
    var result: [TreeItem] = []
    var hiddenBelow: Int?
    for item in items {
      if let depth = hiddenBelow {
        if item.depth > depth { continue }
        hiddenBelow = nil
      }
      result.append(item)
      if item.hasChildren, closed.contains(item.id) { hiddenBelow = item.depth }
    }
    return result
  }

  /// The item under the selection; nil when there is none.
  package func selected(in items: [TreeItem]) -> TreeItem? {
    let shown = shown(items)
    return shown.indices.contains(scroll.selected) ? shown[scroll.selected] : nil
  }

  /// Moves; Right and `+` open, Left and `-` close or go to the parent, Space does either. Returns whether the key was used.
  package mutating func handle(_ key: Key, items: [TreeItem]) -> Bool {
    let shown = shown(items)
    if scroll.handle(key, count: shown.count) { return true }
    guard shown.indices.contains(scroll.selected) else { return false }
    let item = shown[scroll.selected]
    switch key {
    case .right, .character("+"), .character("l"):
      guard closed.remove(item.id) == nil else { return true }
      if item.hasChildren { _ = scroll.handle(.down, count: shown.count) }
      return true
    case .left, .character("-"), .character("h"):
      if item.hasChildren, closed.insert(item.id).inserted { return true }
      if let parent = shown[..<scroll.selected].lastIndex(where: { $0.depth < item.depth }) {
        scroll.selected = parent
        return true
      }
      return false
    case .space:
      guard item.hasChildren else { return false }
      if closed.remove(item.id) == nil { closed.insert(item.id) }
      return true
    default: return false
    }
  }
}

/// A tree whose items open and close.
package struct Tree {
  package var items: [TreeItem]
  package var empty: String
  package var hasFocus: Bool

  package init(_ items: [TreeItem], empty: String = tr("Nothing here."), hasFocus: Bool = true) {
    self.items = items
    self.empty = empty
    self.hasFocus = hasFocus
  }

  /// Draws the items that are visible.
  package func draw(_ state: inout TreeState, on canvas: Canvas) {
    let shown = state.shown(items)
    let edge = trailingEdge(canvas.width)
    state.scroll.fit(count: shown.count, height: canvas.height)
    if shown.isEmpty { canvas.paragraph(empty, x: 2, y: 1, .muted) }
    let visible = state.scroll.visible(count: shown.count)
    let bar = shown.count > canvas.height ? 1 : 0
    for index in visible {
      let item = shown[index]
      let y = index - visible.lowerBound
      let selected = index == state.scroll.selected
      if selected { canvas.put(.selected, x: 0, y: y, hasFocus ? .selection : .muted) }
      let x = 2 + 2 * min(item.depth, max(0, canvas.width / 4 - 1))
      if item.hasChildren {
        canvas.put(state.closed.contains(item.id) ? .collapsed : .expanded, x: x, y: y, .muted)
      }
      let trailing = min(item.trailing.cellWidth, max(0, canvas.width / 2))
      let right = min(edge, canvas.width - bar) - trailing
      canvas.spans(item.spans, x: x + 2, y: y, width: max(0, right - x - (trailing > 0 ? 3 : 2)))
      canvas.spans(item.trailing, x: right, y: y, width: trailing)
    }
    canvas.scrollBar(
      first: visible.lowerBound, visible: visible.count, count: shown.count, y: 0, height: canvas.height)
  }

  /// The column where the texts at the right end: the right edge, or on a wide page where the longest line with one still fits, so that
  /// the eye finds from one to the other. Closed items count, and it goes in steps, so that nothing jumps when a line changes.
  private func trailingEdge(_ width: Int) -> Int {
    let longest = items.lazy.filter { !$0.trailing.isEmpty }.map { item in
      4 + 2 * item.depth + item.spans.cellWidth + 4 + item.trailing.cellWidth
    }.max()
    let step = 20
    return min(width, max(100, ((longest ?? 0) + step - 1) / step * step))
  }
}
