/// One entry of a choice.
package struct Option: Sendable, Hashable {
  package var id: String
  package var label: String
  /// One line that says what it means.
  package var detail: String
  /// Why it cannot be chosen; nil when it can.
  package var disabledReason: String?

  package init(_ id: String, _ label: String, detail: String = "", disabledReason: String? = nil) {
    self.id = id
    self.label = label
    self.detail = detail
    self.disabledReason = disabledReason
  }
}

/// A list of which one entry, or any number, is chosen. Digits choose directly.
package struct Choice: Sendable {
  package var options: [Option]
  package var scroll: Scroll
  /// The identities of the chosen entries.
  package var chosen: Set<String>
  /// Any number may be chosen; otherwise one.
  package var allowsSeveral: Bool

  package init(_ options: [Option], chosen: Set<String> = [], allowsSeveral: Bool = false) {
    self.options = options
    self.chosen = chosen
    self.allowsSeveral = allowsSeveral
    scroll = Scroll(selected: options.firstIndex { chosen.contains($0.id) } ?? 0)
  }

  /// The entry under the selection; nil when there is none.
  package var selected: Option? { options.indices.contains(scroll.selected) ? options[scroll.selected] : nil }

  /// Moves and chooses: with one entry the selection is the choice, with several Space toggles. Returns whether the key
  /// was used.
  package mutating func handle(_ key: Key) -> Bool {
    if let digit = key.typed?.wholeNumberValue, digit > 0, digit <= options.count {
      scroll.selected = digit - 1
      choose(toggle: true)
      return true
    }
    if key == .space {
      choose(toggle: true)
      return true
    }
    guard scroll.handle(key, count: options.count) else { return false }
    if !allowsSeveral { choose(toggle: false) }
    return true
  }

  private mutating func choose(toggle: Bool) {
    guard let option = selected else { return }
    // What has become impossible can still be given up.
    guard option.disabledReason == nil || allowsSeveral && chosen.contains(option.id) else { return }
    if !allowsSeveral {
      chosen = [option.id]
    } else if toggle, chosen.remove(option.id) == nil {
      chosen.insert(option.id)
    }
  }

  /// Draws as many entries as there are rows.
  package mutating func draw(hasFocus: Bool, on canvas: Canvas) {
    scroll.fit(count: options.count, height: canvas.height)
    let visible = scroll.visible(count: options.count)
    // What they mean stands in a column of its own, unless a long name would push it out of sight.
    let column = CellText.widest(of: options.map(\.label), most: canvas.width / 3) + 8
    for index in visible {
      let option = options[index]
      let y = index - visible.lowerBound
      let on = chosen.contains(option.id)
      let style: Style =
        option.disabledReason != nil ? .disabled : index == scroll.selected && hasFocus ? .selection : .plain
      if index == scroll.selected, hasFocus { canvas.put(.selected, x: 0, y: y, .selection) }
      canvas.text(allowsSeveral ? (on ? "[x]" : "[ ]") : (on ? "(*)" : "( )"), x: 2, y: y, on ? .accent : .plain)
      let end = canvas.text(option.label, x: 6, y: y, style)
      canvas.text(option.disabledReason ?? option.detail, x: max(end + 2, column), y: y, .muted)
    }
    canvas.scrollBar(
      first: visible.lowerBound, visible: visible.count, count: options.count, y: 0, height: canvas.height)
  }
}
