import EaselModel
import FoundationEssentials
import Glibc
import Testing

/// A host that goes from site to site, with the real agent. The sites share this machine's agent by its state folder, which works only
/// where the agent is no system service.
@Suite(.enabled(if: access("/run/systemd/system", F_OK) != 0, "this machine's agent would be a system service"))
struct AdoptHostTests {
  /// A site whose agent on this machine is the given site's.
  private func site(_ name: String, sharing other: TestSite? = nil) async throws -> TestSite {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--name", name).status == 0)
    if let other { try #require(symlink(other.path + "/local-agent", site.path + "/local-agent") == 0) }
    return site
  }

  private let local = ["one", "--local", "--address", "192.0.2.9", "--yes", "--wait"]

  @Test(.timeLimit(.minutes(3)))
  func `a host is adopted, its former site is refused, and it is taken back`() async throws {
    let first = try await site("first")
    let added = try await first.easel(["host", "add"] + local)
    try #require(added.status == 0, "\(added.errors)")

    // Only by adoption: adding it stops, and says whose it is.
    let third = try await site("third", sharing: first)
    let refused = try await third.easel(["host", "add"] + local)
    #expect(refused.status == 1)
    #expect(
      (refused.output + refused.errors).contains("this host belongs to site first (uid "),
      "\(refused.output)\(refused.errors)")

    let second = try await site("second", sharing: first)
    let adopted = try await second.easel(["adopt", "host"] + local)
    #expect(adopted.status == 0, "\(adopted.output)\(adopted.errors)")
    #expect(adopted.errors.contains("site first (uid ") && adopted.errors.contains("adopted it at"))
    let host = try JSON(try await second.easel("get", "host", "one", "-o", "json").output)
    #expect(host["status.phase"] == .string("Ready"))

    let again = try await third.easel("retry", "add-one-1")
    #expect(again.status == 0, "\(again.errors)")
    try await third.eventually("the new owner is named") {
      try await third.easel("describe", "operation", "add-one-1").output.contains("belongs to site second (uid ")
    }
    // Whose it is already cannot be adopted; whose it was takes it back under a higher epoch.
    #expect(try await second.easel("adopt", "host", "one", "--yes").status == 3)
    let back = try await first.easel("adopt", "host", "one", "--yes", "--wait")
    #expect(back.status == 0, "\(back.output)\(back.errors)")
    #expect(back.errors.contains("site second (uid "))
    #expect(try await first.easel("audit", "verify").status == 0)
  }

  @Test(.timeLimit(.minutes(2)))
  func `a cluster of a simulated site, or one that nobody names a host of, is not adopted`() async throws {
    let simulated = try TestSite()
    try await simulated.easel("site", "init", "--simulated", "1")
    let one = try await simulated.easel("adopt", "cluster", "edge", "--via", "h=192.0.2.1", "--yes")
    #expect(one.status == 3 && one.errors.contains("simulated"), "\(one.errors)")
    let real = try await site("real")
    #expect(try await real.easel("adopt", "cluster", "edge", "--yes").status == 2)
    #expect(try await real.easel("adopt", "cluster", "edge", "--via", "lab1", "--yes").status == 2)
    #expect(try await real.easel("forget", "cluster", "edge", "--yes").status == 4)
  }
}
