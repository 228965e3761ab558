import EaselModel
import FoundationEssentials
import Testing

/// Types that write their keys down by hand: a field that is forgotten there is lost at every save.
@Suite struct WholeFormTests {
  private let now = Timestamp(milliseconds: 1_790_000_467_000)

  private func check<T: Codable & Equatable>(_ value: T, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for child in Mirror(reflecting: value).children {
      let mirror = Mirror(reflecting: child.value)
      let isUnset = mirror.displayStyle == .optional && mirror.children.isEmpty
      #expect(!isUnset, "the sample sets no \(child.label ?? "?"), so it is not tested", sourceLocation: sourceLocation)
    }
    let stored = try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value))
    #expect(stored == value, sourceLocation: sourceLocation)
  }

  private var inventory: Inventory {
    Inventory(
      hostname: "h", architecture: "x86_64", operatingSystem: "Debian", kernel: "6.1", cpuCount: 4,
      memoryBytes: 8 << 30, cgroupMode: "v2", canSetOOMScore: true, swapBytes: 1, hasKernelModules: true,
      machineID: "m", productUUID: "p", disks: [.init(mountPoint: "/", totalBytes: 2, freeBytes: 1)],
      interfaces: [.init(name: "eth0", hardwareAddress: "02", addresses: ["192.0.2.1/24"], up: true)],
      clockSkewSeconds: 0.5)
  }

  @Test func `a host's status is stored whole`() throws {
    var status = Host.Status(phase: .notReady)
    status.conditions.set("Reachable", .no, reason: "ShutDown", at: now)
    (status.cluster, status.machine, status.inventory) = ("edge", "edge-cp-1", inventory)
    (status.agentVersion, status.lastSeen, status.bootID) = ("0.1.0", now, "boot")
    status.absence = Host.Absence(reason: "ShutDown", actor: "alice", since: now, bootID: "boot", until: nil)
    status.leftover = "c"
    try check(status)
  }

  @Test func `an operation is stored whole`() throws {
    let reference = ObjectReference(kind: .machine, name: "edge-cp-1", uid: "m")
    let version = KubernetesVersion(major: 1, minor: 31, patch: 4)
    var spec = Operation.Spec(
      verb: .rebootMachines, target: reference, subject: reference, targetGeneration: 2, actor: "alice",
      requestedAt: now,
      before: Cluster.Spec(
        profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"), kubernetesVersion: version),
      controls: [.abort(at: now)])
    spec.subjects = [reference, reference]
    try check(spec)
  }

  @Test func `a task is stored whole`() throws {
    let reference = ObjectReference(kind: .host, name: "h1", uid: "h")
    let version = KubernetesVersion(major: 1, minor: 31, patch: 4)
    let member = TaskContext.Member(nodeName: "h1", address: "192.0.2.1", podCIDR: "10.244.0.0/24", role: .worker)
    var context = TaskContext(
      clusterName: "edge", clusterUID: "c", distribution: "kubeadm", version: version, fromVersion: version,
      endpoint: "api:6443", clusterPodCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12", member: member,
      subject: member, others: [member], endpointAddress: "192.0.2.1", isFirst: true, labels: ["a": "b"],
      taints: [.init(key: "a", effect: .noSchedule)], drainTimeoutSeconds: 9, definition: "{}")
    context.bootID = "boot"
    try check(context)
    try check(
      DurableTask.Spec(
        operation: reference, scope: "c", target: .host(reference), item: "h1", step: "reboot", attempt: 2,
        verb: .reboot, context: context, secrets: ["s"], timeLimitSeconds: 9))
    var status = DurableTask.Status(state: .failed)
    (status.startedAt, status.finishedAt) = (now, now)
    status.progress = DurableTask.Progress(step: 1, count: 2, title: "t", line: "l")
    status.failure = DurableTask.Failure(code: "C", message: "m", retryable: true)
    status.outcome = DurableTask.Outcome(facts: ["freedBytes": "1"], secrets: ["s": now])
    try check(status)
  }

  @Test func `an observation is stored whole`() throws {
    try check(
      HostObservation(
        reachable: true, reason: "r", message: "m", bootID: "boot", agentVersion: "0.1.0", inventory: inventory,
        ownerCluster: "c", owner: HostOwner(site: "s", name: "plant", epoch: 3, by: "alice", since: now)))
    try check(
      ClusterObservation.Node(name: "h1", ready: true, cordoned: true, kubeletVersion: "v1.31.4", bootID: "boot"))
  }
}
