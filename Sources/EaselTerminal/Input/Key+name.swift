extension Key {
  private static let named: [(String, Code)] = [
    ("enter", .enter), ("esc", .escape), ("tab", .tab), ("backspace", .backspace), ("delete", .delete),
    ("insert", .insert), ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
    ("end", .end), ("pageup", .pageUp), ("pagedown", .pageDown), ("space", .character(" ")),
  ]

  /// The key that a configuration file names, for example `q`, `G`, `ctrl-l`, `alt-x`, `shift-tab`, `f5`, `pagedown`;
  /// nil when there is no such key.
  package init?(name: some StringProtocol) {
    var rest = String(name)
    var modifiers: Modifiers = []
    while let (prefix, modifier) = Self.prefixes.first(where: { rest.hasPrefix($0.0) && rest.count > $0.0.count }) {
      rest.removeFirst(prefix.count)
      modifiers.insert(modifier)
    }
    if let (_, code) = Self.named.first(where: { $0.0 == rest.lowercased() }) {
      self.init(code, modifiers)
    } else if rest.count > 1, rest.hasPrefix("f"), let number = Int(rest.dropFirst()), (1...24).contains(number) {
      self.init(.function(number), modifiers)
    } else if rest.count == 1, let character = rest.first, CellText.width(of: rest) > 0, !modifiers.contains(.shift) {
      let lower = modifiers.contains(.control) ? Character(character.lowercased()) : character
      self.init(.character(lower), modifiers)
    } else {
      return nil
    }
  }

  private static let prefixes: [(String, Modifiers)] = [
    ("ctrl-", .control), ("alt-", .alt), ("shift-", .shift),
  ]

  /// The name of it in configuration files and in help.
  package var name: String {
    var text = ""
    for (prefix, modifier) in Self.prefixes where modifiers.contains(modifier) { text += prefix }
    if let (name, _) = Self.named.first(where: { $0.1 == code }) { return text + name }
    switch code {
    case .character(let character): return text + String(character)
    case .function(let number): return text + "f\(number)"
    default: return text
    }
  }

  /// The name with an upper-case first letter where it is a word, as key hints show it: `Enter`, `Ctrl-L`, `q`.
  package var label: String {
    if case .character(let character) = code, modifiers.isEmpty, character != " " { return String(character) }
    return name.split(separator: "-", omittingEmptySubsequences: false)
      .map { $0 == "pageup" ? "PgUp" : $0 == "pagedown" ? "PgDn" : $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: "-")
  }
}
