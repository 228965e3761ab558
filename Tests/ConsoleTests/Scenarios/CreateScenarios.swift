import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Creating a cluster, page by page.
struct CreateScenarios {
  private func wizard(hosts: Int = 6, drafts: Player.Drafts = Player.Drafts()) async -> (Player, PlaySite) {
    let site = PlaySite(hosts: hosts)
    let player = Player(site, drafts: drafts)
    await player.user.settle()
    await player.act("cluster.create")
    return (player, site)
  }

  /// Goes on until a field is on the page.
  private func reach(_ field: String, _ player: Player) async {
    await player.fill("name", "edge")
    for _ in 0..<8 where player.open.plainForm?[field] == nil { await player.act("form.next") }
  }

  @Test(arguments: [
    ("name", "Edge", "lower"), ("name", "-edge", ""), ("name", "edge_1", ""),
    ("name", String(repeating: "x", count: 60), ""),
    ("podCIDR", "10.244.0.0", ""), ("podCIDR", "10.244.0.0/33", ""), ("podCIDR", "banana", ""),
    ("serviceCIDR", "10.240.0.0/12", "overlap"), ("serviceCIDR", "300.1.1.0/12", ""),
    ("endpoint", "not an endpoint", ""), ("endpoint", "api.example:99999", ""), ("pool", "Big Pool", ""),
    ("workers", "x", "number"), ("workers", "-1", ""), ("workers", "99", "free"),
  ])
  func `a wrong value is named at its field, and the wizard stays there`(field: String, value: String, said: String)
    async
  {
    let (player, site) = await wizard()
    await reach(field, player)
    await player.fill(field, value)
    await player.act("form.next")
    #expect(player.open.plainForm?[field] != nil, "the page is still the one with \(field)")
    #expect(player.problem(of: field)?.contains(said) == true, "\(player.problem(of: field) ?? "nothing")")
    #expect(player.plan == nil)
    #expect((try? site.snapshot().operations.isEmpty) == true)
    await player.fill(field, field == "workers" ? "1" : field == "pool" ? "workers" : "")
    #expect(player.user.status == nil)
  }

  @Test func `every page can be left and come back to without loss`() async {
    let (player, _) = await wizard()
    await player.fill("name", "north")
    await player.act("form.next")
    await player.fill("podCIDR", "10.100.0.0/16")
    await player.fill("serviceCIDR", "10.101.0.0/16")
    await player.fill("endpoint", "api.north.example:6443")
    await player.act("form.next")
    await player.choose("controlPlane", "3")
    await player.act("form.next")
    await player.fill("pool", "big")
    await player.fill("workers", "2")
    await player.act("form.previous", "form.previous", "form.previous")
    #expect(player.open.plainForm?.text(of: "name") == "north")
    await player.act("form.next")
    #expect(player.open.plainForm?.text(of: "podCIDR") == "10.100.0.0/16")
    #expect(player.open.plainForm?.text(of: "serviceCIDR") == "10.101.0.0/16")
    #expect(player.open.plainForm?.text(of: "endpoint") == "api.north.example:6443")
    await player.act("form.next")
    #expect(player.open.plainForm?.text(of: "controlPlane") == "3")
    await player.act("form.next")
    #expect(player.open.plainForm?.text(of: "pool") == "big")
    await player.goOnToPlan()
    guard case .createCluster("north", let spec, _) = player.plan?.changes.only else {
      Issue.record("no plan for north")
      return
    }
    #expect(spec.network.podCIDR == "10.100.0.0/16" && spec.controlPlane.replicas == 3)
    #expect(spec.controlPlane.endpoint == "api.north.example:6443")
    #expect(spec.pools.map(\.name) == ["big"] && spec.pools.map(\.replicas) == [2])
  }

