import EaselModel
import EaselSimulation
import FoundationEssentials

@testable import EaselConsole

/// A site in trouble, fixed in time: what the goldens show.
enum Fixture {
  static let now = Timestamp(milliseconds: 1_790_000_467_000)

  static func ago(_ seconds: Double) -> Timestamp { now.adding(seconds: -seconds) }

  static func host(_ number: Int, phase: Host.Phase = .ready, cluster: String? = nil, machine: String? = nil) -> Host {
    var host = Host(
      metadata: Metadata(name: "sim-\(number)", uid: UID("host-\(number)"), createdAt: ago(86_400)),
      spec: Host.Spec(transport: .simulated, address: "10.20.0.\(10 + number)"))
    host.status.phase = phase
    host.status.cluster = cluster
    host.status.machine = machine
    host.status.agentVersion = "0.1.0"
    host.status.lastSeen = phase == .unknown ? ago(130) : ago(4)
    host.status.conditions = [
      Condition(
        type: "Reachable", status: phase == .ready ? .yes : .no, reason: phase == .ready ? "Answers" : "TimedOut",
        message: phase == .ready ? "" : "ssh: connect to host 10.20.0.\(10 + number) port 22: timed out",
        since: phase == .ready ? ago(80_000) : ago(130))
    ]
    host.status.inventory = Inventory(
      hostname: "sim-\(number)", architecture: "x86_64", operatingSystem: "Debian GNU/Linux 12", kernel: "6.1.0-28",
      cpuCount: 4, memoryBytes: 8_589_934_592, cgroupMode: "v2", canSetOOMScore: true, swapBytes: 0,
      hasKernelModules: true, machineID: "m\(number)", productUUID: "p\(number)",
      disks: [
        Inventory.Disk(mountPoint: "/", totalBytes: 107_374_182_400, freeBytes: Int64(10 + number * 12) * 1_073_741_824)
      ],
      interfaces: [
        Inventory.Interface(
          name: "eth0", hardwareAddress: "02:00:00:00:00:0\(number)", addresses: ["10.20.0.\(10 + number)/24"], up: true
        )
      ], clockSkewSeconds: 0.2)
    return host
  }

  static func machine(
    _ name: String, cluster: Cluster, host: Host, role: Machine.Role, phase: Machine.Phase = .running
  ) -> Machine {
    var machine = Machine(
      metadata: Metadata(name: name, uid: UID("machine-\(name)"), createdAt: ago(7200)),
      spec: Machine.Spec(
        cluster: ObjectReference(cluster), role: role, pool: role == .worker ? "workers" : nil,
        binding: .host(ObjectReference(host)), nodeName: host.name, address: host.spec.address,
        podCIDR: "10.244.1.0/24"))
    machine.status.phase = phase
    machine.status.kubeletVersion = cluster.spec.kubernetesVersion
    return machine
  }

  static func cluster(_ name: String, version: String, control: Int, workers: Int, phase: Cluster.Phase) -> Cluster {
    var cluster = Cluster(
      metadata: Metadata(name: name, uid: UID("cluster-\(name)"), resourceVersion: 7, createdAt: ago(93_000)),
      spec: Cluster.Spec(
        profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
        kubernetesVersion: KubernetesVersion(version) ?? KubernetesVersion(major: 1, minor: 31, patch: 4),
        controlPlane: Cluster.ControlPlane(replicas: control),
        pools: [Cluster.Pool(name: "workers", replicas: workers)]))
    cluster.status.phase = phase
    cluster.status.kubernetesVersion = cluster.spec.kubernetesVersion
    cluster.status.controlPlaneReady = control
    cluster.status.workersReady = workers
    return cluster
  }

