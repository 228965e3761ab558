import EaselModel
import EaselRuntime
import EaselStore
import FoundationEssentials
import Testing

/// Several intents that are handed in at once: all of them stand, or none does.
@Suite(.timeLimit(.minutes(2))) struct SubmissionTests {
  private let actor = Actor(name: "alice")
  private let site = try? TestSite()

  private func gate(inMemory: Bool) throws -> SiteGate {
    let directory = StateDirectory(given: inMemory ? "/nonexistent" : try #require(site).path)
    guard inMemory else {
      let store = try SiteFounding.found(
        in: directory, name: "site", simulation: Site.Simulation(), contentDirectory: nil, as: actor)
      return SiteGate(directory: directory, store: store, starter: nil)
    }
    let store = MemoryStore()
    try store.write(epoch: nil) { writer in
      let metadata = Metadata(name: "site", uid: "site", createdAt: .wallClock())
      try writer.put(.site(Site(metadata: metadata, spec: Site.Spec(simulation: Site.Simulation()))), expecting: 0)
      try writer.put(.profile(Profile.builtIn(at: .wallClock())), expecting: 0)
      try writer.append(
        AuditRecord(
          at: .wallClock(), actor: "alice", verb: "create-site",
          object: ObjectReference(kind: .site, name: "site", uid: "site"), detail: ""))
    }
    return SiteGate(directory: directory, store: store, starter: nil)
  }

  private func add(_ number: Int) -> Intent {
    let host = SiteFounding.simulatedHost(number)
    return .addHost(name: host.name, spec: host.spec, labels: [:])
  }

  private func create(_ name: String, on hosts: [String]) throws -> Intent {
    var spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: try #require(KubernetesVersion("v1.31.4")))
    spec.controlPlane.hosts = hosts
    return .createCluster(name: name, spec: spec, labels: [:])
  }

  @Test(arguments: [true, false])
  func `each sees what those before it wrote, and has an audit record of its own`(inMemory: Bool) throws {
    let gate = try gate(inMemory: inMemory)
    let submissions = try gate.submit(
      [add(1), add(2), try create("edge", on: ["host2"])], as: actor)
    #expect(submissions.compactMap { $0.operation?.name } == ["add-host1-1", "add-host2-1", "create-edge-1"])
    let snapshot = try gate.snapshot()
    #expect(snapshot.hosts.map(\.name) == ["host1", "host2"] && snapshot.clusters.map(\.name) == ["edge"])
    #expect(snapshot.operations.count == 3)
    #expect(try gate.auditRecords(after: 1, limit: 10).map(\.object.name) == ["host1", "host2", "edge"])
    if let store = gate.store as? SQLiteStore { #expect(try store.verifyAudit().isIntact) }
  }

  @Test(arguments: [true, false])
  func `one that is refused takes the others with it, and is named`(inMemory: Bool) throws {
    let gate = try gate(inMemory: inMemory)
    _ = try gate.submit([add(1)], as: actor)
    let before = try gate.snapshot()
    var refused: [Int] = []
    let error = #expect(throws: EaselError.self) {
      try gate.submit([add(2), try create("edge", on: ["host3"]), add(3)], as: actor) { index, error in
        refused.append(index)
        return error.wrapped("number \(index)")
      }
    }
    #expect(refused == [1] && error?.code == "UnknownHost" && error?.message.hasPrefix("number 1: ") == true)
    let after = try gate.snapshot()
    #expect(after.version == before.version && after.hosts.map(\.name) == ["host1"])
    #expect(after.operations.count == 1 && after.clusters.isEmpty)
    #expect(try gate.auditRecords(after: 0, limit: 10).count == 2)
    // Nothing of what was taken back is remembered.
    _ = try gate.submit([add(2), add(3), try create("edge", on: ["host3"])], as: actor)
    #expect(try gate.snapshot().hosts.map(\.name) == ["host1", "host2", "host3"])
    #expect(try gate.submit([], as: actor).isEmpty)
  }

  private func host(_ name: String) -> String {
    """
    ---
    apiVersion: easel.internal/v1
    kind: Host
    metadata: {name: \(name)}
    spec: {transport: simulated, address: 198.18.9.1}

    """
  }

  private func cluster(_ name: String, on host: String) -> String {
    """
    ---
    apiVersion: easel.internal/v1
    kind: Cluster
    metadata: {name: \(name)}
    spec:
      profile: {name: kubeadm, version: 1.0.0}
      kubernetesVersion: v1.31.4
      controlPlane: {replicas: 1, hosts: [\(host)]}

    """
  }

  @Test func `a file with a host and a cluster on it is planned and applied as one`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "1").status == 0)
    let text = host("one") + cluster("edge", on: "one")
    let plan = try await site.easel(["apply", "-f", "-", "--dry-run"], input: text)
    #expect(plan.status == 0 && plan.output.contains("make the first control plane edge-cp-1"), "\(plan)")
    let path = String(site.path.dropLast("/site".count)) + "/site.yaml"
    try Data(text.utf8).write(to: URL(filePath: path))
    #expect(try await site.easel("plan", "-f", path).output == plan.output)
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
    let run = try await site.easel("apply", "-f", path, "--yes", "--wait")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("add-one-1 succeeded") && run.output.contains("create-edge-1 succeeded"))
    let again = try await site.easel("apply", "-f", path, "--yes", "--wait")
    #expect(again.output == "host/one is as the file says\ncluster/edge is as the file says\n")
  }

  @Test func `a file of which one object is refused changes nothing and says where it is`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "1").status == 0)
    let text = host("one") + cluster("edge", on: "one") + cluster("far", on: "nowhere")
    let run = try await site.easel(["apply", "-f", "-", "--yes", "--wait"], input: text)
    #expect(run.status == 3 && run.errors.contains("error: standard input:21:"), "\(run.errors)")
    let twice = try await site.easel(["apply", "-f", "-", "--yes"], input: host("one") + host("one"))
    #expect(twice.status == 5 && twice.errors.contains("error: standard input:7: "), "\(twice.errors)")
    #expect(try await site.easel("get", "hosts", "-o", "name").output == "host/host1\n")
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
  }
}
