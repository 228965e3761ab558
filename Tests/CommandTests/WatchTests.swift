import EaselModel
import EaselRuntime
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
}
