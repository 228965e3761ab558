import EaselModel
import EaselProcess
import EaselRuntime
import EaselStore
import Testing

/// Who leads after an engine that was killed, and what is said until then.
@Suite struct SuccessionTests {
  private let site: TestSite
  private let store: SQLiteStore

  init() async throws {
    site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "4").status == 0)
    store = try SQLiteStore.open(directory: site.path, create: false)
  }

  /// The holder that a process was which has ended.
  private func deadHolder() async throws -> LeaseHolder {
    var holder = LeaseHolder.current()
    let child = try Loopback.start(["sleep", "600"])
    holder.pid = child.pid
    // Not its start: even while the number is in use again, it is another process.
    holder.startTicks = "1"
    await child.terminate(graceSeconds: 5)
    return holder
  }

  private func lease(_ holder: LeaseHolder) throws {
    try store.write(epoch: nil) { writer in
      try writer.setLease(
        Lease(
          epoch: try writer.lease().epoch + 1, holder: holder.description,
          expiresAt: Timestamp.wallClock().adding(seconds: 3600)))
    }
  }

  @Test func `the lease of a process that has ended is taken at once`() async throws {
    try lease(try await deadHolder())
    #expect(try Leadership(store: store).acquire())
  }

  @Test func `the lease of a process that cannot be seen from here is waited for`() async throws {
    var holder = try await deadHolder()
    holder.boot += "0"
    try lease(holder)
    #expect(try !Leadership(store: store).acquire())
    try lease(.current())
    #expect(try !Leadership(store: store).acquire())
  }

  @Test func `an engine that was started is expected until it has led or has ended`() async throws {
    let directory = StateDirectory(given: site.path)
    // It takes no lease and says nothing.
    let gate = SiteGate(
      directory: directory, store: store, starter: EngineStarter(directory: directory, program: "/bin/true"),
      startSeconds: 3600)
    let alice = Actor(name: "alice")
    let spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
      kubernetesVersion: KubernetesVersion(major: 1, minor: 31, patch: 4),
      controlPlane: Cluster.ControlPlane(replicas: 1))
    #expect(try gate.snapshot().engineExpectedUntil == nil)
    _ = try gate.submit([.createCluster(name: "edge", spec: spec, labels: [:])], as: alice)
    let started = try gate.snapshot()
    #expect(started.isMoving && !started.engineRuns && !started.lacksEngine)
    try lease(try await deadHolder())
    let led = try gate.snapshot()
    #expect(!led.engineRuns && led.lacksEngine)
  }
}
