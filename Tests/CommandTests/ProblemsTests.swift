import EaselModel
import FoundationEssentials
import Testing

/// Everything that is wrong with a definition is said at once, each with its place.
@Suite(.timeLimit(.minutes(2))) struct ProblemsTests {
  private func file(_ site: TestSite, _ name: String, _ text: String) throws -> String {
    let path = String(site.path.dropLast("/site".count)) + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  private let wrong = """
    apiVersion: easel.internal/v1
    kind: Cluster
    metadata:
      name: Edge_1
    spec:
      profile: {name: kubeadm, version: 1.0.0}
      kubernetesVersion: v1.99.0
      network:
        podCIDR: 10.244.0.1/16
        serviceCIDR: 10.244.0.0/12
      controlPlane:
        replicas: 2
      pools:
        - name: workers
          replicas: 1
          labels:
            example.com/tier: "not a value!"
    """

  @Test func `a bad file's problems are all printed with line and column, and nothing changes`() async throws {
    let site = try TestSite()
    try await site.easel("site", "init", "--simulated", "1")
    let path = try file(site, "bad.yaml", wrong)
    let run = try await site.easel("apply", "-f", path, "--yes")
    #expect(run.status == 3, "\(run.errors)")
    for place in ["4:3", "7:3", "9:5", "12:5", "17:9"] {
      #expect(run.errors.contains("error: \(path):\(place): "), "\(place): \(run.errors)")
    }
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)

    let object = try await site.easel("apply", "-f", path, "--yes", "-o", "json")
    struct Problems: Decodable {
      struct Problem: Decodable { var field: String?, line: Int?, column: Int?, file: String? }
      var problems: [Problem]
      var exitStatus: Int
    }
    let said = try JSONDecoder().decode(Problems.self, from: Data(object.errors.utf8))
    #expect(said.exitStatus == 3 && said.problems.count >= 5)
    #expect(said.problems.allSatisfy { $0.file == path && $0.line != nil && $0.column != nil })
    #expect(said.problems.contains { $0.field == "spec.network.podCIDR" && $0.line == 9 })
  }

  @Test func `unknown fields of several files and documents are all found`() async throws {
    let site = try TestSite()
    try await site.easel("site", "init", "--simulated", "1")
    let host = "apiVersion: easel.internal/v1\nkind: Host\nmetadata: {name: h}\nspec:\n  address: 192.0.2.1\n"
    let one = try file(site, "one.yaml", host + "  colour: red\n  size: 3\n---\n" + host + "  shape: round\n")
    let two = try file(site, "two.yaml", host + "  taste: sweet\n")
    let run = try await site.easel("apply", "-f", one, "-f", two, "--yes")
    #expect(run.status == 2)
    for place in ["\(one):6:3", "\(one):7:3", "\(one):14:3", "\(two):6:3"] {
      #expect(run.errors.contains("error: \(place): "), "\(place): \(run.errors)")
    }
  }

  @Test func `flags that make a bad definition are told all at once`() async throws {
    let site = try TestSite()
    try await site.easel("site", "init", "--simulated", "1")
    let run = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "2", "--version", "v1.99.0", "--pod-cidr", "nonsense", "--yes")
    #expect(run.status == 3)
    for field in ["spec.controlPlane.replicas", "spec.kubernetesVersion", "spec.network.podCIDR"] {
      #expect(run.errors.contains("error: \(field): "), "\(field): \(run.errors)")
    }
  }
}
