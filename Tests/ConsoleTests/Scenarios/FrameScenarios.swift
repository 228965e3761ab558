import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// What works on every screen: history, command line, clipboard, pager, themes, mouse, key files.
struct FrameScenarios {
  private func player(_ change: (inout ConsoleEnvironment) -> Void = { _ in }) async -> Player {
    let player = Player(FrozenSite(Fixture.site), change: change)
    await player.user.settle()
    return player
  }

  @Test func `the history goes back and forward through places`() async {
    let player = await player()
    await player.go("cluster edge")
    await player.go("host sim-1")
    await player.go("operation upgrade-lab-2")
    await player.act("history.back", "history.back")
    #expect(player.open is ClusterDetailScreen)
    await player.act("history.forward", "history.forward")
    #expect(player.open is OperationDetailScreen)
    await player.act("history.forward")
    #expect(player.open is OperationDetailScreen, "there is nothing further")
    await player.act("history.back")
    await player.go("host sim-2")
    await player.act("history.forward")
    #expect((player.open as? HostDetailScreen)?.name == "sim-2", "a new way forgets the old one")
  }

  @Test func `tabs go round in both directions and by number`() async {
    let player = await player()
    var seen: [String] = []
    let titles = player.user.app.tabs?.titles ?? []
    for _ in titles {
      seen.append(player.open.title)
      await player.act("tab.next")
    }
    #expect(seen == titles)
    #expect(player.open.title == titles.first)
    await player.act("tab.previous")
    #expect(player.open.title == titles.last)
  }

  /// Everything that the command line offers can be typed in full, leads somewhere, and is completed from its beginning.
  @Test func `every object and verb is reached by the command line`() async {
    let player = await player()
    let all = Destination.all(player.user.app.surroundings)
    #expect(all.count > 40)
    #expect(Set(all.map(\.words)).count == all.count, "no words mean two things")
    for destination in all where destination.words != "quit" {
      let player = await self.player()
      let before = player.screen
      await player.act("command")
      await player.type(destination.words)
      #expect(player.shows(String(destination.words.prefix(20))))
      await player.press(.enter)
      let app = player.user.app
      #expect(!app.prompt.isOpen, "\(destination.words) is understood")
      let changed =
        player.screen != before || app.question != nil || player.user.theme != nil || !player.user.copied.isEmpty
        || destination.words == "overview"
        // The loop draws it over the picture; a scripted user has no loop.
        || destination.words == "budget"
      #expect(changed, "\(destination.words) does something")
    }
    for kind in [
      "cluster ", "host ", "operation ", "scale ", "upgrade ", "delete ", "maintenance ", "retry ", "abort ", "theme ",
    ] {
      #expect(all.contains { $0.words.hasPrefix(kind) }, "\(kind)")
    }
  }

  @Test(arguments: [
    ("easel delete cluster edge", "delete edge"), ("delete cluster edge", "delete edge"),
    ("host reboot lab1", "reboot lab1"), ("cordon node edge-cp-1", "cordon edge-cp-1"),
    ("easel clusters", "clusters"), ("cluster edge nodes", "cluster edge nodes"), ("create cluster", "create cluster"),
    ("retry create-edge-1", "retry create-edge-1"), ("easel", "easel"), ("", ""),
  ])
  func `what would be typed in a shell is understood`(typed: String, meant: String) async {
    #expect(Destination.brief(typed) == meant)
  }

  @Test func `a cluster is deleted by the words of a shell`() async {
    let player = await player()
    await player.go("easel delete cluster edge")
    #expect(player.shows("Delete edge"))
  }

  @Test func `words are completed step by step, and the list can be walked`() async {
    let player = await player()
    await player.act("command")
    await player.type("ho")
    await player.press(.tab)
    #expect(player.shows(":hosts") || player.shows(":host sim-"), "\(player.screen)")
    await player.press(.control("u"))
    await player.type("cluster")
    await player.press(.control("n"), .control("n"), .tab)
    #expect(player.shows(":cluster"))
    await player.press(.enter)
    #expect(player.open is ClusterDetailScreen)
  }

  @Test func `an unknown word is answered, and nothing is done`() async {
    let player = await player()
    let before = player.screen
    await player.go("frobnicate")
    #expect(player.shows("there is nothing of that name"))
    #expect(player.user.app.prompt.isOpen, "to correct it")
    await player.press(.escape)
    #expect(player.screen == before)
  }

  @Test func `the command line's history is walked up and down`() async {
    let player = await player()
    await player.go("hosts")
    await player.go("audit")
    await player.act("command")
    await player.press(.up, .up)
    #expect(player.shows(":hosts"))
    await player.press(.down)
    #expect(player.shows(":audit"))
    await player.press(.enter)
    #expect(player.open is AuditScreen)
  }

