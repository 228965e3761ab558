import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Every key that help lists does something on every screen that lists it: it changes what is seen, asks for something, or
/// says why it does not.
struct KeySweepTests {
  /// What can be noticed of a console.
  private static func trace(of player: Player) -> String {
    let app = player.user.app
    let parts: [String] = [
      player.screen, player.user.grid.roles, "\(player.user.copied.count)", "\(player.user.programs)",
      "\(player.user.status ?? -1)", "\(app.hasMouse)", "\(app.stack.count)", app.top.title, "\(app.prompt.isOpen)",
    ]
    return parts.joined(separator: "\u{1F}")
  }

  @Test(arguments: GoldenTests.places.map(\.name))
  func `each key of a screen does something or says why not`(name: String) async throws {
    let first = try #require(await GoldenTests.player(in: name))
    guard !first.user.app.prompt.isOpen, !first.open.isTyping || first.open.keyMap.name == "form" else { return }
    guard first.user.app.question == nil, first.user.app.menu == nil else { return }
    // On typed pages keys belong to the field first: those of the page are tried by the key that is none of the fields'.
    let isTyped = first.open.isTyping
    for binding in first.user.app.keys.bindings where !isTyped || binding.action.rawValue.hasPrefix("form.") {
      for key in isTyped ? Array(binding.keys.prefix(1)) : binding.keys {
        let player = try #require(await GoldenTests.player(in: name))
        guard player.user.app.keys.action(for: key) == binding.action else { continue }
        let before = Self.trace(of: player)
        await player.press(key)
        let isNoticed = Self.trace(of: player) != before
        #expect(isNoticed, "\(key.label) (\(binding.action.rawValue): \(binding.help)) on \(name)")
      }
    }
  }

  @Test(arguments: GoldenTests.places.map(\.name))
  func `movement moves where there is something to move through`(name: String) async throws {
    let player = try #require(await GoldenTests.player(in: name, at: Size(width: 40, height: 10)))
    guard !player.open.isTyping, player.user.app.question == nil, player.user.app.menu == nil,
      !player.user.app.prompt.isOpen
    else { return }
    await player.move("move.top")
    let top = player.screen + player.user.grid.roles
    await player.move("move.bottom")
    let bottom = player.screen + player.user.grid.roles
    await player.move("move.top")
    #expect(player.screen + player.user.grid.roles == top, "the first line is reached again")
    guard bottom != top else { return }
    await player.move("move.page-down", times: 30)
    await player.move("move.down", times: 3)
    #expect(player.screen + player.user.grid.roles == bottom, "pages lead to the end")
    await player.move("move.page-up", times: 30)
    await player.move("move.up", times: 3)
    #expect(player.screen + player.user.grid.roles == top, "and back")
  }

  /// The digits that the tab line shows open what they stand beside.
  @Test(arguments: GoldenTests.places.map(\.name))
  func `each number on the tab line opens its tab`(name: String) async throws {
    let first = try #require(await GoldenTests.player(in: name))
    guard let tabs = first.user.app.tabs, !first.open.isTyping, first.user.app.menu == nil,
      first.user.app.question == nil, !first.user.app.prompt.isOpen
    else { return }
    for (index, title) in tabs.titles.enumerated() {
      let player = try #require(await GoldenTests.player(in: name))
      await player.press(.c(Character("\(index + 1)")))
      #expect(player.user.app.tabs?.selected == index, "\(title)")
      #expect(player.shows("[\(index + 1) \(title)]"), "\(player.screen)")
    }
  }

  @Test func `a number leads to its main tab from a page without tabs, but not out of a plan`() async throws {
    let player = try #require(await GoldenTests.player(in: "operation"))
    await player.press(.c("3"))
    #expect(player.shows("[3 Hosts]"))
    let plan = try #require(await GoldenTests.player(in: "plan"))
    await plan.press(.c("3"))
    #expect(plan.plan != nil && plan.shows("3 does nothing here"))
  }
}
