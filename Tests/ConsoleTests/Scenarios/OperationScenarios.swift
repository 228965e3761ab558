import EaselModel
import EaselSimulation
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// Watching, retrying, skipping and aborting what runs.
struct OperationScenarios {
  /// A creation that was confirmed, and has come as far as it comes.
  private func created(on site: PlaySite) async -> Player {
    let player = Player(site)
    await player.user.settle()
    await player.planCluster()
    await player.confirmPlan()
    site.finish()
    await player.look()
    return player
  }

  /// A creation that stops because the disk of a host is full.
  private func stopped() async throws -> (Player, PlaySite) {
    let site = PlaySite(hosts: 3)
    site.fillDisk("sim-1", true)
    let player = await created(on: site)
    #expect(try site.snapshot().operations.first?.status.phase == .stopped)
    return (player, site)
  }

  @Test func `what stopped is retried on its own page after the cause is gone`() async throws {
    let (player, site) = try await stopped()
    #expect(player.open is OperationDetailScreen)
    site.fillDisk("sim-1", false)
    await player.act("operation.retry")
    #expect(player.shows("Attempts are counted anew"))
    await player.confirm()
    site.finish()
    await player.look()
    #expect(try site.snapshot().operations.first?.status.phase == .succeeded)
    #expect(player.shows("Succeeded"))
  }

  @Test func `what stopped is retried from the list of operations`() async throws {
    let (player, site) = try await stopped()
    await player.go("operations")
    site.fillDisk("sim-1", false)
    await player.act("operation.retry")
    await player.confirm()
    site.finish()
    #expect(try site.cluster("edge")?.status.phase == .running)
  }

  @Test func `a step that others depend on cannot be skipped, and says so`() async throws {
    let (player, site) = try await stopped()
    await player.act("operation.skip")
    #expect(player.user.app.question == nil)
    #expect(player.shows("cannot be skipped") || player.shows("select the host that stopped"), "\(player.screen)")
    #expect(try site.snapshot().operations.first?.spec.controls.isEmpty == true)
  }

