import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Filters that complete themselves, and marks where something can be done with them.
struct ListWorkTests {
  private func player() async -> Player {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    return player
  }

  private func filter(_ player: Player) -> String { (player.open as? HostsScreen)?.list.filter.text ?? "" }

  @Test func `Tab completes columns, then what stands in one`() async {
    let player = await player()
    await player.press(.c("3"), .c("/"))
    await player.type("cl")
    await player.press(.tab)
    #expect(filter(player) == "cluster:")
    await player.type("l")
    await player.press(.tab)
    #expect(filter(player) == "cluster:lab" && player.shows("2 of 6"))
    await player.type(" !st")
    await player.press(.tab)
    #expect(filter(player) == "cluster:lab !status:", "the word that is being typed is completed, not those before")
  }

  @Test func `Tab again goes on to the next, and says which there are`() async {
    let player = await player()
    await player.press(.c("3"), .c("/"))
    await player.type("c")
    await player.press(.tab)
    #expect(filter(player) == "cluster:" && player.shows("cluster  cpu"))
    await player.press(.tab)
    #expect(filter(player) == "cpu:")
    await player.press(.tab)
    #expect(filter(player) == "cluster:")
    await player.press(.control("u"))
    await player.type("nosuch")
    await player.press(.tab)
    #expect(filter(player) == "nosuch" && player.shows("nothing completes it"))
  }

  @Test func `lists in which nothing is done with several offer no marks`() async {
    let player = await player()
    for (tab, has) in [("2", false), ("3", true), ("4", true), ("5", true), ("6", false), ("7", false)] {
      await player.press(.c(Character(tab)))
      #expect((player.user.app.keys.bindings.contains { $0.action == "list.mark" }) == has, "\(tab)")
      await player.press(.space)
      #expect(player.open.plainList?.table.marked.isEmpty == !has, "\(tab)")
      #expect(player.shows("does nothing here") == !has, "\(tab)")
      await player.press(.c("U"))
    }
  }

  @Test func `marked nodes are cordoned together, and removed one at a time`() async {
    let handed = Handed()
    let player = Player(handed)
    await player.user.settle()
    await player.go("cluster edge nodes")
    await player.act("list.mark", "list.mark", "node.cordon")
    #expect(player.shows("2 hosts (sim-1, sim-2)"), "\(player.screen)")
    await player.confirm()
    #expect(handed.intents == [.host(.cordon, names: ["sim-1", "sim-2"])])
    #expect(!player.shows("marked"), "what was marked for an action is marked no longer")
    await player.press(.home)
    await player.act("list.mark", "list.mark", "node.remove")
    #expect(player.shows("removed one at a time") && player.shows("2 marked"))
    await player.act("list.unmark")
    #expect(!player.shows("2 marked"))
    await player.act("node.remove")
    #expect(player.plan != nil)
  }
}

/// What a list says of its order, and of what is in it.
struct ListOrderTests {
  @Test func `names are sorted as people count`() {
    var list = EaselConsole.ObjectList<String>(
      [ListColumn(Column("name", "NAME", ideal: 10)) { TableCell($0) }], empty: "", identity: { $0 })
    list.update(["host10", "host2", "host1"])
    _ = list.sort(by: "name", ascending: true)
    #expect((0..<3).map { list.identity(at: $0) } == ["host1", "host2", "host10"])
  }

  @Test(arguments: [80, 200]) func `the order goes through the columns that are seen`(width: Int) async {
    let player = Player(FrozenSite(Fixture.site), size: Size(width: width, height: 24))
    await player.user.settle()
    await player.tab("Hosts")
    #expect(player.shows("STATUS"))
    let columns = (player.open as? HostsScreen)?.list.table.shownColumns ?? []
    #expect(columns.contains("seen") == (width == 200))
    for id in columns {
      await player.act("list.sort")
      let title = HostsScreen.columns.first { $0.layout.id == id }?.title ?? ""
      #expect(player.shows("\(title)↑"), "\(player.screen)")
    }
    await player.act("list.sort")
    #expect(!player.shows("↑"))
  }

