/// A question over the screen. Cancel has the focus; what cannot be undone asks for the name of the thing.
package struct Dialog: Sendable {
  package var title: String
  /// What will happen, and what is lost; wrapped.
  package var body: [[Span]]
  /// The word on the button that goes ahead, for example "Delete".
  package var confirm: String
  /// The word on the button that has the focus at first.
  package var cancel: String
  /// The text that has to be typed before it can go ahead; nil asks for none.
  package var typedName: String?
  /// Why there is nothing to go ahead with any more; then it can only be closed.
  package private(set) var obstacle: String?
  /// The name as far as it is typed.
  package private(set) var field = TextField()
  /// 0 the text field (if there is one), 1 Cancel, 2 confirm.
  private var focus = 1
  /// Enter was pressed on a name that is another one.
  private var isOtherName = false
  private var scroll = PagerState(wraps: true)

  package init(
    _ title: String, body: [[Span]], confirm: String, cancel: String = tr("Cancel"), typedName: String? = nil
  ) {
    self.title = title
    self.body = body
    self.confirm = confirm
    self.cancel = cancel
    self.typedName = typedName
    if typedName != nil { focus = 0 }
  }

  /// Says why it has become pointless. It stays: a key that was meant for it must not reach what lies below.
  package mutating func withdraw(because why: String) {
    obstacle = why
    body = [[Span(why, .warning)], []] + body
    (cancel, typedName, focus) = (tr("Close"), nil, 1)
  }

  /// What a key did.
  package enum Outcome: Sendable {
    case open, confirmed, cancelled
  }

  /// Whether the name, if one is asked for, has been typed.
  package var mayConfirm: Bool { obstacle == nil && (typedName == nil || field.text == typedName) }

  /// Tab and arrows move between the buttons, Enter presses, Escape and `q` (outside the text) cancel.
  package mutating func handle(_ key: Key) -> Outcome {
    if key == .escape || key == .interrupt { return .cancelled }
    if focus == 0, typedName != nil {
      isOtherName = key == .enter && !field.text.isEmpty && !mayConfirm
      switch key {
      case .enter where isOtherName: break
      case .enter, .tab, .down: focus = mayConfirm && key != .tab ? 2 : 1
      case .backTab, .up: focus = 2
      default: _ = field.handle(key)
      }
      return .open
    }
    switch key {
    case .enter, .space:
      if focus == 1 { return .cancelled }
      return mayConfirm ? .confirmed : .open
    case .tab where obstacle != nil, .right where obstacle != nil, .backTab where obstacle != nil,
      .left where obstacle != nil:
      break
    case .tab, .right: focus = focus == 1 ? 2 : typedName == nil ? 1 : 0
    case .backTab, .left: focus = focus == 2 ? 1 : typedName == nil ? 2 : 0
    case .character("q"): return .cancelled
    default: _ = scroll.handle(key)
    }
    return .open
  }

  /// Pasted text goes into the name.
  package mutating func paste(_ text: String) { if focus == 0 { field.insert(text) } }

  /// Draws itself in the middle.
  package mutating func draw(on canvas: Canvas) {
    let wanted = (body.map(\.cellWidth) + [CellText.width(of: title) + 4, 40]).max() ?? 40
    let width = min(canvas.width, max(20, min(wanted + 4, 76)))
    let lines = body.flatMap { CellText.wrap($0.plainText, width: max(1, width - 4)) }.count
    // Buttons that do not fit beside each other stand one over the other: they are never cut.
    let buttons = CellText.width(of: cancel) + CellText.width(of: confirm) + 10
    let isStacked = obstacle == nil && buttons > width - 4
    let extra = (typedName == nil ? 0 : 2) + (isStacked ? 3 : 2)
    let area = canvas.bounds.centred(width: width, height: lines + extra + 2)
    let outer = canvas.part(area)
    outer.fill(nil, Style(.dialog))
    let small = outer.height < 6
    if !small { outer.box(title: title) }
    let inner = small ? outer : outer.part(outer.bounds.inset(horizontal: 2, vertical: 1))
    let feet = isStacked ? 2 : 1
    let bottom = min(inner.height, small ? feet : inner.height > extra ? extra : extra - 1)
    let text = inner.part(Rect(width: inner.width, height: inner.height - bottom))
    Pager(body).draw(&scroll, on: text)
    if let typedName, inner.height > feet + 1 {
      let y = inner.height - feet - 2
      if isOtherName { inner.text(tr("that is another name"), y: y + 1, .critical) }
      let end = inner.text(tr("Type \(typedName): "), y: y, .heading, width: inner.width / 2)
      field.draw(x: end, y: y, hasFocus: focus == 0, on: inner)
    }
    let y = inner.height - feet
    let end = button(cancel, x: 0, y: y, style: focus == 1 ? .selection : .plain, focused: focus == 1, on: inner)
    if obstacle != nil { return }
    let style: Style = !mayConfirm ? .disabled : focus == 2 ? .selection : .plain
    _ = button(
      confirm, x: isStacked ? 0 : end + 2, y: isStacked ? y + 1 : y, style: style, focused: focus == 2, on: inner)
  }

  private func button(_ label: String, x: Int, y: Int, style: Style, focused: Bool, on canvas: Canvas) -> Int {
    canvas.text(focused ? "> \(label) <" : "[ \(label) ]", x: x, y: y, style)
  }
}
