import EaselEngine
import EaselModel
import EaselPlans
import EaselSimulation
import Testing

@Suite struct PreviewTests {
  @Test func aPreviewListsWhatTheOperationThenDoesAndChangesNothing() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 2)
    let before = try scene.site.store.latestVersion()
    let intent = try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }
    let preview = try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(try scene.site.store.latestVersion() == before)
    #expect(preview.completes)
    #expect(preview.interruptions.contains { $0.contains("the only control plane") })
    try scene.run(intent)
    let done = try scene.site.snapshot().tasks.filter { $0.spec.operation.name == "upgrade-edge-2" }
    #expect(Set(preview.steps.map { "\($0.item) \($0.verb)" }) == Set(done.map { "\($0.spec.item) \($0.spec.verb)" }))
    #expect(preview.text.contains("Host h1"))
  }

  @Test func aPreviewNamesWhatIsLostWhatEachHostCarriesAndHowLongEachStepTakes() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 2)
    let site = try scene.site.snapshot()
    let fewer = try scene.change { $0.pools[0].replicas = 0 }
    let preview = try Preview.of(fewer, as: Actor(name: "operator"), in: site)
    #expect(preview.losses.map(\.host) == ["h2", "h3"] && preview.nameToType(for: fewer) == "edge")
    #expect(preview.machines == ["h1": "edge-cp-1", "h2": "edge-workers-1", "h3": "edge-workers-2"])
    let done = try scene.run(fewer)
    #expect(preview.timing.map(\.step) == done.status.steps.map(\.name))
    #expect(preview.timing.map(\.items) == done.status.steps.map(\.items.count))
    #expect((preview.timing.first { $0.step == "remove-machines" }?.seconds ?? 0) > 0)

    let more = try scene.change { $0.pools[0].replicas = 2 }
    let harmless = try Preview.of(more, as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(harmless.losses.isEmpty && harmless.nameToType(for: more) == nil)
    #expect(harmless.machines["h2"] == "edge-workers-1")
  }

  @Test func aPreviewOfWhatIsRefusedIsRefusedTheSameWay() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 0)
    let intent = try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.34.0")! }
    let error = #expect(throws: EaselError.self) {
      try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
    }
    #expect(error?.code == "SkipsMinor")
    #expect(error?.exitStatus == 3)
  }

  @Test func aPreviewSaysWhatItWouldWaitFor() throws {
    let scene = try Scene(hosts: 2)
    let preview = try Preview.of(
      .createCluster(name: "edge", spec: scene.spec(1, 3), labels: [:]), as: Actor(name: "operator"),
      in: scene.site.snapshot())
    #expect(!preview.completes)
    #expect(preview.obstacles.first?.contains("4 hosts are needed and 2 are free") == true, "\(preview.obstacles)")
  }

  @Test func aRebootIsPreviewedWithItsInterruptionAndAShutDownWithWhatItTakes() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 1)
    let site = try scene.site.snapshot()
    let reboot = try Preview.of(.host(.reboot, names: ["h1"]), as: Actor(name: "operator"), in: site)
    #expect(reboot.completes, "\(reboot.obstacles)")
    #expect(reboot.interruptions.contains { $0.contains("only control plane") })
    #expect(reboot.steps.map(\.verb) == [.cordon, .drain, .reboot, .uncordon])
    #expect(reboot.steps.first { $0.verb == .reboot }?.effect == .reboot)
    let off = try Preview.of(.host(.shutDown, names: ["h1"]), as: Actor(name: "operator"), in: site)
    #expect(off.completes, "\(off.obstacles)")
    #expect(off.interruptions.contains { $0.contains("until edge-cp-1") })
    let free = try Preview.of(.host(.reboot, names: ["h3"]), as: Actor(name: "operator"), in: site)
    #expect(free.completes && free.steps.map(\.verb) == [.reboot], "\(free.obstacles)")
    let reset = try Preview.of(.host(.reset, names: ["h3"]), as: Actor(name: "operator"), in: site)
    #expect(reset.completes && reset.permanent.contains { $0.contains("is lost") }, "\(reset.obstacles)")
  }

  @Test func aPreviewOfARebootHoldsForASiteWhoseBootsWereSeenElsewhere() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(3, 0)
    var site = try scene.site.snapshot()
    for index in site.hosts.indices { site.hosts[index].status.bootID = "a-boot-\(index)" }
    let preview = try Preview.of(.host(.reboot, names: ["h1", "h2", "h3"]), as: Actor(name: "operator"), in: site)
    #expect(preview.completes, "\(preview.obstacles)")
    #expect(preview.steps.count { $0.verb == .reboot } == 3)
  }

  @Test func aPreviewOfARebootHoldsForAHostThatWasRebootedBefore() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 1)
    for host in ["h2", "h3"] {
      try scene.run(.host(.reboot, names: [host]))
      let intent = Intent.host(.reboot, names: [host])
      let preview = try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
      #expect(preview.completes, "\(preview.obstacles)")
    }
  }

  @Test func aPreviewOfARemovalSaysHowManyMayFailThen() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(3, 0)
    let preview = try Preview.of(
      .removeMachine(cluster: "edge", machine: "edge-cp-3"), as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(preview.summary.contains("its control plane is 2 then"), "\(preview.summary)")
    #expect(preview.steps.contains { $0.risk == "none of the 2 that stay may fail" }, "\(preview.steps.map(\.risk))")
  }

  @Test func aPreviewOfAControlPlanesShutdownSaysThatNoOtherMayFail() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(3, 0)
    let preview = try Preview.of(
      .host(.shutDown, names: ["h2"]), as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(
      preview.interruptions.contains { $0.hasPrefix("no other control plane may fail") }, "\(preview.interruptions)")
  }

  @Test func aPreviewOfAShutdownSaysWhatItDoes() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 1)
    func powerOff(_ host: String) throws -> PlanPreview.Step? {
      try Preview.of(.host(.shutDown, names: [host]), as: Actor(name: "operator"), in: scene.site.snapshot())
        .steps.first { $0.verb == .powerOff }
    }
    #expect(try powerOff("h2")?.effect == .halt)
    #expect(try powerOff("h2")?.risk.contains("node stays cordoned") == true)
    #expect(try powerOff("h3")?.risk.contains("node") == false, "a free host has none")
  }

  @Test func aPreviewSaysWhatEachHostFeelsNotWhereCommandsRun() throws {
    let scene = try Scene(hosts: 12)
    try scene.create(1, 9)
    let site = try scene.site.snapshot()
    let reboot = try Preview.of(.host(.reboot, names: ["h2"]), as: Actor(name: "operator"), in: site)
    #expect(reboot.steps.contains { $0.host == "h1" }, "kubectl runs there")
    #expect(reboot.impacts.map(\.host) == ["h2"] && reboot.impacts.map(\.impacts) == [[.podsMove, .reboots]])
    let delete = try Preview.of(.deleteCluster(name: "edge"), as: Actor(name: "operator"), in: site)
    #expect(delete.losses.map(\.host) == (1...10).map { "h\($0)" })
    #expect(delete.impacts.map(\.host) == (1...10).map { "h\($0)" })
    #expect(delete.impacts.allSatisfy { $0.impacts == [.dataLost] })
    let create = try Preview.of(
      .createCluster(name: "new", spec: scene.spec(1, 0), labels: [:]), as: Actor(name: "operator"), in: site)
    #expect(create.impacts.map(\.impacts) == [[.joins]])
  }

  @Test func aPreviewNamesTheHostThatIsOffAndGoesOnToWhatWouldFollow() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 2)
    try scene.run(.host(.shutDown, names: ["h2"]))
    let intent = try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }
    let preview = try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(!preview.completes)
    #expect(
      preview.obstacles == ["host h2 is shut down: power it on first, or remove its machine"], "\(preview.obstacles)")
    #expect(!preview.obstacles.contains { $0.contains("if skipped") || $0.contains("What you can do") })
    #expect(preview.steps.contains { $0.verb == .upgradeComponents && $0.item == "edge-workers-2" })
  }
}
