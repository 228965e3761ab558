import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Finding, sorting and marking in lists.
struct ListScenarios {
  private func player(_ tab: String) async -> Player {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    await player.tab(tab)
    return player
  }

  private func names(_ player: Player) -> [String] {
    player.screen.split(separator: "\n").compactMap { line in
      line.split(separator: " ").map(String.init).first { $0.hasPrefix("sim-") }
    }
  }

  @Test(arguments: [
    ("Clusters", "lab", "1 of 2"), ("Clusters", "version:v1.31", "1 of 2"), ("Clusters", "~^e", "1 of 2"),
    ("Hosts", "control !edge", "1 of 6"), ("Hosts", "status:unknown", "1 of 6"),
    ("Hosts", "ADDRESS:10.20.0.1", "6 of 6"),
    ("Operations", "state:stopped", "1 of 2"), ("Operations", "root", "1 of 2"), ("Events", "lab", "2 of 3"),
    ("Events", "!kind:host", "2 of 3"), ("Audit", "who:alice", "1 of 2"), ("Audit", "~v1\\.3[23]", "1 of 2"),
    ("Profiles", "kubeadm", "1 of 1"), ("Profiles", "helm", "0 of 1"),
  ])
  func `every list is filtered by words, columns and patterns`(tab: String, filter: String, count: String) async {
    let player = await player(tab)
    await player.act("list.filter")
    await player.type(filter)
    #expect(player.shows(count), "\(player.screen)")
    await player.press(.enter)
    #expect(player.shows(count), "it stays when the line is closed")
  }

  @Test(arguments: ["Clusters", "Hosts", "Operations", "Events", "Audit", "Profiles"])
  func `a bad pattern says so, hides nothing for good, and Escape brings all back`(tab: String) async {
    let player = await player(tab)
    let before = player.screen
    await player.act("list.filter")
    await player.type("~[")
    #expect(player.shows("not a regular expression"))
    await player.press(.escape)
    #expect(player.screen == before)
  }

  @Test func `a filter that matches nothing says how to be rid of it`() async {
    let player = await player("Hosts")
    await player.act("list.filter")
    await player.type("nothing")
    await player.press(.enter)
    #expect(player.shows("Nothing matches") && player.shows("Esc"))
    await player.press(.escape)
    #expect(names(player).count == 6, "\(player.screen)")
  }

  @Test func `the filter remembers`() async {
    let player = await player("Hosts")
    await player.act("list.filter")
    await player.type("sim-3")
    await player.press(.enter)
    await player.act("list.filter")
    await player.press(.control("u"), .up)
    #expect(names(player) == ["sim-3"])
  }

  @Test func `each column sorts in turn, turned round on demand, and then the own order is back`() async {
    let player = await player("Hosts")
    let own = names(player)
    var orders: Set<[String]> = []
    let columns = (player.open as? HostsScreen)?.list.table.shownColumns?.count ?? 0
    for _ in 0..<columns {
      await player.act("list.sort")
      orders.insert(names(player))
      await player.act("list.reverse")
      orders.insert(names(player))
      await player.act("list.reverse")
    }
    #expect(orders.count >= 4, "the columns order differently")
    await player.act("list.sort")
    #expect(names(player) == own)
  }

  @Test func `the sorted column has an arrow that tells the direction`() async {
    let player = await player("Hosts")
    await player.act("list.sort")
    #expect(player.shows("NAME↑"), "\(player.screen)")
    await player.act("list.reverse")
    #expect(player.shows("NAME↓"))
    let ascii = Player(FrozenSite(Fixture.site), glyphs: .ascii)
    await ascii.user.settle()
    await ascii.tab("Hosts")
    await ascii.act("list.sort")
    #expect(ascii.shows("NAME^"))
  }

  @Test func `the selection stays on its row when the order or the data changes`() async {
    let player = await player("Hosts")
    await player.move("move.down", times: 3)
    func selected() -> String? {
      player.screen.split(separator: "\n").first { $0.hasPrefix(">") }.map { String($0.prefix(9)) }
    }
    let before = selected()
    await player.act("list.sort", "list.reverse")
    #expect(selected() == before)
    await player.look()
    #expect(selected() == before)
  }

  @Test func `marks outlive a filter, are counted, and are taken off again`() async {
    let player = await player("Hosts")
    await player.act("list.mark", "list.mark")
    await player.act("list.filter")
    await player.type("sim-6")
    await player.press(.enter)
    await player.act("list.mark")
    await player.act("host.maintenance")
    #expect(player.shows("3 hosts (sim-1, sim-2, sim-6)"))
    await player.press(.escape)
    await player.act("list.unmark", "host.maintenance")
    #expect(player.shows("sim-6") && !player.shows("3 hosts"))
  }

  @Test func `free hosts are forgotten together, members refuse for all`() async throws {
    let site = PlaySite(hosts: 4)
    let player = Player(site)
    await player.user.settle()
    await player.tab("Hosts")
    await player.act("list.mark", "list.mark", "host.remove")
    #expect(player.shows("2 hosts (sim-1, sim-2)"))
    await player.confirm()
    site.finish()
    #expect(try site.snapshot().hosts.map(\.name) == ["sim-3", "sim-4"])
  }

  @Test func `a long list is paged and the ends are reached`() async {
    let site = PlaySite(hosts: 300)
    let player = Player(site)
    await player.user.settle()
    await player.tab("Hosts")
    let first = names(player).first
    await player.move("move.bottom")
    #expect(names(player).first != first)
    await player.move("move.page-up", times: 40)
    #expect(names(player).first == first)
    await player.move("move.page-down")
    #expect(names(player).first != first)
    await player.move("move.top")
    #expect(names(player).first == first)
  }

  @Test func `a row that vanishes leaves the selection on a row that exists`() async {
    var snapshot = Fixture.site.snapshot
    let site = FrozenSite(Fixture.site)
    let player = Player(site)
    await player.user.settle()
    await player.tab("Hosts")
    await player.move("move.bottom")
    snapshot.hosts.packed.removeLast(3)
    snapshot.version += 1
    site.show(SiteView(snapshot))
    await player.look()
    #expect(player.screen.split(separator: "\n").contains { $0.hasPrefix("> sim-3") }, "\(player.screen)")
    await player.act("open")
    #expect((player.open as? HostDetailScreen)?.name == "sim-3")
  }
}
