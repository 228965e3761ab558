import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// On a simulated site two clocks are seen: each says which it is.
struct ClockTests {
  private func player(_ view: SiteView = Fixture.site, width: Int = 80) async -> Player {
    let player = Player(FrozenSite(view), size: Size(width: width, height: 24)) {
      $0.clock = { Fixture.now.adding(seconds: 7_200) }
      $0.leader = { _ in (4711, Fixture.now.adding(seconds: 7_140)) }
    }
    await player.user.settle()
    return player
  }

  private var real: SiteView {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
    return SiteView(snapshot, events: Fixture.site.events, audit: Fixture.site.audit)
  }

  @Test(arguments: [60, 80, 120]) func `the top line names the simulation's clock`(width: Int) async {
    #expect(await player(width: width).shows("sim 14:21:07"))
    #expect(await !player(real, width: width).shows("sim "))
  }

  @Test func `lists say whose time they tell`() async {
    let player = await player()
    await player.press(.c("6"))
    #expect(player.shows("SIM TIME (UTC)"), "\(player.screen)")
    await player.press(.c("7"))
    #expect(player.shows(" REAL "), "\(player.screen)")
    player.user.resize(Size(width: 120, height: 24))
    #expect(player.shows("REAL TIME (UTC)"), "\(player.screen)")
    let other = await self.player(real, width: 120)
    await other.press(.c("7"))
    #expect(other.shows(" TIME (UTC)") && !other.shows("REAL"), "\(other.screen)")
  }

  @Test func `how long an engine has run is reckoned in real time`() async {
    let player = await player()
    await player.press(.c("8"))
    #expect(player.shows("process 4711  for 1m in real time, since 16:20:07"), "\(player.screen)")
    #expect(player.shows("stops with the engine"))
    player.user.resize(Size(width: 80, height: 60))
    await player.press(.c("?"))
    #expect(player.shows("Times here are the simulation's"), "\(player.screen)")
  }
}
