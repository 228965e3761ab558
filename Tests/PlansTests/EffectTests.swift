import EaselModel
import Testing

@testable import EaselPlans

@Suite struct EffectTests {
  private let spec = Cluster.Spec(
    profile: .init(name: "kubeadm", version: "1.0.0"), kubernetesVersion: goldenVersions[3],
    pools: [.init(name: "workers", replicas: 2)])

  private let machines = ["edge-cp-1", "edge-w-1"].enumerated().map { index, name in
    Machine(
      metadata: Metadata(name: name, uid: UID(name), createdAt: .zero),
      spec: .init(
        cluster: .init(kind: .cluster, name: "edge", uid: "c-1"), role: index == 0 ? .controlPlane : .worker,
        pool: index == 0 ? nil : "workers", binding: .provider("x"), nodeName: name, address: "192.0.2.1",
        podCIDR: "10.244.1.0/24"))
  }

  private func effects(_ change: (inout Cluster.Spec) -> Void) -> [Effect] {
    var new = spec
    change(&new)
    return EffectClassifier.effects(from: spec, to: new, machines: machines).map(\.effect)
  }

  @Test("each change has its effect on each machine")
  func classes() {
    #expect(effects { _ in } == [.none, .none])
    #expect(effects { $0.kubernetesVersion = goldenVersions[4] } == [.restart, .restart])
    #expect(effects { $0.pools[0].labels = ["a": "b"] } == [.none, .reload])
    #expect(effects { $0.pools[0].taints = [.init(key: "a", effect: .noExecute)] } == [.none, .reload])
    #expect(effects { $0.pools[0].replicas = 3 } == [.reload, .reload])
    #expect(effects { $0.pools = [] } == [.reload, .repave])
    #expect(effects { $0.pools[0].rollout.maxUnavailable = 2 } == [.none, .none])
  }

  @Test("the heaviest reason comes first")
  func order() {
    var new = spec
    new.kubernetesVersion = goldenVersions[4]
    new.pools[0].labels = ["a": "b"]
    let worker = EffectClassifier.effects(from: spec, to: new, machines: machines)[1]
    #expect(worker.reasons.count == 2 && worker.reasons[0].hasPrefix("Kubernetes"))
  }

  @Test("permanent fields are named")
  func permanent() {
    var new = spec
    new.network.podCIDR = "10.0.0.0/16"
    new.controlPlane.endpoint = "a:1"
    #expect(
      EffectClassifier.permanentFields(from: spec, to: new) == ["spec.network.podCIDR", "spec.controlPlane.endpoint"])
  }

  @Test("pauses of the API are announced where there are any")
  func interruptions() {
    func pause(_ verb: TaskVerb, _ count: Int, _ role: Machine.Role = .controlPlane) -> String? {
      EffectClassifier.interruption(of: verb, role: role, controlPlanes: count)?.what
    }
    #expect(pause(.upgradeComponents, 1) == "Kubernetes API")
    #expect(pause(.upgradeComponents, 2) == "etcd writes")
    #expect(pause(.upgradeComponents, 3) == "API of one machine")
    #expect(pause(.join, 1) == "Kubernetes API")
    #expect(pause(.join, 2) == nil)
    #expect(pause(.join, 1, .worker) == nil)
    #expect(pause(.removeEtcdMember, 2) == "Kubernetes API")
  }
}
