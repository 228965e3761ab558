/// Where a list stands: which item is selected and which is at the top. All moves stay inside the list, whatever its length.
package struct Scroll: Hashable, Sendable {
  /// The index of the selected item.
  package var selected: Int
  /// The index of the first visible item.
  package private(set) var top: Int
  /// Rows that were visible when it was last fitted.
  package private(set) var page: Int = 1

  package init(selected: Int = 0) {
    self.selected = selected
    top = 0
  }

  /// Makes selection and top fit a list of `count` items of which `height` are visible.
  package mutating func fit(count: Int, height: Int) {
    page = max(1, height)
    selected = max(0, min(selected, count - 1))
    top = max(0, min(top, count - page))
    if selected < top { top = selected }
    if selected >= top + page { top = selected - page + 1 }
  }

  /// The items that are visible.
  package func visible(count: Int) -> Range<Int> { top..<max(top, min(count, top + page)) }

  /// Moves for up, down, page and end keys (and `j`, `k`, `g`, `G`); returns whether the key was one of these.
  package mutating func handle(_ key: Key, count: Int) -> Bool {
    switch key {
    case .up, .character("k"): selected -= 1
    case .down, .character("j"): selected += 1
    case .pageUp: selected -= page
    case .pageDown: selected += page
    case .home, .character("g"): selected = 0
    case .end, .character("G"): selected = count - 1
    default: return false
    }
    selected = max(0, min(selected, count - 1))
    return true
  }

  /// Moves the view by rows, as the mouse wheel does, and takes the selection along.
  package mutating func scroll(by rows: Int, count: Int) {
    top = max(0, min(top + rows, count - page))
    selected = max(top, min(selected, max(0, min(count, top + page) - 1)))
  }
}

extension Canvas {
  /// Draws a scroll bar in its last column when not everything is visible.
  package func scrollBar(first: Int, visible: Int, count: Int, y: Int, height: Int) {
    guard count > visible, height > 1, width > 1 else { return }
    let thumb = max(1, height * visible / count)
    let travel = height - thumb
    let start = count == visible ? 0 : travel * first / (count - visible)
    for row in 0..<height where row >= start && row < start + thumb {
      put(.scrollThumb, x: width - 1, y: y + row, .muted)
    }
  }
}
