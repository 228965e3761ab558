import EaselModel
import EaselSimulation
import EaselTerminal
import Testing

@testable import EaselConsole

/// Changing a cluster that runs: scale, upgrade, machines, delete.
struct ChangeScenarios {
  private func scale(_ player: Player, _ fields: (String, String)...) async {
    await player.tab("Clusters")
    await player.act("cluster.scale")
    for (field, text) in fields { await player.fill(field, text) }
    await player.goOnToPlan()
  }

  private func mainTab(_ player: Player) async {
    for _ in 0..<10 where player.user.app.stack.count > 1 { await player.act("history.back") }
  }

  @Test func `another name than the one to be typed is said, and the field stays`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("delete edge")
    await player.type("edgy")
    await player.press(.enter)
    #expect(player.shows("that is another name") && player.plan?.isTyping == true, "\(player.screen)")
    await player.press(.backspace)
    await player.type("e")
    await player.press(.enter, .enter)
    #expect(try site.snapshot().operations.contains { $0.name.hasPrefix("delete-edge") })
    await player.go("forget sim-6")
    await player.type("sim-7")
    await player.press(.enter)
    #expect(player.shows("that is another name"), "\(player.screen)")
    await player.press(.enter)
    #expect(player.user.app.question != nil)
    #expect(try site.snapshot().hosts.count == 6)
  }

  @Test func `workers are added and taken away`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await scale(player, ("pool0", "3"))
    await player.confirmPlan()
    site.finish()
    #expect(try site.cluster("edge")?.status.workersReady == 3)
    await player.look()
    await mainTab(player)
    await scale(player, ("pool0", "0"))
    #expect(player.plan != nil)
    await player.confirmPlan(name: "edge")
    site.finish()
    #expect(try site.snapshot().machines.count == 1)
    #expect(try site.snapshot().hosts.filter { $0.status.cluster == nil }.count == 5)
  }

  @Test func `a control plane grows to three and the pause of etcd is announced`() async throws {
    let (player, site) = try await Player.withCluster(workers: 0)
    await mainTab(player)
    await scale(player, ("controlPlane", "3"))
    await player.move("move.bottom")
    await player.move("move.top")
    #expect(player.user.app.top.lineTexts(player).contains { $0.contains("etcd pauses") })
    await player.confirmPlan()
    site.finish()
    #expect(try site.cluster("edge")?.status.controlPlaneReady == 3)
  }

  @Test(arguments: [
    ("controlPlane", "2"), ("controlPlane", "0"), ("controlPlane", "many"), ("pool0", "-1"), ("pool0", "99"),
  ])
  func `an impossible size is refused where it is typed`(field: String, value: String) async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await scale(player, (field, value))
    #expect(player.plan == nil)
    #expect(player.problem(of: field) != nil)
    #expect(try site.snapshot().operations.count == 1)
  }

  @Test func `fewer machines are planned with what is lost on top, and take the cluster's name`() async throws {
    let (player, site) = try await Player.withCluster(workers: 2)
    await mainTab(player)
    await scale(player, ("pool0", "0"))
    let lines = player.open.lineTexts(player)
    #expect(lines.first?.hasPrefix("scale cluster edge: pool workers from 2 to 0") == true, "\(lines)")
    let lost = try #require(lines.firstIndex { $0.hasPrefix("Hosts that are reset, data lost") })
    #expect(lines[lost + 1].contains("edge-workers-1") && lines[lost + 2].contains("edge-workers-2"))
    #expect(
      lines.contains { $0.contains("sim-1") && $0.contains("edge-cp-1") }, "each host by its own machine: \(lines)")
    #expect(player.plan?.typed == "edge")
    await player.confirmPlan(name: "edg")
    #expect(try site.snapshot().operations.count == 1)
    await player.press(.escape, .escape)
    await mainTab(player)
    await scale(player, ("pool0", "1"))
    await player.confirmPlan(name: "edge")
    site.finish()
    #expect(try site.snapshot().machines.count == 2)
  }

  @Test func `hosts that were named are named no more once their machines go`() async throws {
    let site = PlaySite(hosts: 5)
    var spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: try #require(KubernetesVersion("v1.31.4")), controlPlane: Cluster.ControlPlane(replicas: 3),
      pools: [Cluster.Pool(name: "db", replicas: 2)])
    spec.controlPlane.hosts = ["sim-5", "sim-2", "sim-1"]
    spec.pools[0].hosts = ["sim-4", "sim-3"]
    try site.elsewhere(.createCluster(name: "edge", spec: spec, labels: [:]))
    site.finish()
    let player = Player(site)
    await player.user.settle()
    await mainTab(player)
    await scale(player, ("controlPlane", "1"), ("pool0", "1"))
    let summary = try #require(player.open.lineTexts(player).first)
    #expect(summary.contains("without naming sim-2, sim-1, sim-3 any more"), "\(summary)")
    await player.confirmPlan(name: "edge")
    site.finish()
    let after = try #require(try site.cluster("edge"))
    #expect(after.spec.controlPlane.hosts == ["sim-5"] && after.spec.pools[0].hosts == ["sim-4"])
    #expect(Set(try site.snapshot().machines.compactMap { $0.host?.name }) == ["sim-5", "sim-4"])
  }

  @Test func `the same size again is no change`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await scale(player, ("pool0", "1"))
    #expect(player.shows("nothing is different"))
    #expect(try site.snapshot().operations.count == 1)
  }

  @Test func `taking a member from a control plane that has lost one waits for quorum`() async throws {
    let (player, site) = try await Player.withCluster(controlPlane: 3, workers: 0)
    site.strike("sim-2") { $0.kill($1) }
    for _ in 0..<40 { site.advance(steps: 5) }
    await player.look()
    await mainTab(player)
    let machine = try #require(try site.snapshot().machines.first { $0.host?.name == "sim-1" })
    await player.tab("Clusters")
    await player.act("open")
    await player.tab("Nodes")
    await player.act("node.remove")
    #expect(player.plan?.typed == machine.name)
    await player.confirmPlan(name: machine.name)
    for _ in 0..<60 { site.advance(steps: 5) }
    await player.look()
    let standing = try site.snapshot().machines.filter(\.isControlPlane).count
    #expect(standing == 3, "no healthy member is taken while another one is down")
    #expect(player.shows("quorum"), "\(player.screen)")
  }

  @Test func `an upgrade offers only what can be reached, and goes there`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await player.tab("Clusters")
    await player.act("cluster.upgrade")
    let from = try #require(try site.cluster("edge")?.spec.kubernetesVersion)
    guard case .choice(let choice)? = player.open.plainForm?["version"]?.value else {
      Issue.record("no versions to choose from")
      return
    }
    let offered = choice.options.compactMap { KubernetesVersion($0.id) }
    #expect(!offered.isEmpty && offered.allSatisfy { $0 > from && $0.minor <= from.minor + 1 })
    await player.goOnToPlan()
    await player.confirmPlan()
    site.finish()
    #expect(try site.cluster("edge")?.status.kubernetesVersion == offered.last)
  }

  @Test func `a second change is refused with the name of the first, which can be followed`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await scale(player, ("pool0", "2"))
    await player.confirmPlan()
    site.advance(steps: 3)
    await player.look()
    await mainTab(player)
    await player.tab("Clusters")
    await player.act("cluster.upgrade")
    #expect(player.shows("is changing edge"))
    await player.act("cluster.operation")
    let last = try site.snapshot().operations.last?.name
    #expect((player.open as? OperationDetailScreen)?.name == last)
  }

  @Test func `a node is cordoned, and uncordoned by the same key`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    func settle() async {
      site.finish()
      site.wait(seconds: 60)
      await player.look()
    }
    func isCordoned() throws -> Bool {
      try site.cluster("edge")?.status.observed?.nodes.contains(where: \.cordoned) == true
    }
    await player.tab("Clusters")
    await player.act("open")
    await player.tab("Nodes")
    await player.move("move.bottom")
    await player.act("node.cordon")
    #expect(player.shows("Cordon"))
    await player.press(.enter)
    #expect(try site.snapshot().operations.count == 1, "Cancel is the default")
    await player.act("node.cordon")
    await player.confirm()
    await settle()
    #expect(try isCordoned())
    #expect(player.shows("cordoned"))
    await player.act("node.cordon")
    #expect(player.shows("Uncordon"))
    await player.confirm()
    await settle()
    #expect(try !isCordoned())
  }

  @Test func `a node is drained after a question that names disruption budgets`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("host sim-2")
    await player.act("host.drain")
    #expect(player.shows("disruption budgets"))
    await player.confirm()
    site.finish()
    #expect(try site.snapshot().operations.last?.spec.verb == .drainMachine)
    #expect(try site.snapshot().operations.last?.status.phase == .succeeded)
  }

  @Test func `a drain that a budget holds says which`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    site.strike(cluster: "edge") { world, uid in
      for node in world.clusters[uid]?.nodes.keys ?? [:].keys { world.setBudget("shop/cart", on: node, of: uid) }
    }
    await player.go("host sim-2")
    await player.act("host.drain")
    await player.confirm()
    for _ in 0..<100 { site.advance(steps: 5) }
    await player.look()
    let operation = try #require(try site.snapshot().operations.last)
    await player.go("operation \(operation.name)")
    #expect(player.shows("shop/cart"), "\(player.screen)")
  }

  @Test func `a machine is removed only when its name was typed, and its host is free again`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    let worker = try #require(try site.snapshot().machines.first { !$0.isControlPlane })
    await player.go("cluster edge nodes")
    await player.move("move.bottom")
    await player.act("node.remove")
    await player.confirmPlan(name: "something-else")
    #expect(try site.snapshot().operations.count == 1)
    await player.press(.escape)
    await player.go("cluster edge nodes")
    await player.move("move.bottom")
    await player.act("node.remove")
    await player.confirmPlan(name: worker.name)
    site.finish()
    #expect(try site.snapshot().machines.count == 1)
    let host = try site.snapshot().hosts.first { $0.name == worker.host?.name }
    #expect(host?.status.cluster == nil)
  }

  @Test func `the last control plane cannot be removed, and the plan says what to do instead`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.go("cluster edge nodes")
    await player.move("move.top")
    await player.act("node.remove")
    #expect(player.shows("last control plane"))
    #expect(player.shows("delete the cluster"))
    #expect(player.plan?.typed == nil && !player.shows("to go ahead"), "\(player.screen)")
    #expect(!player.shows("[ Remove ]"))
    await player.act("tab.next", "open")
    #expect(player.plan == nil, "Cancel is all that is left")
    #expect(try site.snapshot().operations.count == 1)
  }

  @Test func `deleting lists what vanishes, and a cancelled one deletes nothing`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await mainTab(player)
    await player.tab("Clusters")
    await player.act("cluster.delete")
    #expect(player.shows("cannot be undone") && player.shows("sim-1") && player.shows("sim-2"))
    await player.press(.escape)
    #expect(try site.cluster("edge") != nil)
    await player.act("cluster.delete")
    await player.confirmPlan(name: "edge")
    site.finish()
    #expect(try site.cluster("edge") == nil)
  }

  @Test func `a member cannot be forgotten, a free host can`() async throws {
    let (player, site) = try await Player.withCluster(hosts: 3, workers: 1)
    await player.go("host sim-1")
    await player.act("host.remove")
    #expect(player.user.app.question == nil)
    #expect(player.shows("member of edge"))
    await player.go("host sim-3")
    await player.act("host.remove")
    await player.type("sim-3")
    await player.press(.enter, .enter)
    site.finish()
    #expect(try site.snapshot().hosts.map(\.name) == ["sim-1", "sim-2"])
  }
}

extension ConsoleScreen {
  /// What it says, line by line, however much of it can be seen.
  func lineTexts(_ player: Player) -> [String] {
    var screen = self
    return screen.lines(player.user.app.surroundings).map(\.text)
  }
}
