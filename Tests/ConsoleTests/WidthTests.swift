import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// What matters most in a list is there at every width, and a row can be followed by eye.
struct WidthTests {
  private static let lists = [
    "clusters", "hosts", "operations", "profiles", "events", "audit", "cluster-nodes", "host-tasks",
  ]

  private func player(_ place: String, _ width: Int, _ height: Int) async throws -> Player {
    try #require(await GoldenTests.player(in: place, at: Size(width: width, height: height)))
  }

  @Test(arguments: ["events", "audit", "cluster-events"], [40, 44, 52, 60, 68])
  func `when something was is said at every width`(place: String, width: Int) async throws {
    let player = try await player(place, width, 15)
    let time = place == "audit" ? "14:14:27" : "14:20:"
    #expect(player.shows(time), "\(player.screen)")
    #expect(!player.shows("2026-09-21"), "the texts have the room: \(player.screen)")
    let wide = try await self.player(place, 200, 15)
    #expect(wide.shows("2026-09-21"), "\(wide.screen)")
  }

  @Test(arguments: lists) func `no row has a gap that the eye loses`(place: String) async throws {
    let player = try await player(place, 200, 60)
    for line in player.screen.split(separator: "\n").dropFirst(2).dropLast(2) {
      let text = line.drop { $0 == " " }
      #expect(!text.contains(String(repeating: " ", count: 45)), "\(line)")
    }
  }

  @Test(arguments: [40, 60, 80, 120, 200]) func `a member is named as operations name it`(width: Int) async throws {
    let player = try await player("cluster-nodes", width, width < 60 ? 10 : 24)
    #expect(player.shows("edge-cp-2") && player.shows("sim-2"), "\(player.screen)")
    if width >= 80 { #expect(player.shows("control plane") && player.shows("v1.31.4") && player.shows("voter")) }
  }

  @Test(arguments: [40, 60, 80, 200]) func `the order of a list is seen, whatever it is sorted by`(width: Int)
    async throws
  {
    for place in Self.lists {
      let player = try await player(place, width, 24)
      let names = OperationsScreen.columns.map(\.layout.id)
      for name in place == "operations" ? names : ["name"] {
        await player.go("sort \(name)")
        let header = player.screen.split(separator: "\n").map(String.init).first { $0.contains("↑") }
        guard header == nil else { continue }
        let shown = OperationsScreen.columns.first { $0.layout.id == name }?.layout
        #expect(place != "operations" || !player.shows(shown?.title ?? "?"), "\(name) at \(width): \(player.screen)")
      }
    }
  }

  @Test func `what was done on a host is read where there is room`() async throws {
    var snapshot = Fixture.site.snapshot
    for index in snapshot.tasks.indices {
      snapshot.tasks[index].status.progress = nil
      snapshot.tasks[index].status.failure = nil
    }
    for width in [80, 100, 200] {
      let player = Player(FrozenSite(SiteView(snapshot)), size: Size(width: width, height: 24))
      await player.user.settle()
      await player.go("host sim-5")
      await player.press(.c("5"))
      let titles = snapshot.tasks.map(\.title)
      #expect(titles.contains { player.shows("\($0) ") }, "\(titles) \(player.screen)")
    }
  }

  @Test func `what happened to a host is a list with its times`() async throws {
    let player = try await player("events", 80, 24)
    await player.go("host sim-3")
    await player.press(.c("6"))
    #expect(player.shows("SIM TIME (UTC)") && player.shows("not heard of since"), "\(player.screen)")
    await player.act("list.filter")
    await player.type("nosuch")
    #expect(!player.shows("not heard of since"))
  }

  @Test(arguments: [60, 80]) func `each certificate has one row, also in both times`(width: Int) async {
    let player = await Player.atDesk(FrozenSite(Fixture.site), Desk())
    player.user.resize(Size(width: width, height: 24))
    await player.go("time both")
    await player.go("cluster edge certificates")
    let rows = player.screen.split(separator: "\n").filter { $0.contains("apiserver") }
    #expect(
      rows.count == 2 && rows.allSatisfy { $0.contains("2026-10-04") || $0.contains("2027-04-09") }, "\(player.screen)")
  }
}

/// Texts that are read: what is searched for and what leaves the console.
struct ReadingTests {
  @Test func `a search says what it found, or that there is nothing`() async throws {
    let player = try #require(await GoldenTests.player(in: "log"))
    await player.press(.c("n"))
    #expect(player.shows("nothing is searched for yet"), "\(player.screen)")
    await player.press(.c("/"))
    await player.type("bin")
    await player.press(.enter)
    #expect(player.shows("no match for bin"), "\(player.screen)")
    await player.press(.c("n"))
    #expect(player.shows("no match for bin") && !player.shows("changes nothing"))
    await player.press(.c("/"))
    await player.type("SPACE")
    await player.press(.enter)
    #expect(player.shows("1 line has SPACE"), "\(player.screen)")
  }

  @Test(arguments: [60, 80, 120]) func `a comparison leaves as wide as the terminal is`(width: Int) async {
    let desk = Desk()
    let player = Player(FrozenSite(Fixture.site), size: Size(width: width, height: 24)) {
      desk.furnish(&$0)
      $0.pager = ["less"]
    }
    player.user.runs = { desk.run($0) }
    await player.user.settle()
    await player.go("compare lab")
    await player.press(.c("a"), .c("p"))
    let text = desk.file("compare.txt") ?? ""
    #expect(
      text.contains("kubernetesVersion") && text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(text)")
  }
}
