import EaselModel
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
