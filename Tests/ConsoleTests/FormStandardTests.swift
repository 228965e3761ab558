import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// What a field holds by itself is in nobody's way.
struct FormStandardTests {
  private func addHost(_ site: PlaySite, _ asked: Asked = Asked()) async -> Player {
    let player = Player(site) { environment in
      environment.fetchHostKey = { address in
        asked.note(address)
        return "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
      }
    }
    await player.user.settle()
    await player.press(.c("3"), .c("a"))
    await player.type("box")
    await player.press(.tab)
    await player.type("10.1.2.3")
    await player.press(.tab)
    return player
  }

  final class Asked: Sendable {
    private let kept = Player.Drafts()
    func note(_ address: HostAddress) {
      kept.kept.withLock { $0["address"] = "\(address.user ?? "-")@\(address.address):\(address.port ?? 0)" }
    }
    var text: String? { kept.kept.withLock { $0["address"] } }
  }

  @Test func `a user and a port that are typed stand in the place of the usual ones`() async throws {
    let (site, asked) = (PlaySite(hosts: 0, isSimulated: false), Asked())
    let player = await addHost(site, asked)
    #expect(player.shows("root") && player.shows("22"), "what holds by itself is seen")
    await player.type("debian")
    await player.press(.tab)
    await player.type("2222")
    #expect(!player.shows("rootdebian") && !player.shows("222222"))
    await player.press(.tab, .down, .space, .control("n"), .tab, .enter)
    #expect(asked.text == "debian@10.1.2.3:2222", "\(player.screen)")
    let spec = try site.snapshot().hosts.first?.spec
    #expect(spec?.user == "debian" && spec?.port == 2222)
  }

  @Test func `left empty, the usual ones hold`() async throws {
    let (site, asked) = (PlaySite(hosts: 0, isSimulated: false), Asked())
    let player = await addHost(site, asked)
    await player.press(.control("n"), .tab, .enter)
    #expect(asked.text == "root@10.1.2.3:22")
    #expect(try site.snapshot().hosts.first?.spec.user == "root")
  }

  @Test func `End takes what holds by itself in, to be edited`() async {
    let player = await addHost(PlaySite(hosts: 0, isSimulated: false))
    await player.press(.tab, .end)
    await player.type("22")
    #expect(player.open.plainForm?.text(of: "port") == "2222")
    await player.press(.control("u"))
    #expect(player.open.plainForm?.text(of: "port") == "22")
  }

  @Test func `a number that is typed for a role is that number`() async throws {
    let (player, _) = try await Player.withCluster(hosts: 6, workers: 1)
    await player.go("scale edge")
    await player.press(.tab)
    await player.type("2")
    #expect(player.open.plainForm?.text(of: "pool0") == "2")
    await player.press(.control("n"))
    #expect(player.plan != nil, "\(player.screen)")
  }

  @Test func `the wizard's networks hold when they are left empty, and the endpoint stays Easel's own`() async throws {
    let site = PlaySite(hosts: 3)
    let player = Player(site)
    await player.user.settle()
    await player.act("cluster.create")
    await player.fill("name", "edge")
    await player.act("form.next")
    await player.fill("podCIDR", "")
    await player.fill("serviceCIDR", "")
    #expect(player.shows("10.244.0.0/16") && player.shows("api.edge.easel.internal:6443"))
    await player.goOnToPlan()
    guard case .createCluster(_, let planned, _)? = player.plan?.changes.only else {
      Issue.record("no plan: \(player.screen)")
      return
    }
    #expect(planned.controlPlane.endpoint == nil, "\(planned.controlPlane)")
    await player.confirmPlan()
    let spec = try site.snapshot().clusters.first?.spec
    #expect(spec?.network == Cluster.Network())
  }

  @Test(arguments: [40, 60, 80])
  func `what is wrong with a field is said in full`(width: Int) async throws {
    let player = Player(PlaySite(hosts: 3), size: Size(width: width, height: 24))
    await player.user.settle()
    await player.act("cluster.create")
    await player.type("Edge_1")
    let problem = try #require(player.problem(of: "name"))
    #expect(problem.count > 40)
    let words = player.screen.split { " \n█↓".contains($0) }.joined(separator: " ")
    #expect(words.contains(problem), "\(problem)\n\(player.screen)")
  }
}
