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
    #expect(player.screen.split(separator: "\n").count { $0.contains("write a name") } == 1, "\(player.screen)")
    #expect(player.shows("correct the marked field"))
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

  @Test func `a draft is spoken of where there is one`() async {
    let drafts = Player.Drafts()
    let player = await wizard(drafts)
    await player.press(.escape)
    #expect(!player.shows("is kept") && drafts.kept.withLock { $0[WizardDraft.key] } == nil)
    await player.press(.c("c"))
    #expect(!player.shows("draft was kept"), "nothing was typed")
    await player.type("south")
    await player.press(.escape)
    #expect(player.shows("what you typed is kept: c "))
    await player.press(.c("2"))
    #expect(player.shows("c goes on with what you typed"), "\(player.screen)")
    await player.press(.c("c"))
    #expect(player.shows("draft was kept") && player.shows("south"))
  }

  @Test func `what was typed into a scale or a new host is kept until it is handed in`() async {
    let drafts = Player.Drafts()
    let player = await wizard(drafts)
    await player.type("edge")
    await player.goOnToPlan()
    await player.confirmPlan()
    await player.user.settle()
    for _ in 0..<2 {
      await player.go("scale edge")
      #expect(!player.shows("is kept"), "nothing was typed")
      await player.press(.escape)
    }
    await player.go("scale edge")
    await player.fill("controlPlane", "3")
    await player.press(.escape)
    await player.go("scale edge")
    #expect(player.shows("what you typed before is kept: Ctrl-R begins anew"), "\(player.screen)")
    #expect(player.open.plainForm?["controlPlane"]?.typed == "3")
    await player.press(.escape)

    await player.go("add host")
    await player.fill("name", "north-1")
    await player.fill("address", "10.0.0.300")
    let wrong = player.problem(of: "address")
    #expect(wrong != nil)
    await player.press(.tab, .tab, .tab, .down, .space)
    #expect(player.open.plainForm?.text(of: "privilege") == "sudo")
    await player.press(.escape)
    await player.go("add host")
    #expect(player.open.plainForm?.typed == ["name": "north-1", "address": "10.0.0.300", "privilege": "sudo"])
    #expect(drafts.kept.withLock { Set($0.keys) }.isSuperset(of: ["add-host", "scale-edge"]))
  }

  @Test func `a form is begun anew, and what was typed comes back`() async {
    let player = await wizard()
    #expect(!player.open.offers("form.anew") && !player.shows("begin anew"))
    await player.type("edge")
    #expect(player.shows("Ctrl-R begin anew"), "\(player.screen)")
    await player.press(.control("n"), .control("n"))
    #expect(player.shows("Step 3 of 4"))
    await player.press(.control("r"))
    #expect(player.shows("Step 1 of 4") && player.open.plainForm?.text(of: "name") == "", "\(player.screen)")
    await player.press(.control("r"))
    #expect(player.shows("Step 3 of 4"))
    await player.press(.control("p"), .control("p"))
    #expect(player.open.plainForm?.text(of: "name") == "edge")
    // Begun anew and left, nothing is lost.
    await player.press(.control("r"))
    #expect(player.shows("begun anew") && player.shows("Ctrl-R bring back"), "\(player.screen)")
    await player.press(.escape)
    #expect(player.shows("what you typed is kept"))
    await player.press(.c("c"))
    #expect(player.open.plainForm?.text(of: "name") == "edge", "\(player.screen)")

    await player.press(.escape)
    await player.go("add host")
    await player.fill("name", "north-1")
    await player.press(.control("r"))
    #expect(player.open.plainForm?.typed.isEmpty == true)
    await player.press(.control("r"))
    #expect(player.open.plainForm?.typed == ["name": "north-1"])
  }

  @Test func `enter does not leave a text that is wrong`() async {
    let player = await wizard()
    await player.type("Bad Name")
    await player.press(.enter)
    #expect(player.open.plainForm?.focused?.id == "name")
    await player.press(.control("u"), .enter)
    #expect(player.open.plainForm?.focused?.id == "name", "an empty one is no name either")
    await player.type("edge")
    await player.press(.enter)
    #expect(player.open.plainForm?.focused?.id == "profile")
  }

  @Test func `a further pool that was asked for is the next step, not the plan`() async {
    let player = await wizard()
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"))
    #expect(player.shows("Ctrl-N plan"))
    await player.focus("more")
    await player.press(.space)
    #expect(player.shows("Ctrl-N next step"), "\(player.screen)")
  }

  @Test func `a further pool that is taken away again leaves the first as it was`() async {
    let player = await wizard()
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"))
    await player.fill("workers", "2")
    await player.press(.backTab, .backTab, .space)
    await player.act("form.next")
    #expect(player.shows("Step 5 of 5"), "\(player.screen)")
    await player.fill("workers", "0")
    await player.act("form.next")
    #expect(player.plan != nil)
    await player.press(.escape)
    #expect(player.shows("Step 4 of 4: Workers") && player.open.plainForm?.text(of: "pool") == "workers")
    await player.fill("labels", "tier=web")
    await player.press(.escape, .c("c"))
    #expect(player.open.plainForm?.text(of: "pool") == "workers", "\(player.screen)")
    #expect(player.open.plainForm?.text(of: "workers") == "2")
    #expect(player.open.plainForm?.text(of: "labels") == "tier=web")
  }

  @Test func `a host that cannot be taken is shown with the reason and cannot be chosen`() async throws {
    var snapshot = Fixture.emptySnapshot(hosts: 4)
    snapshot.hosts[0].status.phase = .notReady
    snapshot.hosts[0].status.absence = Host.Absence(
      reason: "ShutDown", actor: "alice", since: Fixture.ago(70), bootID: "a", until: nil)
    snapshot.hosts[1].spec.maintenance = true
    let drafts = Player.Drafts()
    let player = Player(FrozenSite(SiteView(snapshot)), drafts: drafts)
    await player.user.settle()
    await player.press(.c("c"))
    await player.type("edge")
    await player.press(.control("n"), .control("n"))
    await player.choose("controlHosts", "sim-1")
    #expect(player.shows("shut down") && player.shows("in maintenance"), "\(player.screen)")
    #expect(player.open.plainForm?.text(of: "controlHosts") == "")
    await player.choose("controlHosts", "sim-3")
    #expect(player.open.plainForm?.text(of: "controlHosts") == "sim-3")
    // One that was named before it went away is an error, and its mark can be taken away.
    var draft = try #require(WizardDraft(text: (player.open as? CreateWizardScreen)?.draft?.text))
    draft.controlHosts = ["sim-1"]
    #expect(draft.errors(snapshot).contains { $0.text.contains("sim-1 cannot be taken: shut down") })
    let text = draft.text
    drafts.kept.withLock { $0[WizardDraft.key] = text }
    let again = Player(FrozenSite(SiteView(snapshot)), drafts: drafts)
    await again.user.settle()
    await again.press(.c("c"), .control("n"))
    #expect(again.shows("cannot be taken"), "\(again.screen)")
    await again.choose("controlHosts", "sim-1")
    #expect(again.open.plainForm?.text(of: "controlHosts") == "")
  }

  @Test func `a page that is longer than the screen says so`() async {
    let player = await wizard()
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"))
    player.user.resize(Size(width: 80, height: 16))
    #expect(player.screen.contains("↓") && !player.shows("Another pool"), "\(player.screen)")
    await player.press(.backTab)
    #expect(player.screen.contains("↑") && player.shows("Another pool"), "\(player.screen)")
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

  @Test func `who logs in as another is not root already`() async {
    let player = await Player.atDesk(PlaySite(hosts: 1, isSimulated: false), Desk())
    await player.go("add host")
    await player.type("lab")
    await player.press(.tab)
    await player.type("10.0.0.7")
    await player.press(.tab)
    for _ in "root" { await player.press(.backspace) }
    await player.type("admin")
    #expect(player.shows("admin is not root: choose sudo"), "\(player.screen)")
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
    #expect(
      player.shows("Up k") && player.shows("Back; twice on a main tab") && player.shows(":edge"), "\(player.screen)")
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
