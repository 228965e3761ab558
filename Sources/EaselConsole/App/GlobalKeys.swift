internal import EaselTerminal

/// The keys that work everywhere, and those that move in lists; and all key maps, remapped once at start.
struct KeyBook: Sendable {
  private var maps: [String: KeyMap]
  /// What is wrong with the operator's key file, for the message line.
  private(set) var problems: [String] = []

  static let move = KeyMap(
    "move",
    [
      Binding("move.up", [.up, .character("k")], tr("Up"), group: tr("Move")),
      Binding("move.down", [.down, .character("j")], tr("Down"), group: tr("Move")),
      Binding("move.page-up", [.pageUp], tr("A page up"), group: tr("Move")),
      Binding("move.page-down", [.pageDown], tr("A page down"), group: tr("Move")),
      Binding("move.top", [.home, .character("g")], tr("To the first"), group: tr("Move")),
      Binding("move.bottom", [.end, .character("G")], tr("To the last"), group: tr("Move")),
      Binding("move.left", [.left, .character("h")], tr("Left: close a branch, or back"), group: tr("Move")),
      Binding("move.right", [.right, .character("l")], tr("Right: open"), group: tr("Move")),
    ])

  static let global = KeyMap(
    "global",
    [
      Binding("open", [.enter], tr("Open what is selected"), group: tr("Go")),
      Binding("back", [.escape, .backspace], tr("Back"), group: tr("Go")),
      Binding("leave", [.character("q")], tr("Back; twice on a main tab, quit"), group: tr("Go")),
      Binding("history.back", [.character("[")], tr("Back in the history"), group: tr("Go")),
      Binding("history.forward", [.character("]")], tr("Forward in the history"), group: tr("Go")),
      Binding("tab.next", [.tab], tr("Next tab"), group: tr("Go")),
      Binding("tab.previous", [.backTab], tr("Previous tab"), group: tr("Go")),
      Binding(
        "command", [.character(":")], tr("Go anywhere, do anything by name"), hint: tr("go to"), group: tr("Console")),
      Binding(
        "help", [.character("?"), .function(1)], tr("Explain this screen"), hint: tr("help"), group: tr("Console")),
      Binding("commands", [.character("@")], tr("What was done in this session, as commands"), group: tr("Console")),
      Binding("mouse", [.character("M")], tr("Mouse on or off"), group: tr("Console")),
      Binding("copy", [.character("Y")], tr("Copy this page to the clipboard"), group: tr("Console")),
      Binding("quit", [.character("Q")], tr("Quit; running operations go on"), hint: tr("quit"), group: tr("Console")),
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
        let unknown = names.filter { Key(name: $0) == nil }.joined(separator: ", ")
        problems.append(tr("keys: \(action): \(unknown): no such key"))
        continue
      }
      var known = false
      for name in maps.keys where maps[name]?.rebind(ActionID(rawValue: action), to: keys) == true { known = true }
      if !known { problems.append(tr("keys: there is no action \(action)")) }
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
    var lines = [tr("# Keys of the console: ACTION = KEY KEY. No key switches an action off."), ""]
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
