import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// How much of the picture changes, and how much is made anew, on a site of a thousand hosts.
@Suite struct BudgetTests {
  private func changedCells(_ a: Grid, _ b: Grid) -> Int {
    (0..<a.size.height).reduce(0) { total, y in total + (0..<a.size.width).count { a[$0, y] != b[$0, y] } }
  }

  private func opened(_ size: Size) async -> (Player, FrozenSite, SiteView) {
    let view = SiteView(Fixture.emptySnapshot(hosts: 1000))
    let site = FrozenSite(view)
    let player = Player(site, size: size)
    await player.user.settle()
    await player.go("hosts")
    return (player, site, view)
  }

  @Test(arguments: [Size(width: 80, height: 24), Size(width: 200, height: 50)])
  func aMoveOfTheCursorChangesFewCells(_ size: Size) async {
    let (player, _, _) = await opened(size)
    let before = player.user.grid
    await player.press(player.user.app.book["move"].bindings.first { $0.action == "move.down" }?.keys.first ?? .down)
    let changed = changedCells(before, player.user.grid)
    // A long row is lit from end to end.
    #expect(changed > 0 && changed <= (size.width < 100 ? 40 : 2 * size.width))
  }

  @Test func aLookThatBringsNothingNewChangesNothing() async {
    let (player, _, _) = await opened(Size(width: 80, height: 24))
    let before = player.user.grid
    for _ in 0..<5 { await player.look() }
    #expect(changedCells(before, player.user.grid) == 0)
  }

  @Test func aSecondOnTheClockChangesTheClockAndMakesNothingAnew() async throws {
    let (player, site, view) = await opened(Size(width: 80, height: 24))
    let before = player.user.grid
    var snapshot = view.snapshot
    snapshot.now = snapshot.now.adding(seconds: 1)
    site.show(view.at(snapshot))
    await player.look()
    let changed = changedCells(before, player.user.grid)
    #expect(changed > 0 && changed <= 8)

    let first = try SiteFeed.look(at: FrozenSite(view), after: nil)
    let second = try SiteFeed.look(at: site, after: first)
    #expect(second.view.now == snapshot.now)
    #expect(second.serial == first.serial)
    snapshot.version += 1
    site.show(view.at(snapshot))
    #expect(try SiteFeed.look(at: site, after: second).serial == second.serial + 1)
  }

  @Test func onlyRowsThatCanBeSeenAreMade() {
    final class Count { var made = 0 }
    let count = Count()
    var list = EaselConsole.ObjectList<Int>(
      [ListColumn(Column("n", "NAME", ideal: 10)) { TableCell("\($0)") }], empty: "", identity: { "\($0)" })
    let rows = (0..<10_000).lazy.map { row in
      count.made += 1
      return row
    }
    list.update(rows)
    list.draw(on: Grid(size: Size(width: 40, height: 20)).canvas)
    list.update(rows)
    #expect(count.made < 200)
    #expect(list.shown.count == 10_000)
  }

  @Test func movingTheCursorMakesNoRowAnew() {
    final class Count { var made = 0 }
    let count = Count()
    var list = EaselConsole.ObjectList<Int>(
      [ListColumn(Column("n", "NAME", ideal: 10)) { TableCell("\($0)") }], empty: "", identity: { "\($0)" })
    func draw() -> String {
      let grid = Grid(size: Size(width: 40, height: 20))
      list.draw(on: grid.canvas)
      return grid.text
    }
    func rows(_ first: Int) -> some RandomAccessCollection<Int> {
      (first..<10_000).lazy.map { row in
        count.made += 1
        return row
      }
    }
    list.update(rows(0))
    _ = draw()
    let before = count.made
    _ = list.handle(.down)
    #expect(draw().contains("\n> 1\n") && count.made == before && list.selected == 1)
    list.update(rows(500))
    #expect(draw().contains("501"), "other rows are made")
  }

  @Test func namesAreFoundInListsOfAnyOrder() {
    let hosts = Array(Fixture.emptySnapshot(hosts: 120).hosts)
    for list in [hosts, hosts.reversed(), []] {
      let index = NameIndex(list)
      for host in list { #expect(index.find(host.name, in: list)?.uid == host.uid) }
      #expect(index.find("nobody", in: list) == nil)
    }
  }
}
