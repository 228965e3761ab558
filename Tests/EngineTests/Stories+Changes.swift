// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation

extension Story {
  static let all = changes + failures + aborts + power

  static let changes: [Story] = [
    Story("create one and two") { try $0.create(1, 2) },
    Story("create three and one") { try $0.create(3, 1) },
    Story("create on named hosts") { scene in
      var spec = scene.spec(1, 1)
      spec.controlPlane.hosts = ["h4"]
      spec.pools[0].hosts = ["h2"]
      try scene.run(.createCluster(name: "edge", spec: spec, labels: [:]))
    },
    Story("create with labels and taints") { scene in
      var spec = scene.spec(1, 1)
      spec.pools[0].labels = ["tier": "gpu"]
      spec.pools[0].taints = [Cluster.Taint(key: "gpu", effect: .noSchedule)]
      try scene.run(.createCluster(name: "edge", spec: spec, labels: [:]))
    },
    Story("scale control plane one to three") { scene in
      try scene.create(1, 1)
      try scene.run(scene.change { $0.controlPlane.replicas = 3 })
    },
    Story("scale control plane three to five", hosts: 6) { scene in
      try scene.create(3, 0)
      try scene.run(scene.change { $0.controlPlane.replicas = 5 })
    },
    Story("scale control plane three to one") { scene in
      try scene.create(3, 0)
      try scene.run(scene.change { $0.controlPlane.replicas = 1 })
    },
    Story("scale workers up and down") { scene in
      try scene.create(1, 1)
      try scene.run(scene.change { $0.pools[0].replicas = 3 })
      try scene.run(scene.change { $0.pools[0].replicas = 1 })
    },
    Story("upgrade one control plane") { scene in
      try scene.create(1, 0)
      try scene.upgrade()
    },
    Story("upgrade three and two") { scene in
      try scene.create(3, 2)
      try scene.upgrade()
    },
    Story("upgrade leaves an operators cordon alone") { scene in
      try scene.create(1, 2)
      try scene.run(.cordon(cluster: "edge", machine: "edge-workers-1"))
      try scene.upgrade()
      scene.site.note(
        "node h2 is cordoned: \(scene.site.world.clusters.values.first?.nodes["h2"]?.cordoned == true)")
    },
    Story("remove a worker") { scene in
      try scene.create(1, 2)
      try scene.run(.removeMachine(cluster: "edge", machine: "edge-workers-1"))
    },
    Story("cordon drain and uncordon") { scene in
      try scene.create(1, 1)
      try scene.run(.drain(cluster: "edge", machine: "edge-workers-1"))
      try scene.run(.uncordon(cluster: "edge", machine: "edge-workers-1"))
    },
    Story("add a host and remove it") { scene in
      try scene.run(
        .addHost(name: "h9", spec: Host.Spec(transport: .simulated, address: "192.168.77.9"), labels: [:]))
      try scene.run(.removeHost(name: "h9", force: false))
    },
    Story("delete a cluster") { scene in
      try scene.create(3, 1)
      try scene.run(.deleteCluster(name: "edge"))
    },
    Story("a pool that is not started is given another size") { scene in
      var spec = scene.spec(1, 0)
      spec.controlPlane.hosts = ["h1"]
      let name = try scene.site.submit(.createCluster(name: "edge", spec: spec, labels: [:])).operation!.name
      _ = try scene.runUntil { try scene.operation(name).status.steps.count > 3 }
      spec.pools = [Cluster.Pool(name: "workers", replicas: 1)]
      try scene.site.submit(.changeCluster(name: "edge", spec: spec, expecting: nil))
      _ = try scene.site.run(name)
    },
  ]
}

extension Scene {
  @discardableResult
  func upgrade() throws -> Operation {
    try run(change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
  }

  func tryToSubmit(_ intent: Intent) {
    do { try site.submit(intent) } catch { site.note("refused: \(error)") }
  }

  /// Runs until the named task has been handed out.
  func until(_ task: String) throws {
    let found = try runUntil {
      site.openTaskNames.contains { $0.hasSuffix(task) }
    }
    if !found { site.note("no task \(task) was ever started") }
  }

  func control(_ make: (Operation) -> Intent) throws -> Operation {
    let name = try site.snapshot().operations.first { !$0.status.phase.isFinal }!.name
    try site.submit(make(operation(name)))
    return try site.run(name)
  }

  func uid(_ host: String) throws -> UID { try self.host(host).uid }
}
