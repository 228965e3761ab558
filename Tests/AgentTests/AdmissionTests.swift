import EaselAgentProtocol
import EaselHostPlan
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

@Suite struct AdmissionTests {
  let folder = TestFolder()

  private func runner() async throws -> Runner {
    let runner = try Runner(AgentConfiguration(state: StateFolder(folder("agent"))))
    await runner.resume()
    return runner
  }

  private func code<T>(_ attempt: () async throws -> T) async -> String {
    do {
      _ = try await attempt()
      return "none"
    } catch let failure as RPCFailure {
      return failure.word
    } catch {
      return "\(error)"
    }
  }

  private func touch(_ name: String) -> PlanStep { script(name, "echo x >> \(folder(name))") }

  @Test func `a known key is answered with its recorded outcome, also by the next agent`() async throws {
    let asked = try request("k", [touch("a")])
    #expect(try await runner().finish(asked).state == .succeeded)
    let next = try await runner()
    #expect(try await next.finish(asked).state == .succeeded)
    #expect(folder.read("a") == "x\n")
    #expect(await next.task("k")?.report.state == .succeeded)
    #expect(await next.task("other") == nil)
  }

  @Test func `the same key with another plan is refused`() async throws {
    let runner = try await runner()
    _ = try await runner.finish(request("k", [touch("a")]))
    #expect(await code { try await runner.run(request("k", [touch("b")])) } == "KeyReused")
    #expect(!folder.exists("b"))
  }

  @Test func `a plan whose digest is not its own is refused`() async throws {
    var asked = try request("k", [touch("a")])
    asked.digest = String(repeating: "0", count: 64)
    let (runner, sent) = (try await runner(), asked)
    #expect(await code { try await runner.run(sent) } == "DigestDiffers")
  }

  @Test func `a second mutating plan is refused while one runs, and the running one is named`() async throws {
    let runner = try await runner()
    mkfifo(folder("gate"), 0o600)
    let first = try request("first", [script("s", "cat \(folder("gate"))")])
    let task = try await runner.run(first)
    do {
      _ = try await runner.run(request("second", [touch("a")]))
      Issue.record("the second plan was taken")
    } catch let failure as RPCFailure {
      #expect(failure.word == "PlanRunning" && failure.message.contains("first"))
    }
    #expect(try await runner.run(first) === task)
    let look = try HostPlan(
      title: "look", readOnly: true,
      steps: [PlanStep("c", "C", .capture(.reading(["echo", "hi"]), output: "o", secret: false))])
    #expect(try await runner.query(QueryRequest(plan: look)).outputs["o"] == "hi\n")
    close(open(folder("gate"), O_WRONLY))
    await runner.untilIdle()
    #expect(task.report.state == .succeeded)
  }

  @Test func `a lower epoch is refused, also by the next agent, and a higher one is remembered`() async throws {
    let runner = try await runner()
    _ = try await runner.finish(request("a", [touch("a")], fence: Fence(site: "s", epoch: 5)))
    #expect(
      await code { try await runner.run(request("b", [touch("b")], fence: Fence(site: "s", epoch: 4))) } == "StaleEpoch"
    )
    _ = try await runner.finish(request("c", [touch("c")], fence: Fence(site: "s", epoch: 7)))
    let next = try await self.runner()
    #expect(await next.fence == Fence(site: "s", epoch: 7))
    #expect(
      await code { try await next.run(request("d", [touch("d")], fence: Fence(site: "s", epoch: 6))) } == "StaleEpoch")
    #expect(!folder.exists("b") && !folder.exists("d"))
  }

  @Test func `another site is refused until it adopts the host with force; then the old one is refused`() async throws {
    let runner = try await runner()
    _ = try await runner.finish(request("a", [touch("a")]))
    let other = Fence(site: "site-b", epoch: 2)
    #expect(await code { try await runner.run(request("b", [touch("b")], fence: other)) } == "OwnedByAnotherSite")
    #expect(await code { try await runner.adopt(AdoptRequest(fence: other)) } == "OwnedByAnotherSite")
    #expect(try await runner.adopt(AdoptRequest(fence: other, force: true)) == site)
    #expect(try await runner.finish(request("b", [touch("b")], fence: other)).state == .succeeded)
    #expect(await code { try await runner.run(request("c", [touch("c")])) } == "OwnedByAnotherSite")
  }

  @Test func `an owner record that cannot be read stops the agent instead of being forgotten`() async throws {
    _ = try await runner().finish(request("a", [touch("a")]))
    folder.write("agent/owner.json", "{")
    #expect(throws: (any Error).self) { try Runner(AgentConfiguration(state: StateFolder(folder("agent")))) }
  }

  @Test func `only the newest journals are kept`() async throws {
    var configuration = AgentConfiguration(state: StateFolder(folder("agent")))
    configuration.keptTasks = 3
    let runner = try Runner(configuration)
    for number in 1...5 { _ = try await runner.finish(request("k\(number)", [touch("a")])) }
    #expect(TaskRecord.all(in: configuration.state).map(\.key) == ["k3", "k4", "k5"])
    #expect(await runner.task("k1") == nil)
  }

  @Test func `a plan that waits for secrets gives way to another plan`() async throws {
    let state = StateFolder(folder("agent"))
    try state.prepare()
    let asked = try request(
      "old",
      [PlanStep("w", "W", .write(FileSpec(path: folder("w"), mode: 0o600, text: "{{secret:s}}", secrets: ["s"])))])
    _ = try Journal.create(
      in: state.task("old"),
      accepted: .accepted(number: 1, key: "old", digest: asked.digest, fence: site, plan: asked.plan))
    let runner = try await runner()
    #expect(await runner.task("old")?.report.state == .needsSecrets)
    #expect(try await runner.finish(request("new", [touch("a")])).state == .succeeded)
    #expect(await runner.task("old")?.report.failure?.code == "Superseded")
  }

  @Test func `a torn last journal line counts as not written`() async throws {
    let state = StateFolder(folder("agent"))
    try state.prepare()
    let asked = try request("k", [touch("a"), touch("b")])
    let journal = try Journal.create(
      in: state.task("k"), accepted: .accepted(number: 1, key: "k", digest: asked.digest, fence: site, plan: asked.plan)
    )
    try journal.append(.running(bootID: Files.text("/proc/sys/kernel/random/boot_id")!))
    try journal.append(.started(step: "a"))
    try journal.append(.finished(step: "a", output: nil))
    let fd = open(state.task("k") + "/journal", O_WRONLY | O_APPEND)
    write(fd, "{\"started\":{\"st", 15)
    close(fd)
    let runner = try await runner()
    await runner.untilIdle()
    #expect(await runner.task("k")?.report.state == .succeeded)
    #expect(!folder.exists("a") && folder.read("b") == "x\n")
    #expect(TaskRecord(folder: state.task("k"))?.finished == ["a", "b"])
  }

  @Test func `after a reboot every step is looked at again, since what lay below run is gone`() async throws {
    let state = StateFolder(folder("agent"))
    try state.prepare()
    let asked = try request("k", [touch("a"), touch("b")])
    let journal = try Journal.create(
      in: state.task("k"), accepted: .accepted(number: 1, key: "k", digest: asked.digest, fence: site, plan: asked.plan)
    )
    try journal.append(.running(bootID: "an earlier boot"))
    try journal.append(.started(step: "a"))
    try journal.append(.finished(step: "a", output: nil))
    let runner = try await runner()
    await runner.untilIdle()
    #expect(folder.read("a") == "x\n" && folder.read("b") == "x\n")
  }
}
