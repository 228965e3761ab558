import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

/// Whose a host is: what the agent accepts from whom, and what it says to whom it refuses.
@Suite struct OwnerTests {
  let folder = TestFolder()
  private let first = Fence(site: "site-a", epoch: 3)
  private let second = Fence(site: "site-b", epoch: 4)

  private func runner() async throws -> Runner {
    let runner = try Runner(AgentConfiguration(state: StateFolder(folder("agent"))))
    await runner.resume()
    return runner
  }

  private func failure<T>(_ attempt: () async throws -> T) async -> RPCFailure? {
    do {
      _ = try await attempt()
      return nil
    } catch {
      return error as? RPCFailure
    }
  }

  private func adopt(_ runner: Runner, _ fence: Fence, force: Bool = true) async throws {
    _ = try await runner.adopt(AdoptRequest(fence: fence, force: force, name: "plant-8", by: "alice"))
  }

  private func touch(_ name: String) -> PlanStep { script(name, "echo x >> \(folder(name))") }

  @Test func `a host goes to another site only by force and under a higher epoch`() async throws {
    let runner = try await runner()
    try await adopt(runner, first)
    #expect(await failure { try await adopt(runner, second, force: false) }?.word == "OwnedByAnotherSite")
    #expect(await failure { try await adopt(runner, Fence(site: "site-b", epoch: 3)) }?.word == "StaleEpoch")
    #expect(await runner.fence == first)
    try await adopt(runner, second)
    // The same again, and an older request of the former owner that was long on its way.
    try await adopt(runner, second)
    #expect(await failure { try await adopt(runner, first) }?.word == "StaleEpoch")
    #expect(await runner.fence == second)
  }

  @Test func `a former owner is refused from then on, also by the next agent, and told who it was`() async throws {
    let before = try await runner()
    _ = try await before.finish(request("k", [touch("a")], fence: first))
    try await adopt(before, second)
    let after = try await runner()
    let refusal = await failure {
      try await after.run(request("l", [touch("b")], fence: Fence(site: "site-a", epoch: 9)))
    }
    #expect(refusal?.word == "OwnedByAnotherSite")
    #expect(refusal?.message.contains("site plant-8 (uid site-b), which adopted it at 20") == true, "\(refusal as Any)")
    #expect(refusal?.message.contains("by alice") == true)
    #expect(!folder.exists("b"))
    #expect(try await after.finish(request("l", [touch("c")], fence: second)).state == .succeeded)
  }

  @Test func `a key that a former owner has used means nothing to its successor`() async throws {
    let runner = try await runner()
    let plan = [touch("a")]
    _ = try await runner.finish(request("scale-edge-1/x/join/1", plan, fence: first))
    try await adopt(runner, second)
    #expect(try await runner.finish(request("scale-edge-1/x/join/1", plan, fence: second)).state == .succeeded)
    #expect(folder.read("a") == "x\nx\n")
  }

  @Test func `a plan of the former owner ends before the host is handed over`() async throws {
    mkfifo(folder("gate"), 0o600)
    let runner = try await runner()
    _ = try await runner.run(request("k", [script("s", "cat \(folder("gate"))"), touch("t")], fence: first))
    #expect(await failure { try await adopt(runner, second) }?.word == "PlanRunning")
    // It is refused already, though its plan runs on.
    #expect(
      await failure { try await runner.run(request("l", [touch("b")], fence: first)) }?.word == "OwnedByAnotherSite")
    #expect(await failure { try await runner.run(request("m", [touch("b")], fence: second)) }?.word == "PlanRunning")
    close(open(folder("gate"), O_WRONLY))
    await runner.untilIdle()
    try await adopt(runner, second)
    #expect(folder.exists("t") && !folder.exists("b"))
  }

  @Test func `a record of an older agent is read, and one that cannot be read is an error`() async throws {
    _ = try await runner()
    folder.write("agent/owner.json", #"{"site":"site-a","epoch":3}"#)
    let runner = try await runner()
    #expect(await runner.fence == first)
    #expect(await runner.ownerNote == nil)
    try await adopt(runner, first)
    #expect(await runner.ownerNote?.name == "plant-8")
    folder.write("agent/owner.json", #"{"site":"site"#)
    #expect(throws: (any Error).self) { try Runner(AgentConfiguration(state: StateFolder(folder("agent")))) }
  }

  @Test func `a site's name that would drive a terminal is kept as plain text`() async throws {
    let runner = try await runner()
    _ = try await runner.adopt(
      AdoptRequest(fence: first, name: "a\u{1b}[2Jb\n" + String(repeating: "x", count: 500), by: nil))
    let name = try #require(await runner.ownerNote?.name)
    #expect(name.hasPrefix("a[2Jbxxx") && name.count == 200)
  }

  @Test func `the client hears whose the host is`() async throws {
    let client = localClient(folder)
    #expect(try await client.hello().hostOwner == nil)
    _ = try await client.adopt(first, name: "plant-7", by: "root")
    let owner = try #require(try await client.hello().hostOwner)
    #expect(owner.site == "site-a" && owner.epoch == 3 && owner.name == "plant-7" && owner.by == "root")
    #expect(owner.since != nil)
    do {
      _ = try await client.adopt(second)
      Issue.record("it was handed over without force")
    } catch let error as EaselError {
      #expect(error.category == .refused && error.code == "OwnedByAnotherSite")
    }
    await client.close()
  }
}
