import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// A read-only console can look at everything and change nothing: proved over all screens, keys and commands.
struct ReadOnlyScenarios {
  private func player(_ site: any SiteAccess) async -> Player {
    let player = Player(site) { $0.isReadOnly = true }
    await player.user.settle()
    return player
  }

  /// Every key of every map, bound or not, on every screen, with the answer that would confirm what it asks.
  @Test(arguments: GoldenTests.places.map(\.name))
  func `no key on any screen hands in a change`(name: String) async throws {
    let place = try #require(GoldenTests.places.first { $0.name == name })
    let handed = Handed()
    var keys: Set<Key> = Set((0x21...0x7E).compactMap { Unicode.Scalar($0).map { Key.c(Character($0)) } })
    for map in [KeyBook.move, KeyBook.global] + KeyBook.screens {
      for binding in map.bindings { keys.formUnion(binding.keys) }
    }
    var player = await player(handed)
    await place.go(player)
    func here() -> String { "\(player.user.app.stack.count) \(player.open.title) \(player.user.app.prompt.isOpen)" }
    let there = here()
    for key in keys.sorted(by: { $0.name < $1.name }) where key != .c("Q") && key != .c("q") {
      if here() != there || player.user.app.question != nil || player.user.app.menu != nil {
        player = await self.player(handed)
        await place.go(player)
      }
      let before = player.screen
      await player.press(key)
      // Whatever it has opened or asked is answered with yes.
      if player.screen != before { await player.press(.tab, .enter, .enter) }
    }
    #expect(handed.intents.isEmpty, "\(handed.intents)")
  }

  @Test func `no command of the command line changes anything, and none that would is offered`() async throws {
    let handed = Handed()
    let player = Player(handed)
    await player.user.settle()
    let all = Destination.all(player.user.app.surroundings)
    for destination in all where destination.words != "quit" {
      let player = await self.player(handed)
      await player.go(destination.words)
      await player.confirm()
      await player.press(.escape, .escape)
    }
    #expect(handed.intents.isEmpty)
    let offered = Destination.all(await self.player(handed).user.app.surroundings)
    #expect(offered.count < all.count)
    #expect(!offered.contains { $0.changes })
    for verb in ["create", "scale", "upgrade", "delete", "retry", "abort", "maintenance", "add"] {
      #expect(!offered.contains { $0.words.hasPrefix(verb + " ") }, "\(verb)")
    }
  }

  @Test func `what changes something is neither hinted at nor in help`() async {
    for (name, go) in GoldenTests.places {
      let player = await player(FrozenSite(Fixture.site))
      await go(player)
      let changing = player.user.app.book[player.open.keyMap.name].bindings.filter(\.changes)
      let hints = player.user.app.keys.hints.map(\.text)
      for binding in changing where !binding.hint.isEmpty { #expect(!hints.contains(binding.hint), "\(name)") }
    }
    let player = await player(FrozenSite(Fixture.site))
    await player.tab("Hosts")
    await player.act("help")
    let text = player.open.lineTexts(player).joined(separator: "\n")
    #expect(!text.contains("Add a host"), "help lists only what can be done here")
  }

  @Test func `every bound key that changes something says why it does not`() async {
    let player = await player(FrozenSite(Fixture.site))
    await player.tab("Clusters")
    for binding in player.user.app.book["clusters"].bindings where binding.changes {
      for key in binding.keys {
        await player.press(key)
        #expect(player.shows("read-only"), "\(binding.action.rawValue)")
      }
    }
  }
}
