internal import EaselModel
internal import EaselTerminal

/// Somewhere that the command line can go, or something that it can do.
struct Destination {
  enum Action {
    case open(() -> any ConsoleScreen)
    case root(RootTab)
    /// An action on a cluster, by its name in the key map.
    case cluster(ActionID, String?)
    case host(ActionID, String)
    case operation(ActionID, String)
    case theme(String)
    case global(ActionID)
  }

  /// What is typed for it.
  var words: String
  /// What it does, beside the words in the list of completions.
  var detail: String
  var action: Action
  var changes = false

  /// Everything that can be reached now: places, then objects by name, then verbs.
  static func all(_ surroundings: Surroundings) -> [Destination] {
    var found: [Destination] = []
    if let site = surroundings.site {
      found += RootTab.allCases.map { Destination(words: $0.rawValue, detail: "tab", action: .root($0)) }
      found += site.snapshot.clusters.flatMap { cluster in clusters(cluster) }
      found += site.snapshot.hosts.flatMap { host in hosts(host) }
      found += site.snapshot.operations.flatMap { operation in operations(operation) }
      found.append(
        Destination(words: "create cluster", detail: "wizard", action: .cluster("cluster.create", nil), changes: true))
      found.append(Destination(words: "add host", detail: "over SSH", action: .host("host.add", ""), changes: true))
    }
    found += surroundings.environment.themeNames.map {
      Destination(words: "theme \($0)", detail: "colours", action: .theme($0))
    }
    let globals: [(String, ActionID, String)] = [
      ("help", "help", "this screen"), ("commands", "commands", "what was done here"),
      ("mouse", "mouse", "on or off"), ("copy", "copy", "this page"),
      ("budget", "budget", "what each picture costs"), ("quit", "quit", "operations go on"),
    ]
    found += globals.map { Destination(words: $0.0, detail: $0.2, action: .global($0.1)) }
    return surroundings.isReadOnly ? found.filter { !$0.changes } : found
  }

  private static func clusters(_ cluster: Cluster) -> [Destination] {
    let name = cluster.name
    var found = [
      Destination(
        words: "cluster \(name)", detail: cluster.statusPhrase.text, action: .open { ClusterDetailScreen(name) })
    ]
    for tab in ClusterDetailScreen.Tab.allCases.dropFirst() {
      found.append(
        Destination(
          words: "cluster \(name) \(tab.rawValue)", detail: "",
          action: .open { ClusterDetailScreen(name, tab: tab.rawValue) }))
    }
    for verb in ["scale", "upgrade", "delete"] {
      found.append(
        Destination(
          words: "\(verb) \(name)", detail: "shows the plan first",
          action: .cluster(ActionID(rawValue: "cluster.\(verb)"), name), changes: true))
    }
    return found
  }

  private static func hosts(_ host: Host) -> [Destination] {
    let name = host.name
    let isMember = host.status.cluster != nil
    func verb(_ word: String, _ action: ActionID, _ detail: String) -> Destination {
      Destination(words: "\(word) \(name)", detail: detail, action: .host(action, name), changes: true)
    }
    let verbs =
      [
        verb("reboot", "host.reboot", "shows the plan first"),
        verb("shutdown", "host.shutdown", "shows the plan first"),
      ]
      + (isMember
        ? [
          verb("cordon", "host.cordon", "asks first"), verb("uncordon", "host.uncordon", "asks first"),
          verb("drain", "host.drain", "asks first"),
        ] : [verb("reset", "host.reset", "shows the plan first")])
    return [
      Destination(words: "host \(name)", detail: host.statusPhrase.text, action: .open { HostDetailScreen(name) }),
      Destination(
        words: "units \(name)", detail: "what runs on it", action: .open { HostDetailScreen(name, tab: .units) }),
      Destination(words: "logs \(name)", detail: "live", action: .open { HostDetailScreen(name, tab: .logs) }),
      Destination(
        words: "maintenance \(name)", detail: "on or off", action: .host("host.maintenance", name), changes: true),
    ] + verbs
  }

  private static func operations(_ operation: Operation) -> [Destination] {
    let name = operation.name
    var found = [
      Destination(
        words: "operation \(name)", detail: operation.status.phase.rawValue,
        action: .open { OperationDetailScreen(name) })
    ]
    guard !operation.status.phase.isFinal else { return found }
    for verb in ["retry", "abort"] where verb == "abort" || operation.status.phase == .stopped {
      found.append(
        Destination(
          words: "\(verb) \(name)", detail: "asks first",
          action: .operation(ActionID(rawValue: "operation.\(verb)"), name), changes: true))
    }
    return found
  }

  /// Those that a text may mean, the best first: what begins with it, then where each of its words begins a word.
  static func matches(_ text: String, in all: [Destination]) -> [Destination] {
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard !words.isEmpty else { return Array(all.prefix(50)) }
    let wanted = words.joined(separator: " ")
    var ranked: [(rank: Int, place: Int)] = []
    for (place, destination) in all.enumerated() {
      let candidate = destination.words.lowercased()
      let parts = candidate.split(separator: " ")
      if candidate == wanted {
        ranked.append((0, place))
      } else if parts.count == 2, parts[1] == wanted {
        // The name alone is the object of that name.
        ranked.append((["cluster", "host", "operation"].contains(parts[0]) ? 1 : 4, place))
      } else if candidate.hasPrefix(wanted) {
        ranked.append((2, place))
      } else if words.allSatisfy({ word in parts.contains { $0.hasPrefix(word) } }) {
        ranked.append((3, place))
      }
    }
    return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.prefix(50).map { all[$0.place] }
  }
}
