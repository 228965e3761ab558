internal import EaselTerminal

/// A page that is one form: keys and pasted text go to its fields, Enter on the last one goes on.
protocol FormScreen: ConsoleScreen {
  var form: Form { get set }
  /// Looks at what stands in the fields after it has changed, and marks what is wrong.
  mutating func validate()
}

extension FormScreen {
  var keyMap: KeyMap { FormKeys.keys }
  var isTyping: Bool { true }
  var plainForm: Form? { form }
  var isFlow: Bool { true }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    switch form.handle(key) {
    case .unused: return nil
    case .submitted: return perform("form.next", surroundings)
    case .changed, .moved: validate()
    }
    return []
  }

  mutating func paste(_ text: String) {
    _ = form.paste(text)
    validate()
  }
}
