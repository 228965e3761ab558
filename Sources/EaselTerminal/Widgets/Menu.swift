/// A list of actions over the screen; a letter does its action at once.
package struct Menu: Sendable {
  /// One action; why it cannot be done now is said, not hidden.
  package struct Item: Sendable {
    package var action: ActionID
    package var label: String
    package var key: Key?
    package var disabledReason: String?

    package init(_ action: ActionID, _ label: String, key: Key? = nil, disabledReason: String? = nil) {
      self.action = action
      self.label = label
      self.key = key
      self.disabledReason = disabledReason
    }
  }

  package var title: String
  package var items: [Item]
  /// What holds now, where the menu chooses among values: it is marked, and the menu starts on it.
  package var current: ActionID?
  package var scroll = Scroll()

  package init(_ title: String, _ items: [Item], current: ActionID? = nil) {
    self.title = title
    self.items = items
    self.current = current
    scroll = Scroll(selected: items.firstIndex { $0.action == current } ?? 0)
  }

  /// What a key did.
  package enum Outcome: Sendable, Equatable {
    case open, cancelled
    case chosen(ActionID)
  }

  /// A letter or Enter chooses; Escape, Left and `q` leave.
  package mutating func handle(_ key: Key) -> Outcome {
    if key == .escape || key == .interrupt || key == .left { return .cancelled }
    let direct = items.firstIndex { $0.key == key }
    if direct == nil {
      if key == .character("q") { return .cancelled }
      if key != .enter {
        _ = scroll.handle(key, count: items.count)
        return .open
      }
    }
    let index = direct ?? scroll.selected
    guard items.indices.contains(index) else { return .open }
    scroll.selected = index
    return items[index].disabledReason == nil ? .chosen(items[index].action) : .open
  }

  /// Draws itself in the middle.
  package mutating func draw(on canvas: Canvas) {
    let keys = (items.map { CellText.width(of: $0.key?.label ?? "") }.max() ?? 0) + 1
    let text = items.map { CellText.width(of: $0.label) + ($0.disabledReason.map { CellText.width(of: $0) + 2 } ?? 0) }
    let mark = current == nil ? 0 : 4
    let width = max(CellText.width(of: title) + 6, keys + mark + (text.max() ?? 0) + 6)
    let outer = canvas.part(canvas.bounds.centred(width: width, height: items.count + 2))
    outer.fill(nil, Style(.dialog))
    let small = outer.height < 4
    if !small { outer.box(title: title) }
    let inner = small ? outer : outer.part(outer.bounds.inset(horizontal: 1, vertical: 1))
    scroll.fit(count: items.count, height: inner.height)
    let visible = scroll.visible(count: items.count)
    for index in visible {
      let item = items[index]
      let y = index - visible.lowerBound
      let selected = index == scroll.selected
      if selected { inner.put(.selected, x: 0, y: y, .selection) }
      inner.text(item.key?.label ?? "", x: 2, y: y, .key, width: keys)
      let style: Style = item.disabledReason != nil ? .disabled : selected ? .selection : .plain
      if mark > 0 { inner.text(item.action == current ? "(*)" : "( )", x: 2 + keys, y: y, .accent) }
      let end = inner.text(item.label, x: 2 + keys + mark, y: y, style)
      if let reason = item.disabledReason { inner.text(reason, x: end + 2, y: y, .muted) }
    }
  }
}
