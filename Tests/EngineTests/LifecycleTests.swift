// swift-format-ignore-file: NeverForceUnwrap

import EaselEngine
import EaselModel
import EaselSimulation
import Testing

@Suite struct LifecycleTests {
  @Test func aClusterIsCreatedScaledUpgradedAndDeletedAndItsHostsAreFreeAgain() throws {
    let scene = try Scene(hosts: 6)
    var operation = try scene.create(1, 2)
    #expect(operation.status.phase == .succeeded, "\(scene.site.transcript.joined(separator: "\n"))")
    #expect(try scene.cluster().status.phase == .running)
    #expect(try scene.cluster().status.controlPlaneReady == 1)
    #expect(try scene.cluster().status.workersReady == 2)

    operation = try scene.run(scene.change { $0.controlPlane.replicas = 3 })
    #expect(operation.status.phase == .succeeded, "\(scene.site.transcript.joined(separator: "\n"))")
    #expect(try scene.cluster().status.controlPlaneReady == 3)

    operation = try scene.run(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
    #expect(operation.status.phase == .succeeded, "\(scene.site.transcript.joined(separator: "\n"))")
    #expect(try scene.cluster().status.kubernetesVersion?.description == "v1.32.1")
    #expect(scene.site.world.hosts.values.filter { $0.kubelet?.description == "v1.32.1" }.count == 5)

    operation = try scene.run(.deleteCluster(name: "edge"))
    #expect(operation.status.phase == .succeeded, "\(scene.site.transcript.joined(separator: "\n"))")
    let site = try scene.site.snapshot()
    #expect(site.clusters.isEmpty && site.machines.isEmpty && site.claims.isEmpty)
    #expect(site.hosts.allSatisfy { $0.status.phase == .ready && $0.status.cluster == nil })
    #expect(scene.site.world.hosts.values.allSatisfy { $0.owner == nil })
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test func aHostIsAddedAndIsThenReadyAndFree() throws {
    let scene = try Scene(hosts: 1)
    let operation = try scene.run(
      .addHost(name: "h9", spec: Host.Spec(transport: .simulated, address: "192.168.77.9"), labels: [:]))
    #expect(operation.status.phase == .succeeded)
    #expect(try scene.host("h9").status.phase == .ready)
    #expect(try scene.host("h9").status.inventory != nil)
    #expect(scene.site.violations.isEmpty, "\(scene.site.violations)")
  }

  @Test func aHostInsideTheClustersOwnNetworksIsNoMember() throws {
    let scene = try Scene(hosts: 3)
    let address = try scene.host("h1").spec.address
    var spec = scene.spec(1, 1)
    spec.network.podCIDR = CIDR(containing: IPAddress(address)!, length: 16).description
    // Named, it is refused before anything is made; the network could not be changed later.
    spec.controlPlane.hosts = ["h1"]
    let error = #expect(throws: EaselError.self) {
      _ = try scene.site.submit(.createCluster(name: "edge", spec: spec, labels: [:]))
    }
    #expect(error?.code == "Overlap" && error?.field == "spec.network.podCIDR")
    #expect(try scene.site.snapshot().clusters.isEmpty)
    // Not named, it is not chosen, and the plan says why.
    spec.controlPlane.hosts = []
    let operation = try scene.run(.createCluster(name: "edge", spec: spec, labels: [:]))
    #expect(operation.status.phase == .blocked)
    #expect(operation.status.message.contains("lies in the cluster's own network"), "\(operation.status.message)")
    #expect(try scene.site.snapshot().machines.isEmpty)
  }

  @Test func whatHasNothingToDoIsNoStep() throws {
    let scene = try Scene(hosts: 6)
    try scene.create(1, 1)
    let name = try scene.site.submit(
      try scene.change {
        $0.controlPlane.replicas = 3
        $0.pools[0].replicas = 2
      }
    ).operation!.name
    let wanted = [
      "choose-hosts", "check-cluster", "preflight", "prepare-hosts", "join-control-planes", "join-workers",
      "connect-members", "wait-ready", "publish-definition",
    ]
    var seen: Set<String> = []
    _ = try scene.runUntil {
      let operation = try scene.operation(name)
      seen.formUnion(operation.status.steps.map(\.name))
      if !operation.status.phase.isFinal, operation.status.startedAt != nil {
        #expect(try scene.cluster().status.phase == .scaling)
      }
      return operation.status.phase.isFinal
    }
    #expect(try scene.operation(name).status.steps.map(\.name) == wanted)
    #expect(seen == Set(wanted), "nor was it announced")
  }

  @Test func aRetryIsOpenUntilTheOperationHasTakenItUp() throws {
    let scene = try Scene(hosts: 2)
    scene.site.world.fillDisk(try scene.uid("h1"), true)
    let stopped = try scene.create(1, 0)
    #expect(stopped.status.phase == .stopped && !stopped.hasOpenControls)
    try scene.site.submit(.retry(operation: stopped.name, step: nil, item: nil))
    let retried = try scene.operation(stopped.name)
    #expect(retried.status.phase == .stopped && retried.hasOpenControls)
    _ = try scene.site.step()
    #expect(try !scene.operation(stopped.name).hasOpenControls)
  }

  @Test func aChangeOfWhatWasChangedMeanwhileIsAConflictWhateverItAsksFor() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 1)
    var cluster = try scene.cluster()
    cluster.spec.pools[0].replicas = 2
    try scene.run(try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
    let error = #expect(throws: EaselError.self) {
      try scene.site.submit(
        .changeCluster(name: "edge", spec: cluster.spec, expecting: cluster.metadata.generation))
    }
    #expect(error?.code == "Conflict", "\(String(describing: error))")
  }
}

/// What waits for hosts goes on when they become free.
@Suite struct FreedHostTests {
  @Test func aClusterThatWaitsForHostsTakesThoseOfADeletedOne() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 1)
    try scene.create(1, 1, name: "two")
    let scale = try scene.run(try scene.change { $0.pools[0].replicas = 3 })
    #expect(scale.status.phase == .blocked, "\(scale.status.message)")
    let delete = try scene.run(.deleteCluster(name: "two"))
    #expect(delete.status.phase == .succeeded)
    let last = try scene.site.run(scale.name)
    #expect(last.status.phase == .succeeded, "\(last.status.message)")
  }

  @Test func aLeaderThatReadsEndedOperationsLastStillKnowsWhoWaits() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 1)
    try scene.create(1, 1, name: "two")
    let scale = try scene.run(try scene.change { $0.pools[0].replicas = 3 })
    // Whatever the order, the wait is found: each ended operation of the cluster is taken in once more.
    var state = try scene.site.store.read { try SiteState(reading: $0) }
    for operation in try scene.site.snapshot().operations where operation.status.phase.isFinal {
      _ = state.apply(.operation(operation))
    }
    let edge = try scene.cluster().uid
    var free = try #require(try scene.site.snapshot().hosts.first { $0.name == "h3" })
    free.metadata.name = "h9"
    free.metadata.uid = "host-9"
    free.metadata.resourceVersion += 1000
    free.status.phase = .ready
    free.status.cluster = nil
    #expect(state.apply(.host(free)).contains(.cluster(edge)), "\(scale.status.message)")
  }
}
