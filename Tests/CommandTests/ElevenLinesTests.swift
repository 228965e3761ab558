import EaselModel
import Testing

/// The lines that the product promises to work exactly so, in a pipe, in this order.
@Suite struct ElevenLinesTests {
  @Test(.timeLimit(.minutes(5)))
  func `a cluster is created, scaled, upgraded and deleted by the promised lines`() async throws {
    let site = try TestSite()
    func succeed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> Run {
      let run = try await site.easel(arguments)
      #expect(run.status == 0, "\(run.errors)", sourceLocation: sourceLocation)
      return run
    }

    _ = try await succeed("site", "init", "--simulated", "6")
    _ = try await succeed(
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait")

    var cluster = try JSON(try await succeed("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["kind"] == .string("Cluster"))
    #expect(cluster["status.phase"] == .string("Running"))
    let conditions = cluster["status.conditions"]?.array ?? []
    #expect(!conditions.isEmpty)
    for condition in conditions {
      #expect(condition["type"]?.string?.isEmpty == false)
      #expect(["True", "False", "Unknown"].contains(condition["status"]?.string))
      #expect(condition["since"]?.string?.hasSuffix("Z") == true)
    }

    _ = try await succeed("scale", "cluster", "edge", "--control-plane", "3", "--yes", "--wait")
    cluster = try JSON(try await succeed("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["status.controlPlaneReady"] == .number(3))

    let plan = try await succeed("upgrade", "cluster", "edge", "--version", "v1.32.1", "--dry-run")
    let machines = try JSON(try await succeed("get", "machines", "-o", "json").output)["items"]?.array ?? []
    #expect(machines.count == 5)
    for machine in machines {
      let name = try #require(machine["metadata.name"]?.string)
      #expect(plan.output.contains(name), "the plan does not speak of \(name)")
    }
    #expect(plan.output.contains("restart"))
    #expect(
      try JSON(try await succeed("get", "cluster", "edge", "-o", "json").output)["spec.kubernetesVersion"]
        == .string("v1.31.4"))

    _ = try await succeed("upgrade", "cluster", "edge", "--version", "v1.32.1", "--yes", "--wait")
    cluster = try JSON(try await succeed("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["status.kubernetesVersion"] == .string("v1.32.1"))

    let refused = try await site.easel("upgrade", "cluster", "edge", "--version", "v1.34.0", "--yes")
    #expect(refused.status == 3)
    #expect(refused.errors.contains("minor"), "\(refused.errors)")
    #expect(try JSON(try await succeed("get", "cluster", "edge", "-o", "json").output)["spec"] == cluster["spec"])

    _ = try await succeed("delete", "cluster", "edge", "--yes", "--wait")
    let hosts = try JSON(try await succeed("get", "hosts", "-o", "json").output)["items"]?.array ?? []
    #expect(hosts.count == 6)
    for host in hosts {
      #expect(host["status.phase"] == .string("Ready"))
      #expect(host["status.cluster"] == nil)
    }
    let audit = try await succeed("audit", "verify")
    #expect(audit.output.contains("none changed"))
  }

  @Test(.timeLimit(.minutes(5)))
  func `a site of many running clusters is loaded, and the engine has nothing to do`() async throws {
    let site = try TestSite()
    let load = try await site.easel("site", "load", "--simulated", "--clusters", "40", "--machines", "10")
    #expect(load.status == 0, "\(load.errors)")
    let clusters = try await site.easel("get", "clusters", "-o", "json")
    let items = try JSON(clusters.output)["items"]?.array ?? []
    #expect(items.count == 40)
    #expect(items.allSatisfy { $0["status.phase"] == .string("Running") })
    let before = try await site.easel("get", "hosts", "-o", "json")
    #expect(try JSON(before.output)["items"]?.array.count == 400)
    let engine = try await site.easel("engine", "--until-idle")
    #expect(engine.status == 0, "\(engine.errors)")
    #expect(try await site.easel("get", "clusters", "-o", "json").output == clusters.output)
    #expect(try await site.easel("get", "hosts", "-o", "json").output == before.output)
    let operations = try await site.easel("get", "operations", "-o", "json")
    #expect(try JSON(operations.output)["items"]?.array.isEmpty == true)
  }
}
