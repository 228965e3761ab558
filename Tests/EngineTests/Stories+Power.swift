// swift-format-ignore-file: NeverForceUnwrap
// A story that finds nothing where something must be has failed: stopping right there is the shortest report.

import EaselEngine
import EaselModel
import EaselSimulation

extension Scene {
  func reboot(_ hosts: String...) throws -> Operation { try run(.host(.reboot, names: hosts)) }
  func shutDown(_ hosts: String...) throws -> Operation { try run(.host(.shutDown, names: hosts)) }

  func say(_ host: String) throws {
    let status = try self.host(host).status
    let reachable = status.conditions["Reachable"]
    site.note("host \(host): \(status.phase.rawValue), \(reachable?.reason ?? "-"): \(reachable?.message ?? "")")
  }

  func sayCluster() throws {
    let status = try cluster().status
    let wrong = status.conditions.filter { $0.status != .yes }.map { "\($0.type): \($0.message)" }
    site.note("cluster edge: \(status.phase.rawValue) \(wrong.joined(separator: "; "))")
  }
}

extension Story {
  static let power: [Story] = [
    Story("reboot a worker") { scene in
      try scene.create(1, 2)
      _ = try scene.reboot("h2")
      try scene.say("h2")
      try scene.sayCluster()
    },
    Story("reboot three control planes one after another") { scene in
      try scene.create(3, 0)
      _ = try scene.reboot("h1", "h2", "h3")
      try scene.sayCluster()
    },
    Story("reboot the only control plane") { scene in
      try scene.create(1, 1)
      _ = try scene.reboot("h1")
      try scene.sayCluster()
    },
    Story("reboot a free host") { scene in
      _ = try scene.reboot("h2")
      try scene.say("h2")
    },
    Story("a host does not come back from a reboot until somebody goes there") { scene in
      try scene.create(1, 2)
      scene.site.world.breakBoot(try scene.uid("h2"))
      let operation = try scene.reboot("h2")
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      scene.site.world.breakBoot(try scene.uid("h2"), false)
      scene.site.world.revive(try scene.uid("h2"))
      try scene.site.settle(seconds: 120)
      scene.site.note("h2 was sent down: \(scene.site.world.hosts[try scene.uid("h2")]!.sentDown)")
    },
    Story("a reboot would break the quorum") { scene in
      try scene.create(3, 0)
      scene.site.world.kill(try scene.uid("h2"))
      try scene.site.settle(seconds: 60)
      let operation = try scene.reboot("h3")
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      scene.site.world.revive(try scene.uid("h2"))
      _ = try scene.site.run(operation.name)
    },
    Story("a member dies between the quorum test and the reboot") { scene in
      try scene.create(3, 0)
      let name = try scene.site.submit(.host(.reboot, names: ["h3"])).operation!.name
      try scene.until("edge-cp-3/reboot/1")
      scene.site.world.kill(try scene.uid("h2"))
      let stopped = try scene.site.run(name)
      scene.site.note("\(name) is \(stopped.status.phase.rawValue): \(stopped.status.message)")
      scene.site.world.revive(try scene.uid("h2"))
      try scene.site.settle(seconds: 60)
      _ = try scene.control { .retry(operation: $0.name, step: nil, item: nil) }
    },
    Story("a budget blocks the drain before a reboot") { scene in
      try scene.create(1, 2)
      scene.site.world.setBudget("shop/web", on: "h2", of: try scene.cluster().uid)
      _ = try scene.reboot("h2")
      _ = try scene.control { .skip(operation: $0.name, step: "reboot-machines", item: "edge-workers-1") }
    },
    Story("the engine is replaced in the middle of a reboot") { scene in
      try scene.create(1, 2)
      let name = try scene.site.submit(.host(.reboot, names: ["h3"])).operation!.name
      try scene.until("edge-workers-2/reboot/1")
      _ = try scene.runUntil { scene.site.world.hosts[try scene.uid("h3")]?.alive == false }
      let old = try scene.site.replaceLeader()
      scene.site.letActAgain(old)
      _ = try scene.site.run(name)
      scene.site.note("h3 was sent down: \(scene.site.world.hosts[try scene.uid("h3")]!.sentDown)")
    },
    Story("abort a reboot while it drains") { scene in
      try scene.create(1, 2)
      _ = try scene.site.submit(.host(.reboot, names: ["h2"]))
      try scene.until("edge-workers-1/drain/1")
      _ = try scene.control { .abort(operation: $0.name) }
    },
    Story("an operators cordon survives a reboot") { scene in
      try scene.create(1, 2)
      try scene.run(.cordon(cluster: "edge", machine: "edge-workers-1"))
      _ = try scene.reboot("h2")
      scene.site.note("node h2 is cordoned: \(scene.site.world.clusters.values.first?.nodes["h2"]?.cordoned == true)")
    },
    Story("shut a worker down and power it on") { scene in
      try scene.create(1, 2)
      _ = try scene.shutDown("h3")
      try scene.say("h3")
      try scene.sayCluster()
      scene.site.world.revive(try scene.uid("h3"))
      try scene.site.settle(seconds: 60)
      try scene.say("h3")
      try scene.run(.uncordon(cluster: "edge", machine: "edge-workers-2"))
      try scene.sayCluster()
    },
    Story("shut two machines down and power them on together") { scene in
      try scene.create(1, 2)
      scene.tryToSubmit(.host(.powerOn, names: ["h2"]))
      _ = try scene.shutDown("h2", "h3")
      try scene.run(.host(.powerOn, names: ["h2", "h3"]))
      try scene.say("h2")
      try scene.sayCluster()
    },
    Story("a member that an upgrade waits for is powered on") { scene in
      try scene.create(1, 2)
      _ = try scene.shutDown("h2")
      let stopped = try scene.run(try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! })
      scene.site.note("\(stopped.name) is \(stopped.status.phase.rawValue): \(stopped.status.message)")
      scene.tryToSubmit(.host(.powerOn, names: ["h2", "h3"]))
      // The engine ends where all waits: a new one finds what is asked for then.
      let power = try scene.site.submit(.host(.powerOn, names: ["h2"]))
      try scene.site.replaceLeader()
      _ = try scene.site.run(power.operation!.name)
      _ = try scene.site.run(stopped.name)
      try scene.sayCluster()
    },
    Story("shut down a free host and power it on") { scene in
      _ = try scene.shutDown("h2")
      try scene.say("h2")
      scene.tryToSubmit(.host(.shutDown, names: ["h2"]))
      scene.tryToSubmit(.host(.reboot, names: ["h2"]))
      scene.site.world.revive(try scene.uid("h2"))
      try scene.site.settle(seconds: 60)
      try scene.say("h2")
    },
    Story("shutting down is refused where the quorum would go") { scene in
      try scene.create(3, 0)
      scene.tryToSubmit(.host(.shutDown, names: ["h1", "h2"]))
      _ = try scene.shutDown("h2")
      try scene.sayCluster()
      scene.tryToSubmit(.host(.shutDown, names: ["h3"]))
      let operation = try scene.reboot("h1")
      scene.site.note("\(operation.name) is \(operation.status.phase.rawValue): \(operation.status.message)")
      scene.site.world.revive(try scene.uid("h2"))
      _ = try scene.site.run(operation.name)
    },
    Story("reset a free host that holds another cluster") { scene in
      scene.site.world.leave("cluster-of-somebody", on: try scene.uid("h2"))
      try scene.site.settle(seconds: 30)
      scene.tryToSubmit(.host(.cordon, names: ["h2"]))
      try scene.create(1, 1)
      scene.tryToSubmit(.host(.reset, names: ["h1"]))
      scene.tryToSubmit(.host(.reboot, names: ["h1", "h2"]))
      try scene.run(.host(.reset, names: ["h2"]))
      scene.site.note("h2 holds: \(scene.site.world.hosts[try scene.uid("h2")]!.owner?.text ?? "nothing")")
    },
    Story("a cluster waits for a host that reboots") { scene in
      let reboot = try scene.site.submit(.host(.reboot, names: ["h1"])).operation!.name
      try scene.until("h1/reboot/1")
      var spec = scene.spec(1, 0)
      spec.controlPlane.hosts = ["h1"]
      let create = try scene.site.submit(.createCluster(name: "edge", spec: spec, labels: [:])).operation!.name
      _ = try scene.site.run(reboot)
      _ = try scene.site.run(create)
    },
  ]
}
