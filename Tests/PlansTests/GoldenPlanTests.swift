import EaselHostPlan
import EaselModel
import Foundation
import Testing

@testable import EaselPlans

/// Every plan as text. `EASEL_UPDATE_GOLDENS=1` writes the files anew; review the difference like code.
@Suite struct GoldenPlanTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  private func compare(_ text: String, with name: String) throws {
    let file = Self.directory.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["EASEL_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: Self.directory, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, "\(name) differs; EASEL_UPDATE_GOLDENS=1 writes it anew")
  }

  private func plan(_ verb: TaskVerb, _ version: KubernetesVersion, _ role: Machine.Role = .controlPlane) throws
    -> HostPlan
  {
    try KubeadmDistribution().plan(
      for: verb, context: context(for: verb, version, role: role), inventory: server(), content: fullContent)
  }

  @Test("each verb's plan on a control plane is as written down, for a current version", arguments: plannedVerbs)
  func currentPlans(verb: TaskVerb) throws {
    let version = KubernetesVersion(major: 1, minor: 34, patch: 0)
    try compare(PlanPrinter.text(plan(verb, version)), with: "\(verb.rawValue)-\(version).txt")
  }

  @Test(
    "a worker's plans are as written down",
    arguments: [TaskVerb.preflight, .prepare, .join, .stage, .upgradeComponents, .upgradeKubelet])
  func workerPlans(verb: TaskVerb) throws {
    let version = KubernetesVersion(major: 1, minor: 34, patch: 0)
    try compare(PlanPrinter.text(plan(verb, version, .worker)), with: "\(verb.rawValue)-worker-\(version).txt")
  }

  @Test(
    "what differs for older versions is as written down",
    arguments: goldenVersions.dropLast(),
    [TaskVerb.preflight, .prepare, .initialize, .join, .mintJoinSecrets, .stage, .upgradeComponents, .reset])
  func olderPlans(version: KubernetesVersion, verb: TaskVerb) throws {
    let newest = KubernetesVersion(major: 1, minor: 34, patch: 0)
    try compare(
      PlanPrinter.difference(from: plan(verb, newest), to: plan(verb, version)),
      with: "\(verb.rawValue)-\(version).diff")
  }

  @Test("a host that is a container, with swap and without CoreDNS, is treated as such", arguments: goldenVersions)
  func containers(version: KubernetesVersion) throws {
    var content = ContentIndex.synthetic()
    content.items.removeAll { $0.name == "coredns" }
    let host = server(cgroupMode: "hybrid", kernelModules: false, swap: 1 << 30)
    var text = ""
    for verb in [TaskVerb.prepare, .initialize, .join, .upgradeComponents] {
      let after = try KubeadmDistribution().plan(
        for: verb, context: context(for: verb, version, role: .controlPlane), inventory: host, content: content)
      text += PlanPrinter.difference(from: try plan(verb, version), to: after)
    }
    try compare(text, with: "container-\(version).diff")
  }

  @Test("the look at a cluster is as written down")
  func look() throws {
    let version = KubernetesVersion(major: 1, minor: 34, patch: 0)
    try compare(
      PlanPrinter.text(try KubeadmDistribution().observationPlan(context: context(version))), with: "observation.txt")
  }

  @Test("no golden file is left over from a plan that is no more")
  func noLeftovers() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path)
    let verbs = Set(TaskVerb.allCases.map(\.rawValue))
    for name in names {
      let known =
        name == "observation.txt" || name.hasPrefix("container-") || verbs.contains { name.hasPrefix($0 + "-") }
      #expect(known, "\(name) belongs to no test")
    }
  }
}
