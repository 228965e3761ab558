import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// What the command line does beyond going somewhere.
struct CommandLineTests {
  private func player(_ desk: Desk = Desk(), drafts: Player.Drafts = Player.Drafts()) async -> Player {
    await Player.atDesk(FrozenSite(Fixture.site), desk, drafts: drafts)
  }

  @Test func `a slip is answered with what may have been meant, which only Tab takes`() async {
    let player = await player()
    await player.go("sacle edge")
    #expect(player.shows("there is nothing of that name"))
    #expect(player.shows("scale edge"))
    await player.press(.enter)
    #expect(!player.shows("How many machines"), "nothing is done by guessing")
    await player.press(.tab, .enter)
    #expect(player.shows("How many machines"))
  }

  @Test func `what was typed is remembered from visit to visit`() async {
    let drafts = Player.Drafts()
    let first = await player(drafts: drafts)
    await first.go("hosts")
    await first.go("audit")
    let second = await player(drafts: drafts)
    await second.press(.c(":"), .up, .up, .enter)
    #expect(second.shows("[3 Hosts]"))
  }

  @Test func `a page is written to a file`() async {
    let desk = Desk()
    let player = await player(desk)
    await player.go("hosts")
    await player.go("save hosts.txt")
    #expect(player.shows("wrote hosts.txt"))
    #expect(desk.file("hosts.txt")?.contains("sim-3") == true)
  }

  @Test func `a list is filtered and sorted by name, and Escape takes the filter back first`() async {
    let player = await player()
    await player.go("hosts")
    await player.go("filter cluster:edge")
    #expect(player.shows("3 of 6"))
    await player.press(.escape)
    #expect(player.shows("sim-6") && player.shows("[3 Hosts]"))
    await player.go("sort name down")
    let lines = player.screen.split(separator: "\n")
    #expect((lines.firstIndex { $0.contains("sim-6") } ?? 99) < (lines.firstIndex { $0.contains("sim-1") } ?? 0))
    await player.go("sort weight")
    #expect(player.shows("there is no column weight; there are name"))
    await player.go("settings")
    await player.go("filter x")
    #expect(player.shows("this page is no list"))
  }

  @Test func `a verb alone says what is missing, or opens the page that asks for it`() async {
    let player = await player()
    await player.go("hosts")
    for (verb, said) in [("sort", "write a column: name"), ("filter", "what to look for"), ("save", "name of a file")] {
      await player.go(verb)
      #expect(player.shows(":\(verb) ") && player.shows(said), "\(player.screen)")
      await player.press(.escape)
    }
    await player.go("settings")
    await player.go("sort")
    #expect(!player.user.app.prompt.isOpen && player.shows("this page is no list"))
    await player.go("apply")
    #expect(player.open is ApplyScreen)
  }

  @Test func `why a word means nothing now is said, near what was typed`() async {
    let site = PlaySite(hosts: 2)
    let player = Player(site, size: Size(width: 200, height: 60))
    await player.user.settle()
    for (words, said) in [
      ("retry", "there is no operation to retry now"), ("content", "a simulated site needs no content"),
      ("reboot mars", "there is no host mars"), ("scale", "there is no cluster yet"),
      ("frobnicate", "there is nothing of that name"),
    ] {
      await player.go(words)
      let line = player.screen.split(separator: "\n").first { $0.hasPrefix(":\(words)") } ?? ""
      #expect(line.contains(said) && line.count < 80, "\(player.screen)")
      await player.press(.escape)
    }
  }

  @Test func `more entries than are shown are counted, and the keys of the line are hinted at`() async {
    let player = Player(PlaySite(hosts: 20))
    await player.user.settle()
    await player.press(.c(":"))
    await player.type("host sim")
    #expect(player.shows("1 of 20"), "\(player.screen)")
    for hint in ["Enter go", "Tab complete", "Esc cancel", "Up history"] { #expect(player.shows(hint), "\(hint)") }
    for _ in 0..<19 { await player.press(.control("n")) }
    #expect(player.shows("20 of 20"), "\(player.screen)")
  }

  @Test func `events of a cluster are filtered in its own tab`() async {
    let player = await player()
    await player.go("cluster lab events")
    await player.press(.c("/"))
    await player.type("disk")
    #expect(player.shows("1 of "))
  }

  @Test func `marked operations are asked about together`() async {
    var snapshot = Fixture.site.snapshot
    var second = snapshot.operations[1]
    second.metadata.name = "upgrade-lab-3"
    second.metadata.uid = "op-3"
    snapshot.operations.append(second)
    let player = Player(FrozenSite(SiteView(snapshot)))
    await player.user.settle()
    await player.press(.c("4"), .space, .space, .c("r"))
    #expect(player.shows("Retry 2 operations"))
    #expect(player.shows("  upgrade-lab-2") && player.shows("  upgrade-lab-3"))
  }

  @Test func `a value that nobody has seen for long looks and reads old`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.clusters[0].status.observedAt = Fixture.ago(900)
    let player = Player(FrozenSite(SiteView(snapshot)))
    await player.user.settle()
    await player.go("cluster edge")
    #expect(player.shows("15m ago, old"))
    let rows = player.user.grid.roles.split(separator: "\n")
    #expect(rows.contains { $0.contains("zzz") }, "the style of what is old")
  }
}
