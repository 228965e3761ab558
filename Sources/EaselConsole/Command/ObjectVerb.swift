internal import EaselTerminal

/// A verb of the command line about an object of one kind. They come from the key maps of the objects' screens: what has a key
/// has a word.
struct ObjectVerb: Sendable {
  var word: String
  var action: ActionID
  /// What the key map says of it.
  var help: String
  var changes: Bool

  static let cluster = verbs("cluster", of: ClusterDetailScreen.keys)
  static let host = verbs("host", of: HostDetailScreen.keys)
  static let operation = verbs("operation", of: OperationDetailScreen.keys)
  /// Nodes are cordoned and drained by the verbs about hosts, which take a machine's name too.
  static let machine = verbs("node", of: ClusterDetailScreen.keys).filter { verb in
    !host.contains { $0.word == verb.word }
  }

  /// Words that are not the action's own, where that says something else beside a name.
  static let words: [ActionID: String] = [
    "cluster.operation": "latest", "host.cluster": "serves", "host.remove": "forget", "operation.target": "target",
  ]

  /// Verbs about the node on a host.
  static let ofNodes: Set<ActionID> = ["host.cordon", "host.uncordon", "host.drain"]

  /// Keys of a page, not of the object on it.
  static let ofPages: Set<ActionID> = ["cluster.menu", "operation.log", "operation.follow", "operation.engine"]

  private static func verbs(_ kind: String, of map: KeyMap) -> [ObjectVerb] {
    map.bindings.filter { $0.action.rawValue.hasPrefix(kind + ".") && !ofPages.contains($0.action) }.map { binding in
      let own = String(binding.action.rawValue.dropFirst(kind.count + 1))
      return ObjectVerb(
        word: words[binding.action] ?? own, action: binding.action, help: binding.help, changes: binding.changes)
    }
  }

  func destination(_ object: String, _ action: Destination.Action) -> Destination {
    Destination(words: "\(word) \(object)", detail: help, action: action, changes: changes)
  }
}
