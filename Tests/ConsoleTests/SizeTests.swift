import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// No size traps, on any screen.
struct SizeTests {
  static let sizes: [Size] =
    (1...24).map { Size(width: $0, height: 1 + $0 % 5) } + (1...24).map { Size(width: 80, height: $0) }
    + [
      (1, 1), (1, 300), (300, 1), (2, 2), (19, 4), (20, 4), (21, 5), (39, 9), (40, 10), (60, 15), (119, 30), (120, 30),
      (300, 100), (1000, 300),
    ]
    .map { Size(width: $0.0, height: $0.1) }

  @Test(arguments: GoldenTests.places.map(\.name))
  func `a screen fits every size`(name: String) async {
    guard let place = GoldenTests.places.first(where: { $0.name == name }) else { return }
    let player = await GoldenTests.player(at: Size(width: 80, height: 24))
    await place.go(player)
    for size in Self.sizes {
      player.user.resize(size)
      #expect(player.user.grid.size == size)
    }
    player.user.resize(Size(width: 80, height: 24))
    #expect(player.shows("plant-7"))
  }

  @Test func `keys do no harm in a window of one cell`() async {
    let player = await GoldenTests.player(at: Size(width: 1, height: 1))
    for key: Key in [.down, .enter, .tab, .c("a"), .c("?"), .escape, .c(":"), .c("x"), .escape, .pageDown, .c("G")] {
      await player.press(key)
      _ = player.screen
    }
    #expect(player.user.status == nil)
  }
}
