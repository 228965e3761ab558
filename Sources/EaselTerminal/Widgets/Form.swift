/// What a field of a form holds.
package enum FieldValue: Sendable {
  case text(TextField)
  case flag(Bool)
  case choice(Choice)
}

/// One field of a form.
package struct Field: Sendable {
  package var id: String
  package var label: String
  package var value: FieldValue
  /// Says what belongs here; shown while the field has the focus.
  package var help: String
  /// Which keys do what on it, said behind its help on a screen.
  package var keys: String
  package var placeholder: String
  /// What an empty text stands for: shown in its place, so that typing never adds to it.
  package var standard: String
  /// It cannot be changed later: marked as such.
  package var isPermanent: Bool
  /// Its page completes what is typed when Tab is pressed.
  package var completes: Bool
  /// What is wrong with the value now; nil when nothing is.
  package var error: String?

  package init(
    _ id: String, _ label: String, _ value: FieldValue, help: String = "", keys: String = "", placeholder: String = "",
    standard: String = "", isPermanent: Bool = false, completes: Bool = false
  ) {
    self.id = id
    self.label = label
    self.value = value
    if case .text(var field) = value, !standard.isEmpty, field.text == standard {
      field.set("")
      self.value = .text(field)
    }
    self.help = help
    self.keys = keys
    self.placeholder = placeholder
    self.standard = standard
    self.isPermanent = isPermanent
    self.completes = completes
  }

  /// What was typed or chosen; the standard where nothing was typed.
  package var text: String {
    switch value {
    case .text(let field): field.text.isEmpty ? standard : field.text
    case .flag(let on): on ? "yes" : "no"
    case .choice(let choice): choice.options.filter { choice.chosen.contains($0.id) }.map(\.id).joined(separator: ",")
    }
  }

  /// What was typed, without the standard.
  package var typed: String { if case .text(let field) = value { field.text } else { text } }

  /// What stands in an empty text field.
  fileprivate var hint: String {
    !standard.isEmpty ? standard : placeholder.isEmpty ? "" : tr("for example \(placeholder)")
  }

  /// Whether characters go into it.
  fileprivate var takesText: Bool { if case .text = value { true } else { false } }

  /// Rows in which all of its value is seen.
  fileprivate var rows: Int {
    if case .choice(let choice) = value { return max(1, choice.options.count) }
    return 1
  }
}