  @Test func `leaving the wizard keeps the draft, and coming back goes on with it`() async {
    let (player, _) = await wizard()
    await player.fill("name", "west")
    await player.act("form.next")
    await player.fill("podCIDR", "10.90.0.0/16")
    await player.press(.escape)
    #expect(player.open is OverviewScreen)
    await player.act("cluster.create")
    #expect(player.open.plainForm?.text(of: "podCIDR") == "10.90.0.0/16")
    await player.act("form.previous")
    #expect(player.open.plainForm?.text(of: "name") == "west")
  }

  @Test func `the plan is cancelled and nothing has happened`() async throws {
    let (player, site) = await wizard()
    await player.fill("name", "edge")
    await player.goOnToPlan()
    await player.act("open")
    #expect(player.plan == nil)
    #expect(try site.snapshot().operations.isEmpty && site.snapshot().clusters.isEmpty)
  }

  @Test func `hosts are chosen by hand, and each for one role only`() async throws {
    let (player, site) = await wizard()
    await reach("controlHosts", player)
    await player.choose("controlHosts", "sim-5")
    await player.act("form.next")
    await player.choose("workerHosts", "sim-5")
    await player.choose("workerHosts", "sim-6")
    await player.fill("workers", "1")
    await player.goOnToPlan()
    await player.confirmPlan()
    site.finish()
    let machines = try site.snapshot().machines
    #expect(machines.first { $0.isControlPlane }?.host?.name == "sim-5")
    #expect(machines.first { !$0.isControlPlane }?.host?.name == "sim-6")
  }

  @Test func `a name that somebody else took meanwhile is refused, and what was typed is kept`() async throws {
    let (player, site) = await wizard()
    await player.fill("name", "edge")
    await player.goOnToPlan()
    let intent = try #require(player.plan?.changes.only)
    try site.elsewhere(intent)
    await player.confirmPlan()
    #expect(player.shows("refused"))
    #expect(player.plan != nil, "the plan stays, with the reason")
    await player.press(.escape)
    #expect(player.open is CreateWizardScreen)
    #expect(try site.snapshot().operations.count == 1)
  }

  @Test func `a cluster without workers is one machine`() async throws {
    let (player, site) = await wizard(hosts: 1)
    await reach("workers", player)
    await player.fill("workers", "0")
    await player.goOnToPlan()
    await player.confirmPlan()
    site.finish()
    #expect(try site.cluster("edge")?.status.phase == .running)
    #expect(try site.snapshot().machines.count == 1)
  }

  @Test func `two clusters share the hosts of a site`() async throws {
    let (player, site) = try await Player.withCluster("one", workers: 1)
    await player.act("history.back")
    await player.tab("Clusters")
    try await player.create("two", on: site, workers: 1)
    #expect(try site.snapshot().clusters.map(\.name).sorted() == ["one", "two"])
    #expect(try Set(site.snapshot().machines.compactMap { $0.host?.name }).count == 4)
  }

  @Test func `a host is added to a simulated site and used`() async throws {
    let site = PlaySite(hosts: 0)
    let player = Player(site)
    await player.user.settle()
    await player.tab("Hosts")
    await player.act("host.add")
    await player.fill("name", "extra")
    await player.fill("address", "10.20.0.99")
    await player.act("form.next")
    await player.confirm()
    #expect(try site.snapshot().hosts.map(\.name) == ["extra"])
  }

  @Test(arguments: [
    ("name", "Bad Name"), ("name", ""), ("address", "not an address!"), ("address", ""), ("port", "0"),
    ("port", "70000"),
    ("port", "ssh"), ("user", "ro ot"),
  ])
  func `a wrong value for a new host is named at its field`(field: String, value: String) async throws {
    let site = PlaySite(hosts: 0, isSimulated: false)
    let player = Player(site)
    await player.user.settle()
    await player.tab("Hosts")
    await player.act("host.add")
    await player.fill("name", "box")
    await player.fill("address", "10.0.0.9")
    await player.fill(field, value)
    await player.act("form.next")
    #expect(player.problem(of: field) != nil)
    #expect(try site.snapshot().hosts.isEmpty)
  }
}