  @Test func `a page is copied without its frame`() async throws {
    let player = await player()
    await player.tab("Hosts")
    await player.act("copy")
    let text = try #require(player.user.copied.first)
    #expect(text.contains("sim-3") && text.contains("Unknown"))
    #expect(!text.contains("│") && !text.contains("14:21:07 UTC"))
    #expect(player.shows("copied"))
  }

  @Test func `a plan and a log are copied whole`() async throws {
    let player = await player()
    await player.go("upgrade edge")
    await player.goOnToPlan()
    await player.act("plan.copy")
    #expect(try #require(player.user.copied.last).contains("Kubernetes cannot be downgraded"))
    await player.go("operation upgrade-lab-2")
    await player.act("operation.log", "log.copy")
    #expect(player.user.copied.last?.contains("no space left") == true)
  }

  @Test func `a page is opened in the pager, and its failure is told`() async {
    let written = Player.Drafts()
    let player = await player { environment in
      environment.pager = ["less", "-S"]
      environment.temporaryFile = { name, text in
        written.kept.withLock { $0[name] = text }
        return "/tmp/pages/\(name)"
      }
    }
    await player.go("cluster edge yaml")
    await player.act("page.pager")
    #expect(player.user.programs == [["less", "-S", "/tmp/pages/edge.txt"]])
    #expect(written.kept.withLock { $0["edge.txt"] }?.contains("kubernetesVersion") == true)
    player.user.programStatus = 3
    await player.act("page.pager")
    await player.user.settle()
    #expect(player.shows("less ended with status 3"))
  }

  @Test func `without a pager the console says so`() async {
    let player = await player()
    await player.go("cluster edge yaml")
    await player.act("page.pager")
    #expect(player.shows("no $PAGER"))
    #expect(player.user.programs.isEmpty)
  }

  @Test(arguments: ThemeLibrary(directories: []).names)
  func `a theme is chosen while the console runs`(name: String) async {
    let player = await player()
    await player.go("theme \(name)")
    #expect(player.user.theme != nil)
    #expect(player.shows("theme \(name)"))
  }

  @Test func `the theme in use follows its file, and stays while there is a fault in it`() async throws {
    let text = Mutex("name = Mine\nok = green")
    let player = await player { environment in
      environment.themeNames = ["mine"]
      environment.theme = { _ in try Theme(file: "mine.theme", text: text.withLock { $0 }) }
    }
    func written(_ name: String, _ content: String) async {
      text.withLock { $0 = content }
      player.user.mailbox.post(.themeChanged(name))
      await player.user.settle()
    }
    await player.go("theme mine")
    #expect(player.user.theme?.name == "Mine")
    await written("mine", "name = Faulty\nok = gren")
    #expect(player.user.theme?.name == "Mine" && player.shows("mine.theme:2"), "\(player.screen)")
    await written("other", "name = Other")
    #expect(player.user.theme?.name == "Mine", "another one's file is nothing to it")
    await written("mine", "name = Better\nok = blue")
    #expect(player.user.theme?.name == "Better" && player.shows("was read again"))
  }

  @Test func `a theme with a fault is refused with its line, and the old one stays`() async {
    let player = await player { environment in
      environment.themeNames = ["mine"]
      environment.theme = { _ in try Theme(file: "mine.theme", text: "name = Mine\nok = gren") }
    }
    await player.go("theme mine")
    #expect(player.user.theme == nil)
    #expect(player.shows("mine.theme:2"), "\(player.screen)")
  }

