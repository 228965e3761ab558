internal import EaselTerminal

/// The keys that work everywhere, and those that move in lists; and all key maps, remapped once at start.
struct KeyBook: Sendable {
  private var maps: [String: KeyMap]
  /// What is wrong with the operator's key file, for the message line.
  private(set) var problems: [String] = []

  static let move = KeyMap(
    "move",
    [
      Binding("move.up", [.up, .character("k")], "Up", group: "Move"),
      Binding("move.down", [.down, .character("j")], "Down", group: "Move"),
      Binding("move.page-up", [.pageUp], "A page up", group: "Move"),
      Binding("move.page-down", [.pageDown], "A page down", group: "Move"),
      Binding("move.top", [.home, .character("g")], "To the first", group: "Move"),
      Binding("move.bottom", [.end, .character("G")], "To the last", group: "Move"),
      Binding("move.left", [.left, .character("h")], "Left: close a branch, or back", group: "Move"),
      Binding("move.right", [.right, .character("l")], "Right: open", group: "Move"),
    ])

  static let global = KeyMap(
    "global",
    [
      Binding("open", [.enter], "Open what is selected", group: "Go"),
      Binding("back", [.escape, .backspace], "Back", group: "Go"),
      Binding("leave", [.character("q")], "Back; on a main tab, quit", group: "Go"),
      Binding("history.back", [.character("[")], "Back in the history", group: "Go"),
      Binding("history.forward", [.character("]")], "Forward in the history", group: "Go"),
      Binding("tab.next", [.tab], "Next tab", group: "Go"),
      Binding("tab.previous", [.backTab], "Previous tab", group: "Go"),
      Binding("command", [.character(":")], "Go anywhere, do anything by name", hint: "go to", group: "Console"),
      Binding("help", [.character("?")], "Explain this screen", hint: "help", group: "Console"),
      Binding("commands", [.character("@")], "What was done here, as commands", group: "Console"),
      Binding("mouse", [.character("M")], "Mouse on or off", group: "Console"),
      Binding("copy", [.character("Y")], "Copy this page to the clipboard", group: "Console"),
      Binding("quit", [.character("Q")], "Quit; running operations go on", hint: "quit", group: "Console"),
    ])

  /// - Parameters:
  ///   - changes: action names with the names of their keys, from the operator's file.
  ///   - found: what was wrong with that file as such.
  init(changes: [String: [String]] = [:], problems found: [String] = []) {
    maps = [:]
    problems = found
    for map in [Self.move, Self.global] + Self.screens { maps[map.name] = map }
    for (action, names) in changes.sorted(by: { $0.key < $1.key }) {
      let keys = names.compactMap { Key(name: $0) }
      if keys.count != names.count {
        problems.append(
          "keys: \(action): \(names.filter { Key(name: $0) == nil }.joined(separator: ", ")): no such key")
        continue
      }
      var known = false
      for name in maps.keys where maps[name]?.rebind(ActionID(rawValue: action), to: keys) == true { known = true }
      if !known { problems.append("keys: there is no action \(action)") }
    }
    for map in maps.values.sorted(by: { $0.name < $1.name }) {
      problems += effective(map.name).problems.map { "keys: \($0)" }
    }
    problems += movementConflicts
  }

  /// Keys of the operator's file that take a movement away from a screen on which it moves by default.
  private var movementConflicts: [String] {
    var found: [String] = []
    for name in maps.keys.sorted() where name != "move" {
      let standard = ([Self.global] + Self.screens).first { $0.name == name } ?? KeyMap(name, [])
      for binding in self[name].bindings {
        for key in binding.keys {
          guard let move = self["move"].action(for: key) else { continue }
          let isByDefault = standard.keys(for: binding.action).contains(key) && Self.move.keys(for: move).contains(key)
          if !isByDefault {
            found.append("keys: \(KeyProblem.conflict(map: name, key: key, binding.action, move))")
          }
        }
      }
    }
    return found
  }

  /// The maps of all screens: what help, remapping and the conflict check know.
  static let screens: [KeyMap] = [
    OverviewScreen.keys, ClustersScreen.keys, ClusterDetailScreen.keys, HostsScreen.keys, HostDetailScreen.keys,
    HostDetailScreen.logKeys,
    OperationsScreen.keys, OperationDetailScreen.keys, LogScreen.keys, EventsScreen.keys, AuditScreen.keys,
    ProfilesScreen.keys, StartScreen.keys, PlanScreen.keys, FormKeys.keys, HelpScreen.keys, CommandLogScreen.keys,
    SettingsScreen.keys, ThemeScreen.keys, ContentScreen.keys, ContentVersionsScreen.keys, CompareScreen.keys,
    CompareScreen.changeKeys, EditScreen.keys, ApplyScreen.keys, PlanStepsScreen.keys, TextScreen.keys,
  ]

  subscript(_ name: String) -> KeyMap { maps[name] ?? KeyMap(name, []) }

  /// A screen's keys, then those that work everywhere.
  func effective(_ name: String) -> KeyMap {
    if name == "global" || name == "move" { return self[name] }
    return self[name].followed(by: self["global"])
  }

  /// The standard form of a movement key.
  func movement(_ key: Key) -> Key? {
    switch self["move"].action(for: key) {
    case "move.up": .up
    case "move.down": .down
    case "move.page-up": .pageUp
    case "move.page-down": .pageDown
    case "move.top": .home
    case "move.bottom": .end
    case "move.left": .left
    case "move.right": .right
    default: nil
    }
  }
}

extension KeyBook {
  /// A key file with all actions and their keys as they are, each line switched off.
  var file: String {
    var lines = ["# Keys of the console: ACTION = KEY KEY. No key switches an action off.", ""]
    var seen: Set<String> = []
    for map in [Self.move, Self.global] + Self.screens {
      lines.append("# \(map.name)")
      for binding in map.bindings where seen.insert(binding.action.rawValue).inserted {
        lines.append("# \(binding.action.rawValue) = \(binding.keys.map(\.name).joined(separator: " "))")
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }
}