  @Test func `a filter by a column that is none says which there are`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.tab("Hosts")
    await player.act("list.filter")
    await player.type("bogus:x")
    #expect(player.shows("There is no column bogus here; there are: name, status, cluster"), "\(player.screen)")
  }

  @Test func `a long selected row is marked at both ends, a short one by its name`() async {
    for (width, lit) in [(80, 6), (200, 7)] {
      let player = Player(FrozenSite(Fixture.site), size: Size(width: width, height: 24))
      await player.user.settle()
      await player.tab("Hosts")
      let grid = player.user.grid
      let cells = (0..<width).count { grid[$0, 3].style.role == .selection }
      #expect(cells == lit, "\(player.screen)")
    }
  }

  @Test func `an operation says in full where it stands`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.tab("Operations")
    #expect(player.shows("Upgrade the workers  lab-workers-1"), "\(player.screen)")
  }

  @Test(arguments: [80, 200]) func `what happened last leads to where it happened, and is said in full`(width: Int)
    async
  {
    let player = Player(FrozenSite(Fixture.site), size: Size(width: width, height: 40))
    await player.user.settle()
    await player.move("move.bottom")
    #expect(player.open.footnote == nil)
    await player.act("open")
    #expect((player.open as? OperationDetailScreen)?.name == "upgrade-lab-2", "\(player.screen)")
    await player.press(.escape)
    await player.move("move.bottom")
    await player.move("move.up")
    await player.act("open")
    #expect((player.open as? HostDetailScreen)?.name == "sim-3")
  }

  @Test func `the keys of a host work on its logs too`() async throws {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.go("logs sim-6")
    await player.act("host.maintenance")
    #expect(player.user.app.question != nil, "\(player.screen)")
  }

  @Test func `the page of nodes hints at what can be done with one, and its menu names it`() async {
    let player = Player(FrozenSite(Fixture.site), size: Size(width: 100, height: 24))
    await player.user.settle()
    await player.go("cluster edge nodes")
    for hint in ["Enter open", "x cordon", "d drain", "R remove", "Space mark"] {
      #expect(player.shows(hint), "\(hint)")
    }
    await player.act("cluster.menu")
    #expect(player.shows("Actions on edge and sim-1") && player.shows("Cordon sim-1 ..."), "\(player.screen)")
    await player.press(.escape, .c("1"))
    #expect(!player.shows("x cordon"))
  }

  @Test func `what was done is said to be of this session`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.press(.c("@"))
    #expect(player.shows("Done in this session") && player.shows("is in the audit log"), "\(player.screen)")
  }
}

/// Verbs of the command line: as many as keys, from the same table.
struct ObjectVerbTests {
  private func player(_ site: any SiteAccess = FrozenSite(Fixture.site)) async -> Player {
    let player = Player(site)
    await player.user.settle()
    return player
  }

  /// The rule of the command line, word for word and over everything: slow, and plain to see.
  private func plainly(_ text: String, _ all: [Destination]) -> [String] {
    let words = text.lowercased().split(separator: " ").map(String.init)
    let wanted = words.joined(separator: " ")
    func rank(_ candidate: String) -> Int? {
      let parts = candidate.split(separator: " ").map(String.init)
      if words.isEmpty || candidate == wanted { return 0 }
      if parts.count == 2, parts[1] == wanted { return ["cluster", "host", "operation"].contains(parts[0]) ? 1 : 4 }
      if candidate.hasPrefix(wanted) { return 2 }
      return words.allSatisfy { word in parts.contains { $0.hasPrefix(word) } } ? 3 : nil
    }
    let ranked = all.map(\.words).enumerated().compactMap { place, words in
      rank(words.lowercased()).map { (rank: $0, place: place, words: words) }
    }
    return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.prefix(50).map(\.words)
  }

  @Test(arguments: [false, true]) func `what a text may mean is found in its order`(isReadOnly: Bool) async {
    let player = Player(FrozenSite(Fixture.site)) { $0.isReadOnly = isReadOnly }
    await player.user.settle()
    let surroundings = player.user.app.surroundings
    let all = Destination.all(surroundings)
    var texts: Set = ["", " ", "zz", "E", "host host", "edge delete", "e d", "d e c", "SAVE file", "sim-1 lo", "ü"]
    for destination in all {
      texts.formUnion((1...destination.words.count).map { String(destination.words.prefix($0)) })
      if let last = destination.words.split(separator: " ").last { texts.insert(String(last)) }
    }
    #expect(texts.count > 300)
    for text in texts {
      #expect(Destination.matches(text, surroundings).map(\.words) == plainly(text, all), "\(text)")
    }
  }