  @Test func `the mouse is switched, selects, opens, scrolls and changes tabs`() async throws {
    let player = await player()
    await player.act("mouse")
    #expect(player.shows("mouse on"))
    let row = String(player.screen.split(separator: "\n")[1])
    let x = try #require(row.indices.first { row[$0...].hasPrefix("Hosts") }).utf16Offset(in: row)
    player.user.mouse(Mouse(.press, at: Point(x: x, y: 1)))
    #expect(player.open is HostsScreen && player.shows("NAME"))
    player.user.mouse(Mouse(.press, at: Point(x: 4, y: 5)))
    #expect(player.screen.split(separator: "\n")[5].hasPrefix("> sim-3"))
    player.user.mouse(Mouse(.scrollUp, .none, at: Point(x: 4, y: 5)))
    #expect(
      player.screen.split(separator: "\n")[5].hasPrefix("> sim-3"), "all rows can be seen: there is nothing to scroll")
    player.user.mouse(Mouse(.press, at: Point(x: 4, y: 5)))
    #expect((player.open as? HostDetailScreen)?.name == "sim-3")
    for x in stride(from: 0, to: 80, by: 7) {
      for y in 0..<24 { player.user.mouse(Mouse(.press, at: Point(x: x, y: y))) }
    }
    player.user.mouse(Mouse(.press, at: Point(x: 9999, y: 9999)))
    #expect(player.user.status == nil)
  }

  @Test func `clicks do not reach what a question covers`() async {
    let player = await player()
    await player.go("operation upgrade-lab-2")
    await player.act("operation.retry")
    player.user.mouse(Mouse(.press, at: Point(x: 14, y: 1)))
    #expect(player.user.app.question != nil)
    #expect(player.open is OperationDetailScreen)
  }

  @Test(arguments: ["a\nQ", "\u{1B}[31mred", "x\u{7}y\u{9B}2J"])
  func `a paste into any line is text without control characters`(text: String) async {
    let player = await player()
    player.user.paste(text)
    #expect(player.shows("never taken as keys"))
    await player.act("command")
    player.user.paste(text)
    #expect(player.user.app.prompt.isOpen)
    await player.press(.escape)
    await player.tab("Hosts")
    await player.act("list.filter")
    player.user.paste(text)
    await player.press(.escape)
    await player.go("delete edge")
    player.user.paste(text)
    await player.user.settle()
    #expect(player.plan != nil && player.user.status == nil)
    #expect(
      !player.screen.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
  }

  @Test func `help explains the screen it was asked on and goes back there`() async {
    for (name, _) in GoldenTests.places where name != "help" {
      guard let player = await GoldenTests.player(in: name), !player.open.isTyping, player.user.app.question == nil,
        player.user.app.menu == nil, !player.user.app.prompt.isOpen
      else { continue }
      let (title, map) = (player.open.title, player.user.app.book[player.open.keyMap.name])
      await player.act("help")
      let text = player.open.lineTexts(player).joined(separator: "\n")
      for binding in map.bindings where !binding.keys.isEmpty { #expect(text.contains(binding.help), "\(name)") }
      await player.act("back")
      #expect(player.open.title == title)
    }
  }

  @Test func `the command log says each change as a command`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("maintenance sim-6")
    await player.confirm()
    await player.act("commands")
    #expect(player.shows("$ easel create cluster edge"))
    #expect(player.shows("$ easel host maintenance sim-6 on"))
    await player.act("commands.copy")
    #expect(player.user.copied.last?.contains("easel host maintenance sim-6 on") == true)
    #expect(try site.snapshot().hosts.last?.spec.maintenance == true)
  }

  @Test func `a key file with every action on another key leaves the whole cycle playable`() async throws {
    let book = KeyBook(changes: Player.otherKeys)
    #expect(book.problems.isEmpty, "\(book.problems)")
    let (player, site) = try await Player.withCluster(workers: 1) { $0.keys = Player.otherKeys }
    await player.press(.c("Q"), .c("D"), .c("c"))
    #expect(player.user.status == nil, "the old keys do nothing")
    await player.act("history.back", "tab.next", "cluster.scale")
    await player.fill("pool0", "2")
    await player.goOnToPlan()
    await player.confirmPlan()
    site.finish()
    #expect(try site.cluster("edge")?.status.workersReady == 2)
    await player.look()
    await player.act("history.back", "cluster.delete")
    await player.confirmPlan(name: "edge")
    site.finish()
    #expect(try site.snapshot().clusters.isEmpty)
    await player.act("quit")
    #expect(player.user.status == 0)
  }

  @Test(arguments: [
    (["cluster.create": ["D"]], "cluster.delete"), (["help": ["j"]], "j"), (["quit": ["ctrl-s"]], "ctrl-s"),
    (["cluster.delete": ["ctrl-x"]], "ctrl-x"), (["quit": ["shift-banana"]], "banana"),
    (["nonsense": ["x"]], "nonsense"),
  ])
  func `a conflict in the key file is said at once and in full in help`(changes: [String: [String]], named: String)
    async
  {
    let player = await player { $0.keys = changes }
    #expect(player.shows("keys:"), "\(player.screen)")
    #expect(!player.user.app.book.problems.isEmpty)
    await player.go("help")
    #expect(player.open.lineTexts(player).contains { $0.contains(named) })
  }

  @Test func `switching an action off in the key file takes its key away`() async {
    let player = await player { $0.keys = ["quit": []] }
    await player.press(.c("Q"))
    #expect(player.user.status == nil)
    await player.go("quit")
    #expect(player.user.status == 0)
  }

  @Test func `a hang-up and a termination end it in order`() async {
    for (ending, status) in [(Ending.hangUp, Int32(129)), (.terminated, 143)] {
      let player = await player()
      player.user.end(ending)
      #expect(player.user.status == status)
    }
  }
}
