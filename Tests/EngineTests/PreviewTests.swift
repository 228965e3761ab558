import EaselEngine
import EaselModel
import EaselSimulation
import Testing

@Suite struct PreviewTests {
  @Test func aPreviewListsWhatTheOperationThenDoesAndChangesNothing() throws {
    let scene = try Scene(hosts: 4)
    try scene.create(1, 2)
    let before = try scene.site.store.latestVersion()
    let intent = try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.32.1")! }
    let preview = try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
    #expect(try scene.site.store.latestVersion() == before)
    #expect(preview.completes)
    #expect(preview.interruptions.contains { $0.contains("the only control plane") })
    try scene.run(intent)
    let done = try scene.site.snapshot().tasks.filter { $0.spec.operation.name == "upgrade-edge-2" }
    #expect(Set(preview.steps.map { "\($0.item) \($0.verb)" }) == Set(done.map { "\($0.spec.item) \($0.spec.verb)" }))
    #expect(preview.text.contains("Host h1"))
  }

  @Test func aPreviewOfWhatIsRefusedIsRefusedTheSameWay() throws {
    let scene = try Scene(hosts: 3)
    try scene.create(1, 0)
    let intent = try scene.change { $0.kubernetesVersion = KubernetesVersion("v1.34.0")! }
    let error = #expect(throws: EaselError.self) {
      try Preview.of(intent, as: Actor(name: "operator"), in: scene.site.snapshot())
    }
    #expect(error?.code == "SkipsMinor")
    #expect(error?.exitStatus == 3)
  }

  @Test func aPreviewSaysWhatItWouldWaitFor() throws {
    let scene = try Scene(hosts: 2)
    let preview = try Preview.of(
      .createCluster(name: "edge", spec: scene.spec(1, 3), labels: [:]), as: Actor(name: "operator"),
      in: scene.site.snapshot())
    #expect(!preview.completes)
    #expect(preview.obstacles.first?.contains("4 hosts are needed and 2 are free") == true, "\(preview.obstacles)")
  }
}
