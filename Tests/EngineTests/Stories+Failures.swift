// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation

extension Story {
  static let failures: [Story] = [
    Story("one of three control planes dies and is replaced") { scene in
      try scene.create(3, 0)
      scene.site.world.kill(try scene.uid("h3"))
      try scene.site.settle(seconds: 60)
      scene.tryToSubmit(try scene.change { $0.controlPlane.replicas = 5 })
      try scene.site.settle(seconds: 30)
      _ = try scene.control { .abort(operation: $0.name) }
      try scene.run(.removeMachine(cluster: "edge", machine: "edge-cp-3"))
      _ = try scene.control { .skip(operation: $0.name, step: "reset-host", item: "edge-cp-3") }
      try scene.run(scene.change { $0.controlPlane.replicas = 3 })
    },
    Story("a worker cannot be reached in an upgrade and is left out") { scene in
      try scene.create(1, 2)
      let name = try scene.site.submit(
        scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }
      ).operation!.name
      try scene.until("edge-cp-1/components/1")
      scene.site.world.kill(try scene.uid("h3"))
      _ = try scene.site.run(name)
      _ = try scene.control { .skip(operation: $0.name, step: "upgrade-workers", item: "edge-workers-2") }
    },
    Story("a worker comes back in an upgrade") { scene in
      try scene.create(1, 2)
      let name = try scene.site.submit(
        scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }
      ).operation!.name
      try scene.until("edge-workers-1/kubelet/1")
      scene.site.world.kill(try scene.uid("h2"))
      try scene.site.advance(to: scene.site.now.adding(seconds: 60))
      scene.site.world.revive(try scene.uid("h2"))
      _ = try scene.site.run(name)
    },
    Story("a host is in another cluster already") { scene in
      try scene.create(1, 0)
      var spec = scene.spec(1, 0)
      spec.controlPlane.hosts = ["h1"]
      scene.tryToSubmit(.createCluster(name: "other", spec: spec, labels: [:]))
    },
    Story("there are not enough hosts until one is added", hosts: 2) { scene in
      let operation = try scene.create(1, 2)
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      try scene.run(
        .addHost(name: "h3", spec: Host.Spec(transport: .simulated, address: "192.168.77.3"), labels: [:]))
      _ = try scene.site.run(operation.name)
    },
    Story("quorum would break") { scene in
      try scene.create(3, 0)
      scene.site.world.kill(try scene.uid("h2"))
      try scene.site.settle(seconds: 60)
      let operation = try scene.run(.removeMachine(cluster: "edge", machine: "edge-cp-3"))
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      scene.site.world.revive(try scene.uid("h2"))
      _ = try scene.site.run(operation.name)
    },
    Story("an upgrade skips a minor") { scene in
      try scene.create(1, 0)
      scene.tryToSubmit(try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.33.0")! })
      scene.tryToSubmit(try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.30.0")! })
      scene.tryToSubmit(try scene.change { $0.controlPlane.replicas = 2 })
      scene.tryToSubmit(try scene.change { _ in })
      scene.tryToSubmit(.removeMachine(cluster: "edge", machine: "edge-cp-1"))
      scene.tryToSubmit(.removeHost(name: "h1", force: true))
      scene.tryToSubmit(.deleteCluster(name: "nowhere"))
    },
    Story("the disk is full while staging") { scene in
      try scene.create(1, 1)
      scene.site.world.fillDisk(try scene.uid("h2"), true)
      try scene.upgrade()
      scene.site.world.fillDisk(try scene.uid("h2"), false)
      _ = try scene.control { .retry(operation: $0.name, step: nil, item: nil) }
    },
    Story("the leader is replaced in the middle of a step") { scene in
      let name = try scene.site.submit(.createCluster(name: "edge", spec: scene.spec(1, 1), labels: [:])).operation!
        .name
      try scene.until("edge-cp-1/initialize/1")
      let old = try scene.site.replaceLeader()
      _ = try scene.runUntil { try scene.cluster().status.initializedAt != nil }
      scene.site.letActAgain(old)
      _ = try scene.site.run(name)
    },
    Story("a host is installed anew") { scene in
      try scene.create(1, 2)
      scene.site.world.reimage(try scene.uid("h3"))
      try scene.site.settle(seconds: 60)
      let cluster = try scene.cluster()
      scene.site.note(
        "cluster edge: \(cluster.status.phase.rawValue): \(cluster.status.conditions["Ready"]?.message ?? "")")
      try scene.run(.removeMachine(cluster: "edge", machine: "edge-workers-2"))
      try scene.run(scene.change { $0.pools[0].replicas = 2 })
    },
    Story("a budget blocks a drain until it is retried") { scene in
      try scene.create(1, 2)
      let uid = try scene.cluster().uid
      scene.site.world.setBudget("shop/web", on: "h2", of: uid)
      try scene.upgrade()
      scene.site.world.setBudget(nil, on: "h2", of: uid)
      _ = try scene.control { .retry(operation: $0.name, step: nil, item: nil) }
    },
    Story("a budget blocks a drain that is then skipped") { scene in
      try scene.create(1, 2)
      scene.site.world.setBudget("shop/web", on: "h2", of: try scene.cluster().uid)
      try scene.upgrade()
      _ = try scene.control { .skip(operation: $0.name, step: "upgrade-workers", item: "edge-workers-1") }
    },
    Story("a second change is refused while one runs") { scene in
      let name = try scene.site.submit(.createCluster(name: "edge", spec: scene.spec(1, 1), labels: [:])).operation!
        .name
      try scene.until("edge-cp-1/initialize/1")
      scene.tryToSubmit(try scene.change { $0.controlPlane.replicas = 3 })
      scene.tryToSubmit(.deleteCluster(name: "edge"))
      _ = try scene.site.run(name)
    },
    Story("delete with a dead host") { scene in
      try scene.create(1, 2)
      scene.site.world.kill(try scene.uid("h3"))
      try scene.site.settle(seconds: 30)
      try scene.run(.deleteCluster(name: "edge"))
      _ = try scene.control { .skip(operation: $0.name, step: "reset-workers", item: "edge-workers-2") }
    },
    Story("join secrets have expired since the cluster was made") { scene in
      try scene.create(1, 0)
      try scene.site.advance(to: scene.site.now.adding(seconds: 3 * 3600))
      try scene.run(scene.change { $0.controlPlane.replicas = 3 })
    },
    Story("certificates end soon") { scene in
      try scene.create(1, 0)
      let uid = try scene.cluster().uid
      scene.site.world.setCertificatesEnd(scene.site.now.adding(seconds: 30 * 86_400), of: uid)
      try scene.run(.cordon(cluster: "edge", machine: "edge-cp-1"))
      try scene.run(scene.change { $0.pools = [Cluster.Pool(name: "workers", replicas: 1)] })
      let condition = try scene.cluster().status.conditions["CertificatesValid"]
      scene.site.note("CertificatesValid: \(condition?.reason ?? ""): \(condition?.message ?? "")")
    },
  ]

  static let aborts: [Story] = [
    Story("abort the adding of a host that does not answer") { scene in
      let spec = Host.Spec(transport: .simulated, address: "192.168.77.9")
      _ = try scene.site.submit(.addHost(name: "h9", spec: spec, labels: [:]))
      scene.site.world.kill(try scene.uid("h9"))
      try scene.site.settle(seconds: 600)
      _ = try scene.control { .abort(operation: $0.name) }
      try scene.run(.addHost(name: "h9", spec: spec, labels: [:]))
    },
    Story("abort before the first control plane stands") { scene in
      _ = try scene.site.submit(.createCluster(name: "edge", spec: scene.spec(1, 1), labels: [:]))
      try scene.until("edge-workers-1/prepare/1")
      _ = try scene.control { .abort(operation: $0.name) }
    },
    Story("abort while joining") { scene in
      _ = try scene.site.submit(.createCluster(name: "edge", spec: scene.spec(3, 1), labels: [:]))
      try scene.until("edge-cp-2/join/1")
      _ = try scene.control { .abort(operation: $0.name) }
    },
    Story("abort in an upgrade of workers") { scene in
      try scene.create(1, 2)
      _ = try scene.site.submit(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
      try scene.until("edge-workers-1/drain/1")
      _ = try scene.control { .abort(operation: $0.name) }
    },
    Story("what an aborted upgrade has left behind is brought to the version") { scene in
      try scene.create(1, 2)
      _ = try scene.site.submit(scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
      try scene.until("edge-workers-1/drain/1")
      _ = try scene.control { .abort(operation: $0.name) }
      let operation = try scene.run(scene.change { _ in })
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      for machine in try scene.machines() { scene.site.note("\(machine.name) runs \(machine.versionWords)") }
      scene.tryToSubmit(try scene.change { _ in })
    },
    Story("abort a removal that is draining") { scene in
      try scene.create(1, 2)
      _ = try scene.site.submit(.removeMachine(cluster: "edge", machine: "edge-workers-2"))
      try scene.until("edge-workers-2/drain/1")
      _ = try scene.control { .abort(operation: $0.name) }
    },
  ]
}