  @Test func `every key that acts on an object has a word`() async {
    let all = Destination.all(await player().user.app.surroundings)
    let verbs = Set(all.compactMap { $0.words.split(separator: " ").first.map(String.init) })
    let known = ObjectVerb.cluster + ObjectVerb.host + ObjectVerb.operation + ObjectVerb.machine
    for map in KeyBook.screens {
      for binding in map.bindings {
        let parts = binding.action.rawValue.split(separator: ".").map(String.init)
        guard ["cluster", "host", "node", "operation"].contains(parts[0]), !ObjectVerb.ofPages.contains(binding.action)
        else { continue }
        let word = ObjectVerb.words[binding.action] ?? parts[1]
        #expect(verbs.contains(word), "\(binding.action.rawValue) (\(binding.help)) has no word")
        // A word for a change is hidden in a read-only console as its key is.
        for verb in known where verb.action == binding.action { #expect(verb.changes == binding.changes) }
      }
    }
  }

  @Test(arguments: [
    ("cordon sim-1", Intent.cordon(cluster: "edge", machine: "edge-cp-1")),
    ("cordon edge-cp-1", .cordon(cluster: "edge", machine: "edge-cp-1")),
    ("drain lab-workers-1", .drain(cluster: "lab", machine: "lab-workers-1")),
    (
      "skip upgrade-lab-2 lab-workers-1",
      .skip(operation: "upgrade-lab-2", step: "upgrade-workers", item: "lab-workers-1")
    ),
    ("skip upgrade-lab-2", .skip(operation: "upgrade-lab-2", step: "upgrade-workers", item: "lab-workers-1")),
    ("retry upgrade-lab-2", .retry(operation: "upgrade-lab-2", step: "upgrade-workers", item: "lab-workers-1")),
    ("abort upgrade-lab-2", .abort(operation: "upgrade-lab-2")),
    ("maintenance sim-6", .setMaintenance(host: "sim-6", on: true)),
  ])
  func `a verb asks first, then does it`(words: String, intent: Intent) async {
    let handed = Handed()
    let player = await player(handed)
    await player.go(words)
    #expect(player.user.app.question != nil, "\(player.screen)")
    #expect(handed.intents.isEmpty)
    await player.confirm()
    #expect(handed.intents == [intent], "\(handed.intents)")
  }

  @Test(arguments: [
    ("drain sim-6", "sim-6 is in no cluster"), ("uncordon sim-2", "sim-2 is not cordoned"),
    ("reset sim-1", "remove that machine first"),
    ("forget sim-1", "is a member of edge"), ("retry create-edge-1", "create-edge-1 has ended"),
    ("abort create-edge-1", "create-edge-1 has ended"), ("scale lab", "upgrade-lab-2 has stopped halfway"),
  ])
  func `a verb that can do nothing now says why`(words: String, said: String) async {
    let player = await player()
    await player.go(words)
    #expect(player.shows(said), "\(player.screen)")
  }

  @Test func `a machine is removed and a host forgotten by name`() async {
    let player = await player()
    await player.go("remove lab-workers-1")
    #expect(player.shows("Removing lab-workers-1 from lab cannot be undone"))
    await player.press(.escape)
    await player.go("forget sim-6")
    #expect(player.shows("The site forgets sim-6"))
  }
}

/// What was done on a host is a list like any other.
struct HostTaskListTests {
  @Test func `tasks of a host are filtered and sorted, and Escape shows all again`() async throws {
    let (player, _) = try await Player.withCluster(workers: 1)
    await player.go("host sim-2")
    await player.press(.c("5"))
    #expect(player.shows("prepare edge-workers-1") && player.shows("join edge-workers-1") && player.shows("/ filter"))
    await player.act("list.filter")
    await player.type("step:prepare")
    await player.press(.enter)
    #expect(player.shows("prepare edge-workers-1") && !player.shows("join edge-workers-1"), "\(player.screen)")
    await player.press(.escape)
    #expect(player.shows("join edge-workers-1"))
    await player.go("sort took down")
    let steps = player.screen.split(separator: "\n").map(String.init)
    let prepare = try #require(steps.firstIndex { $0.contains("prepare edge-workers-1") })
    let preflight = try #require(steps.firstIndex { $0.contains("check edge-workers-1") })
    #expect(prepare < preflight, "\(player.screen)")
    await player.press(.c("1"))
    #expect(!player.shows("/ filter"))
  }
}
