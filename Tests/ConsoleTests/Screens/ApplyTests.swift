import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// Files with definitions: one plan, one change.
struct ApplyTests {
  private func running(hosts: Int = 6) async -> (PlaySite, Desk, Player) {
    let site = PlaySite(hosts: hosts)
    let desk = Desk()
    let player = await Player.atDesk(site, desk)
    await player.makeEdge(site)
    return (site, desk, player)
  }

  private static let host = """
    apiVersion: easel.internal/v1
    kind: Host
    metadata:
      name: sim-9
    spec: {transport: simulated, address: 10.0.0.9}

    """

  private static func cluster(_ name: String, on host: String? = nil, workers: Int? = nil) -> String {
    var text = """
      apiVersion: easel.internal/v1
      kind: Cluster
      metadata:
        name: \(name)
      spec:
        profile: {name: kubeadm, version: 1.0.0}
        kubernetesVersion: v1.31.12

      """
    if let host { text += "  controlPlane: {replicas: 1, hosts: [\(host)]}\n" }
    if let workers { text += "  pools: [{name: workers, replicas: \(workers)}]\n" }
    return text
  }

  @Test func `Tab completes the path, and lists what it may be`() async throws {
    let (_, desk, player) = await running()
    desk.put(Self.cluster("north"), at: "/tmp/site/north.yaml")
    desk.put(Self.cluster("norm"), at: "/tmp/site/norm.yaml")
    await player.go("apply")
    #expect(player.shows("Tab complete") && !player.shows("step before"), "\(player.screen)")
    await player.type("/tmp/s")
    await player.press(.tab)
    #expect(player.open.plainForm?.text(of: "path") == "/tmp/site/nor")
    #expect(player.shows("/tmp/site/norm.yaml") && player.shows("/tmp/site/north.yaml"), "\(player.screen)")
    await player.type("t")
    await player.press(.tab)
    #expect(player.open.plainForm?.text(of: "path") == "/tmp/site/north.yaml")
    #expect(!player.shows("norm.yaml"))
    await player.press(.enter)
    #expect(player.shows("Effect on each host"), "\(player.screen)")
    await player.press(.escape, .control("u"))
    await player.type("/nowhere")
    await player.press(.tab)
    #expect(player.shows("no file begins like that"))
  }

  @Test func `a file with one cluster is its plan, and after that its operation`() async throws {
    let (_, desk, player) = await running()
    desk.put(Self.cluster("north"), at: "/tmp/north.yaml")
    await player.go("apply /tmp/north.yaml")
    #expect(player.shows("Apply /tmp/north.yaml") && player.shows("Effect on each host"), "\(player.screen)")
    #expect(!player.shows("all of them"), "there is only one")
    await player.press(.tab, .enter)
    #expect(player.shows("create-north"), "\(player.screen)")
    #expect(player.user.app.commands.last?.command == "easel apply -f /tmp/north.yaml")
  }

  @Test func `a file with several objects is one plan and one change`() async throws {
    let (site, desk, player) = await running()
    desk.put(
      [Self.host, Self.cluster("north", on: "sim-9"), Self.cluster("edge", workers: 3)].joined(separator: "---\n"),
      at: "/tmp/it's all.yaml")
    await player.go("apply /tmp/it's all.yaml")
    for words in [
      "3 changes, which are made together", "host sim-9               is added", "cluster north            is created",
      "cluster edge             is changed",
    ] {
      #expect(player.shows(words), "\(player.screen)")
    }
    await player.press(.c("$"))
    #expect(player.shows(#"$ easel apply -f '/tmp/it'\''s all.yaml'"#), "\(player.screen)")
    await player.press(.c("="))
    #expect(player.shows("~ changed   pools[workers].replicas"), "\(player.screen)")
    await player.press(.escape, .c("s"))
    #expect(player.shows("Steps on each host") && player.shows("sim-9"), "\(player.screen)")
    await player.press(.escape, .tab, .enter)
    let operations = try site.snapshot().operations.filter { !$0.status.phase.isFinal }
    #expect(operations.count >= 2, "\(operations.map(\.name))")
    #expect(player.user.app.top is OperationsScreen, "\(player.screen)")
    site.finish()
    #expect(try site.snapshot().clusters.map(\.name).sorted() == ["edge", "north"])
    #expect(try site.snapshot().clusters.first(named: "edge")?.spec.pools.first?.replicas == 3)
  }

  @Test func `an object that is refused stops them all, and is named by its line`() async throws {
    let (site, desk, player) = await running()
    desk.put(
      [Self.host, Self.cluster("north", on: "sim-77")].joined(separator: "---\n"), at: "/tmp/bad.yaml")
    await player.go("apply /tmp/bad.yaml")
    #expect(player.shows("This is refused; nothing has changed."), "\(player.screen)")
    #expect(player.shows("/tmp/bad.yaml:") && player.shows("sim-77"), "\(player.screen)")
    await player.press(.tab, .enter)
    #expect(try site.snapshot().hosts.first(named: "sim-9") == nil)
    // Mended, it is read again.
    desk.put([Self.host, Self.cluster("north", on: "sim-9")].joined(separator: "---\n"), at: "/tmp/bad.yaml")
    await player.go("apply /tmp/bad.yaml")
    #expect(player.shows("2 changes, which are made together"), "\(player.screen)")
  }

  @Test func `all that is wrong with a file is told at once, and the file is read again`() async {
    let (_, desk, player) = await running()
    desk.put(
      Self.cluster("Bad_Name") + "---\n"
        + Self.cluster("edge").replacing("v1.31.12", with: "v1.30.1"), at: "/tmp/two.yaml")
    await player.go("apply /tmp/two.yaml")
    #expect(player.shows("problems in /tmp/two.yaml; nothing was changed"), "\(player.screen)")
    #expect(player.shows("Bad_Name") && player.shows("cannot be downgraded"), "\(player.screen)")
    desk.put(Self.cluster("north"), at: "/tmp/two.yaml")
    await player.press(.c("r"))
    #expect(player.shows("Effect on each host"), "\(player.screen)")
  }

  @Test func `a file that asks for nothing says so`() async throws {
    let (site, desk, player) = await running()
    let edge = try #require(try site.snapshot().clusters.first)
    desk.put(player.user.app.environment.definition(edge), at: "/tmp/same.yaml")
    await player.go("apply /tmp/same.yaml")
    #expect(player.shows("There is nothing to do") && player.shows("cluster edge"), "\(player.screen)")
    await player.press(.c("f"))
    #expect(player.shows("YAML or JSON"), "another file can be named")
    await player.press(.escape)
    await player.go("apply /tmp/none.yaml")
    #expect(player.shows("there is no /tmp/none.yaml"))
  }

  @Test func `what somebody else has done meanwhile makes the plan stale, and the file is read again`() async throws {
    let (site, desk, player) = await running()
    desk.put(
      [Self.host, Self.cluster("north", on: "sim-9")].joined(separator: "---\n"), at: "/tmp/both.yaml")
    await player.go("apply /tmp/both.yaml")
    #expect(player.shows("2 changes"))
    try site.elsewhere(
      .addHost(name: "sim-9", spec: Host.Spec(transport: .simulated, address: "10.0.0.9"), labels: [:]))
    site.finish()
    await player.look()
    #expect(player.shows("This plan is stale"), "\(player.screen)")
    await player.press(.c("r"))
    #expect(player.shows("host sim-9               is as the file says"), "\(player.screen)")
    #expect(player.shows("cluster north            is created"), "\(player.screen)")
  }
}
