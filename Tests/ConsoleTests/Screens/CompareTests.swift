import EaselModel
import EaselSimulation
import EaselTerminal
import Testing

@testable import EaselConsole

/// Definitions beside each other, and what is inside a plan.
struct CompareTests {
  @Test func `what operations changed is walked through from the newest to the oldest`() async {
    let site = PlaySite(hosts: 6)
    let desk = Desk()
    let player = await Player.atDesk(site, desk)
    await player.makeEdge(site)
    for (old, new) in [("2", "3"), ("3", "1")] {
      desk.will(replacing("replicas: \(old)", "replicas: \(new)"))
      await player.go("edit edge")
      await player.press(.enter)
      await player.confirmPlan(name: player.plan?.typed)
      site.finish()
      await player.look()
    }
    await player.go("compare edge")
    #expect(player.shows("before scale-edge-3") && player.shows("- 3") && player.shows("+ 1"))
    await player.press(.c("o"))
    #expect(player.shows("before scale-edge-2") && player.shows("- 2") && player.shows("+ 3"))
    await player.press(.c("o"))
    #expect(player.shows("nothing older is known"))
    await player.press(.c("n"), .c("a"))
    #expect(player.shows("network.podCIDR"), "all fields")
    await player.go("operation scale-edge-2")
    await player.press(.c("="))
    #expect(player.shows("- 2") && player.shows("+ 3"))
    player.user.resize(Size(width: 120, height: 40))
    #expect(player.shows("before scale-edge-2"), "side by side where there is room")
  }

  @Test func `fields that come, go and change are told by sign and word`() {
    var old = Fixture.cluster("edge", version: "v1.31.4", control: 1, workers: 2, phase: .running).spec
    old.pools[0].labels = ["tier": "web", "old": "1"]
    var new = old
    new.pools[0].labels = ["tier": "db", "new": "1"]
    let fields = SpecComparison.compare(SpecComparison.fields(old), SpecComparison.fields(new))
    let different = fields.filter { $0.difference != .same }.map { "\($0.path) \($0.difference)" }
    #expect(
      Set(different) == [
        "pools[workers].labels.old removed", "pools[workers].labels.new added", "pools[workers].labels.tier changed",
      ])
    let text = CompareLines.lines(fields, labels: ("now", "then"), all: false, wide: false, width: 60)
      .map(\.plainText).joined(separator: "\n")
    #expect(text.contains("+ added") && text.contains("- removed") && text.contains("~ changed"))
  }

  @Test func `two profiles are compared`() async {
    var snapshot = Fixture.site.snapshot
    var other = Profile.builtIn(at: Fixture.now)
    other.metadata.name = "kubeadm-next"
    other.metadata.uid = "profile-2"
    other.spec.newestMinor = 36
    snapshot.profiles.append(other)
    let player = Player(FrozenSite(SiteView(snapshot)))
    await player.user.settle()
    await player.press(.c("5"), .c("="))
    #expect(player.shows("mark two profiles with Space first"))
    await player.press(.space, .space, .c("="))
    #expect(player.shows("~ changed   newestMinor") && player.shows("v1.36"))
  }

  @Test func `the steps inside a plan are opened, and shown in full`() async {
    let site = PlaySite(hosts: 6)
    let desk = Desk()
    let player = await Player.atDesk(site, desk)
    await player.go("create cluster")
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"), .c("s"))
    #expect(player.shows("Steps on each host") && player.shows("sim-1"))
    await player.press(.down, .right)
    #expect(player.shows("1. "), "the steps of the host's own plan")
    let plan = try? Preview.of(
      .createCluster(
        name: "west", spec: Fixture.cluster("west", version: "v1.31.12", control: 1, workers: 1, phase: .pending).spec,
        labels: [:]), as: Actor(name: "alice"), in: try site.snapshot())
    #expect(plan?.steps.isEmpty == false && plan?.steps.allSatisfy { !$0.inside.isEmpty } == true)
    await player.press(.enter)
    #expect(player.shows("plan: ") && player.shows(" s]"), "with the time limit of each step")
    await player.go("save plan.txt")
    #expect(
      desk.file("plan.txt")?.contains("\n   run: ") == true || desk.file("plan.txt")?.contains("require: ") == true)
  }

  @Test func `a plan says how long the same took here`() async {
    let site = PlaySite(hosts: 6)
    let player = await Player.atDesk(site, Desk())
    await player.makeEdge(site)
    await player.go("create cluster")
    await player.type("west")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"))
    #expect(player.open.lineTexts(player).contains { $0.contains("here (1 time)") })
  }

  @Test func `a cluster is made with several pools, labels, taints and rollout`() async throws {
    let site = PlaySite(hosts: 6)
    let player = await Player.atDesk(site, Desk())
    await player.go("create cluster")
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .tab, .tab)
    await player.press(.tab)
    await player.type("tier")
    #expect(player.shows("tier is no label: write name=value"))
    await player.type("=web")
    await player.press(.tab)
    await player.type("dedicated=web:Never")
    #expect(player.shows("is no taint"))
    for _ in 0..<5 { await player.press(.backspace) }
    await player.type("NoSchedule")
    await player.press(.tab, .backspace)
    await player.type("2")
    await player.press(.tab, .tab, .space, .control("n"))
    #expect(player.shows("Step 5 of 5"))
    await player.press(.control("p"))
    #expect(player.shows("tier=web"), "going back loses nothing")
    await player.press(.control("n"), .control("n"))
    #expect(player.shows("Create cluster edge"))
    await player.press(.tab, .enter)
    let pools = try #require(try site.snapshot().clusters.first).spec.pools
    #expect(pools.map(\.name) == ["workers", "pool-2"])
    #expect(pools[0].labels == ["tier": "web"])
    #expect(pools[0].taints == [Cluster.Taint(key: "dedicated", value: "web", effect: .noSchedule)])
    #expect(pools[0].rollout.maxUnavailable == 2)
    #expect(player.shows("$ easel apply -f - --yes <<'EOF'"), "there are no options for labels and taints")
  }
}