/// Fields below each other, of which one has the focus; a page of a wizard is one.
package struct Form: Sendable {
  /// In the order in which Tab goes through them.
  package var fields: [Field]
  /// The index of the field that the keys go to.
  package private(set) var focus: Int
  private var top = 0
  private let beginning: [FieldValue]
  /// What was typed before it was begun anew.
  private var setAside: [String: String] = [:]

  package init(_ fields: [Field]) {
    self.fields = fields
    focus = 0
    beginning = fields.map(\.value)
  }

  /// What was typed or chosen, by field, where that is not what it began with.
  package var typed: [String: String] {
    var typed: [String: String] = [:]
    for (field, value) in zip(fields, beginning) {
      var before = field
      before.value = value
      if field.typed != before.typed { typed[field.id] = field.typed }
    }
    return typed
  }

  /// What is to be kept when the page is left: what is typed, or what was before it was begun anew.
  package var kept: [String: String] { typed.isEmpty ? setAside : typed }

  /// Whether `beginAnew` would bring back what was typed before.
  package var canGoBack: Bool { !setAside.isEmpty }

  /// Whether `beginAnew` would change something.
  package var canBeginAnew: Bool { !kept.isEmpty }

  /// Sets aside what was typed; the second time brings it back.
  package mutating func beginAnew() {
    let other = setAside
    setAside = typed
    for index in fields.indices { fields[index].value = beginning[index] }
    take(other)
    focus = 0
  }

  /// Fills in what was typed before; fields that are not there any more are passed over.
  package mutating func take(_ typed: [String: String]) {
    for index in fields.indices {
      guard let text = typed[fields[index].id] else { continue }
      switch fields[index].value {
      case .text(var field):
        field.set(text)
        fields[index].value = .text(field)
      case .flag: fields[index].value = .flag(text == "yes")
      case .choice(var choice):
        let known = Set(text.split(separator: ",").map(String.init)).intersection(choice.options.map(\.id))
        // One of several must stay chosen.
        if known.isEmpty, !choice.allowsSeveral { continue }
        choice.chosen = known
        fields[index].value = .choice(choice)
      }
    }
  }

  /// What a key did.
  package enum Outcome: Sendable {
    /// A value has changed: validate again.
    case changed
    case moved
    /// Enter on the last field.
    case submitted
    case unused
  }

  /// The field of an identity; nil when there is none.
  package subscript(id: String) -> Field? {
    get { fields.first { $0.id == id } }
    set {
      guard let newValue, let index = fields.firstIndex(where: { $0.id == id }) else { return }
      fields[index] = newValue
    }
  }

  /// The text of a field; empty when there is no such field.
  package func text(of id: String) -> String { self[id]?.text ?? "" }

  /// Says what is wrong with a field; nil when nothing is.
  package mutating func setError(_ error: String?, for id: String) { self[id]?.error = error }

  /// Whether no field has an error.
  package var isValid: Bool { fields.allSatisfy { $0.error == nil } }
  /// The field that the keys go to.
  package var focused: Field? { fields.indices.contains(focus) ? fields[focus] : nil }
  /// Whether characters go into the field that has the focus.
  package var takesText: Bool { focused?.takesText ?? false }

  /// Gives the focus to a field, for example the first one with an error.
  package mutating func focus(on id: String) { focus = fields.firstIndex { $0.id == id } ?? focus }

  /// Tab and Shift-Tab go round, up and down (where the field does not use them) move; Enter goes on and submits at the end.
  package mutating func handle(_ key: Key) -> Outcome {
    guard fields.indices.contains(focus) else { return key == .enter ? .submitted : .unused }
    switch key {
    case .tab: return move(focus == fields.count - 1 ? -focus : 1)
    case .backTab: return move(focus == 0 ? fields.count - 1 : -1)
    case .enter: return focus == fields.count - 1 ? .submitted : move(1)
    default: break
    }
    switch fields[focus].value {
    case .text(var field):
      if key == .up { return move(-1) }
      if key == .down { return move(1) }
      if field.text.isEmpty, key == .end || key == .right {
        // The standard itself, to be edited.
        field.set(fields[focus].standard)
      } else if !field.handle(key) {
        return .unused
      }
      fields[focus].value = .text(field)
      return .changed
    case .flag(let on):
      if key == .up { return move(-1) }
      if key == .down { return move(1) }
      guard key == .space || key == .left || key == .right else { return .unused }
      fields[focus].value = .flag(!on)
      return .changed
    case .choice(var choice):
      let before = choice.scroll.selected
      if key == .up, before == 0 { return move(-1) }
      if key == .down, before == choice.options.count - 1 { return move(1) }
      guard choice.handle(key) else { return .unused }
      fields[focus].value = .choice(choice)
      return .changed
    }
  }

  /// Pasted text goes into the text field that has the focus.
  package mutating func paste(_ text: String) -> Outcome {
    guard fields.indices.contains(focus), case .text(var field) = fields[focus].value else { return .unused }
    field.insert(text)
    fields[focus].value = .text(field)
    return .changed
  }

  private mutating func move(_ step: Int) -> Outcome {
    let next = focus + step
    guard fields.indices.contains(next) else { return .moved }
    focus = next
    return .moved
  }

  /// Draws the fields with labels at the left (above, when it is narrow), errors below the values, and the help of the
  /// focused field in the last rows.
  package mutating func draw(on canvas: Canvas) {
    let help = focused.map { $0.keys.isEmpty ? $0.help : "\($0.help) \($0.keys)" } ?? ""
    let helpLines = CellText.wrap(help, width: max(1, canvas.width)).prefix(canvas.height > 8 ? 3 : 0)
    let body = canvas.part(Rect(width: canvas.width, height: canvas.height - helpLines.count))
    let labels = min(CellText.widest(of: fields.map(\.label)) + 3, canvas.width / 2)
    let narrow = canvas.width < 50
    let indent = narrow ? 4 : labels + 1
    let errors = fields.map { field in
      field.error.map { CellText.wrap($0, width: canvas.width - indent) } ?? []
    }
    let label = narrow ? 1 : 0
    let rows = rows(in: body.height - label, besides: errors.reduce(label * (fields.count - 1)) { $0 + $1.count })
    var starts: [Int] = []
    var row = 0
    for index in fields.indices {
      starts.append(row)
      row += rows[index] + label + errors[index].count
    }
    starts.append(row)
    if fields.indices.contains(focus) {
      if starts[focus] < top { top = starts[focus] }
      if starts[focus + 1] > top + body.height { top = starts[focus + 1] - body.height }
      top = max(0, min(top, max(0, row - body.height)))
    }
    let isLong = row > body.height
    for index in fields.indices {
      let height = starts[index + 1] - starts[index]
      drawField(
        index, rows: rows[index], labels: narrow ? 0 : labels, errors: errors[index],
        on: body.part(Rect(y: starts[index] - top, width: canvas.width - (isLong ? 2 : 0), height: height)))
    }
    body.scrollBar(first: top, visible: body.height, count: row, y: 0, height: body.height)
    if isLong, top + body.height < row { body.put(.down, x: canvas.width - 1, y: body.height - 1, .accent) }
    if isLong, top > 0 { body.put(.up, x: canvas.width - 1, y: 0, .accent) }
    for (index, line) in helpLines.enumerated() {
      canvas.text(line, y: canvas.height - helpLines.count + index, .muted)
    }
  }

  /// Rows of each value: a choice has 8, and those that nothing else on the page needs; never more than can be seen at once.
  private func rows(in height: Int, besides other: Int) -> [Int] {
    var rows = fields.map { min($0.rows, 8, max(1, height)) }
    var spare = rows.reduce(height - other, -)
    for index in rows.indices where spare > 0 {
      let more = min(spare, fields[index].rows - rows[index])
      rows[index] += more
      spare -= more
    }
    return rows
  }

  private mutating func drawField(_ index: Int, rows: Int, labels: Int, errors: [String], on canvas: Canvas) {
    let field = fields[index]
    let hasFocus = index == focus
    if hasFocus { canvas.put(.selected, x: 0, y: 0, .selection) }
    var spans = [Span(field.label, hasFocus ? .heading : .plain)]
    if field.isPermanent, labels == 0 { spans.append(Span(tr(" (permanent)"), .warning)) }
    canvas.spans(spans, x: 2, width: labels == 0 ? canvas.width - 2 : labels - 2)
    let y = labels == 0 ? 1 : 0
    let x = labels == 0 ? 4 : labels + 1
    let note = labels > 0 && field.isPermanent ? 12 : 0
    let width = max(0, canvas.width - x - note)
    switch field.value {
    case .text(let text):
      text.draw(x: x, y: y, width: min(width, 60), hasFocus: hasFocus, placeholder: field.hint, on: canvas)
    case .flag(let on): canvas.text(on ? tr("[x] yes") : tr("[ ] no"), x: x, y: y, hasFocus ? .selection : .plain)
    case .choice(var choice):
      choice.draw(hasFocus: hasFocus, on: canvas.part(Rect(x: x - 2, y: y, width: width + 2, height: rows)))
      fields[index].value = .choice(choice)
    }
    if note > 0 { canvas.text(tr("permanent"), x: x + min(width, 60) + 2, y: y, .warning) }
    for (line, error) in errors.enumerated() { canvas.text(error, x: x, y: y + rows + line, .critical) }
  }
}
