internal import EaselTerminal
import FoundationEssentials

/// A page that is one form: keys and pasted text go to its fields, Enter on the last one goes on.
protocol FormScreen: ConsoleScreen {
  var form: Form { get set }
  /// Looks at what stands in the fields after it has changed, and marks what is wrong.
  mutating func validate()
  /// A field is left, or what stands in it has changed: an empty one may be scolded from now on.
  mutating func touch(_ field: String)
  /// The name under which what is typed is kept when the page is left; nil where there is too little of it to be missed.
  var draftName: String? { get }
}

extension FormScreen {
  var keyMap: KeyMap { FormKeys.keys }
  var isTyping: Bool { true }
  var plainForm: Form? { form }
  var isFlow: Bool { true }
  var draftName: String? { nil }
  mutating func touch(_ field: String) {}

  var draft: (name: String, text: String?)? {
    guard let draftName else { return nil }
    let typed = form.kept
    guard !typed.isEmpty, let data = try? JSONEncoder().encode(typed) else { return (draftName, nil) }
    return (draftName, String(decoding: data, as: UTF8.self))
  }

  /// Fills in what was kept when the page was left the last time.
  ///
  /// - Returns: whether there was something.
  mutating func restore(_ kept: (String) -> String?) -> Bool {
    guard let text = draftName.flatMap(kept),
      let typed = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    else { return false }
    form.take(typed)
    return !form.typed.isEmpty
  }

  func hint(_ action: ActionID) -> String? {
    action == "form.anew" && form.canGoBack ? tr("bring back") : nil
  }

  func offers(_ action: ActionID) -> Bool { action != "form.anew" || form.canBeginAnew }

  /// Begins the form anew, or takes that back.
  mutating func beginAnew() -> [Request] {
    let brings = form.canGoBack
    form.beginAnew()
    validate()
    return Self.begun(brings)
  }

  static func begun(_ brings: Bool) -> [Request] {
    [
      .say(
        brings ? tr("what was typed before is back") : tr("begun anew; the same key brings back what was typed"),
        isProblem: false)
    ]
  }

  func left(_ surroundings: Surroundings) -> [Request] {
    draft?.text == nil ? [] : [.say(tr("what you typed is kept for the next time"), isProblem: false)]
  }

  /// Enter does not leave a text that is wrong: what is typed next would go into another field. Says what is wrong; nil where nothing
  /// is, and for other keys.
  mutating func staying(_ key: Key) -> [Request]? {
    guard key == .enter, form.takesText, let focused = form.focused?.id else { return nil }
    touch(focused)
    validate()
    return form[focused]?.error.map { [.say($0, isProblem: true)] }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? {
    if let wrong = staying(key) { return wrong }
    let focused = form.focused?.id
    switch form.handle(key) {
    case .unused: return nil
    case .submitted: return perform("form.next", surroundings)
    case .changed, .moved:
      if let focused { touch(focused) }
      validate()
    }
    return []
  }

  mutating func paste(_ text: String) {
    _ = form.paste(text)
    validate()
  }
}
