import EaselModel
import EaselProcess
import EaselRuntime
import EaselStore
import FoundationEssentials
import Glibc
import Testing

/// Engines are killed, stopped and doubled; what was asked for comes about all the same, once.
@Suite struct EngineProcessTests {
  /// A simulated site whose engine runs in the foreground of a test, slowly enough to be met in the middle of something, however busy
  /// the machine is.
  private func siteWithSlowEngine() async throws -> (TestSite, ChildProcess) {
    let site = try TestSite()
    let made = try await site.easel("site", "init", "--simulated", "6")
    try #require(made.status == 0, "\(made.errors)")
    let engine = try site.start(["engine", "--pace", "4"])
    try await site.eventually("the engine leads") { try await leads(site, pid: engine.pid) }
    return (site, engine)
  }

  private func leads(_ site: TestSite, pid: Int32) async throws -> Bool {
    try JSON(try await site.easel("engine", "status", "-o", "json").output)["holder"]?.string?
      .hasPrefix("pid \(pid) ") == true
  }

  private func createInBackground(_ site: TestSite) async throws {
    let run = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "2", "--version", "v1.31.4", "--yes")
    try #require(run.status == 0, "\(run.errors)")
    try await site.eventually("a task runs") {
      let tasks = try JSON(try await site.easel("get", "tasks", "-o", "json").output)["items"]?.array ?? []
      return tasks.contains { $0["spec.verb"] == .string("prepare") && $0["status.state"] == .string("Running") }
    }
  }

  /// Stops an engine while it does not hold the store's write lock: one that holds it cannot be overtaken, only waited for.
  private func stopOutsideTransaction(_ pid: Int32, of site: TestSite) async throws {
    let store = try SQLiteStore.open(directory: site.path, create: false, busyMilliseconds: 200)
    try await site.eventually("it is stopped outside a transaction") {
      kill(pid, SIGSTOP)
      do {
        try store.write(epoch: nil) { _ in }
        return true
      } catch {
        kill(pid, SIGCONT)
        return false
      }
    }
  }

  /// The operation has succeeded, no step was tried twice, and no machine has joined twice.
  private func expectDoneOnce(_ site: TestSite) async throws {
    let operation = try JSON(try await site.easel("get", "operation", "create-edge-1", "-o", "json").output)
    #expect(operation["status.phase"] == .string("Succeeded"))
    for step in operation["status.steps"]?.array ?? [] {
      for item in step["items"]?.array ?? [] { #expect(item["attempt"] != .number(2), "\(item)") }
    }
    let events = try JSON(try await site.easel("events", "-o", "json").output)["items"]?.array ?? []
    for machine in ["edge-workers-1", "edge-workers-2"] {
      let joined = events.filter { $0["reason"] == .string("Joined") && $0["object.name"] == .string(machine) }
      #expect(joined.count == 1, "\(machine) has joined \(joined.count) times")
    }
    #expect(try await site.easel("audit", "verify").status == 0)
  }

  @Test(.timeLimit(.minutes(3)))
  func `an engine that is killed in the middle of an operation is followed by one that goes on`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    try await createInBackground(site)
    kill(engine.pid, SIGKILL)
    _ = try await TestSite.end(of: engine)
    let next = try await site.easel("engine", "--until-idle")
    #expect(next.status == 0, "\(next.errors)")
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `who waits for an operation starts an engine when the one that ran it has died`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    let waiting = try site.start([
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait",
    ])
    try await site.eventually("the operation runs") {
      try await site.easel("get", "operations", "-o", "json").output.contains("prepare-hosts")
    }
    kill(engine.pid, SIGKILL)
    _ = try await TestSite.end(of: engine)
    let run = try await TestSite.end(of: waiting)
    #expect(run.status == 0, "\(run.errors)")
    try await expectDoneOnce(site)
  }

  private func endAtOnce(_ engine: ChildProcess) async throws {
    kill(engine.pid, SIGKILL)
    _ = try await TestSite.end(of: engine)
  }

  private func expectSucceeded(_ operation: String, of site: TestSite) async throws {
    try await site.eventually("\(operation) has ended") {
      try await site.easel("get", "operation", operation, "-o", "json").output.contains("\"Succeeded\"")
    }
  }

  @Test(.timeLimit(.minutes(3)))
  func `an operation whose engine was killed is said to stand still, and who must wait sets it going`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    try await createInBackground(site)
    #expect(try await site.easel("get", "operations").errors.isEmpty)
    try await endAtOnce(engine)
    for words in [["get", "operations"], ["get", "clusters"], ["describe", "operation", "create-edge-1"]] {
      let run = try await site.easel(words)
      #expect(run.errors.contains("no engine runs, so create-edge-1 does not go on"), "\(words): \(run.errors)")
      #expect(run.errors.contains("easel --state \(site.path) engine --until-idle"))
    }
    #expect(try await site.easel("engine", "status").output.contains("create-edge-1 does not go on"))
    #expect(try await site.easel("get", "operations", "-o", "json").errors.isEmpty)
    let refused = try await site.easel("scale", "cluster", "edge", "--control-plane", "3", "--yes")
    #expect(refused.status == 3 && refused.errors.contains("create-edge-1 is still changing edge"), "\(refused.errors)")
    try await expectSucceeded("create-edge-1", of: site)
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `who follows the log of an operation starts an engine when none runs`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    try await createInBackground(site)
    try await endAtOnce(engine)
    let run = try await site.easel("logs", "create-edge-1", "--follow")
    #expect(run.status == 0 && run.output.contains("none ran, so one was started"), "\(run.output)\(run.errors)")
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `an engine that runs until idle goes on where one that was told to end leaves off`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    try await createInBackground(site)
    // It ends only after the next one has been started, as a busy one does.
    try await stopOutsideTransaction(engine.pid, of: site)
    kill(engine.pid, SIGTERM)
    let next = try site.start(["engine", "--until-idle"])
    try await site.eventually("the next one waits") {
      let log = (try? String(contentsOfFile: site.path + "/engine.log", encoding: .utf8)) ?? ""
      return log.contains("waits: pid \(engine.pid) ")
    }
    kill(engine.pid, SIGCONT)
    #expect(try await TestSite.end(of: engine).status == 0)
    #expect(try await TestSite.end(of: next).status == 0)
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `what is blocked waits for no engine, and goes on when the host that it waits for is changed`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--simulated", "2").status == 0)
    try #require(try await site.easel("host", "maintenance", "host2", "on").status == 0)
    let made = try await site.easel(
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "1", "--version", "v1.31.4", "--yes")
    try #require(made.status == 0, "\(made.errors)")
    try await site.eventually("it is blocked and its engine has ended") {
      let operation = try JSON(try await site.easel("get", "operation", "create-edge-1", "-o", "json").output)
      let status = try JSON(try await site.easel("engine", "status", "-o", "json").output)
      return operation["status.phase"] == .string("Blocked") && status["running"] == .bool(false)
    }
    #expect(try await site.easel("get", "operations").errors.isEmpty)
    #expect(try await site.easel("engine", "status").output.contains("the next change starts one"))
    #expect(try await site.easel("host", "maintenance", "host2", "off").status == 0)
    try await expectSucceeded("create-edge-1", of: site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a second engine waits, and leads when the first one has given the lease back`() async throws {
    let (site, first) = try await siteWithSlowEngine()
    let second = try site.start(["engine", "--pace", "20"])
    try await createInBackground(site)
    #expect(try await leads(site, pid: first.pid))
    kill(first.pid, SIGTERM)
    #expect(try await TestSite.end(of: first).status == 0)
    try await site.eventually("the second leads") { try await leads(site, pid: second.pid) }
    try await site.eventually("the operation has ended") {
      try await site.easel("get", "operation", "create-edge-1", "-o", "json").output.contains("\"Succeeded\"")
    }
    kill(second.pid, SIGTERM)
    #expect(try await TestSite.end(of: second).status == 0)
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a leader that slept past its lease loses it and doubles nothing when it wakes`() async throws {
    let (site, sleeper) = try await siteWithSlowEngine()
    try await createInBackground(site)
    try await stopOutsideTransaction(sleeper.pid, of: site)
    try await site.eventually("the lease has run out") {
      try JSON(try await site.easel("engine", "status", "-o", "json").output)["running"] == .bool(false)
    }
    let next = try await site.easel("engine", "--until-idle")
    #expect(next.status == 0, "\(next.errors)")
    try await expectDoneOnce(site)
    let before = try await site.easel("get", "cluster", "edge", "-o", "json").output
    kill(sleeper.pid, SIGCONT)
    // It finds out at its next commit, follows, and leads again under a new epoch because nobody else does.
    try await site.eventually("the sleeper has noticed") { try await leads(site, pid: sleeper.pid) }
    kill(sleeper.pid, SIGTERM)
    let end = try await TestSite.end(of: sleeper)
    #expect(end.errors.contains("no longer leads"), "\(end.errors)")
    #expect(try await site.easel("get", "cluster", "edge", "-o", "json").output == before)
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `an engine of another build is told of, with what to do, and locks nobody out`() async throws {
    let site = try TestSite()
    try #require(try await site.easel("site", "init", "--name", "real").status == 0)
    let engine = try site.start(["engine"])
    try await site.eventually("the engine leads") { try await leads(site, pid: engine.pid) }
    let own = try JSON(try await site.easel("version", "-o", "json").output)
    let same = try JSON(try await site.easel("engine", "status", "-o", "json").output)
    #expect(same["version"] == own["version"] && same["build"] == own["build"] && own["build"] != .string("unknown"))
    #expect(try await site.easel("engine", "status").errors.isEmpty)
    kill(engine.pid, SIGTERM)
    #expect(try await TestSite.end(of: engine).status == 0)

    let store = try SQLiteStore.open(directory: site.path, create: false)
    var holder = LeaseHolder.current()
    for (build, words) in [
      (Build(version: "0.0.9", digest: "abc"), "Easel 0.0.9 (build abc)"), (nil, "an older Easel"),
    ] {
      holder.build = build
      try store.write(epoch: nil) { writer in
        let epoch = try writer.lease().epoch + 1
        try writer.setLease(
          Lease(epoch: epoch, holder: holder.description, expiresAt: Timestamp.wallClock().adding(seconds: 60)))
      }
      let told = "the engine that leads is \(words), this is"
      let status = try await site.easel("engine", "status")
      #expect(status.status == 0 && status.errors.contains(told), "\(status)")
      #expect(status.errors.contains("kill \(getpid())"))
      #expect(try await site.easel("site", "show").errors.contains(told))
      #expect(try await site.easel("doctor").output.contains("note    engine: \(told)"))
      #expect(try await site.easel("site", "show", "-o", "json").errors.isEmpty)
    }
    #expect(try await site.easel("host", "add", "one", "--local", "--address", "192.0.2.9", "--yes").status == 0)
  }

  @Test(.timeLimit(.minutes(3)))
  func `ctrl-C ends the waiting and not the operation`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    let waiting = try site.start([
      "create", "cluster", "edge", "--control-plane", "1", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait",
    ])
    try await site.eventually("the operation runs") {
      try await site.easel("get", "operations", "-o", "json").output.contains("prepare-hosts")
    }
    kill(waiting.pid, SIGINT)
    let run = try await TestSite.end(of: waiting)
    #expect(run.status == 130)
    #expect(run.errors.contains("the operation goes on"))
    try await site.eventually("the operation has ended") {
      try await site.easel("get", "operation", "create-edge-1", "-o", "json").output.contains("\"Succeeded\"")
    }
    kill(engine.pid, SIGTERM)
    _ = try await TestSite.end(of: engine)
    try await expectDoneOnce(site)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a wait that takes too long exits with 6 while the operation goes on`() async throws {
    let (site, engine) = try await siteWithSlowEngine()
    let run = try await site.easel(
      "create", "cluster", "edge", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait", "--timeout", "1")
    #expect(run.status == 6)
    #expect(run.errors.contains("it goes on"))
    kill(engine.pid, SIGTERM)
    _ = try await TestSite.end(of: engine)
  }
}
