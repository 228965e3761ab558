import EaselModel
import Testing

@testable import EaselPlans

@Suite struct ContentTests {
  @Test("the made-up index is sound and lacks nothing, for every version that it offers")
  func synthetic() {
    let index = ContentIndex.synthetic()
    #expect(index.problems().isEmpty)
    for version in ContentIndex.syntheticVersions { #expect(index.missing(for: version).isEmpty) }
    for text in ["v1.31.4", "v1.32.1", "v1.34.0", "v1.20.2"] { #expect(index.kubernetesVersions.contains(text)) }
  }

  @Test("what is missing is named")
  func missing() throws {
    var index = ContentIndex.synthetic()
    let version = try #require(KubernetesVersion("v1.31.4"))
    index.items.removeAll { $0.name == "kube-proxy" && $0.version == "v1.31.4" || $0.name == "etcdctl" }
    #expect(index.missing(for: version) == ["binary etcdctl", "image kube-proxy v1.31.4"])
    let error = #expect(throws: EaselError.self) {
      try KubeadmDistribution().plan(for: .prepare, context: context(version), inventory: nil, content: index)
    }
    #expect(error?.code == "ContentMissing")
    #expect(error?.message.contains("image kube-proxy v1.31.4") == true)
  }

  @Test("a worker needs no image of the control plane")
  func worker() throws {
    var index = ContentIndex.synthetic()
    let version = try #require(KubernetesVersion("v1.31.4"))
    index.items.removeAll { ContentIndex.controlPlaneImages.contains($0.name) }
    #expect(index.missing(for: version, role: .worker).isEmpty)
    #expect(index.missing(for: version).count == 4)
  }

  @Test("CoreDNS may be missing, and the images say where they come from")
  func coreDNS() throws {
    var index = ContentIndex.synthetic()
    let version = try #require(KubernetesVersion("v1.20.2"))
    index.items.removeAll { $0.name == "coredns" }
    #expect(index.missing(for: version).isEmpty && !index.hasCoreDNS(for: version, arch: "amd64"))
    #expect(index.imageRepository(for: version, arch: "amd64") == "k8s.gcr.io")
    for place in index.items.indices {
      index.items[place].images = index.items[place].images.map { "registry.local:5000/k8s/" + $0 }
    }
    #expect(index.imageRepository(for: version, arch: "amd64") == "registry.local:5000/k8s/k8s.gcr.io")
  }

  @Test("the newest tool and the pause image of the version are taken")
  func selection() throws {
    var index = ContentIndex.synthetic()
    var old = try #require(index.newest(role: "binary", name: "crictl", arch: "amd64"))
    old.version = "v1.9.0"
    index.items.append(old)
    #expect(index.newest(role: "binary", name: "crictl", arch: "amd64")?.version == "v1.35.0")
    let version = try #require(KubernetesVersion("v1.28.5"))
    #expect(index.pause(for: version, arch: "amd64")?.images == ["registry.k8s.io/pause:3.9"])
  }

  @Test("each fault of an index is reported with its field")
  func problems() {
    func faults(_ change: (inout ContentIndex) -> Void) -> [String?] {
      var index = ContentIndex.synthetic(versions: [goldenVersions[3]])
      change(&index)
      return index.problems().map(\.field)
    }
    #expect(faults { $0.items[0].sha256 = "ABC" } == ["items[0].sha256"])
    #expect(faults { $0.items[0].role = "script" } == ["items[0].role"])
    #expect(faults { $0.items[0].path = "../crictl" } == ["items[0].path"])
    #expect(faults { $0.items[0].path = "/bin/crictl" } == ["items[0].path"])
    #expect(faults { $0.items[0].size = 0 } == ["items[0].size"])
    #expect(faults { $0.items[0].version = "1.2" } == ["items[0].version"])
    #expect(faults { $0.items[0].name = "-rf" } == ["items[0].name"])
    #expect(faults { $0.items.append($0.items[0]) }.count == 2)
    #expect(faults { $0.version = 2 } == ["version"])
    #expect(faults { $0.items[$0.items.count - 1].images = ["a b"] }.count == 1)
  }

  @Test("an unknown distribution is refused with the known ones")
  func distributions() throws {
    #expect(try Distributions.named("kubeadm").name == "kubeadm")
    #expect(throws: EaselError.self) { try Distributions.named("k3s") }
  }
}
