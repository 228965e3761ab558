/// The line in which a filter, a search or a command is typed, with its history.
package struct FilterLine: Sendable {
  /// The character that stands before it: `/` or `:`.
  package var prompt: String
  /// The text with its cursor.
  package private(set) var field: TextField
  /// Whether keys go to it.
  package var isEditing: Bool
  /// What is wrong with the text; nil when nothing is.
  package var error: String?
  private var history: [String]
  private var place: Int?

  package init(prompt: String = "/", text: String = "", history: [String] = []) {
    self.prompt = prompt
    field = TextField(text)
    isEditing = false
    self.history = history
  }

  /// What a key did.
  package enum Outcome: Sendable {
    case changed, accepted, cancelled, complete, unused
  }

  /// The text as it is now.
  package var text: String { field.text }
  /// The accepted texts, oldest first, at most 100.
  package var entries: [String] { history }

  /// Starts editing, with another text when one is given.
  package mutating func begin(_ text: String? = nil) {
    isEditing = true
    place = nil
    if let text { field.set(text) }
  }

  /// Replaces the text, for example by a completion.
  package mutating func set(_ text: String) { field.set(text) }

  /// Enter accepts and remembers, Escape empties and leaves, up and down go through the history, Tab asks for completion.
  package mutating func handle(_ key: Key) -> Outcome {
    guard isEditing else { return .unused }
    switch key {
    case .enter:
      isEditing = false
      if !text.isEmpty {
        let accepted = text
        history.removeAll { $0 == accepted }
        history.append(accepted)
        if history.count > 100 { history.removeFirst() }
      }
      return .accepted
    case .escape, .interrupt:
      isEditing = false
      field.set("")
      error = nil
      return .cancelled
    case .backspace where text.isEmpty:
      isEditing = false
      return .cancelled
    case .tab: return .complete
    case .up:
      let next = (place ?? history.count) - 1
      guard history.indices.contains(next) else { return .changed }
      place = next
      field.set(history[next])
      return .changed
    case .down:
      guard let current = place else { return .changed }
      place = current + 1 < history.count ? current + 1 : nil
      field.set(place.map { history[$0] } ?? "")
      return .changed
    default: return field.handle(key) ? .changed : .unused
    }
  }

  /// Pasted text goes in while it is edited.
  package mutating func paste(_ text: String) { if isEditing { field.insert(text) } }

  /// Draws it in one row: the text, and beside it what is wrong with it.
  ///
  /// - Parameter remark: stands there where nothing is wrong.
  package func draw(y: Int = 0, remark: String? = nil, on canvas: Canvas) {
    let end = canvas.text(prompt, y: y, .key)
    let typed = CellText.width(of: text) + 1
    var room = max(0, canvas.width - end)
    if let said = error ?? remark {
      let width = CellText.width(of: said)
      // Near what is typed; where both do not fit whole, each gets its share.
      let left = room - width - 2
      room = typed <= left ? max(typed, min(24, left)) : max(left, min(room - canvas.width / 2, typed))
      room = max(0, room)
      canvas.text(said, x: end + room + 2, y: y, error == nil ? .muted : .critical)
    }
    if isEditing {
      field.draw(x: end, y: y, width: room, hasFocus: true, on: canvas)
    } else {
      canvas.text(text, x: end, y: y, .accent, width: room)
    }
  }
}
