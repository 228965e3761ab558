import EaselModel
import EaselProcess
import EaselRuntime
import EaselStore
import Glibc
import Testing

/// While somebody looks at a real site, somebody observes its hosts.
@Suite struct WatchTests {
  @Test func `a watch is seen while it is held, by several, and not afterwards`() throws {
    let site = try TestSite()
    let directory = StateDirectory(given: site.path)
    mkdir(site.path, 0o700)
    #expect(!SiteWatch.isHeld(directory))
    var first = SiteWatch(directory)
    var second = SiteWatch(directory)
    #expect(first != nil && second != nil)
    #expect(SiteWatch.isHeld(directory))
    first = nil
    #expect(SiteWatch.isHeld(directory))
    second = nil
    #expect(!SiteWatch.isHeld(directory))
  }

  @Test(.timeLimit(.minutes(2)))
  func `an engine that has nothing to do stays while the site is looked at, and ends afterwards`() async throws {
    let site = try TestSite()
    let made = try await site.easel("site", "init", "--name", "real")
    try #require(made.status == 0, "\(made.errors)")
    var watch = SiteWatch(StateDirectory(given: site.path))
    #expect(watch != nil)
    let engine = try site.start(["engine", "--until-idle"])
    try await site.eventually("the engine leads") {
      try JSON(try await site.easel("engine", "status", "-o", "json").output)["running"] == .bool(true)
    }
    // Each of these commands takes longer than the engine needs to see that nothing is to be done.
    for _ in 1...5 {
      let status = try JSON(try await site.easel("engine", "status", "-o", "json").output)
      #expect(status["running"] == .bool(true))
    }
    watch = nil
    #expect(try await TestSite.end(of: engine).status == 0)
  }

  /// What an engine saw last stays written until another one looks. This machine's agent is the site's own child here, which works
  /// only where it is no system service.
  @Test(
    .timeLimit(.minutes(3)),
    .enabled(if: access("/run/systemd/system", F_OK) != 0, "this machine's agent would be a system service"))
  func `an engine looks at every host before it ends`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--name", "real").status == 0)
    let added = try await site.easel(
      "host", "add", "one", "--local", "--address", "192.0.2.9", "--yes", "--wait")
    try #require(added.status == 0, "\(added.errors)")
    try await site.eventually("the engine has ended") {
      try JSON(try await site.easel("engine", "status", "-o", "json").output)["running"] == .bool(false)
    }

    // No agent can start where its folder is a file.
    let (agent, aside) = (site.path + "/local-agent", site.path + "/aside")
    try #require(rename(agent, aside) == 0)
    try Array("in the way".utf8).withUnsafeBytes { bytes in
      let file = open(agent, O_CREAT | O_WRONLY, 0o600)
      try #require(file >= 0 && write(file, bytes.baseAddress, bytes.count) == bytes.count)
      close(file)
    }
    let engine = try site.start(["engine"])
    try await site.eventually("the host is silent") { try await phase(site) == .string("NotReady") }
    kill(engine.pid, SIGTERM)
    #expect(try await TestSite.end(of: engine).status == 0)

    try #require(unlink(agent) == 0 && rename(aside, agent) == 0)
    #expect(try await site.easel("engine", "--until-idle").status == 0)
    #expect(try await phase(site) == .string("Ready"))
  }

  @Test(.timeLimit(.minutes(2)))
  func `what nobody looks at is said to be old`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--name", "real").status == 0)
    let store = try SQLiteStore.open(directory: site.path, create: false)
    func seen(_ secondsAgo: Double) throws {
      let known = try store.read { try $0.record(.host, name: "one")?.asHost }
      var host =
        known
        ?? Host(
          metadata: Metadata(name: "one", uid: "host-one", createdAt: .wallClock()),
          spec: Host.Spec(transport: .ssh, address: "192.0.2.9"))
      host.status.lastSeen = Timestamp.wallClock().adding(seconds: -secondsAgo)
      try store.write(epoch: nil) { try $0.put(.host(host), expecting: nil) }
    }
    try seen(3)
    let fresh = try await site.easel("get", "hosts")
    #expect(fresh.status == 0 && !fresh.errors.contains("note:"), "\(fresh.errors)")
    try seen(7320)
    for words in [["get", "hosts"], ["describe", "host", "one"]] {
      let old = try await site.easel(words)
      #expect(old.status == 0 && old.errors.contains("seen 2h2m ago, and no engine runs"), "\(old.errors)")
    }
    #expect(try await site.easel("get", "hosts", "-o", "wide").output.contains("2h2m ago"))
    // What programs read is never mixed with words for people.
    #expect(try await site.easel("get", "hosts", "-o", "json").errors.isEmpty)
  }

  private func phase(_ site: TestSite) async throws -> JSON? {
    try JSON(try await site.easel("get", "host", "one", "-o", "json").output)["status.phase"]
  }

  @Test(.timeLimit(.minutes(2)))
  func `who follows a site is told once of what others write, and of its end`() async throws {
    let site = try TestSite()
    let directory = StateDirectory(given: site.path)
    let others = SiteGate(
      directory: directory,
      store: try SiteFounding.found(
        in: directory, name: "site", simulation: Site.Simulation(), contentDirectory: nil, as: Actor(name: "bob")),
      starter: nil)
    let gate = SiteGate(
      directory: directory, store: try SQLiteStore.open(directory: site.path, create: false), starter: nil)
    let told = AsyncStream<Int>.makeStream()
    var words = told.stream.makeAsyncIterator()
    func write() throws {
      let object = ObjectReference(try gate.snapshot().site)
      try others.record("test", of: object, as: Actor(name: "bob"), detail: "")
    }
    #expect(gate.tellOfChange { told.continuation.yield(0) })
    #expect(gate.tellOfChange { told.continuation.yield(1) }, "the later takes the place of the earlier")
    // Reading is no change: the first word is that of the write.
    _ = try gate.snapshot()
    _ = try others.snapshot()
    for _ in 0..<20 { try write() }
    #expect(await words.next() == 1)
    #expect(gate.tellOfChange { told.continuation.yield(2) })
    try write()
    #expect(await words.next() == 2, "of twenty writes there was one word")
    #expect(gate.tellOfChange { told.continuation.yield(3) })
    unlink(directory.database)
    #expect(await words.next() == 3)
    #expect(throws: EaselError.self) { try gate.snapshot() }
    #expect(!gate.tellOfChange { told.continuation.yield(4) })
  }
}
