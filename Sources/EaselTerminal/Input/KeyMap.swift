/// The name of something that a key does, as configuration files and help know it, for example `list.open`.
package struct ActionID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, Comparable {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package init(stringLiteral value: String) { rawValue = value }
  package static func < (a: ActionID, b: ActionID) -> Bool { a.rawValue < b.rawValue }
}

/// One action with the keys that do it and the words that help and hints use for it.
package struct Binding: Sendable {
  package var action: ActionID
  package var keys: [Key]
  /// One line that says what it does, in help.
  package var help: String
  /// One or two words for the line of key hints; empty keeps it out of there.
  package var hint: String
  /// What it belongs to in help, for example "Move".
  package var group: String
  /// Hidden where nothing may be changed, and never on a control key.
  package var changes: Bool

  package init(
    _ action: ActionID, _ keys: [Key], _ help: String, hint: String = "", group: String = "", changes: Bool = false
  ) {
    self.action = action
    self.keys = keys
    self.help = help
    self.hint = hint
    self.group = group
    self.changes = changes
  }
}

/// The keys of one place in the program, as data: looked up, listed in help, hinted at, and remapped from a file.
package struct KeyMap: Sendable {
  /// The place in the program, as problems name it.
  package let name: String
  /// In order of importance, which is the order of hints.
  package private(set) var bindings: [Binding]

  package init(_ name: String, _ bindings: [Binding]) {
    self.name = name
    self.bindings = bindings
  }

  /// The action of a key; the first binding wins where two have it.
  package func action(for key: Key) -> ActionID? { bindings.first { $0.keys.contains(key) }?.action }

  /// The keys of an action; empty when it is off or unknown.
  package func keys(for action: ActionID) -> [Key] { bindings.first { $0.action == action }?.keys ?? [] }

  /// This map followed by another: the first wins.
  package func followed(by other: KeyMap) -> KeyMap { KeyMap(name, bindings + other.bindings) }

  /// Only the actions that are of use.
  package func filtered(_ isKept: (ActionID) -> Bool) -> KeyMap {
    KeyMap(name, bindings.filter { isKept($0.action) })
  }

  /// With other words in the line of key hints, where there are any for an action.
  package func hinted(_ words: (ActionID) -> String?) -> KeyMap {
    KeyMap(
      name,
      bindings.map { binding in
        var binding = binding
        binding.hint = words(binding.action) ?? binding.hint
        return binding
      })
  }

  /// Without the keys that type a character, nor the actions that have no others.
  package var untyped: KeyMap {
    KeyMap(
      name,
      bindings.compactMap { binding in
        var binding = binding
        binding.keys.removeAll { $0.typed != nil }
        return binding.keys.isEmpty ? nil : binding
      })
  }

  /// Without one key.
  package func without(_ key: Key) -> KeyMap {
    KeyMap(
      name,
      bindings.map { binding in
        var binding = binding
        binding.keys.removeAll { $0 == key }
        return binding
      })
  }

  /// Without the actions that change something.
  package var readOnly: KeyMap { KeyMap(name, bindings.filter { !$0.changes }) }

  /// Gives an action other keys; none switches it off. Returns false when there is no such action.
  package mutating func rebind(_ action: ActionID, to keys: [Key]) -> Bool {
    guard let index = bindings.firstIndex(where: { $0.action == action }) else { return false }
    bindings[index].keys = keys
    return true
  }
}

/// Why a key map is not good.
package enum KeyProblem: Hashable, Sendable, CustomStringConvertible {
  /// Two actions of one place have the same key.
  case conflict(map: String, key: Key, ActionID, ActionID)
  /// A multiplexer, flow control or an editor's habit has this key.
  case reserved(map: String, key: Key, ActionID)
  /// An action that changes something is on a control key, one slip from a harmless one.
  case changesOnControl(map: String, key: Key, ActionID)

  package var description: String {
    switch self {
    case .conflict(let map, let key, let first, let second):
      "\(map): key \(key.name) is bound to \(first.rawValue) and to \(second.rawValue); give one of them another key"
    case .reserved(let map, let key, let action):
      "\(map): key \(key.name) of \(action.rawValue) belongs to terminals, tmux, screen or vim; choose another key"
    case .changesOnControl(let map, let key, let action):
      "\(map): \(action.rawValue) changes something and must not be on control key \(key.name); choose another key"
    }
  }
}

extension KeyMap {
  /// Keys that nothing may be bound to by default: multiplexer prefixes, flow control, pane movement, and what a terminal
  /// itself acts upon (terminal.md 4.5 names the complaints).
  package static let reserved: Set<Key> = Set(
    [" ", "a", "b", "h", "j", "k", "l", "q", "s", "z", "\\"].map { Key(.character($0), .control) })

  /// Keys bound twice, reserved keys, and changes on control keys. Ctrl-L is the loop's own (repaint), Ctrl-Z too (suspend).
  package var problems: [KeyProblem] {
    var owner: [Key: ActionID] = [:]
    var found: [KeyProblem] = []
    for binding in bindings {
      for key in binding.keys {
        if let other = owner[key], other != binding.action {
          found.append(.conflict(map: name, key: key, other, binding.action))
        }
        owner[key] = owner[key] ?? binding.action
        if Self.reserved.contains(key) { found.append(.reserved(map: name, key: key, binding.action)) }
        if binding.changes, key.modifiers.contains(.control) {
          found.append(.changesOnControl(map: name, key: key, binding.action))
        }
      }
    }
    return found
  }

  /// Lines of help: the groups in the order of their first binding, under each its keys and what they do.
  package var help: [HelpLine] {
    var groups: [String] = []
    for binding in bindings where !binding.keys.isEmpty && !groups.contains(binding.group) {
      groups.append(binding.group)
    }
    return groups.flatMap { group in
      [HelpLine(keys: "", text: group, isHeading: true)]
        + bindings.filter { $0.group == group && !$0.keys.isEmpty }.map {
          HelpLine(keys: $0.keys.map(\.label).joined(separator: " "), text: $0.help, isHeading: false)
        }
    }
  }

  /// The key and word of each binding that has a hint, in order of importance.
  package var hints: [KeyHint] {
    bindings.compactMap { binding in
      guard !binding.hint.isEmpty, let key = binding.keys.first else { return nil }
      return KeyHint(key: key.label, text: binding.hint)
    }
  }
}

/// One line of the help page that is generated from key maps.
package struct HelpLine: Hashable, Sendable {
  package let keys: String
  package let text: String
  package let isHeading: Bool
}

/// One entry of the line of key hints.
package struct KeyHint: Hashable, Sendable {
  package let key: String
  package let text: String

  package init(key: String, text: String) {
    self.key = key
    self.text = text
  }
}
