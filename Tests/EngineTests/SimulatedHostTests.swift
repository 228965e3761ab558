import EaselModel
import EaselSimulation
import FoundationEssentials
import Testing

/// The simulated world is stored between processes: what is left out there happens to nobody twice.
@Suite struct SimulatedHostTests {
  @Test func aHostIsStoredWhole() throws {
    var host = SimulatedHost(uid: "h", name: "h1", address: "192.0.2.1")
    host.alive = false
    host.partitioned = true
    host.diskFull = true
    host.contentBytes = 7
    host.boots = 3
    host.seenBootID = "boot"
    host.upAt = Scene.start
    host.hangsAtBoot = true
    host.sentDown = ["reboot-edge-1": 1]
    host.isDownByRequest = true
    host.unheard = ["key": "task"]
    host.history = [SimulatedLogLine(number: 1, at: Scene.start, unit: "systemd", text: "started")]
    host.owner = "cluster"
    let version = KubernetesVersion(major: 1, minor: 31, patch: 4)
    (host.prepared, host.components, host.kubelet) = (version, version, version)
    host.journal = ["key": SimulatedHost.Entry(status: DurableTask.Status(state: .succeeded), effects: 1, site: "site")]
    host.fence = 4
    host.site = HostOwner(site: "site", epoch: 4)
    host.foreignEffects = 1
    host.refused = 2
    let fresh = SimulatedHost(uid: "h", name: "h1", address: "192.0.2.1")
    for (set, unset) in zip(Mirror(reflecting: host).children, Mirror(reflecting: fresh).children) {
      let label = set.label ?? ""
      if ["uid", "name", "address", "running"].contains(label) { continue }
      #expect("\(set.value)" != "\(unset.value)", "the sample leaves \(label) as it is, so it is not tested")
    }
    let stored = try JSONDecoder().decode(SimulatedHost.self, from: JSONEncoder().encode(host))
    #expect(stored == host)
  }

  @Test func aWorldThatIsPutDownWhileAHostIsAwayGoesOnWhereItStood() throws {
    let scene = try Scene(hosts: 2)
    try scene.create(1, 1)
    let name = try #require(try scene.site.submit(.host(.reboot, names: ["h2"])).operation?.name)
    try scene.until("edge-workers-1/reboot/1")
    let uid = try scene.uid("h2")
    _ = try scene.runUntil { scene.site.world.hosts[uid]?.alive == false }
    // As another process finds it: the parts that are stored, and nothing of what was due.
    var parts: [String: [UInt8]] = [:]
    for (key, bytes) in scene.site.world.takeChangedParts() { parts[key] = bytes }
    scene.site.world = try SimulatedWorld(seed: 1, parts: parts, now: scene.site.now)
    try scene.site.replaceLeader()
    #expect(try scene.site.run(name).status.phase == .succeeded)
    #expect(scene.site.world.hosts[uid]?.sentDown.values.reduce(0, +) == 1)
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test(arguments: UInt64(1)...40)
  func aHostThatIsShutDownStaysOffWhateverGoesWrong(seed: UInt64) throws {
    let scene = try Scene(hosts: 1, seed: seed, faultRate: 1)
    let operation = try scene.run(.host(.shutDown, names: ["h1"]))
    guard operation.status.phase == .succeeded else { return }
    try scene.site.settle(seconds: 300)
    #expect(scene.site.world.hosts[try scene.uid("h1")]?.alive == false)
    #expect(try scene.host("h1").status.absence?.isOff == true)
  }
}
