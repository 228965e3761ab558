import EaselHostPlan
import EaselModel

@testable import EaselPlans

let goldenVersions = ["v1.20.2", "v1.24.17", "v1.28.5", "v1.31.4", "v1.34.0"].compactMap { KubernetesVersion($0) }
let fullContent = ContentIndex.synthetic()
let plannedVerbs = TaskVerb.allCases.filter { ![.adopt, .takeOver, .dismiss, .powerOn].contains($0) }

/// An ordinary server.
func server(cgroupMode: String = "v2", kernelModules: Bool = true, swap: Int64 = 0, skew: Double? = 0.2) -> Inventory {
  Inventory(
    hostname: "one", architecture: "x86_64", operatingSystem: "Debian GNU/Linux 12", kernel: "6.1.0", cpuCount: 4,
    memoryBytes: 8 << 30, cgroupMode: cgroupMode, canSetOOMScore: kernelModules, swapBytes: swap,
    hasKernelModules: kernelModules, machineID: "0123", productUUID: "4567", disks: [], interfaces: [],
    clockSkewSeconds: skew)
}

func context(
  _ version: KubernetesVersion, role: Machine.Role = .controlPlane, first: Bool = false, subject: String? = nil,
  labels: [String: String] = [:], taints: [Cluster.Taint] = []
) -> TaskContext {
  TaskContext(
    clusterName: "edge", clusterUID: "c-1", distribution: "kubeadm", version: version,
    endpoint: "api.edge.easel.internal:6443", clusterPodCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12",
    member: .init(nodeName: "one", address: "192.0.2.1", podCIDR: "10.244.1.0/24", role: role),
    subject: subject.map { .init(nodeName: $0, address: "192.0.2.2", podCIDR: "10.244.2.0/24", role: .worker) },
    others: [
      .init(nodeName: "three", address: "192.0.2.3", podCIDR: "10.244.3.0/24", role: .worker),
      .init(nodeName: "two", address: "192.0.2.2", podCIDR: "10.244.2.0/24", role: .worker),
    ], endpointAddress: "192.0.2.1", isFirst: first, labels: labels, taints: taints, definition: "{\"a\":1}")
}

/// The context that each verb's plan is printed with.
func context(for verb: TaskVerb, _ version: KubernetesVersion, role: Machine.Role) -> TaskContext {
  switch verb {
  case .cordon, .uncordon, .drain, .removeEtcdMember, .deleteNode: context(version, role: role, subject: "two")
  case .describeNode:
    context(
      version, role: role, subject: "two", labels: ["disk": "fast", "example.org/rack": "r1"],
      taints: [.init(key: "gpu", value: "yes", effect: .noSchedule)])
  case .join where role == .worker:
    context(version, role: role, taints: [.init(key: "gpu", value: "yes", effect: .noSchedule)])
  case .upgradeComponents: context(version, role: role, first: role == .controlPlane)
  case .reboot, .powerOff: inBoot(context(version, role: role))
  default: context(version, role: role)
  }
}

private func inBoot(_ context: TaskContext) -> TaskContext {
  var context = context
  context.bootID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
  return context
}
