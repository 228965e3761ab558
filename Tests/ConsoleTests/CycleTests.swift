import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// The main job, by keys: create, watch, scale, upgrade, delete.
struct CycleTests {
  private func finish(_ site: PlaySite, _ player: Player) async {
    site.finish()
    await player.look()
  }

  @Test func `a cluster is created, scaled, upgraded and deleted by keys`() async throws {
    let site = PlaySite(hosts: 6)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("c"))
    #expect(player.shows("Step 1 of 4"))
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"))
    #expect(player.shows("Create cluster edge"))
    #expect(player.shows("Permanent"))
    #expect(player.shows("10.244.0.0/16"))
    #expect(player.shows("Effect on each host"))
    #expect(player.shows("> Cancel <"))
    await player.press(.tab, .enter)
    #expect(player.shows("create-edge-1"))
    #expect(player.shows("$ easel create cluster edge --version v1.31.12 --control-plane 1 --workers 2"))
    site.advance(steps: 4)
    await player.look()
    #expect(player.shows("doing"))
    await finish(site, player)
    #expect(player.shows("Succeeded"))

    await player.go("scale edge")
    await player.press(.backspace)
    await player.type("3")
    await player.press(.control("n"))
    #expect(player.shows("etcd pauses for about 10 s"))
    await player.press(.tab, .enter)
    #expect(player.shows("$ easel scale cluster edge --control-plane 3"))
    await finish(site, player)
    #expect(try site.snapshot().clusters.first?.status.controlPlaneReady == 3)

    await player.go("upgrade edge")
    #expect(!player.shows("v1.33"))
    await player.press(.control("n"), .tab, .enter)
    #expect(player.shows("upgrade-edge-3"))
    await finish(site, player)
    #expect(try site.snapshot().clusters.first?.spec.kubernetesVersion.minor == 32)

    await player.go("delete edge")
    #expect(player.shows("cannot be undone"))
    await player.type("edg")
    await player.press(.enter, .tab)
    await player.press(.enter)
    #expect(try site.snapshot().operations.count == 3, "a name typed in part confirms nothing")
    await player.go("delete edge")
    await player.type("edge")
    await player.press(.enter, .enter)
    #expect(player.shows("delete-edge-4"))
    await finish(site, player)
    #expect(try site.snapshot().clusters.isEmpty)
    #expect(try site.snapshot().hosts.allSatisfy { $0.status.cluster == nil })
    await player.press(.c("@"))
    #expect(player.shows("easel delete cluster edge"))
  }

  @Test func `a step that stops is retried from the overview`() async {
    let site = PlaySite(hosts: 3)
    site.fillDisk("sim-1", true)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("c"))
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"), .tab, .enter)
    await finish(site, player)
    await player.press(.escape, .c("1"))
    #expect(player.shows("!! edge"))
    #expect(player.shows("r retry"))
    await player.press(.c("r"))
    #expect(player.shows("Retry create-edge-1"))
    await player.press(.enter)
    #expect(player.shows("!! edge"), "Cancel is the default")
    site.fillDisk("sim-1", false)
    await player.press(.c("r"), .tab, .enter)
    await finish(site, player)
    #expect(player.shows("Nothing needs your attention"))
  }

  @Test func `an operation is aborted only after a question`() async throws {
    let site = PlaySite(hosts: 3)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("c"))
    await player.type("edge")
    await player.press(.control("n"), .control("n"), .control("n"), .control("n"), .tab, .enter)
    await player.press(.c("A"))
    #expect(player.shows("What stands stays"))
    await player.press(.enter)
    #expect(try site.snapshot().operations.first?.spec.controls.isEmpty == true)
    await player.press(.c("A"), .tab, .enter)
    site.finish()
    #expect(try site.snapshot().operations.first?.status.phase == .aborted)
    #expect(player.shows("easel abort create-edge-1"))
  }
}
