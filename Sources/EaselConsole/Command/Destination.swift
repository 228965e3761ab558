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
    /// An action on an operation, and on one of its items that has stopped.
    case operation(ActionID, String, item: String?)
    case settings((inout ConsoleSettings) -> Void, said: String)
    case global(ActionID)
    /// Goes on typing what the verb is about.
    case ask(String)
    /// Writes the page to a file.
    case save(String)
    case filter(String)
    case sort(String, ascending: Bool)
  }

  /// What is typed for it.
  var words: String
  /// What it does, beside the words in the list of completions.
  var detail: String
  var action: Action
  var changes = false

  /// What Tab puts into the line; for `save FILE` the verb alone.
  var completion: String { if case .ask(let verb) = action { verb + " " } else { words + " " } }

  /// Everything that can be reached now: places, then objects by name, then verbs.
  static func all(_ surroundings: Surroundings) -> [Destination] {
    var found: [Destination] = []
    if let site = surroundings.site {
      found += RootTab.shown(site).map { Destination(words: $0.rawValue, detail: tr("tab"), action: .root($0)) }
      found += site.snapshot.clusters.flatMap { cluster in clusters(cluster) }
      found += site.snapshot.hosts.flatMap { host in hosts(host) }
      found += site.snapshot.operations.flatMap { operation in operations(operation) }
      found += site.snapshot.machines.flatMap { machine in machines(machine) }
      found.append(
        Destination(
          words: "create cluster", detail: tr("wizard"), action: .cluster("cluster.create", nil), changes: true))
      found.append(
        Destination(words: "apply FILE", detail: tr("definitions from a file"), action: .ask("apply"), changes: true))
      found += site.snapshot.profiles.map { profile in
        Destination(
          words: "profile \(profile.name)", detail: profile.spec.version,
          action: .open {
            TextScreen(
              surroundings.environment.manifest(.profile(profile)), title: tr("Profile \(profile.name)"), tab: .profiles
            )
          })
      }
      found.append(Destination(words: "add host", detail: tr("over SSH"), action: .host("host.add", ""), changes: true))
    }
    found += surroundings.environment.themeNames.map { name in
      Destination(
        words: "theme \(name)", detail: tr("colours"), action: .settings({ $0.theme = name }, said: tr("theme \(name)"))
      )
    }
    found += TimeDisplay.allCases.map { display in
      Destination(
        words: "time \(display.rawValue)", detail: tr("when things were"),
        action: .settings({ $0.time = display }, said: tr("times in \(SettingRows.words(display))")))
    }
    found += [
      Destination(words: "save FILE", detail: tr("this page as text"), action: .ask("save")),
      Destination(words: "filter TEXT", detail: tr("this list"), action: .ask("filter")),
      Destination(words: "sort COLUMN", detail: tr("this list; with down at the end, downwards"), action: .ask("sort")),
    ]
    let globals: [(String, ActionID, String)] = [
      ("help", "help", tr("this screen")), ("commands", "commands", tr("what was done here")),
      ("mouse", "mouse", tr("on or off")), ("copy", "copy", tr("this page")),
      ("budget", "budget", tr("what each picture costs")), ("quit", "quit", tr("operations go on")),
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
    return found + ObjectVerb.cluster.map { $0.destination(name, .cluster($0.action, name)) }
  }

  private static func hosts(_ host: Host) -> [Destination] {
    let name = host.name
    let verbs = ObjectVerb.host.filter { HostActions.offers($0.action, host) }
    // A node goes by its machine's name too.
    let ofNodes = host.status.machine.flatMap { $0 == name ? nil : $0 }.map { machine in
      verbs.filter { ObjectVerb.ofNodes.contains($0.action) }.map { $0.destination(machine, .host($0.action, name)) }
    }
    return [
      Destination(words: "host \(name)", detail: host.statusPhrase.text, action: .open { HostDetailScreen(name) }),
      Destination(
        words: "units \(name)", detail: tr("what runs on it"), action: .open { HostDetailScreen(name, tab: .units) }),
    ] + verbs.map { $0.destination(name, .host($0.action, name)) } + (ofNodes ?? [])
  }

  private static func operations(_ operation: Operation) -> [Destination] {
    let name = operation.name
    let stopped = operation.status.steps.filter { $0.state == .stopped }.flatMap(\.items)
      .filter { $0.state == .stopped }
    return [
      Destination(
        words: "operation \(name)", detail: Words.word(operation.status.phase),
        action: .open { OperationDetailScreen(name) })
    ]
      + ObjectVerb.operation.filter { OperationActions.offers($0.action, operation) }.flatMap { verb in
        verb.action == "operation.skip"
          ? stopped.map { verb.destination("\(name) \($0.name)", .operation(verb.action, name, item: $0.name)) }
          : [verb.destination(name, .operation(verb.action, name, item: nil))]
      }
  }

  private static func machines(_ machine: Machine) -> [Destination] {
    let cluster = machine.spec.cluster.name
    return ObjectVerb.machine.map {
      $0.destination(machine.name, .open { RemoveMachinePage.page(machine, of: cluster) })
    }
  }

  /// What a verb means of an object that it can do nothing with now: the verb says why.
  private static func refused(_ word: String, _ name: String, _ site: SiteView) -> Destination? {
    if let verb = ObjectVerb.cluster.first(where: { $0.word == word }), site.cluster(name) != nil {
      return verb.destination(name, .cluster(verb.action, name))
    }
    if let verb = ObjectVerb.operation.first(where: { $0.word == word }), site.operation(name) != nil {
      return verb.destination(name, .operation(verb.action, name, item: nil))
    }
    // A node goes by its machine's name too.
    let host = site.host(name) ?? site.machine(name)?.host.flatMap { site.host($0.name) }
    if let verb = ObjectVerb.host.first(where: { $0.word == word }), let host {
      return verb.destination(name, .host(verb.action, host.name))
    }
    return nil
  }

  /// The text as this line says it, for hands that type what they would in a shell: `easel delete cluster edge` is `delete edge`,
  /// and `host reboot lab1` is `reboot lab1`.
  static func brief(_ text: String) -> String {
    var words = text.split(separator: " ").map(String.init)
    if words.first == "easel" { words.removeFirst() }
    guard words.count > 2 else { return words.count > 0 ? words.joined(separator: " ") : text }
    let kinds: Set = ["cluster", "host", "machine", "node", "operation"]
    let verbs = ObjectVerb.cluster + ObjectVerb.host + ObjectVerb.operation + ObjectVerb.machine
    func isVerb(_ word: String) -> Bool { verbs.contains { $0.word == word } }
    if kinds.contains(words[1]), isVerb(words[0]) {
      words.remove(at: 1)
    } else if kinds.contains(words[0]), isVerb(words[1]) {
      words.remove(at: 0)
    } else {
      return text
    }
    return words.joined(separator: " ")
  }

  /// What a verb and its argument mean: a file, a filter, a column. Nil for all else.
  static func typed(_ text: String, _ surroundings: Surroundings) -> Destination? {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let argument = parts[1]
    switch parts[0] {
    case "save": return Destination(words: text, detail: "", action: .save(argument))
    case "copy": return Destination(words: text, detail: "", action: .save(argument))
    case "filter": return Destination(words: text, detail: "", action: .filter(argument))
    case "sort":
      let words = argument.split(separator: " ")
      let down = words.count > 1 && words.last == "down"
      let column = (down ? words.dropLast() : words[...]).joined(separator: " ")
      return Destination(words: text, detail: "", action: .sort(column, ascending: !down))
    case "apply" where surroundings.site != nil:
      return Destination(words: text, detail: "", action: .open { ApplyScreen(argument) }, changes: true)
    default: return surroundings.site.flatMap { refused(parts[0], argument, $0) }
    }
  }

  /// Those that are spelt nearly as the text, the nearest first: what may have been meant by a slip.
  static func near(_ text: String, in all: [Destination]) -> [Destination] {
    let wanted = Array(text.lowercased().utf8)
    guard wanted.count > 1, wanted.count < 40 else { return [] }
    let most = max(1, wanted.count / 4)
    var found: [(distance: Int, place: Int)] = []
    for (place, destination) in all.enumerated() {
      let candidate = Array(destination.words.lowercased().utf8)
      guard abs(candidate.count - wanted.count) <= most else { continue }
      let distance = distance(wanted, candidate)
      if distance <= most { found.append((distance, place)) }
    }
    return found.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(5).map { all[$0.place] }
  }

  /// How many letters must be put in, taken out, replaced, or swapped with the next one.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var older: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...max(1, b.count) where j <= b.count {
        var best = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, older[j - 2] + 1) }
        row.append(best)
      }
      (older, previous) = (previous, row)
    }
    return previous[b.count]
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