  @Test func `a part that may be left out is skipped after a question`() async throws {
    let handed = Handed()
    let player = Player(handed)
    await player.user.settle()
    await player.go("operation upgrade-lab-2")
    await player.act("operation.skip")
    #expect(player.shows("is left out on lab-workers-1"), "\(player.screen)")
    #expect(player.shows("That means: the worker stays at its version, within the allowed skew."))
    await player.press(.enter)
    #expect(handed.intents.isEmpty, "Cancel is the default")
    await player.act("operation.skip")
    await player.confirm()
    #expect(
      handed.intents == [.skip(operation: "upgrade-lab-2", step: "upgrade-workers", item: "lab-workers-1")])
  }

  @Test func `a part that has not stopped is not skipped for another one`() async throws {
    let handed = Handed()
    let player = Player(handed)
    await player.user.settle()
    await player.go("operation upgrade-lab-2")
    // Up to the first part of a step above.
    for _ in 0..<20 { await player.press(.up) }
    for _ in 0..<20 where !player.shows("has not stopped at") {
      await player.press(.down)
      await player.act("operation.skip")
      if player.user.app.question != nil { await player.press(.escape) }
    }
    #expect(player.shows("has not stopped at"), "\(player.screen)")
    #expect(player.user.app.question == nil)
    #expect(handed.intents.isEmpty)
  }

  @Test func `nodes that an abort left behind are brought to the version`() async throws {
    let site = PlaySite(hosts: 6)
    let player = await created(on: site)
    let name = try #require(try site.snapshot().clusters.first?.name)
    await player.go("upgrade \(name)")
    await player.goOnToPlan()
    await player.confirmPlan()
    func behind() throws -> [String] {
      let snapshot = try site.snapshot()
      return try snapshot.behind(#require(snapshot.clusters.first)).map(\.name)
    }
    let all = try behind().count
    for _ in 0..<400 where try behind().count == all { site.advance() }
    let running = try #require(try site.snapshot().operations.first { !$0.status.phase.isFinal })
    _ = try site.elsewhere(.abort(operation: running.name))
    site.finish()
    await player.look()
    #expect(try !behind().isEmpty)
    #expect(player.shows("what stands") && player.shows("except"), "\(player.screen)")

    await player.go("overview")
    #expect(player.shows("some nodes are at"), "\(player.screen)")
    await player.go("upgrade \(name)")
    #expect(player.shows("behind there"), "\(player.screen)")
    await player.goOnToPlan()
    #expect(player.shows("upgrade \(try behind()[0])"), "\(player.screen)")
    await player.confirmPlan()
    site.finish()
    #expect(try behind().isEmpty)
  }

  @Test func `an abort leaves what stands and ends the operation`() async throws {
    let (player, site) = try await stopped()
    await player.act("operation.abort")
    #expect(player.shows("What stands stays"))
    await player.confirm()
    site.finish()
    await player.look()
    #expect(try site.snapshot().operations.first?.status.phase == .aborted)
    #expect(player.shows("not run") && !player.shows("waits"), "\(player.screen)")
    await player.act("operation.abort")
    #expect(player.shows("has ended"))
    await player.act("operation.retry")
    #expect(player.shows("Ask for it anew"), "\(player.screen)")
    await player.act("operation.follow")
    #expect(player.shows("there is nothing to follow"), "\(player.screen)")
  }

  @Test func `why it stopped is said once in full`() async throws {
    let site = PlaySite(hosts: 3)
    site.fillDisk("sim-1", true)
    let player = Player(site, size: Size(width: 200, height: 60))
    await player.user.settle()
    await player.planCluster()
    await player.confirmPlan()
    site.finish()
    await player.look()
    #expect(player.screen.split(separator: "no space left").count == 2, "\(player.screen)")
    #expect(player.shows("disk full"), "\(player.screen)")
  }

  @Test func `a bar follows the times of the plan and never goes back`() async throws {
    let (player, site) = try await Player.withCluster(hosts: 8, workers: 1)
    await player.go("scale edge")
    await player.fill("pool0", "3")
    await player.goOnToPlan()
    await player.confirmPlan()
    var reached: [(time: Double, fraction: Double)] = []
    for _ in 0..<400 {
      site.advance()
      await player.look()
      let view = try #require(player.user.app.surroundings.site)
      guard let operation = view.unfinished.first else { break }
      let progress = OperationProgress(operation, site: view)
      reached.append((progress.elapsed, progress.fraction))
    }
    let end = try #require(reached.last?.time)
    #expect(reached.count > 10)
    #expect(zip(reached, reached.dropFirst()).allSatisfy { $0.fraction <= $1.fraction })
    for (time, fraction) in reached { #expect(abs(fraction - time / end) < 0.2, "\(time) of \(end): \(fraction)") }
  }

  @Test func `what nothing is done for is not shown as done`() async throws {
    let (player, site) = try await Player.withCluster(hosts: 8, workers: 1)
    await player.go("scale edge")
    await player.fill("pool0", "2")
    await player.goOnToPlan()
    await player.confirmPlan()
    site.advance(steps: 3)
    await player.look()
    #expect(player.shows("Prepare hosts") && !player.shows("Remove machines"), "\(player.screen)")
    site.finish()
    await player.look()
    #expect(!player.shows("Remove machines") && !player.shows("Choose machines"), "\(player.screen)")
  }

  @Test func `nothing is retried where nothing stopped`() async throws {
    let (player, site) = try await Player.withCluster(workers: 1)
    await player.act("operation.retry")
    #expect(player.shows("has ended"))
    #expect(try site.snapshot().operations.first?.spec.controls.isEmpty == true)
  }

  @Test func `a plan says what is made, before what it takes`() async throws {
    let player = Player(PlaySite(hosts: 4))
    await player.user.settle()
    await player.planCluster()
    #expect(player.shows("create cluster edge with 1 control plane and 2 workers at v1."), "\(player.screen)")
  }

  @Test func `without an engine nothing is said to be done, and a key starts one`() async throws {
    let site = PlaySite(hosts: 3)
    let player = Player(site)
    await player.user.settle()
    await player.planCluster()
    await player.confirmPlan()
    for _ in 0..<40 { site.advance() }
    await player.look()
    #expect(player.shows("doing") && player.shows(" left  by alice"), "\(player.screen)")
    #expect(!player.shows("start engine"))

    var snapshot = try site.snapshot()
    snapshot.engineRuns = false
    let started = Mutex(0)
    let other = Player(FrozenSite(SiteView(snapshot))) {
      $0.startEngine = { started.withLock { $0 += 1 } }
    }
    await other.user.settle()
    await other.go("operation create-edge-1")
    #expect(other.shows("no engine runs: nothing moves") && other.shows("E start engine"), "\(other.screen)")
    #expect(other.shows("stands") && !other.shows("doing") && !other.shows(" left "), "\(other.screen)")
    await other.act("operation.engine")
    #expect(started.withLock { $0 } == 1)
    await other.go("cluster edge progress")
    #expect(other.shows("no engine runs: nothing moves") && other.shows("E start engine"), "\(other.screen)")
    await other.act("operation.engine")
    #expect(started.withLock { $0 } == 2)
  }

  @Test func `on a real site the hour is said since which no engine runs`() throws {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
    snapshot.engineRuns = false
    snapshot.lease.expiresAt = snapshot.now.adding(seconds: -60)
    snapshot.operations[1].status.phase = .running
    let site = SiteView(snapshot)
    let standstill = try #require(Standstill(of: snapshot.operations[1], site))
    #expect(standstill.since == snapshot.now.adding(seconds: -60))
    #expect(Standstill(of: snapshot.operations[0], site) == nil, "it has ended")
    snapshot.operations[1].status.phase = .blocked
    #expect(Standstill(of: snapshot.operations[1], SiteView(snapshot)) == nil, "it says itself what it waits for")
    snapshot.operations[1].status.phase = .running
    snapshot.engineEnd = EngineEnd(at: snapshot.now, reason: "the last one ended: the disk is full")
    let why = try #require(Standstill(of: snapshot.operations[1], SiteView(snapshot)))
    #expect(why.sentence.hasSuffix("nothing moves; the last one ended: the disk is full"))
  }

  @Test func `what is left is the plan's, never that of another kind of change`() async throws {
    let (player, site) = try await Player.withCluster(hosts: 8, workers: 1)
    func scale(_ count: Int, name: String? = nil) async {
      await player.go("scale edge")
      await player.fill("pool0", "\(count)")
      await player.goOnToPlan()
    }
    await scale(3)
    await player.confirmPlan()
    site.finish()
    await player.look()
    await scale(1)
    guard let timing = player.plan?.timings.first else {
      Issue.record("no plan: \(player.screen)")
      return
    }
    await player.confirmPlan(name: "edge")
    site.advance(steps: 3)
    await player.look()
    let surroundings = player.user.app.surroundings
    let view = try #require(surroundings.site)
    let operation = try #require(view.unfinished.first)
    let left = try #require(surroundings.remaining(of: operation))
    let planned = timing.filter { step in
      operation.status.steps.contains { $0.name == step.step && $0.startedAt == nil && $0.state == .waiting }
    }.reduce(0) { $0 + $1.seconds }
    #expect(left >= planned && planned > 0)
    var planless = view
    planless.plans = [:]
    #expect(
      OperationProgress.remaining(operation, site: planless) == nil,
      "growing has taught nothing about shrinking")
  }

  @Test func `the tree follows what is being done until the selection is moved`() async throws {
    let site = PlaySite(hosts: 4)
    let player = Player(site, size: Size(width: 80, height: 16))
    await player.user.settle()
    await player.planCluster()
    await player.confirmPlan()
    func selected() -> String? { player.screen.split(separator: "\n").first { $0.hasPrefix(">") }.map(String.init) }
    site.advance(steps: 4)
    await player.look()
    let first = selected()
    for _ in 0..<30 {
      site.advance()
      await player.look()
      if selected() != first { break }
    }
    #expect(selected() != first, "it went along")
    await player.move("move.top")
    let kept = selected()
    for _ in 0..<10 { site.advance() }
    await player.look()
    #expect(selected()?.prefix(20) == kept?.prefix(20), "it stays where it was put")
    await player.act("operation.follow")
    #expect(player.shows("following"))
  }

  @Test func `the log of a step is opened, searched, and left again`() async throws {
    let (player, _) = try await stopped()
    await player.act("operation.log")
    #expect(player.open is LogScreen, "\(player.screen)")
    await player.act("log.search")
    await player.type("disk")
    await player.press(.enter)
    await player.act("log.next", "log.previous", "log.wrap", "log.follow")
    await player.press(.escape)
    #expect(player.open is OperationDetailScreen)
  }

  @Test func `an operation leads to its cluster and back`() async throws {
    let (player, _) = try await Player.withCluster(workers: 1)
    await player.act("operation.target")
    #expect((player.open as? ClusterDetailScreen)?.name == "edge")
    await player.act("cluster.operation")
    #expect(player.open is OperationDetailScreen)
  }

  @Test func `the certificate that ends soon leads to the page that says which`() async {
    let player = Player(FrozenSite(Fixture.site))
    await player.user.settle()
    for _ in 0..<20
    where !player.screen.split(separator: "\n").contains(where: { $0.hasPrefix(">") && $0.contains("certificate") }) {
      await player.move("move.down")
    }
    await player.act("open")
    let tabs = player.user.app.tabs
    #expect(tabs.map { $0.titles[$0.selected] } == "Certs", "\(player.screen)")
    #expect(player.shows("12 days"), "\(player.screen)")
  }
}

/// The site in trouble, which notes what it is asked for and accepts it.
final class Handed: SiteAccess {
  private let site = FrozenSite(Fixture.site)
  private let kept = Mutex<[Intent]>([])

  var intents: [Intent] { kept.withLock { $0 } }

  func snapshot() throws -> SiteSnapshot { try site.snapshot() }
  func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError
  ) -> [Submission] {
    kept.withLock { $0 += intents }
    return intents.map { _ in Submission(operation: nil, message: "noted") }
  }
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [EaselModel.Event] {
    try site.events(after: sequence, object: object, limit: limit)
  }
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try site.auditRecords(after: sequence, limit: limit)
  }
  func log(ofTask name: String, from line: Int) throws -> [String] { try site.log(ofTask: name, from: line) }
}
