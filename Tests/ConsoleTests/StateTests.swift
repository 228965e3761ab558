import EaselModel
import EaselPlans
import EaselTerminal
import Testing

@testable import EaselConsole

/// What is hinted at, and how things are called, follow from how things are.
struct StateTests {
  private func player(_ change: (inout SiteSnapshot) -> Void = { _ in }) async -> Player {
    var snapshot = Fixture.site.snapshot
    change(&snapshot)
    let player = Player(FrozenSite(SiteView(snapshot)))
    await player.user.settle()
    return player
  }

  private func hints(_ player: Player) -> String { player.screen.split(separator: "\n").last.map(String.init) ?? "" }

  @Test func `a stopped operation hints at what can be said to it, one that has ended at none of that`() async {
    let player = await player()
    await player.go("operation upgrade-lab-2")
    for hint in ["r retry", "x skip", "A abort", "L log"] { #expect(hints(player).contains(hint), "\(hint)") }
    await player.go("operation create-edge-1")
    for hint in ["retry", "skip", "abort", "L log"] { #expect(!hints(player).contains(hint), "\(hint)") }
    await player.press(.c("r"))
    #expect(player.shows("create-edge-1 has ended"), "the key is not dead")
    await player.go("operations")
    #expect(hints(player).contains("r retry"))
    await player.press(.end)
    #expect(!hints(player).contains("retry") && !hints(player).contains("abort"))
  }

  @Test func `a running operation can be aborted, not retried`() async {
    let player = await player { $0.operations[1].status.phase = .running }
    await player.go("operation upgrade-lab-2")
    #expect(hints(player).contains("A abort") && !hints(player).contains("retry"))
    #expect(!hints(player).contains("skip"))
  }

  @Test func `what is being aborted says so, and is not aborted twice nor followed at what it gave up`() async {
    let player = await player { snapshot in
      snapshot.operations[1].status.phase = .running
      snapshot.operations[1].spec.controls = [.abort(at: snapshot.now.adding(seconds: -100))]
      var clean = Operation.Step(name: "finish-running", title: "Let running tasks end", state: .doing)
      clean.items = [Operation.Item(name: "lab-workers-1", state: .doing)]
      snapshot.operations[1].status.steps.append(clean)
      snapshot.tasks = []
    }
    await player.go("operation upgrade-lab-2")
    #expect(player.shows("Aborting") && !player.shows("Running"), "\(player.screen)")
    #expect(!hints(player).contains("abort"))
    let lines = player.screen.split(separator: "\n").map(String.init)
    #expect(lines.first { $0.hasPrefix(">") }?.contains("lab-workers-1") == true)
    #expect(lines.first { $0.contains("Upgrade the workers") }?.contains("given up  1m30s") == true, "\(player.screen)")
    #expect(!player.shows("STOPPED") && !player.shows("no space left"))
    await player.press(.c("A"))
    #expect(player.user.app.question == nil && player.shows("is being aborted already"))
  }

  @Test func `what an abort did itself counts for nothing that was done`() {
    var snapshot = Fixture.site.snapshot
    snapshot.operations[1].spec.controls = [.abort(at: snapshot.now)]
    snapshot.operations[1].status.steps += ["finish-running", "settle-spec"].map {
      Operation.Step(name: $0, title: $0, state: .done)
    }
    snapshot.operations[1].status.phase = .aborted
    let site = SiteView(snapshot)
    #expect(OperationProgress(snapshot.operations[1], site: site).given == "ended with 2 of 4 steps done")
  }

  @Test(arguments: ["r", "x", "A"] as [Character])
  func `what has ended says so to whatever is asked of it`(key: Character) async {
    let player = await player { $0.operations[1].status.phase = .aborted }
    await player.go("operation upgrade-lab-2")
    await player.press(.c(key))
    #expect(player.shows("upgrade-lab-2 has ended: Aborted"), "\(player.screen)")
  }

  @Test func `a cluster whose operation stopped is not deleted, and the keys that lead on are named`() async {
    let player = await player()
    await player.go("cluster lab")
    #expect(!hints(player).contains("delete"))
    await player.press(.c("D"))
    #expect(player.plan == nil)
    #expect(player.shows("upgrade-lab-2 has stopped halfway: o opens it, and there r tries again"), "\(player.screen)")
  }

  @Test func `a stopped operation stands apart from those that run, and is as old as its stop`() async {
    let player = await player()
    let lines = player.screen.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("Stopped 1") && !lines.contains { $0.hasPrefix("Running ") }, "\(player.screen)")
    let site = Fixture.site
    let since = site.attention.first { $0.place == .operation("upgrade-lab-2") }?.since
    #expect(since == site.task("op-2/lab-workers-1/upgrade/5")?.status.finishedAt)
  }

  @Test func `hosts that no cluster can take are not free`() {
    var snapshot = Fixture.emptySnapshot(hosts: 6)
    snapshot.hosts[0].spec.maintenance = true
    snapshot.hosts[1].status.phase = .notReady
    snapshot.hosts[2].status.leftover = "old"
    snapshot.hosts[3].status.cluster = "edge"
    snapshot.operations = [
      Operation(
        metadata: Metadata(name: "reboot-1", uid: "op", createdAt: snapshot.now),
        spec: Operation.Spec(
          verb: .rebootHost, target: ObjectReference(snapshot.hosts[4]), targetGeneration: 1, actor: "root",
          requestedAt: snapshot.now))
    ]
    #expect(snapshot.freeHosts.map(\.name) == ["sim-6"])
    let before = SiteView(snapshot)
    #expect(before.capacity.free == 1)
    snapshot.operations[0].status.phase = .succeeded
    #expect(SiteView(snapshot, after: before).capacity.free == 2)
  }

  @Test func `lists without rows hint at what brings the first`() async {
    let player = Player(PlaySite(hosts: 0))
    await player.user.settle()
    await player.press(.c("2"))
    #expect(hints(player).contains("c create"))
    for hint in ["open", "scale", "upgrade", "delete", "filter"] { #expect(!hints(player).contains(hint), "\(hint)") }
    await player.press(.c("3"))
    #expect(hints(player).contains("a add") && !hints(player).contains("reboot") && !hints(player).contains("open"))
  }

  @Test func `a cluster that is being changed hints at no second change`() async {
    let player = await player()
    await player.go("cluster lab")
    #expect(!hints(player).contains("scale") && !hints(player).contains("upgrade"))
    await player.go("cluster edge")
    #expect(hints(player).contains("scale") && hints(player).contains("upgrade"))
  }

  @Test(arguments: [
    (Operation.Phase.stopped, "engine waits for you"), (.running, "engine working"), (.pending, "engine working"),
    (.blocked, "engine blocked "), (.succeeded, "engine leading"),
  ])
  func `the top line says whether anything goes on`(phase: Operation.Phase, said: String) async {
    let player = await player { $0.operations[1].status.phase = phase }
    #expect(player.shows(said), "\(player.screen)")
    if phase == .blocked { #expect(!player.shows("waits for you")) }
  }

  @Test func `what waits for its operator needs no engine first`() async {
    #expect(await player { $0.engineRuns = false }.shows("engine waits for you"))
  }

  @Test func `an aborted operation shows how far it came, not a bar`() async {
    let player = await player {
      $0.operations[1].status.phase = .aborted
      $0.operations[1].status.finishedAt = Fixture.ago(5)
    }
    await player.go("operation upgrade-lab-2")
    #expect(player.shows("ended with 2 of 4 steps done"))
    #expect(!player.shows("█ ") && !player.shows("50%"), "\(player.screen)")
    await player.go("operations")
    #expect(player.shows(" 2/4 ") && !player.shows("50%"))
  }

  @Test(arguments: [
    (Operation.Verb.createCluster, "hosts that have not joined are cleaned"), (.upgradeCluster, "What is done stays"),
    (.rebootHost, "What is done on sim-6 stays"), (.drainMachine, "What is done on sim-6 stays"),
  ])
  func `the question before an abort is about this operation`(verb: Operation.Verb, said: String) async {
    let player = await player { snapshot in
      snapshot.operations[1].spec.verb = verb
      if verb == .rebootHost || verb == .drainMachine {
        snapshot.operations[1].spec.target = ObjectReference(snapshot.hosts[5])
      }
    }
    await player.go("operation upgrade-lab-2")
    await player.press(.c("A"))
    let body = player.user.app.question?.dialog.body.map(\.plainText) ?? []
    #expect(body.first?.contains(said) == true, "\(body)")
    let isOfCluster = verb == .createCluster || verb == .upgradeCluster
    #expect(body.contains { $0.contains("definition of lab") } == isOfCluster, "\(body)")
    #expect(!body.contains { $0.contains("\n") })
  }

  @Test func `while a name is typed no letter is hinted at as a key`() async {
    let player = await player()
    await player.go("delete edge")
    #expect(!hints(player).contains("s steps") && !hints(player).contains("$ as command"))
    #expect(hints(player).contains("Tab choose"))
    await player.press(.tab)
    #expect(hints(player).contains("s steps"))
    await player.press(.escape, .c("3"), .c("/"))
    #expect(!hints(player).contains("a add") && hints(player).contains("Tab complete"), "\(hints(player))")
  }

  @Test func `the engine's line says which process leads and since when`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
    let player = Player(FrozenSite(SiteView(snapshot))) {
      $0.clock = { Fixture.now }
      $0.leader = { holder in holder == "pid 1" ? (4711, Fixture.ago(11_100)) : nil }
    }
    await player.user.settle()
    await player.press(.c("8"))
    #expect(player.shows("process 4711  for 3h5m, since 2026-09-21 11:16:07 UTC"), "\(player.screen)")
  }

  @Test func `an engine of another build is told of, with what to do`() async {
    let site = FrozenSite(Fixture.site)
    let other = OtherBuild(engine: "0.0.9 (build aa)", own: "0.1.0 (build bb)", process: 4711)
    let player = Player(site, size: Size(width: 100, height: 24)) {
      $0.otherBuild = { holder in holder == "pid 1" ? other : nil }
    }
    await player.user.settle()
    #expect(player.shows("engine           Easel 0.0.9 (build aa) leads, this is 0.1.0 (build bb)"), "\(player.screen)")
    await player.press(.c("8"))
    #expect(player.shows("0.0.9 (build aa)  to change over: kill 4711"), "\(player.screen)")
  }

  @Test func `a long message is said in full where there is room`() async {
    let (player, site) = (await player(), FrozenSite(Fixture.site))
    _ = site
    await player.go("reset sim-1")
    #expect(player.shows("remove that machine first, which resets its host"), "\(player.screen)")
  }
}

/// Every word of the model has one for people.
struct WordsTests {
  /// Hyphens and capitals inside are for files.
  private func check<Value: Spoken & CaseIterable>(_ type: Value.Type) {
    for value in Value.allCases where value.rawValue != Effect.none.rawValue {
      let word = Words.word(value)
      #expect(!word.contains("-") && !word.dropFirst().contains(where: \.isUppercase), "\(value.rawValue)")
    }
  }

  @Test func `phases, states, roles, modes, verbs and effects are said in words`() {
    check(Cluster.Phase.self)
    check(Machine.Phase.self)
    check(Host.Phase.self)
    check(Operation.Phase.self)
    check(Operation.StepState.self)
    check(DurableTask.State.self)
    check(Machine.Role.self)
    check(Cluster.Mode.self)
    check(Host.Transport.self)
    check(Host.Privilege.self)
    check(HostAction.self)
    check(Operation.Verb.self)
    check(Effect.self)
    for verb in Operation.Verb.allCases { #expect(Words.words[verb.rawValue] == verb.words) }
    #expect(Host.Phase.notReady.words == "Not ready" && HostAction.shutDown.words == "shut down")
    #expect(TaskVerb.takeOver.words == "become the owner of" && "host-add".inWords == "host add")
    #expect(Words.word(Machine.Role.controlPlane) == "control plane")
    #expect(Words.verb(.scaleControlPlane) == "scale control plane")
  }

  @Test func `no screen shows a word as it stands in files`() async {
    let verbs = Operation.Verb.allCases.map(\.rawValue) + TaskVerb.allCases.map(\.rawValue)
    let raw = verbs.filter { $0.contains("-") } + [Machine.Role.controlPlane.rawValue]
    for name in [
      "overview", "clusters", "cluster-nodes", "cluster-overview", "cluster-events", "hosts", "host-overview",
      "host-tasks", "operations", "operation", "log", "events", "audit", "plan", "delete",
    ] {
      let player = await GoldenTests.player(in: name, at: Size(width: 200, height: 60))
      for word in raw { #expect(player?.shows(word) == false, "\(name) shows \(word)") }
    }
  }

  @Test func `what happens is told in words`() async throws {
    let (player, _) = try await Player.withCluster(workers: 1)
    let said = player.user.app.feed?.view.events.map(\.message) ?? []
    #expect(said.contains("create-edge-1 starts: create cluster edge"), "\(said)")
    #expect(said.contains("edge-cp-1 has joined as a control plane node"), "\(said)")
  }
}

/// Nobody is left without a way to go on.
struct WayOutTests {
  @Test(arguments: GoldenTests.places.map(\.name), [40, 60, 80])
  func `help is hinted at on every page that has it`(name: String, width: Int) async throws {
    let player = try #require(await GoldenTests.player(in: name, at: Size(width: width, height: 20)))
    let app = player.user.app
    guard app.question == nil, app.menu == nil, !app.prompt.isOpen, !player.open.isTyping else { return }
    let last = player.screen.split(separator: "\n").last.map(String.init) ?? ""
    #expect(last.contains("? help"), "\(player.screen)")
  }

  @Test func `a host that is off hints at its power button, not at a reboot`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.hosts[5].status.phase = .notReady
    snapshot.hosts[5].status.absence = Host.Absence(
      reason: "ShutDown", actor: "alice", since: Fixture.ago(60), bootID: "b", until: nil)
    let player = Player(FrozenSite(SiteView(snapshot)))
    await player.user.settle()
    await player.go("host sim-6")
    #expect(player.shows("P power") && !player.shows("R reboot"), "\(player.screen)")
    await player.go("host sim-5")
    #expect(player.shows("P power") && player.shows("R reboot"))
  }

  @Test func `what an event says is read in full below the list`() async {
    let player = await GoldenTests.player(at: Size(width: 60, height: 20))
    await player.press(.c("6"))
    #expect(player.shows(" upgrade-lab-2 needs you: disk full on sim-5"), "\(player.screen)")
  }

  @Test func `a node is drained by its machine's name, which Tab completes`() async {
    let player = await GoldenTests.player(at: Size(width: 80, height: 24))
    await player.press(.c(":"))
    await player.type("drain lab-w")
    await player.press(.tab)
    #expect(player.shows(":drain lab-workers-1"))
  }

  @Test func `an even control plane is something to know`() {
    var snapshot = Fixture.site.snapshot
    var edge = snapshot.clusters[0]
    for (planes, isSaid) in [(1, false), (3, false), (4, true)] {
      edge.spec.controlPlane.replicas = planes
      snapshot.clusters[0] = edge
      let found = Attention.list(snapshot).filter { $0.text.contains("survive no more failures") }
      #expect(!found.isEmpty == isSaid, "\(planes): \(found)")
    }
  }
}