  /// Six hosts: `edge` with a broken etcd member, `lab` in an upgrade that has stopped, one host free.
  static var site: SiteView {
    var edge = cluster("edge", version: "v1.31.4", control: 3, workers: 0, phase: .running)
    var lab = cluster("lab", version: "v1.32.1", control: 1, workers: 1, phase: .upgrading)
    let hosts = [
      host(1, cluster: "edge", machine: "edge-cp-1"), host(2, cluster: "edge", machine: "edge-cp-2"),
      host(3, phase: .unknown, cluster: "edge", machine: "edge-cp-3"), host(4, cluster: "lab", machine: "lab-cp-1"),
      host(5, cluster: "lab", machine: "lab-workers-1"), host(6),
    ]
    edge.spec.pools = []
    edge.status.conditions = [
      Condition(
        type: "Ready", status: .no, reason: "MemberDown", message: "1 of 3 control planes is down", since: ago(125)),
      Condition(type: "APIAvailable", status: .yes, reason: "Answers", message: "the API answers", since: ago(80_000)),
    ]
    edge.status.controlPlaneReady = 2
    edge.status.observedAt = ago(5)
    edge.status.observed = ClusterObservation(
      apiHealthy: true,
      nodes: (1...3).map { .init(name: "sim-\($0)", ready: $0 != 3, cordoned: false, kubeletVersion: "v1.31.4") },
      etcd: (1...3).map {
        .init(
          name: "sim-\($0)", id: "8e9e05c52164694\($0)", voting: true, healthy: $0 != 3, leader: $0 == 1,
          databaseBytes: 5_242_880)
      },
      certificates: [
        .init(node: "sim-1", name: "apiserver", expiresAt: now.adding(seconds: 12.5 * 86_400)),
        .init(node: "sim-2", name: "apiserver", expiresAt: now.adding(seconds: 200 * 86_400)),
      ])
    lab.spec.kubernetesVersion = KubernetesVersion(major: 1, minor: 33, patch: 4)
    lab.status.operation = "upgrade-lab-2"
    let machines = [
      machine("edge-cp-1", cluster: edge, host: hosts[0], role: .controlPlane),
      machine("edge-cp-2", cluster: edge, host: hosts[1], role: .controlPlane),
      machine("edge-cp-3", cluster: edge, host: hosts[2], role: .controlPlane),
      machine("lab-cp-1", cluster: lab, host: hosts[3], role: .controlPlane),
      machine("lab-workers-1", cluster: lab, host: hosts[4], role: .worker, phase: .upgrading),
    ]
    let (stopped, tasks) = upgrade(lab)
    let snapshot = SiteSnapshot(
      version: 42,
      site: Site(
        metadata: Metadata(name: "plant-7", uid: "site", createdAt: ago(100_000)),
        spec: Site.Spec(simulation: Site.Simulation())),
      now: now, hosts: PackedList(hosts), clusters: [edge, lab], machines: PackedList(machines),
      profiles: [Profile.builtIn(at: ago(100_000))], operations: [created(edge), stopped], tasks: tasks,
      lease: Lease(epoch: 3, holder: "pid 1", expiresAt: now.adding(seconds: 10)), engineRuns: true)
    return SiteView(snapshot, events: events, audit: audit)
  }

  private static func created(_ cluster: Cluster) -> Operation {
    var operation = Operation(
      metadata: Metadata(name: "create-edge-1", uid: "op-1", createdAt: ago(92_000)),
      spec: Operation.Spec(
        verb: .createCluster, target: ObjectReference(cluster), targetGeneration: 1, actor: "root",
        requestedAt: ago(92_000)))
    operation.status.phase = .succeeded
    operation.status.startedAt = ago(92_000)
    operation.status.finishedAt = ago(91_500)
    operation.status.steps = [Operation.Step(name: "preflight", title: "Check the hosts", state: .done)]
    return operation
  }

