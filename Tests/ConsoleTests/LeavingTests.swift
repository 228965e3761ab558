import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Leaving a page or the program, and coming back.
struct LeavingTests {
  @Test func `one q too many on the way back does not quit`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.go("host sim-6")
    await player.press(.c("q"), .c("q"))
    #expect(player.user.status == nil && player.shows("press q again to quit"), "\(player.screen)")
    await player.press(.c("q"))
    #expect(player.user.status == 0)
  }

  @Test func `Ctrl-C asks once and forgets`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.press(.interrupt)
    #expect(player.shows("press Ctrl-C again"))
    player.user.advance(by: .seconds(4))
    await player.press(.interrupt)
    #expect(player.user.status == nil)
    await player.press(.interrupt)
    #expect(player.user.status == 0)
  }

  @Test func `a main page is come back to with what was selected on it`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.press(.c("3"), .down, .down)
    let selected = player.screen.split(separator: "\n").first { $0.hasPrefix(">") }
    await player.press(.c("1"), .c("3"))
    #expect(player.screen.split(separator: "\n").first { $0.hasPrefix(">") } == selected, "\(player.screen)")
  }
}
