import EaselModel
import FoundationEssentials
import Testing

/// Verbs that change something, on a simulated site.
@Suite struct ChangeTests {
  private func site(hosts: Int = 4) async throws -> TestSite { try await .simulated(hosts: hosts) }

  private func create(_ site: TestSite) async throws {
    let run = try await site.easel(
      "create", "cluster", "edge", "--workers", "1", "--version", "v1.31.4", "--yes", "--wait")
    try #require(run.status == 0, "\(run.errors)")
  }

  @Test func `without a terminal nothing is changed unless it was said that nothing is to be asked`() async throws {
    let site = try await site()
    let run = try await site.easel("create", "cluster", "edge", "--version", "v1.31.4")
    #expect(run.status == 2)
    #expect(run.errors.contains("--yes"))
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
  }

  @Test func `a dry run prints the plan and changes nothing`() async throws {
    let site = try await site()
    let before = try await site.easel("get", "operations", "-o", "name").output
    let run = try await site.easel("create", "cluster", "edge", "--workers", "1", "--version", "v1.31.4", "--dry-run")
    #expect(run.status == 0)
    #expect(run.output.contains("host1") && run.output.contains("host2"))
    #expect(try await site.easel("get", "operations", "-o", "name").output == before)
    let plan = try await site.easel(
      "create", "cluster", "edge", "--workers", "1", "--version", "v1.31.4", "--dry-run", "-o", "json")
    #expect(try JSON(plan.output)["steps"]?.array.isEmpty == false)
    #expect(!run.output.contains("done when"))
    let wide = try await site.easel(
      "create", "cluster", "edge", "--workers", "1", "--version", "v1.31.4", "--dry-run", "-o", "wide")
    #expect(wide.output.contains("| plan: ") && wide.output.contains("done when"), "what is done on each host, in full")
  }

  @Test func `a rule's refusal exits with 3 and changes nothing`() async throws {
    let site = try await site()
    let run = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "2", "--version", "v1.31.4", "--yes", "-o", "json")
    #expect(run.status == 3)
    #expect(try JSON(run.errors)["error.field"] == .string("spec.controlPlane.replicas"))
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
  }

  @Test func `a file with an unknown field is refused with its line and column`() async throws {
    let site = try await site()
    let text = """
      apiVersion: easel.internal/v1
      kind: Cluster
      metadata:
        name: edge
      spec:
        profile: {name: kubeadm, version: 1.0.0}
        kubernetesVersion: v1.31.4
        colour: red
      """
    let run = try await site.easel(["apply", "-f", "-", "--yes"], input: text)
    #expect(run.status == 2)
    #expect(run.errors.contains("standard input:8:3"), "\(run.errors)")
    #expect(run.errors.contains("colour"))
    let broken = try await site.easel(["apply", "-f", "-", "--yes"], input: "kind: [Cluster\n")
    #expect(broken.status == 2)
    #expect(broken.errors.contains("standard input:"), "\(broken.errors)")
  }

  @Test(.timeLimit(.minutes(2)))
  func `what get prints can be edited and applied, and applied again without effect`() async throws {
    let site = try await site()
    try await create(site)
    let printed = try await site.easel("get", "cluster", "edge", "-o", "yaml").output
    let edited = printed.replacing(
      "replicas: 1\n    hosts: []\n    labels", with: "replicas: 2\n    hosts: []\n    labels")
    #expect(edited != printed)
    let run = try await site.easel(["apply", "-f", "-", "--yes", "--wait"], input: edited)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try await site.easel("get", "machines", "-o", "name").output.split(separator: "\n").count == 3)
    let stale = try await site.easel(["apply", "-f", "-", "--yes"], input: printed)
    #expect(stale.status == 5, "an edit of an old version is a conflict: \(stale.errors)\(stale.output)")
    let now = try await site.easel("get", "cluster", "edge", "-o", "yaml").output
    let again = try await site.easel(["apply", "-f", "-", "--yes"], input: now)
    #expect(again.status == 0)
    #expect(again.output.contains("as the file says"))
  }

  @Test(.timeLimit(.minutes(2)))
  func `a machine is cordoned, drained, uncordoned and removed by name`() async throws {
    let site = try await site()
    try await create(site)
    for verb in ["cordon", "drain", "uncordon"] {
      let run = try await site.easel(verb, "edge-workers-1", "--yes", "--wait")
      #expect(run.status == 0, "\(verb): \(run.errors)")
    }
    let run = try await site.easel("remove", "machine", "edge-workers-1", "--yes", "--wait")
    #expect(run.status == 0, "\(run.errors)")
    let hosts = try JSON(try await site.easel("get", "hosts", "-o", "json").output)["items"]?.array ?? []
    #expect(hosts.filter { $0["status.cluster"] == nil }.count == 3)
  }

  @Test(.timeLimit(.minutes(2)))
  func `every act is in the audit log with who did it`() async throws {
    let site = try await site(hosts: 2)
    try await create(site)
    let lines = try await site.easel("audit", "export").output.split(separator: "\n")
    let records = try lines.map { try JSON(String($0)) }
    #expect(records.map { $0["sequence"] } == (1...records.count).map { JSON.number(Double($0)) })
    #expect(records.last?["object.name"] == .string("edge"))
    #expect(records.allSatisfy { $0["actor"]?.string?.isEmpty == false })
    #expect(!lines.contains { $0.contains("join-token") })
  }
}
