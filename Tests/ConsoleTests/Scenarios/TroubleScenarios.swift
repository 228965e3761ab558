import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// Things that go wrong around the console: it never ends because of them, and never pretends.
struct TroubleScenarios {
  @Test(arguments: [
    ("Locked", "the state file is locked by pid 4711"), ("Corrupt", "database disk image is malformed"),
    ("Gone", "no such directory"), ("DiskFull", "no space left on device"),
    ("Newer", "the state was written by a newer easel"),
  ])
  func `a site that fails while it is open is a banner with its age, on every screen`(code: String, why: String) async {
    for (name, _) in GoldenTests.places where name != "help" {
      let site = FrozenSite(Fixture.site)
      let player = Player(site)
      await player.user.settle()
      guard let place = GoldenTests.places.first(where: { $0.name == name }) else { continue }
      await place.go(player)
      site.fail(EaselError(.failed, code, why))
      await player.look()
      await player.look()
      #expect(player.user.status == nil)
      #expect(player.shows("no fresh data since "), "\(name)\n\(player.screen)")
      #expect(player.shows(String(why.prefix(20))), "\(name)")
      site.fail(nil)
      await player.look()
      await player.look()
      #expect(!player.shows("no fresh data"), "\(name)")
    }
  }

  @Test func `what is submitted to a site that fails is refused and can be tried again`() async throws {
    let site = FrozenSite(Fixture.site)
    let player = Player(site)
    await player.user.settle()
    await player.go("maintenance sim-6")
    await player.confirm()
    #expect(player.shows("try another one"))
    #expect(player.user.status == nil)
  }

  @Test func `a console that is opened on a site that does not answer says so, and gets there`() async {
    let site = FrozenSite(Fixture.site)
    site.fail(EaselError(.failed, "Locked", "the state file is locked"))
    let player = Player(site)
    await player.user.settle()
    #expect(player.shows("has not answered yet") && player.shows("locked"))
    site.fail(nil)
    await player.look()
    #expect(player.shows("upgrade-lab-2"))
  }

  @Test func `keys work while the site hangs`() async {
    let held = Mutex<(holds: Bool, work: [@Sendable () -> Void])>((false, []))
    let player = Player(FrozenSite(Fixture.site)) { environment in
      environment.blocking = { work in
        let isHeld = held.withLock { held in
          if held.holds { held.work.append(work) }
          return held.holds
        }
        if !isHeld { work() }
      }
    }
    await player.user.settle()
    held.withLock { $0.holds = true }
    player.user.advance(by: .seconds(5))
    player.user.press(.c("3"), .down, .enter)
    #expect(player.shows("no fresh data") && player.shows("sim-2"))
    player.user.press(.c("Q"))
    #expect(player.user.status == 0)
    let rest = held.withLock { held in
      held.holds = false
      return held.work
    }
    for work in rest { work() }
    await player.user.settle()
  }

  @Test func `a dead engine is named, started, and its absence is no alarm while nothing waits`() async throws {
    var snapshot = Fixture.emptySnapshot(hosts: 2)
    snapshot.engineRuns = false
    let quiet = Player(FrozenSite(SiteView(snapshot)))
    await quiet.user.settle()
    #expect(quiet.shows("idle") && !quiet.shows("NONE"))
    snapshot = Fixture.site.snapshot
    snapshot.engineRuns = false
    snapshot.operations[1].status.phase = .running
    let player = Player(FrozenSite(SiteView(snapshot))) { environment in
      environment.startEngine = { throw EaselError(.failed, "NoEngine", "the state directory is read-only") }
    }
    await player.user.settle()
    #expect(player.shows("NONE"))
    await player.move("move.top")
    await player.act("open")
    #expect(player.shows("the state directory is read-only"))
    #expect(player.user.status == nil)
  }

  @Test func `two consoles on one site see each other's changes`() async throws {
    let site = PlaySite(hosts: 4)
    let (one, two) = (Player(site), Player(site))
    await one.user.settle()
    await two.user.settle()
    await one.go("maintenance sim-1")
    await one.confirm()
    await two.tab("Hosts")
    await two.look()
    #expect(two.shows("Maintenance"))
    await two.go("maintenance sim-1")
    #expect(two.shows("Maintenance off"))
    await two.confirm()
    await one.tab("Hosts")
    await one.look()
    #expect(!one.shows("Maintenance"))
  }

  @Test func `two consoles that change one cluster: the second is told by whom it is being changed`() async throws {
    let (one, site) = try await Player.withCluster(workers: 1)
    let two = Player(site)
    await two.user.settle()
    await one.go("scale edge")
    await one.fill("pool0", "2")
    await one.goOnToPlan()
    await two.go("scale edge")
    await two.fill("pool0", "3")
    await two.goOnToPlan()
    await one.confirmPlan()
    await two.confirmPlan()
    #expect(two.plan != nil, "the second one keeps its plan")
    #expect(two.shows("refused") || two.shows("changed since"), "\(two.screen)")
    site.finish()
    #expect(try site.cluster("edge")?.status.workersReady == 2)
  }

  @Test func `an object that vanishes under an open page is said to be gone`() async {
    for (words, gone) in [("cluster edge", "no cluster edge"), ("host sim-1", "no host sim-1")] {
      let site = FrozenSite(Fixture.site)
      let player = Player(site)
      await player.user.settle()
      await player.go(words)
      site.show(SiteView(Fixture.emptySnapshot(hosts: 0)))
      await player.look()
      #expect(player.shows(gone))
      for binding in player.user.app.keys.bindings where binding.action != "quit" && binding.action != "leave" {
        if let key = binding.keys.first { await player.press(key, .escape) }
      }
      #expect(player.user.status == nil)
    }
  }

  @Test func `a site of another kind cannot be made and the start page stays`() async {
    let player = Player(nil) { environment in
      environment.createSite = { _ in
        throw EaselError(.failed, "ReadOnlyDisk", "/var/lib/easel cannot be written", advice: "use --state DIR")
      }
    }
    await player.act("open", "form.next")
    await player.confirm()
    await player.user.settle()
    #expect(player.shows("cannot be written") && player.shows("use --state DIR"))
    #expect(player.user.status == nil)
  }

  @Test func `a preview that fails is shown with its reason and cannot be confirmed`() async throws {
    let site = PlaySite(hosts: 3)
    let player = Player(site) { environment in
      environment.preview = { _, _, _ in throw EaselError(.failed, "NoPlan", "the plan could not be made") }
    }
    await player.user.settle()
    await player.planCluster()
    #expect(player.shows("the plan could not be made"))
    await player.confirmPlan()
    #expect(try site.snapshot().operations.isEmpty)
  }
}
