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
