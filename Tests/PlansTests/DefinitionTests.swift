import EaselHostPlan
import EaselModel
import EaselPlans
import Testing

/// What lies inside a cluster, read back by a site that knows nothing of it.
@Suite struct DefinitionTests {
  private func read(_ definition: String, nodes: String = "node/a\nnode/b\n") throws -> (PublishedCluster, [String]) {
    try KubeadmDistribution().definition(outputs: ["definition": definition, "nodes": nodes], host: "lab1")
  }

  private func code(_ definition: String) -> String? {
    do {
      _ = try read(definition)
      return nil
    } catch {
      return (error as? EaselError)?.code
    }
  }

  private let good = """
    {"apiVersion":"easel.dev/v1","createdAt":"2026-01-01T00:00:00.000Z","generation":3,"initializedAt":"2026-01-01T00:01:00.000Z",
    "kind":"Cluster","labels":{},"members":[],"name":"edge","owner":{"epoch":4,"name":"plant-7","site":"s1"},
    "spec":{"kubernetesVersion":"v1.31.4","profile":{"name":"kubeadm","version":"1.0.0"}},"uid":"c1"}
    """

  @Test func `a definition and the nodes are read`() throws {
    let (cluster, nodes) = try read(good)
    #expect(cluster.name == "edge" && cluster.owner.epoch == 4 && cluster.generation == 3)
    #expect(nodes == ["a", "b"])
  }

  @Test func `what is missing, broken or of another version is an error that says so`() {
    #expect(code("") == "DefinitionUnreadable")
    #expect(code("{}") == "DefinitionUnreadable")
    #expect(code("\u{1b}[2J") == "DefinitionUnreadable")
    #expect(code(String(good.dropLast(40))) == "DefinitionUnreadable")
    #expect(code(good.replacing("easel.dev/v1", with: "easel.dev/v9")) == "UnknownVersion")
  }

  @Test func `reading it changes nothing on the host`() throws {
    let plan = try KubeadmDistribution().definitionPlan()
    #expect(plan.readOnly)
    try plan.validate()
  }
}
