import EaselModel
import Synchronization
import Testing

@testable import EaselConsole

/// The linear mode drives the same cycle, line by line.
struct PlainTests {
  private func play(
    _ site: (any SiteAccess)?, _ lines: [String], at desk: Desk? = nil,
    before: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> [String] {
    let left = Mutex(lines)
    let said = Mutex<[String]>([])
    var environment = ConsoleEnvironment(site: site, actor: Actor(name: "alice"))
    environment.createSite = { _ in PlaySite(hosts: 6) }
    if let desk {
      desk.furnish(&environment)
      environment.runProgram = { desk.run($0) }
    }
    let console = PlainConsole(
      environment,
      input: {
        guard let line = left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        before(line)
        return line
      },
      output: { line in said.withLock { $0.append(line) } })
    console.pause = { (site as? PlaySite)?.finish() }
    let status = await console.run()
    #expect(status == 0)
    return said.withLock { $0 }
  }

  @Test func `a cluster is created, scaled, upgraded and deleted with words and numbers`() async throws {
    let site = PlaySite(hosts: 6)
    // The console looks at the site when time has passed: here each line brings the site forward.
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "back",
        "scale edge", "1", "3", "next", "yes", "watch", "back",
        "upgrade edge", "next", "yes", "watch", "back",
        "delete edge", "wrong", "edge", "watch", "quit",
      ])
    let text = said.joined(separator: "\n")
    #expect(text.contains("1. Name (permanent): edge"))
    #expect(text.contains("create-edge-1"))
    #expect(text.contains("$ easel scale cluster edge --control-plane 3"))
    #expect(text.contains("upgrade-edge-3"))
    #expect(text.contains("nothing was done: type edge to go ahead"))
    #expect(text.contains("delete-edge-4"))
    #expect(try site.snapshot().clusters.isEmpty)
  }

  @Test func `help says how lines are typed, on a page and in a form`() async {
    let said = await play(PlaySite(hosts: 6), ["help", "create cluster", "help", "3", "one", "quit"])
    #expect(said.contains("  a number opens what stands behind it"))
    #expect(said.contains("  c: Create a cluster"))
    #expect(said.contains { $0.hasSuffix("Create a cluster, Step 1 of 4: Basics") })
    #expect(said.contains("  3. Kubernetes: v1.31.12"))
    #expect(said.contains("  a number asks for the value of the field behind it"))
    #expect(said.contains { $0.hasPrefix("  nothing was changed: type a number from 1 to ") })
    #expect(!said.contains { $0.hasSuffix(", ") })
  }

  @Test func `lines are numbered and the number opens`() async {
    let said = await play(FrozenSite(Fixture.site), ["hosts", "3", "hardware", "quit"])
    #expect(said.contains { $0.contains("3. name sim-3, status Unknown, cluster edge") })
    #expect(said.contains { $0.contains("02:00:00:00:00:03") })
  }

  @Test func `the start page makes a site`() async {
    let said = await play(nil, ["1", "quit"])
    #expect(said.contains { $0.contains("1. Try it: a simulated site") })
    #expect(said.contains { $0.contains("SIMULATED") })
  }

  @Test func `nothing that is said holds a control character`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.hosts[0].metadata.name = "\u{1B}[2Jx\u{07}"
    let said = await play(FrozenSite(SiteView(snapshot)), ["hosts", "quit"])
    #expect(!said.joined().unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func `a question is answered by yes or by the name`() async throws {
    let site = PlaySite(hosts: 2)
    let said = await play(site, ["hosts", "m", "no", "m", "yes", "quit"])
    #expect(try site.snapshot().hosts.map(\.spec.maintenance) == [true, false])
    // The page after the answer says what is so now.
    #expect(said.contains { $0.contains("status Maintenance") })
  }

  @Test func `a definition is edited, compared, planned and changed line by line`() async throws {
    let site = PlaySite(hosts: 6)
    let desk = Desk()
    desk.will(replacing("replicas: 2", "replicas: 3"))
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "back",
        "edit edge", "enter", "yes", "watch", "back", "compare edge", "quit",
      ], at: desk)
    let text = said.joined(separator: "\n")
    #expect(text.contains("~ changed   pools[workers].replicas"))
    #expect(text.contains("before scale-edge-2"))
    #expect(try site.snapshot().clusters[0].spec.pools[0].replicas == 3)
  }

  @Test func `settings are read and changed line by line`() async {
    let desk = Desk()
    let said = await play(PlaySite(hosts: 2), ["settings", "2", "2", "save page.txt", "Y", "quit"], at: desk)
    let text = said.joined(separator: "\n")
    #expect(text.contains("2. Times in: UTC"))
    #expect(text.contains("Times in: local time"))
    #expect(desk.settings?.time == .local)
    #expect(desk.file("page.txt")?.contains("Times in: local time") == true)
    #expect(text.contains("there is no clipboard here"))
  }
}
