import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// Typing: validated at once, never lost.
struct FormTests {
  private func wizard(_ drafts: Player.Drafts = Player.Drafts(), hosts: Int = 6) async -> Player {
    let player = Player(PlaySite(hosts: hosts), drafts: drafts)
    await player.user.settle()
    await player.press(.c("c"))
    return player
  }

  @Test func `a wrong name is said while it is typed`() async {
    let player = await wizard()
    await player.type("Edge_1")
    #expect(player.shows("cluster name"))
    await player.press(.enter, .control("n"))
    #expect(player.shows("Step 1 of 4"), "it does not go on")
    for _ in 0..<6 { await player.press(.backspace) }
  }

  @Test func `an empty name is not scolded before it was left`() async {
    let player = await wizard()
    #expect(!player.shows("cluster name"))
    await player.press(.control("n"))
    #expect(player.shows("Step 1 of 4"))
    #expect(player.shows("Name:"))
  }

  @Test func `networks that overlap are refused`() async {
    let player = await wizard()
    await player.type("edge")
    await player.press(.control("n"), .control("u"), .end)
    for _ in 0..<30 { await player.press(.backspace) }
    await player.type("10.96.0.0/13")
    await player.press(.control("n"))
    #expect(player.shows("Step 2 of 4"))
    #expect(player.shows("overlap"))
  }

  @Test func `going back loses nothing`() async {
    let player = await wizard()
    await player.type("north")
    await player.press(.control("n"), .control("n"), .control("p"), .control("p"))
    #expect(player.shows("north"))
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"))
    #expect(player.shows("Create cluster north"))
    await player.press(.escape)
    #expect(player.shows("Step 4 of 4"))
  }

  @Test func `a draft is kept on leaving and at a hang-up, and gone once used`() async {
    let drafts = Player.Drafts()
    let first = await wizard(drafts)
    await first.type("south")
    first.user.end(.hangUp)
    #expect(drafts.kept.withLock { $0[WizardDraft.key] }?.contains("south") == true)
    let second = await wizard(drafts)
    #expect(second.shows("south"))
    #expect(second.shows("draft was kept"))
    await second.press(.control("n"), .control("n"), .control("n"), .control("n"), .tab, .enter)
    #expect(second.shows("create-south-1"))
    #expect(drafts.kept.withLock { $0[WizardDraft.key] } == nil)
  }

  @Test func `more machines than free hosts are refused with the count`() async {
    let player = await wizard(hosts: 3)
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .tab, .backspace)
    await player.type("9")
    #expect(player.shows("10 machines are needed in all, 3 hosts free"))
  }

  @Test func `an even control plane is refused while it is typed`() async {
    let site = PlaySite(hosts: 6)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("c"))
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"), .tab, .enter)
    site.finish()
    await player.look()
    await player.go("scale edge")
    await player.press(.backspace)
    await player.type("2")
    #expect(player.shows("odd"))
    await player.press(.control("n"))
    #expect(player.shows("How many machines"))
  }

  @Test func `a host is added only after its key was confirmed`() async throws {
    let site = PlaySite(hosts: 0, isSimulated: false)
    let player = Player(site) { environment in
      environment.fetchHostKey = { _ in "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" }
    }
    await player.user.settle()
    await player.press(.c("3"), .c("a"))
    await player.type("box")
    await player.press(.tab)
    await player.type("10.1.2.3")
    await player.press(.control("n"))
    #expect(player.shows("SHA256:abcdefg"))
    await player.press(.enter)
    #expect(try site.snapshot().hosts.isEmpty, "Cancel is the default")
    await player.press(.control("n"), .tab, .enter)
    let host = try site.snapshot().hosts.first
    #expect(host?.name == "box")
    #expect(host?.spec.hostKey == "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
  }

  @Test func `a host that does not answer is told, and the form stays`() async {
    let player = Player(PlaySite(hosts: 0, isSimulated: false)) { environment in
      environment.fetchHostKey = { _ in
        throw EaselError(.failed, "HostUnreachable", "10.1.2.3 does not answer on port 22")
      }
    }
    await player.user.settle()
    await player.go("add host")
    await player.type("box")
    await player.press(.tab)
    await player.type("10.1.2.3")
    await player.press(.control("n"))
    #expect(player.shows("does not answer on port 22"))
    #expect(player.shows("box"))
  }

  @Test func `where a field takes no text, the keys of all pages work`() async {
    let player = await wizard()
    #expect(player.open.takesText)
    await player.type("q?")
    #expect(player.shows("q?"), "they are text in a text field")
    await player.press(.tab, .tab)
    #expect(!player.open.takesText && player.shows(": go to"), "\(player.screen)")
    await player.press(.c("?"))
    #expect(player.shows("Help: Create a cluster"))
    await player.press(.escape, .c(":"))
    #expect(player.user.app.prompt.isOpen)
    await player.press(.escape)
    let chosen = player.open.plainForm?.text(of: "version")
    await player.press(.c("k"))
    #expect(player.open.plainForm?.text(of: "version") != chosen, "letters move where nothing is typed")
    await player.press(.c("x"))
    #expect(player.shows("x does nothing here"))
    await player.press(.left)
    #expect(player.shows("Step 1 of 4"), "nobody leaves by a slip to the side")
    await player.press(.c("q"))
    #expect(!player.shows("Step 1 of 4"))
  }

  @Test func `help of a form lists what works on the field`() async {
    let player = await wizard()
    player.user.resize(Size(width: 80, height: 60))
    await player.press(.function(1))
    #expect(player.shows("This field") && player.shows("Move in the text"), "\(player.screen)")
    for gone in ["Back; twice on a main tab", "Back in the history", "Up k", "Numbers open", ":edge", "Next tab"] {
      #expect(!player.shows(gone), "\(gone): \(player.screen)")
    }
    await player.press(.escape, .tab, .tab, .function(1))
    #expect(player.shows("Up k") && player.shows("Back; twice on a main tab") && player.shows(":edge"), "\(player.screen)")
    #expect(!player.shows("Move in the text") && !player.shows("Next tab"))
  }

  @Test func `all versions are seen where there is room for them`() async {
    let site = PlaySite(hosts: 3)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("c"), .tab, .tab)
    for version in ConsoleEnvironment.wellKnownVersions(player.user.app.surroundings.site!.snapshot) {
      #expect(player.shows(version.description), "\(version): \(player.screen)")
    }
    player.user.resize(Size(width: 40, height: 10))
    for _ in 0..<12 {
      let chosen = player.open.plainForm?.text(of: "version") ?? ""
      #expect(player.shows(chosen), "what is chosen is seen: \(player.screen)")
      await player.press(.up)
      guard player.open.plainForm?.focused?.id == "version" else { break }
    }
  }
}
