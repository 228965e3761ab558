import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Text from hosts, files and other people never drives the terminal and never traps.
struct HostileTests {
  static let names = [
    "\u{1B}[2J\u{1B}]0;owned\u{07}x", "日本語ホスト", "a\u{0301}\u{0302}\u{0303}", "\u{202E}evil", "\u{200B}", "[red]x[/red]",
    String(repeating: "long", count: 200), "tab\there", "line\nbreak", "👩‍👩‍👧‍👦",
  ]

  @Test func `names with escape sequences are shown harmless on every screen`() async {
    for name in Self.names {
      let site = Fixture.site
      var snapshot = site.snapshot
      for index in snapshot.hosts.indices { snapshot.hosts[index].metadata.name = "\(name)\(index)" }
      for index in snapshot.clusters.indices {
        snapshot.clusters[index].metadata.name = "\(name)\(index)"
        snapshot.clusters[index].status.observed?.message = name
      }
      for index in snapshot.operations.indices {
        snapshot.operations[index].spec.actor = name
        snapshot.operations[index].status.message = name
        for step in snapshot.operations[index].status.steps.indices {
          snapshot.operations[index].status.steps[step].title = name
        }
      }
      snapshot.site.metadata.name = name
      let view = SiteView(snapshot, events: site.events, audit: site.audit)
      let player = Player(FrozenSite(view))
      await player.user.settle()
      for tab: Key in [.c("1"), .c("2"), .c("3"), .c("4"), .c("5"), .c("6"), .c("7")] {
        await player.press(tab, .enter)
        for size in [Size(width: 80, height: 24), Size(width: 33, height: 9)] {
          player.user.resize(size)
          let scalars = player.screen.unicodeScalars
          #expect(
            !scalars.contains {
              $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
            })
        }
        await player.press(.escape)
      }
    }
  }

  @Test func `a paste is text, never keys`() async {
    let site = PlaySite(hosts: 6)
    let player = Player(site)
    await player.user.settle()
    player.user.paste("Qc:quit\n")
    await player.user.settle()
    #expect(player.user.status == nil)
    #expect(player.shows("never taken as keys"))
    await player.go("create cluster")
    player.user.paste("edge\u{1B}[A\n")
    #expect(player.shows("edge"))
    player.user.paste(String(repeating: "x", count: 100_000))
    #expect(player.user.status == nil)
  }
}
