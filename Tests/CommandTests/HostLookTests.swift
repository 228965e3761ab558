import EaselAgentProtocol
import EaselModel
import EaselStore
import Glibc
import Testing

@testable import EaselRuntime

/// When the engine looks at hosts.
@Suite(.timeLimit(.minutes(2))) struct HostLookTests {
  @Test func `a host that is reached another way is looked at at once`() async throws {
    let site = try TestSite()
    mkdir(site.path, 0o700)
    let directory = StateDirectory(given: site.path)
    let executor = HostExecutor(
      store: MemoryStore(), ways: try HostWays(directory), content: ContentSource(path: nil),
      fence: Fence(site: "site", epoch: 1), siteName: "site", logs: TaskLogs(directory),
      log: EngineLog(path: "/dev/null"))
    defer { executor.end() }
    // Nobody listens there: the next look at it is 8 s after the first one.
    var host = Host(
      metadata: Metadata(name: "one", uid: "host-one", createdAt: .wallClock()),
      spec: Host.Spec(transport: .ssh, address: "127.0.0.1", port: 1, sshConfig: "/dev/null"))
    host.status.agentVersion = "0.1.0"
    host.status.phase = .notReady
    executor.notice([host])
    try await site.eventually("the host is looked at") { !executor.take().isEmpty }
    var changes: [(inout Host.Spec) -> Void] = [{ $0.maintenance = true }]
    #expect(changes.allSatisfy { way(of: host.spec, after: $0) == host.spec.way })
    changes = [
      { $0.hostKey = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }, { $0.port = 2 }, { $0.user = "eve" },
      { $0.address = "127.0.0.2" },
    ]
    for change in changes {
      change(&host.spec)
      let asked = ContinuousClock.now
      executor.notice([host])
      try await site.eventually("the host is looked at again") { !executor.take().isEmpty }
      #expect(ContinuousClock.now - asked < .seconds(6))
    }
  }

  private func way(of spec: Host.Spec, after change: (inout Host.Spec) -> Void) -> Host.Spec {
    var spec = spec
    change(&spec)
    return spec.way
  }
}
