import EaselHostPlan
import EaselModel
import EaselPlans
import Testing

/// What lies inside a cluster, read back by a site that knows nothing of it.
@Suite struct DefinitionTests {
  private func read(
    _ definition: String, nodes: String = "node/a\nnode/b\n", kept: String = ""
  ) throws -> ReadDefinition {
    try KubeadmDistribution().definition(
      outputs: ["definition": definition, "nodes": nodes, "kept": kept], host: "lab1")
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
    let read = try read(good)
    #expect(read.cluster.name == "edge" && read.cluster.owner.epoch == 4 && read.cluster.generation == 3)
    #expect(read.nodes == ["a", "b"] && !read.isKept)
  }

  @Test func `what is missing, broken or of another version is an error that says so`() {
    #expect(code("") == "DefinitionUnreadable")
    #expect(code("{}") == "DefinitionUnreadable")
    #expect(code("\u{1b}[2J") == "DefinitionUnreadable")
    #expect(code(String(good.dropLast(40))) == "DefinitionUnreadable")
    #expect(code(good.replacing("easel.dev/v1", with: "easel.dev/v9")) == "UnknownVersion")
  }

  @Test func `the host's own copy is read where the API gives none, and only there`() throws {
    let old = good.replacing("\"generation\":3", with: "\"generation\":2")
    func file(_ definition: String) throws -> String {
      var asked = context(try #require(KubernetesVersion("v1.34.0")))
      asked.definition = definition
      let steps = try KubeadmDistribution().plan(
        for: .publish, context: asked, inventory: nil, content: fullContent
      ).steps
      let files = steps.compactMap { if case .write(let file) = $0.action { file } else { nil } }
      #expect(files.count == 1 && files[0].mode == 0o600 && files[0].path == "/etc/easel/definition.json")
      return files[0].text
    }
    let kept = try read("", nodes: "", kept: try file(old))
    #expect(kept.isKept && kept.cluster.generation == 2 && kept.nodes.isEmpty)
    let published = try read(good, kept: try file(old))
    #expect(!published.isKept && published.cluster.generation == 3)
    for broken in ["{}", "{\"items\":[{}]}", try file("{}"), try file(""), "\u{0}", String(try file(old).dropLast(9))] {
      #expect(throws: EaselError.self) { try read("", kept: broken) }
    }
  }

  @Test func `what is published stays on the host until it is reset`() throws {
    let asked = context(try #require(KubernetesVersion("v1.34.0")))
    func removes(_ verb: TaskVerb) throws -> Bool {
      try KubeadmDistribution().plan(for: verb, context: asked, inventory: nil, content: fullContent).steps.contains {
        if case .remove(let paths) = $0.action { paths.contains("/etc/easel/definition.json") } else { false }
      }
    }
    #expect(try !removes(.publish) && removes(.reset))
  }

  @Test func `reading it changes nothing on the host`() throws {
    let plan = try KubeadmDistribution().definitionPlan()
    #expect(plan.readOnly)
    try plan.validate()
  }
}
