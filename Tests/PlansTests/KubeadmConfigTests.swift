import EaselHostPlan
import EaselModel
import Testing

@testable import EaselPlans

@Suite struct KubeadmConfigTests {
  private func text(_ verb: TaskVerb, _ version: KubernetesVersion, host: Inventory? = nil) throws -> String {
    let plan = try KubeadmDistribution().plan(
      for: verb, context: context(version), inventory: host, content: fullContent)
    for step in plan.steps { if case .write(let file) = step.action, step.name == "write-config" { return file.text } }
    return ""
  }

  @Test(
    "the configuration's version follows kubeadm's",
    arguments: [(20, "v1beta2"), (21, "v1beta2"), (22, "v1beta3"), (30, "v1beta3"), (31, "v1beta4"), (35, "v1beta4")])
  func apiVersion(minor: Int, api: String) throws {
    let version = KubernetesVersion(major: 1, minor: minor, patch: 0)
    #expect(KubeadmRules(version: version).configAPI.rawValue == "kubeadm.k8s.io/\(api)")
  }

  @Test("extra arguments are a map before v1beta4 and a list from then on")
  func extraArguments() throws {
    #expect(try text(.initialize, goldenVersions[2]).contains("  extraArgs:\n    allocate-node-cidrs: \"false\"\n"))
    #expect(
      try text(.initialize, goldenVersions[3]).contains(
        "  extraArgs:\n  - name: allocate-node-cidrs\n    value: \"false\"\n"))
  }

  @Test("time limits stand where the version wants them")
  func timeouts() throws {
    #expect(try text(.initialize, goldenVersions[0]).contains("timeoutForControlPlane: 10m0s"))
    #expect(try text(.join, goldenVersions[0]).contains("  timeout: 10m0s"))
    let current = try text(.initialize, goldenVersions[4])
    #expect(!current.contains("timeoutForControlPlane") && current.contains("controlPlaneComponentHealthCheck: 10m0s"))
  }

  @Test("taints and labels of control planes follow the release that renamed them")
  func roleNames() {
    func taints(_ minor: Int) -> [String] {
      KubeadmRules(version: KubernetesVersion(major: 1, minor: minor, patch: 0)).controlPlaneTaints
    }
    #expect(taints(23) == ["node-role.kubernetes.io/master"])
    #expect(taints(24).count == 2)
    #expect(taints(25) == ["node-role.kubernetes.io/control-plane"])
  }

  @Test("the runtime's socket is a path before 1.24 and a URL from then on")
  func socket() throws {
    #expect(try text(.initialize, goldenVersions[0]).contains("criSocket: /run/containerd/containerd.sock\n"))
    #expect(try text(.initialize, goldenVersions[1]).contains("criSocket: unix:///run/containerd/containerd.sock\n"))
  }

  @Test("the host's control groups, swap and kernel decide about kubelet and proxy")
  func detection() throws {
    let ordinary = try text(.initialize, goldenVersions[3], host: server())
    #expect(ordinary.contains("cgroupDriver: systemd\nfailSwapOn: true") && !ordinary.contains("conntrack"))
    let container = try text(
      .initialize, goldenVersions[3], host: server(cgroupMode: "hybrid", kernelModules: false, swap: 1))
    #expect(container.contains("cgroupDriver: cgroupfs\nfailSwapOn: false\nfailCgroupV1: false"))
    #expect(container.contains("maxPerCore: 0") && container.contains("  - Swap\n"))
  }

  @Test("a pool's taints are there from the node's first moment")
  func taints() throws {
    let plan = try KubeadmDistribution().plan(
      for: .join,
      context: context(goldenVersions[3], role: .worker, taints: [.init(key: "gpu", value: nil, effect: .noExecute)]),
      inventory: nil, content: fullContent)
    #expect(PlanPrinter.text(plan).contains("- key: \"gpu\""))
  }

  @Test("kubeadm init does not print the token that it makes, and that token ends soon", arguments: goldenVersions)
  func initToken(version: KubernetesVersion) throws {
    let plan = try KubeadmDistribution().plan(
      for: .initialize, context: context(version), inventory: nil, content: fullContent)
    let step = try #require(plan.steps.first { $0.name == "init" })
    guard case .run(let command) = step.action else {
      Issue.record("init runs nothing")
      return
    }
    #expect(command.arguments.contains("--skip-token-print"))
    #expect(try text(.initialize, version).contains("bootstrapTokens:\n- ttl: 15m0s\n"))
  }
}