  private static func upgrade(_ cluster: Cluster) -> (Operation, [DurableTask]) {
    var before = cluster.spec
    before.kubernetesVersion = KubernetesVersion(major: 1, minor: 32, patch: 1)
    var operation = Operation(
      metadata: Metadata(name: "upgrade-lab-2", uid: "op-2", createdAt: ago(400)),
      spec: Operation.Spec(
        verb: .upgradeCluster, target: ObjectReference(cluster), targetGeneration: 2, actor: "alice (10.0.0.7)",
        requestedAt: ago(400), before: before))
    operation.status.phase = .stopped
    operation.status.reason = "StepStopped"
    operation.status.message = "\"Upgrade the workers\" stopped on lab-workers-1 after 5 tries"
    operation.status.startedAt = ago(398)
    func step(
      _ name: String, _ title: String, _ state: Operation.StepState, _ start: Double?, _ end: Double?, _ item: String
    ) -> Operation.Step {
      var step = Operation.Step(name: name, title: title, state: state, skippable: name == "upgrade-workers")
      step.startedAt = start.map(ago)
      step.finishedAt = end.map(ago)
      var part = Operation.Item(name: item, state: state)
      (part.startedAt, part.finishedAt) = (step.startedAt, step.finishedAt)
      step.items = [part]
      return step
    }
    var workers = step("upgrade-workers", "Upgrade the workers", .stopped, 190, nil, "lab-workers-1")
    workers.items[0].attempt = 5
    workers.items[0].stage = "components"
    workers.items[0].message = "no space left on /var/lib/containerd"
    workers.items[0].task = "op-2/lab-workers-1/upgrade/5"
    operation.status.steps = [
      step("preflight", "Check that the upgrade is possible", .done, 398, 392, "lab-cp-1"),
      step("upgrade-control-planes", "Upgrade the control planes, one by one", .done, 392, 190, "lab-cp-1"), workers,
      Operation.Step(name: "verify", title: "See that all is as it should be"),
    ]
    var task = DurableTask(
      metadata: Metadata(name: "op-2/lab-workers-1/upgrade/5", uid: "task-5", createdAt: ago(60)),
      spec: DurableTask.Spec(
        operation: ObjectReference(operation), scope: cluster.uid,
        target: .host(ObjectReference(kind: .host, name: "sim-5", uid: "host-5")), item: "lab-workers-1",
        step: "upgrade-workers", attempt: 5, verb: .stage, context: nil, timeLimitSeconds: 600))
    task.status.state = .failed
    task.status.startedAt = ago(60)
    task.status.finishedAt = ago(31)
    task.status.failure = .init(
      code: "DiskFull", message: "writing the kubelet image: no space left on device", retryable: false)
    return (operation, [task])
  }

  private static var events: [Event] {
    let lab = ObjectReference(kind: .cluster, name: "lab", uid: "cluster-lab")
    let host = ObjectReference(kind: .host, name: "sim-3", uid: "host-3")
    return [
      Event(
        sequence: 12, at: ago(31), severity: .warning, reason: "Stopped",
        message: "upgrade-lab-2 needs you: disk full on sim-5", object: lab, operation: "upgrade-lab-2"),
      Event(
        sequence: 11, at: ago(130), severity: .warning, reason: "Unreachable", message: "not heard of since 130 s",
        object: host),
      Event(
        sequence: 10, at: ago(190), reason: "Upgraded", message: "control plane is at v1.33.4", object: lab,
        operation: "upgrade-lab-2"),
    ]
  }

  private static var audit: [AuditRecord] {
    [
      AuditRecord(
        sequence: 2, at: ago(400), actor: "alice (10.0.0.7)", verb: "upgrade",
        object: ObjectReference(kind: .cluster, name: "lab", uid: "cluster-lab"), detail: "v1.32.1 -> v1.33.4",
        hash: "9f2b7c11aa00"),
      AuditRecord(
        sequence: 1, at: ago(92_000), actor: "root", verb: "create",
        object: ObjectReference(kind: .cluster, name: "edge", uid: "cluster-edge"), detail: "3 control planes",
        hash: "00aa11bb22cc"),
    ]
  }

