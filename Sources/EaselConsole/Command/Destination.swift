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
    each(surroundings) { _, make in
      if let destination = make(), surroundings.offers(destination) { found.append(destination) }
    }
    return found
  }

  /// Goes through everything that can be reached now. With ten thousand hosts most of it is thrown away by its words, so the rest of a
  /// destination is only made when it is asked for; nil then where it can do nothing as things are.
  static func each(_ surroundings: Surroundings, _ take: Taker) {
    func plain(_ phrase: Phrase, _ detail: String, _ action: Action, changes: Bool = false) {
      take(phrase) { Destination(words: phrase.text, detail: detail, action: action, changes: changes) }
    }
    if let site = surroundings.site {
      for tab in RootTab.shown(site) { plain(Phrase(tab.rawValue), tr("tab"), .root(tab)) }
      for cluster in site.snapshot.clusters { clusters(cluster, take) }
      for host in site.snapshot.hosts.packed { hosts(host, site, take) }
      for operation in site.snapshot.operations { operations(operation, take) }
      for machine in site.snapshot.machines.packed { machines(machine, take) }
      plain(Phrase("create", "cluster"), tr("wizard"), .cluster("cluster.create", nil), changes: true)
      plain(Phrase("apply", "FILE"), tr("definitions from a file"), .ask("apply"), changes: true)
      for profile in site.snapshot.profiles {
        plain(
          Phrase("profile", profile.name), profile.spec.version,
          .open {
            TextScreen(
              surroundings.environment.manifest(.profile(profile)), title: tr("Profile \(profile.name)"), tab: .profiles
            )
          })
      }
      plain(Phrase("add", "host"), tr("over SSH"), .host("host.add", ""), changes: true)
    }
    for name in surroundings.environment.themeNames {
      plain(Phrase("theme", name), tr("colours"), .settings({ $0.theme = name }, said: tr("theme \(name)")))
    }
    for display in TimeDisplay.allCases {
      plain(
        Phrase("time", display.rawValue), tr("when things were"),
        .settings({ $0.time = display }, said: tr("times in \(SettingRows.words(display))")))
    }
    plain(Phrase("save", "FILE"), tr("this page as text"), .ask("save"))
    plain(Phrase("filter", "TEXT"), tr("this list"), .ask("filter"))
    plain(Phrase("sort", "COLUMN"), tr("this list; with down at the end, downwards"), .ask("sort"))
    let globals: [(String, ActionID, String)] = [
      ("help", "help", tr("this screen")), ("commands", "commands", tr("what was done here")),
      ("mouse", "mouse", tr("on or off")), ("copy", "copy", tr("this page")),
      ("budget", "budget", tr("what each picture costs")), ("quit", "quit", tr("operations go on")),
    ]
    for (word, action, detail) in globals { plain(Phrase(word), detail, .global(action)) }
  }

  /// Takes the words of a destination, and how it is made.
  typealias Taker = (Phrase, () -> Destination?) -> Void

  private static func clusters(_ cluster: Cluster, _ take: Taker) {
    let name = cluster.name
    take(Phrase("cluster", name)) {
      Destination(
        words: "cluster \(name)", detail: cluster.statusPhrase.text, action: .open { ClusterDetailScreen(name) })
    }
    for tab in ClusterDetailScreen.Tab.allCases.dropFirst() {
      take(Phrase("cluster", name, tab.rawValue)) {
        Destination(
          words: "cluster \(name) \(tab.rawValue)", detail: "",
          action: .open { ClusterDetailScreen(name, tab: tab.rawValue) })
      }
    }
    for verb in ObjectVerb.cluster {
      take(Phrase(verb.word, name)) { verb.destination(name, .cluster(verb.action, name)) }
    }
  }

  private static func hosts(_ host: Packed<Host>, _ site: SiteView, _ take: Taker) {
    let name = host.name
    take(Phrase("host", name)) {
      Destination(
        words: "host \(name)", detail: site.statusPhrase(of: host.object).text,
        action: .open { HostDetailScreen(name) })
    }
    take(Phrase("units", name)) {
      Destination(
        words: "units \(name)", detail: tr("what runs on it"), action: .open { HostDetailScreen(name, tab: .units) })
    }
    func act(_ verb: ObjectVerb, _ object: String) {
      take(Phrase(verb.word, object)) {
        HostActions.offers(verb.action, host.object) ? verb.destination(object, .host(verb.action, name)) : nil
      }
    }
    for verb in ObjectVerb.host { act(verb, name) }
    // A node goes by its machine's name too.
    guard let machine = host.machine, machine != name else { return }
    for verb in ObjectVerb.host where ObjectVerb.ofNodes.contains(verb.action) { act(verb, machine) }
  }

  private static func operations(_ operation: Operation, _ take: Taker) {
    let name = operation.name
    take(Phrase("operation", name)) {
      Destination(
        words: "operation \(name)", detail: Words.word(operation.status.phase),
        action: .open { OperationDetailScreen(name) })
    }
    for verb in ObjectVerb.operation where OperationActions.offers(verb.action, operation) {
      guard verb.action == "operation.skip" else {
        take(Phrase(verb.word, name)) { verb.destination(name, .operation(verb.action, name, item: nil)) }
        continue
      }
      let stopped = operation.status.steps.filter { $0.state == .stopped }.flatMap(\.items)
        .filter { $0.state == .stopped }
      for item in stopped {
        take(Phrase(verb.word, name, item.name)) {
          verb.destination("\(name) \(item.name)", .operation(verb.action, name, item: item.name))
        }
      }
    }
  }

  private static func machines(_ machine: Packed<Machine>, _ take: Taker) {
    let name = machine.name
    for verb in ObjectVerb.machine {
      take(Phrase(verb.word, name)) {
        let machine = machine.object
        return verb.destination(name, .open { RemoveMachinePage.page(machine, of: machine.spec.cluster.name) })
      }
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
}

extension Surroundings {
  /// A read-only console goes anywhere and changes nothing.
  func offers(_ destination: Destination) -> Bool { !isReadOnly || !destination.changes }
}
