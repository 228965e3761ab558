import EaselModel
import EaselRuntime
import FoundationEssentials
import Testing

/// Why no engine runs: what the last one wrote down, and what can be seen of its process.
@Suite struct EngineEndTests {
  private func end(_ lines: String...) throws -> EngineEnd? {
    let path = "/tmp/easel-engine-end-\(UID.fresh()).log"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: path))
    return EngineLog.lastEnd(path)
  }

  @Test func `an engine that cannot go on leaves its reason`() throws {
    let path = "/tmp/easel-engine-end-\(UID.fresh()).log"
    defer { try? FileManager.default.removeItem(atPath: path) }
    EngineLog(path: path).writeEnd(EaselError(.failed, "DiskFull", "writing the state: the disk is full"))
    let end = try #require(EngineLog.lastEnd(path))
    #expect(end.reason == "the last one ended: writing the state: the disk is full")
    #expect(end.cause == "writing the state: the disk is full")
  }

  @Test func `only a trouble is a reason, and only of the last engine`() throws {
    let bad = "2026-01-01T00:00:00Z [7] ends with an error: the disk is full"
    #expect(try end(bad) != nil)
    #expect(try end(bad, "error: something that another program wrote") != nil)
    #expect(try end(bad, "2026-01-01T00:00:01Z [8] leads under epoch 4") == nil)
    #expect(
      try end("2026-01-01T00:00:01Z [8] leads under epoch 4", "2026-01-01T00:00:02Z [8] ends: nothing is left to do")
        == nil)
    #expect(EngineLog.lastEnd("/nonexistent/engine.log") == nil)
  }

  @Test func `hints name the site where that is not the usual one`() {
    let hint = "try again with: easel retry a, or end it with: easel abort a"
    #expect(hint.naming("easel") == hint)
    #expect(
      hint.naming("easel --state /s")
        == "try again with: easel --state /s retry a, or end it with: easel --state /s abort a")
    let named = "start one with: easel --state /s engine"
    #expect(named.naming("easel --state /s") == named)
  }

  @Test(.timeLimit(.minutes(2)))
  func `who skips or retries and waits is told what comes of that, not why it had stopped`() async throws {
    let site = try await TestSite.simulated(hosts: 3)
    func easel(_ words: String...) async throws -> Run { try await site.easel(words + ["--yes", "--wait"]) }
    #expect(try await easel("create", "cluster", "edge", "--version", "v1.31.4", "--workers", "2").status == 0)
    #expect(try await easel("host", "shutdown", "host2").status == 0)
    let upgrade = try await easel("upgrade", "cluster", "edge", "--version", "v1.32.1")
    #expect(upgrade.status == 1 && upgrade.errors.contains("host host2 is shut down"), "\(upgrade.errors)")
    #expect(upgrade.errors.contains("easel --state \(site.path) retry upgrade-edge-3"), "\(upgrade.errors)")
    let first = try await easel("skip", "upgrade-edge-3", "--step", "check-cluster", "--item", "edge")
    #expect(first.status == 1 && first.errors.contains("stopped: edge-workers-1"), "\(first.errors)")
    let second = try await easel("skip", "upgrade-edge-3", "--step", "stage-content", "--item", "edge-workers-1")
    #expect(second.output.contains("upgrade-edge-3 succeeded"), "\(second.output) \(second.errors)")
  }
}