  /// A fresh site with nothing on it.
  static func emptySnapshot(hosts count: Int) -> SiteSnapshot {
    SiteSnapshot(
      version: 1,
      site: Site(
        metadata: Metadata(name: "site", uid: "site", createdAt: now), spec: Site.Spec(simulation: Site.Simulation())),
      now: now, hosts: PackedList(count == 0 ? [] : (1...count).map { host($0) }), profiles: [Profile.builtIn(at: now)],
      lease: Lease(epoch: 1, holder: "pid 1", expiresAt: now), engineRuns: false)
  }

  /// The plan of an intent: the engine's own for hosts, as they would be without the troubles of the fixture; else the one below.
  static func plan(of intent: Intent) throws -> PlanPreview {
    guard case .host = intent else { return plan }
    return try Preview.of(intent, as: Actor(name: "alice"), in: healthy)
  }

  /// The site without its troubles and with all hosts free, so that they may be sent down.
  private static let healthy: SiteSnapshot = {
    var snapshot = site.snapshot
    snapshot.machines = []
    snapshot.operations = []
    snapshot.tasks = []
    for index in snapshot.hosts.indices {
      snapshot.hosts[index].status.phase = .ready
      snapshot.hosts[index].status.lastSeen = now
      snapshot.hosts[index].status.conditions = []
    }
    for index in snapshot.clusters.indices {
      snapshot.clusters[index].status.operation = nil
      snapshot.clusters[index].status.phase = .running
      snapshot.clusters[index].status.conditions = []
      snapshot.clusters[index].status.controlPlaneReady = snapshot.clusters[index].spec.controlPlane.replicas
      snapshot.clusters[index].status.observedAt = now
      for node in snapshot.clusters[index].status.observed?.nodes.indices ?? 0..<0 {
        snapshot.clusters[index].status.observed?.nodes[node].ready = true
      }
      for member in snapshot.clusters[index].status.observed?.etcd.indices ?? 0..<0 {
        snapshot.clusters[index].status.observed?.etcd[member].healthy = true
      }
    }
    return snapshot
  }()

  /// A plan as the engine made one: upgrading `edge`.
  static var plan: PlanPreview {
    func step(
      _ number: Int, _ host: String, _ verb: String, _ title: String, _ reason: String, _ effect: String,
      _ risk: String = ""
    ) -> String {
      """
      {"number": \(number), "host": "\(host)", "item": "edge-\(host)", "verb": "\(verb)", "title": "\(title)",
       "reason": "\(reason)", "effect": "\(effect)", "risk": "\(risk)", "secrets": [], "startsAfterSeconds": 0,
       "lastsSeconds": 10, "inside": ["look", "do", "see"]}
      """
    }
    let hosts = ["sim-1", "sim-2", "sim-3"]
    let steps =
      hosts.map { step(1, $0, "preflight", "check", "Check the hosts", "no-op") }
      + hosts.map {
        step(2, $0, "drain", "drain", "Upgrade the control planes", "reload", "a disruption budget may hold it")
      }
      + hosts.map {
        step(3, $0, "upgrade-components", "upgrade the components of", "Upgrade the control planes", "restart")
      }
    let text = """
      {"summary": "upgrade-edge-3: edge goes to v1.32.8", "operation": "upgrade-cluster",
       "steps": [\(steps.joined(separator: ", "))], "permanent": ["Kubernetes cannot be downgraded"],
       "interruptions": ["the API does not answer for about 60 s"], "obstacles": [],
       "hosts": ["sim-1", "sim-2", "sim-3"], "credentials": ["none, the hosts are simulated: sim-1, sim-2, sim-3"],
       "expectedSeconds": 412, "completes": true, "timing": [], "losses": [],
       "machines": {"sim-1": "edge-sim-1", "sim-2": "edge-sim-2", "sim-3": "edge-sim-3"}}
      """
    guard let plan = try? JSONDecoder().decode(PlanPreview.self, from: Data(text.utf8)) else {
      fatalError("the plan of the fixture does not fit PlanPreview any more")
    }
    return plan
  }
}
