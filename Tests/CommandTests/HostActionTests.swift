import EaselModel
import FoundationEssentials
import Testing

/// What is done with hosts, and what they say, by the command line on a simulated site.
@Suite struct HostActionTests {
  private func site() async throws -> TestSite {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "4").status == 0)
    let run = try await site.easel(
      "create", "cluster", "edge", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait")
    try #require(run.status == 0, "\(run.errors)")
    return site
  }

  private func host(_ name: String, of site: TestSite) async throws -> JSON {
    try JSON(try await site.easel("get", "host", name, "-o", "json").output)
  }

  @Test func `a member is rebooted with its plan, and its units say so`() async throws {
    let site = try await site()
    let plan = try await site.easel("host", "reboot", "host2", "--dry-run")
    #expect(plan.status == 0 && plan.output.contains("reboot edge-workers-1"), "\(plan.output)\(plan.errors)")
    let before = try await host("host2", of: site)["status.bootID"]
    let run = try await site.easel("host", "reboot", "host2", "--yes", "--wait")
    #expect(run.status == 0, "\(run.errors)")
    let after = try await host("host2", of: site)
    #expect(after["status.phase"] == .string("Ready") && after["status.bootID"] != before)
    let units = try await site.easel("host", "units", "host2")
    #expect(units.output.contains("kubelet") && units.output.contains("active"))
    let log = try await site.easel("logs", "host2/systemd")
    #expect(log.output.contains("rebooting, as the agent was told"), "\(log.output)\(log.errors)")
    let tail = try await site.easel("logs", "host2/kubelet", "--tail", "1")
    #expect(tail.output.contains("started"))
  }

  @Test func `a host that is shut down says who asked, and its log that it is down`() async throws {
    let site = try await site()
    let run = try await site.easel("host", "shutdown", "host3", "--yes", "--wait")
    #expect(run.status == 0, "\(run.errors)")
    let host = try await host("host3", of: site)
    #expect(host["status.phase"] == .string("NotReady"))
    #expect(host["status.absence.reason"] == .string("ShutDown"))
    let cluster = try JSON(try await site.easel("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["status.phase"] == .string("Running"), "silence on request is no incident")
    let log = try await site.easel("logs", "host3/kubelet")
    #expect(log.status == 1 && log.errors.contains("down"))
    #expect(try await site.easel("host", "reboot", "host3", "--yes").status == 3)
    #expect(try await site.easel("host", "power-on", "host2", "--yes").status == 3, "it is on")
    let on = try await site.easel("host", "power-on", "host3", "--yes", "--wait")
    #expect(on.status == 0, "\(on.errors)")
    #expect(try await self.host("host3", of: site)["status.phase"] == .string("Ready"))
  }

  private func cordoned(_ site: TestSite) async throws -> [String] {
    let cluster = try JSON(try await site.easel("get", "cluster", "edge", "-o", "json").output)
    return (cluster["status.observed.nodes"]?.array ?? []).filter { $0["cordoned"] == .bool(true) }
      .compactMap { $0["name"]?.string }
  }

  @Test func `what an operation did last is seen when it is over`() async throws {
    let site = try await site()
    #expect(try await site.easel("cordon", "edge-workers-1", "--yes", "--wait").status == 0)
    try await site.eventually("the cordon is seen") { try await cordoned(site).count == 1 }
    #expect(try await site.easel("uncordon", "edge-workers-1", "--yes", "--wait").status == 0)
    try await site.eventually("the cordon is seen to be gone") { try await cordoned(site).isEmpty }
    let cluster = try JSON(try await site.easel("get", "cluster", "edge", "-o", "json").output)
    let made = try #require(cluster["metadata.createdAt"]?.string)
    for name in ["host1", "host2", "host3"] {
      let seen = try #require(try await host(name, of: site)["status.lastSeen"]?.string)
      #expect(seen > made, "\(name) has done tasks since the cluster was asked for")
    }
  }

  @Test func `a control plane that is off by request counts as missing, and is no incident`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "3").status == 0)
    let run = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "3", "--workers", "0", "--version", "v1.31.4", "--yes", "--wait")
    try #require(run.status == 0, "\(run.errors)")
    #expect(try await site.easel("events").output.contains(" Warning ") == false, "waiting for a vote is no obstacle")
    #expect(try await site.easel("host", "shutdown", "host2", "--yes", "--wait").status == 0)
    try await site.eventually("etcd's members are seen") {
      try await site.easel("describe", "cluster", "edge").output.contains("2 of 3 voting members healthy, 0 may fail")
    }
    let told = try await site.easel("describe", "cluster", "edge").output
    let line = try #require(told.split(separator: "\n").first { $0.contains("ControlPlaneReady") })
    #expect(line.contains("False") && line.contains("AwayOnRequest"), "\(line)")
    #expect(line.contains("2 of 3 ready: edge-cp-2 (host was shut down on request); no further one"), "\(line)")
    let cluster = try JSON(try await site.easel("get", "cluster", "edge", "-o", "json").output)
    #expect(cluster["status.phase"] == .string("Running"))
  }

  @Test func `a member is never reset, a free host is`() async throws {
    let site = try await site()
    let refused = try await site.easel("host", "reset", "host1", "--yes")
    #expect(refused.status == 3 && refused.errors.contains("remove the machine first"), "\(refused.errors)")
    let plan = try await site.easel("host", "reset", "host4", "--dry-run")
    #expect(plan.output.contains("is lost"), "\(plan.output)")
    let run = try await site.easel("host", "reset", "host4", "--yes", "--wait")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try await site.easel("host", "reset", "nowhere", "--yes").status == 4)
  }

  @Test func `a unit that is not there is named with those that are`() async throws {
    let site = try await site()
    let run = try await site.easel("logs", "host1/nothing")
    #expect(run.status == 4 && run.errors.contains("kubelet"), "\(run.errors)")
  }
}
