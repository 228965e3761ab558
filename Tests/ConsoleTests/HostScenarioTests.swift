import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// What an operator does with hosts, by keys, on a site whose engine and hosts really do it.
struct HostScenarioTests {
  /// The key of an action, from the key map, so that remapping cannot rot these tests.
  private func key(_ action: String, in map: KeyMap = HostsScreen.keys) throws -> Key {
    try #require(map.bindings.first { $0.action.rawValue == action }?.keys.first)
  }

  /// A site with cluster `edge`: sim-1 control plane, sim-2 and sim-3 workers, sim-4 free.
  private func play(
    _ site: PlaySite, change: (inout ConsoleEnvironment) -> Void = { _ in }
  ) async throws -> Player {
    let spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: KubernetesVersion(major: 1, minor: 31, patch: 4),
      controlPlane: Cluster.ControlPlane(replicas: 1), pools: [Cluster.Pool(name: "workers", replicas: 2)])
    _ = try site.submit(.createCluster(name: "edge", spec: spec, labels: [:]), as: Actor(name: "alice"))
    site.finish()
    let player = Player(site, change: change)
    await player.user.settle()
    await player.press(.c("3"))
    return player
  }

  private func finish(_ site: PlaySite, _ player: Player) async {
    site.finish()
    await player.look()
  }

  private func host(_ name: String, of site: PlaySite) throws -> Host {
    try #require(try site.snapshot().hosts.first { $0.name == name })
  }

  /// Lets half seconds pass until the console has asked the host again.
  private func wait(_ player: Player, seconds: Int = 8) async {
    for _ in 0..<(seconds * 2) {
      player.user.advance(by: .milliseconds(500))
      await player.user.settle()
    }
  }

  @Test func `a member is rebooted from the list, with its plan, and takes pods again`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.press(.down, try key("host.reboot"))
    #expect(player.shows("Reboot sim-2") && player.shows("away for some minutes"))
    #expect(player.shows("> Cancel <"), "Cancel is the default")
    await player.press(.tab, .enter)
    #expect(player.shows("$ easel host reboot sim-2"))
    let before = try host("sim-2", of: site).status.bootID
    await finish(site, player)
    #expect(player.shows("Succeeded"))
    let after = try host("sim-2", of: site).status
    #expect(after.bootID != before && after.phase == .ready && after.absence == nil)
    #expect(try site.snapshot().clusters.first?.status.observed?.nodes.allSatisfy { !$0.cordoned } == true)
  }

  @Test func `marked hosts are rebooted one after another in one operation`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.press(.down, try key("list.mark"), try key("list.mark"))
    await player.press(try key("host.reboot"))
    #expect(player.shows("2 hosts (sim-2, sim-3)"))
    await player.press(.tab, .enter)
    await finish(site, player)
    let operation = try #require(try site.snapshot().operations.last)
    #expect(operation.status.phase == .succeeded && operation.spec.subjects?.count == 2)
    let reboots = try site.snapshot().tasks.filter { $0.spec.verb == .reboot }
    let (first, second) = (try #require(reboots.first), try #require(reboots.last))
    #expect(first.uid != second.uid)
    let (one, other) = first.metadata.createdAt < second.metadata.createdAt ? (first, second) : (second, first)
    #expect(try #require(one.status.finishedAt) < other.metadata.createdAt, "never two at once")
  }

  @Test func `hosts of different clusters are not mixed`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.press(.down, .down, try key("list.mark"), try key("list.mark"))
    await player.press(try key("host.reboot"))
    #expect(player.shows("hosts of one cluster at a time"))
  }

  @Test func `a host is shut down only after its name was typed, is named everywhere, and comes back`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.press(.down, .down, try key("host.shutdown"))
    #expect(player.shows("off until somebody powers it on") && player.shows("Type sim-3 to go ahead"))
    await player.press(.tab, .enter)
    #expect(try site.snapshot().operations.count == 1, "Cancel is the default")
    await player.go("hosts")
    await player.press(.home, .down, .down, try key("host.shutdown"))
    await player.type("sim-3")
    await player.press(.enter, .enter)
    await finish(site, player)
    #expect(try host("sim-3", of: site).status.absence?.isOff == true)
    await player.go("hosts")
    #expect(player.shows("Shut down"))
    await player.press(.home, .down, .down)
    #expect(player.shows("P power on") && !player.shows("L logs"), "\(player.screen)")
    await player.press(try key("host.reboot"))
    #expect(player.shows("sim-3 is shut down: it starts when it is powered on"))
    await player.go("cluster edge")
    #expect(player.shows("Degraded") && player.shows("1/2 ready") && player.shows("no      for"), "\(player.screen)")
    await player.go("cluster edge nodes")
    let node = try #require(player.screen.split(separator: "\n").first { $0.contains("edge-workers-2") })
    #expect(node.contains("Shut down") && node.contains("not ready") && !node.contains("Running"))
    await player.go("host sim-3")
    #expect(player.shows("edge-workers-2, Shut down") && !player.shows("Running"))
    #expect(player.shows("alice had it shut down; power it on to bring it back"))
    await player.go("overview")
    #expect(player.shows("host is shut down (member of edge)") && player.shows("1 shut down"), "\(player.screen)")
    await player.press(try key("host.shutdown", in: OverviewScreen.keys))
    #expect(player.shows("Power on sim-3"), "on a simulated site the same key presses the power button")
    await player.press(.tab, .enter)
    await finish(site, player)
    #expect(try host("sim-3", of: site).status.phase == .ready)
  }

  @Test func `a member is not reset, a free host is after its name was typed`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.press(.down, try key("host.reset"))
    #expect(player.shows("remove that machine first"))
    await player.press(.end, try key("host.reset"))
    #expect(player.shows("Resetting sim-4 cannot be undone") && player.shows("etcd data and keys"))
    await player.type("sim-4")
    await player.press(.enter, .enter)
    #expect(player.shows("$ easel host reset sim-4"))
    await finish(site, player)
    #expect(player.shows("Succeeded"))
  }

  @Test func `marked nodes are cordoned and uncordoned together`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    func cordoned() throws -> Int {
      try site.snapshot().clusters.first?.status.observed?.nodes.count(where: \.cordoned) ?? 0
    }
    await player.press(.down, try key("host.uncordon"))
    #expect(player.user.app.question == nil && player.shows("sim-2 is not cordoned"), "\(player.screen)")
    for (action, count) in [("host.cordon", 2), ("host.uncordon", 0)] {
      await player.go("hosts")
      await player.press(.home, .down, try key("list.mark"), try key("list.mark"), try key(action))
      #expect(player.shows("2 hosts (sim-2, sim-3)"))
      await player.press(.tab, .enter)
      site.finish()
      // What the cluster says of its nodes is looked at by the next operation.
      _ = try site.submit(.host(.reboot, names: ["sim-1"]), as: Actor(name: "alice"))
      site.finish()
      await player.look()
      #expect(try cordoned() == count, "\(action)")
      await player.go("hosts")
      #expect(player.screen.split(separator: "\n").count { $0.contains("ordoned") } == count, "\(player.screen)")
      await player.go("overview")
      #expect(player.shows("\(count) cordoned") == (count > 0), "\(player.screen)")
      #expect(player.shows("2 nodes are cordoned and take no new pods: sim-2, sim-3") == (count > 0))
      await player.go("cluster edge")
      #expect(player.shows("2/2 ready, 2 cordoned") == (count > 0), "\(player.screen)")
      if count > 0 {
        await player.go("cordon sim-2")
        #expect(player.user.app.question == nil && player.shows("sim-2 is cordoned already"))
      }
    }
  }

  @Test func `units of a host are listed, and one of them is read live`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.go("units sim-2")
    #expect(player.shows("kubelet") && player.shows("active"))
    await player.press(.enter)
    #expect(player.shows("is registered") && player.shows("following"))
    let lines = player.screen
    _ = try site.submit(.host(.reboot, names: ["sim-2"]), as: Actor(name: "alice"))
    site.finish()
    await wait(player, seconds: 3)
    #expect(player.screen != lines && player.shows("kubelet[simulated]: started"))
  }

  @Test func `a log is filtered by text, by its opposite and by a pattern, and matches are marked`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.go("logs sim-2")
    let map = HostDetailScreen.logKeys
    await player.press(try key("unit.choose", in: map))
    #expect(player.shows("easel-agent"))
    await player.press(.c("3"))
    #expect(player.shows("prepare edge-workers-1"))
    func filter(_ text: String) async throws {
      await player.press(try key("log.filter", in: map), .control("u"))
      await player.type(text)
      await player.press(.enter)
    }
    try await filter("import")
    #expect(player.shows("import images") && !player.shows("kubeadm join") && player.shows("lines match import"))
    let grid = player.user.grid
    let marked = (0..<24).map { y in (0..<80).count { x in grid[x, y].style.role == .match } }.reduce(0, +)
    #expect(marked == "import".count, "the one match is marked")
    try await filter("!import")
    #expect(!player.shows("import images") && player.shows("kubeadm join"))
    try await filter("~kubeadm +join")
    #expect(player.shows("kubeadm join") && !player.shows("place binaries"))
    await player.press(.escape)
    #expect(player.shows("place binaries") && player.shows("Logs"), "Escape takes the filter back first")
    await player.press(try key("log.filter", in: map), .control("u"))
    await player.type("~(")
    #expect(player.shows("not a regular expression"))
  }

  @Test func `a host that is cut off is a message with its age, and the log goes on where it ended`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site)
    await player.go("logs sim-2")
    #expect(player.shows("is registered"))
    site.partition("sim-2", true)
    await wait(player)
    #expect(player.shows("no answer from sim-2") && player.shows("no answer for"))
    #expect(player.shows("is registered"), "what was read stays")
    site.partition("sim-2", false)
    await wait(player)
    #expect(player.shows("sim-2 answers again") && !player.shows("no answer for"))
    let registered = player.screen.split(separator: "\n").count { $0.contains("is registered") }
    #expect(registered == 1, "no line comes twice")
  }

  @Test func `a log is saved to a file and opened in the pager`() async throws {
    let site = PlaySite(hosts: 4)
    let saved = Mutex<[String: String]>([:])
    let player = try await play(site) { environment in
      environment.saveFile = { name, text in
        saved.withLock { $0[name] = text }
        return "/somewhere/\(name)"
      }
      environment.pager = []
    }
    await player.go("logs sim-2")
    let map = HostDetailScreen.logKeys
    await player.press(try key("log.save", in: map))
    #expect(player.shows("saved to /somewhere/sim-2-kubelet.log"))
    #expect(saved.withLock { $0["sim-2-kubelet.log"] }?.contains("is registered") == true)
    await player.press(try key("log.pager", in: map))
    #expect(player.shows("no $PAGER is set"))
    await player.press(try key("log.follow", in: map))
    #expect(player.shows("not following"))
    await player.press(try key("log.wrap", in: map))
    #expect(player.shows("wrapped"))
  }

  @Test func `a read-only console reads logs and sends no host down`() async throws {
    let site = PlaySite(hosts: 4)
    let player = try await play(site) { $0.isReadOnly = true }
    for action in ["host.reboot", "host.shutdown", "host.reset", "host.cordon", "host.drain"] {
      await player.press(try key(action))
      #expect(player.shows("read-only"), "\(action)")
      #expect(player.user.app.question == nil && player.user.app.stack.count == 1)
    }
    for words in ["reboot sim-2", "shutdown sim-2", "reset sim-4", "drain sim-2"] {
      await player.go(words)
      #expect(player.shows("this console is read-only"), "\(words)")
      #expect(player.user.app.question == nil && player.user.app.stack.count == 1)
    }
    await player.press(.down, try key("host.logs"))
    #expect(player.shows("is registered"))
  }

  @Test(
    "a line is shown without what every line has",
    arguments: [
      ("2026-09-21T14:20:05+0000 lab1 kubelet[811]: it runs", "14:20:05 kubelet[811]: it runs"),
      ("2026-09-21T14:20:05.123456789Z stderr F it runs", "14:20:05 it runs"), ("plain words", "plain words"),
      ("2026-09-21T14:20:05+0000", "2026-09-21T14:20:05+0000"), ("", ""),
    ])
  func short(line: String, shown: String) { #expect(UnitLog.short(line) == shown) }

  @Test func `a log is a ring`() {
    var log = UnitLog(HostUnit(name: "kubelet.service", title: "", state: "active"))
    for number in 0..<30 {
      let lines = (0..<1000).map { "line \(number * 1000 + $0)" }
      log.take(.success(HostLogPage(lines: lines, cursor: "\(number)")), host: "h", at: .zero)
    }
    #expect(log.count == 30_000 && log.shownCount == UnitLog.lineLimit && log.dropped == 25_000)
    #expect(log.text.hasPrefix("line 25000\n") && log.text.hasSuffix("line 29999"))
    let long = String(repeating: "x", count: 4096)
    for _ in 0..<3 {
      log.take(
        .success(HostLogPage(lines: Array(repeating: long, count: 1000), cursor: "9")), host: "h", at: .zero)
    }
    #expect(log.text.utf8.count <= UnitLog.byteLimit + log.shownCount)
  }
}
