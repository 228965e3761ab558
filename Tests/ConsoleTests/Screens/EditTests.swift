import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// A definition in the editor and back.
struct EditTests {
  private func running() async -> (PlaySite, Desk, Player) {
    let site = PlaySite(hosts: 6)
    let desk = Desk()
    let player = await Player.atDesk(site, desk)
    await player.makeEdge(site)
    return (site, desk, player)
  }

  @Test func `an edit is compared, planned, confirmed and done`() async throws {
    let (site, desk, player) = await running()
    desk.will(replacing("replicas: 2", "replicas: 4"))
    await player.go("edit edge")
    #expect(desk.shown[0].contains("# The definition of cluster edge, generation 1."))
    #expect(!desk.shown[0].contains("status:"))
    #expect(player.shows("~ changed   pools[workers].replicas"))
    #expect(player.shows("- 2") && player.shows("+ 4"))
    #expect(player.shows("pool workers: 2 machines more"))
    await player.press(.enter)
    #expect(player.shows("Effect on each host"))
    await player.press(.tab, .enter)
    #expect(player.shows("scale-edge-2"))
    site.finish()
    #expect(try site.snapshot().clusters[0].spec.pools[0].replicas == 4)
    #expect(player.drafts.kept.withLock { $0["edit-edge"] } == nil, "the text was used")
  }

  @Test func `what is wrong is told by line and column, and the text is edited again without loss`() async {
    let (_, desk, player) = await running()
    desk.will(replacing("replicas: 2", "replicas: -2"))
    await player.go("edit edge")
    #expect(player.shows("1 problem in the text; nothing was changed."))
    #expect(player.shows("replicas: -2"), "the line is shown")
    let line =
      desk.shown[0].split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("replicas: 2") }.map { $0 + 1 } ?? 0
    #expect(player.shows("line \(line), column"))
    desk.will(replacing("replicas: -2", "replicas: 3"))
    await player.press(.enter)
    #expect(desk.shown[1].contains("replicas: -2"))
    #expect(player.user.programs.last?.contains("+\(line)") == true, "the editor opens at the line")
    #expect(player.shows("~ changed   pools[workers].replicas"))
  }

  @Test func `text that is no YAML is told and kept`() async {
    let (_, desk, player) = await running()
    desk.will { _ in "spec: [" }
    await player.go("edit edge")
    #expect(player.shows("1 problem in the text"))
    await player.press(.escape)
    desk.will { $0 }
    await player.go("edit edge")
    #expect(player.shows("A text that you wrote before is kept."))
    await player.press(.c("e"))
    #expect(desk.shown[1] == "spec: [")
    await player.press(.c("n"))
    #expect(desk.shown[2].contains("# The definition of cluster edge"))
  }

  @Test func `a fixed field cannot be edited`() async {
    let (_, desk, player) = await running()
    desk.will(replacing("10.244.0.0/16", "10.250.0.0/16"))
    await player.go("edit edge")
    #expect(player.shows("spec.network.podCIDR"))
    #expect(player.shows("it is fixed for the life"))
  }

  @Test func `leaving the file as it is changes nothing`() async {
    let (_, _, player) = await running()
    await player.go("edit edge")
    #expect(player.shows("nothing was changed"))
  }

  @Test func `a change by somebody else meanwhile is a conflict, and the text is kept`() async throws {
    let (site, desk, player) = await running()
    desk.will(replacing("replicas: 2", "replicas: 3"))
    await player.go("edit edge")
    // Somebody else scales while this one reads the comparison.
    var other = try site.snapshot().clusters[0]
    other.spec.pools[0].replicas = 1
    _ = try site.submit(
      .changeCluster(name: "edge", spec: other.spec, expecting: other.metadata.generation), as: Actor(name: "bob"))
    site.finish()
    await player.look()
    await player.press(.enter)
    #expect(player.shows("was changed since it was read"))
    await player.press(.escape, .escape)
    #expect(player.shows("was changed by somebody else"))
    await player.press(.c("e"))
    #expect(desk.shown[1].contains("replicas: 3"), "the text is the operator's own")
    #expect(player.shows("- 1") && player.shows("+ 3"), "compared with what stands now")
  }

  @Test func `looking at the cluster meanwhile is no conflict`() async throws {
    let (site, desk, player) = await running()
    desk.will(replacing("replicas: 2", "replicas: 3"))
    await player.go("edit edge")
    let before = try site.snapshot().clusters[0].metadata.resourceVersion
    site.advance(steps: 50)
    await player.look()
    #expect(try site.snapshot().clusters[0].metadata.resourceVersion >= before)
    await player.press(.enter, .tab, .enter)
    #expect(player.shows("scale-edge-2"))
  }

  @Test func `an editor that fails takes nothing over`() async {
    let (_, _, player) = await running()
    player.user.runs = { _ in 1 }
    await player.go("edit edge")
    #expect(player.shows("vi ended with status 1; nothing was taken over"))
  }
}
