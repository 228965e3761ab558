import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

/// The real agent process, killed in the middle.
@Suite(.timeLimit(.minutes(2))) struct ResumeTests {
  let folder = TestFolder()

  /// Starts a plan, waits until a step says `waiting`, and kills the agent with signal 9.
  private func killWhileWaiting(_ asked: RunRequest) async throws {
    let client = localClient(folder)
    let notes = Events<ProgressNote>()
    let run = Task { try await client.run(asked, patience: .none) { notes.add($0) } }
    _ = await notes.first { $0.line == "waiting" }
    let pid = await client.openConnection!.process.child.pid
    #expect(kill(pid, SIGKILL) == 0)
    await #expect(throws: EaselError.self) { try await run.value }
  }

  private let block = "echo waiting; exec cat"

  @Test func `a step that was interrupted is looked at and not done twice when its check says so`() async throws {
    mkfifo(folder("gate"), 0o600)
    let asked = try request(
      "k",
      [
        script("before", "echo x >> \(folder("before"))"),
        script(
          "s", "echo x >> \(folder("count")); touch \(folder("done")); \(block) \(folder("gate"))",
          check: .exists(folder("done"))),
        script("after", "echo x >> \(folder("after"))"),
      ])
    try await killWhileWaiting(asked)
    let client = localClient(folder)
    let report = try await client.run(asked)
    #expect(report.state == .succeeded)
    #expect(folder.read("count") == "x\n" && folder.read("before") == "x\n" && folder.read("after") == "x\n")
    let log = try await client.taskLog("k").lines
    #expect(log.contains { $0.hasPrefix("the agent restarted during s") })
    await client.close()
  }

  @Test func `a plan that an earlier build sent under the key is followed to its end, and what it did counts`()
    async throws
  {
    mkfifo(folder("gate"), 0o600)
    let wait = script(
      "s", "echo x >> \(folder("count")); touch \(folder("done")); \(block) \(folder("gate"))",
      check: .exists(folder("done")))
    try await killWhileWaiting(request("k", [wait, script("after", "echo old >> \(folder("after"))")]))
    let client = localClient(folder)
    let report = try await client.run(request("k", [wait, script("after", "echo new >> \(folder("after"))")]))
    #expect(report.state == .succeeded)
    #expect(folder.read("count") == "x\n" && folder.read("after") == "old\n")
    await client.close()
  }

  @Test func `a plan of an earlier build that waits for secrets makes room for the next attempt`() async throws {
    mkfifo(folder("gate"), 0o600)
    func steps(_ text: String) -> [PlanStep] {
      [
        script("s", "touch \(folder("done")); \(block) \(folder("gate"))", check: .exists(folder("done"))),
        PlanStep(
          "w", "Write",
          .write(FileSpec(path: folder("file"), mode: 0o600, text: "\(text) {{secret:a}}", secrets: ["a"]))),
      ]
    }
    try await killWhileWaiting(request("k/1", steps("old"), secrets: ["a": "value"]))
    let client = localClient(folder)
    let error = await #expect(throws: EaselError.self) {
      try await client.run(request("k/1", steps("new"), secrets: ["a": "value"]))
    }
    #expect(error?.code == "PlanSuperseded")
    #expect(try await client.run(request("k/2", steps("new"), secrets: ["a": "value"])).state == .succeeded)
    #expect(folder.read("file") == "new value")
    #expect(try await client.report("k/1").failure?.code == "Superseded")
    await client.close()
  }

  @Test func `a step that was interrupted is done again when its check says no, after its processes were ended`()
    async throws
  {
    mkfifo(folder("gate"), 0o600)
    mkfifo(folder("alive"), 0o600)
    let alive = open(folder("alive"), O_RDONLY | O_NONBLOCK)
    defer { close(alive) }
    let text = """
      echo x >> \(folder("count"))
      if test -e \(folder("second")); then touch \(folder("done")); else exec 3> \(folder("alive")); \(block) \(folder("gate")); fi
      """
    let asked = try request("k", [script("s", text, check: .exists(folder("done")))])
    try await killWhileWaiting(asked)
    folder.write("second", "")
    let client = localClient(folder)
    #expect(try await client.attach("k").state == .succeeded)
    #expect(folder.read("count") == "x\nx\n")
    // The first attempt's process held this pipe: it was ended before the second began.
    _ = fcntl(alive, F_SETFL, 0)
    var byte: UInt8 = 0
    #expect(read(alive, &byte, 1) == 0)
    await client.close()
  }

  @Test func `an interrupted plan that needs secrets waits for them and goes on when the request is sent again`()
    async throws
  {
    mkfifo(folder("gate"), 0o600)
    let secret = "correct-horse-battery"
    let asked = try request(
      "k",
      [
        script(
          "s", "echo x >> \(folder("count")); touch \(folder("done")); \(block) \(folder("gate"))",
          check: .exists(folder("done"))),
        PlanStep(
          "w", "Write", .write(FileSpec(path: folder("secret"), mode: 0o600, text: "{{secret:a}}", secrets: ["a"]))),
      ], secrets: ["a": secret])
    try await killWhileWaiting(asked)
    let client = localClient(folder)
    #expect(try await client.attach("k").state == .needsSecrets)
    #expect(try await client.hello().running == "k")
    var without = asked
    without.secrets = [:]
    #expect(try await client.run(without).state == .needsSecrets)
    #expect(try await client.run(asked).state == .succeeded)
    #expect(folder.read("secret") == secret && folder.read("count") == "x\n")
    unlink(folder("secret"))
    #expect(!folder.anyFileHolds(secret))
    await client.close()
  }

  @Test func `a secret reaches the asker and stands nowhere else, and is reported lost after a restart`() async throws {
    let (given, minted) = ("given-secret-11", "minted-secret-22")
    folder.write(
      "mint", "#!/bin/sh\nread given; echo \"$given\"; echo \"log $given\" >&2; echo \(minted.dropLast(2))22\n",
      mode: 0o755)
    let steps = [
      PlanStep(
        "in", "In", .run(Command(["sh", "-c", "cat; echo; echo again $(cat /dev/null)"], inputSecret: "a")),
        check: .idempotent(because: "a test")),
      PlanStep(
        "out", "Out",
        .capture(
          Command(["sh", "-c", "printf minted-secret-; printf 22; echo noise >&2"]), output: "token", secret: true),
        check: .idempotent(because: "a test")),
      PlanStep(
        "echo", "Echo", .run(Command(["sh", "-c", "echo minted-secret-\"22\""])), check: .idempotent(because: "a test")),
      PlanStep(
        "plain", "Plain",
        .capture(.reading(["sh", "-c", "echo id minted-secret-\"22\""]), output: "plain", secret: false)),
    ]
    let asked = try request("k", steps, secrets: ["a": given])
    let client = localClient(folder)
    let report = try await client.run(asked)
    #expect(report.state == .succeeded && report.outputs == ["plain": "id <secret>\n"])
    #expect(AgentClient.decodeSecrets(report)["token"]?.withBytes { String(decoding: $0, as: UTF8.self) } == minted)
    #expect(AgentClient.decodeSecrets(try await client.report("k")).count == 1)
    let log = try await client.taskLog("k").lines.joined(separator: "\n")
    #expect(log.contains("<secret>") && !log.contains(given) && !log.contains(minted))
    folder.write("mint", "")
    for value in [given, minted, Data(given.utf8).base64EncodedString(), Data(minted.utf8).base64EncodedString()] {
      #expect(!folder.anyFileHolds(value))
    }
    kill(await client.openConnection!.process.child.pid, SIGKILL)
    let next = localClient(folder)
    let lost = try await next.report("k")
    #expect(lost.state == .failed && lost.failure?.code == "SecretsLost" && lost.failure?.retryable == true)
    await next.close()
  }

  @Test func `a wait is left at once when the agent is told to stop, and begins anew at the next start`() async throws {
    let asked = try request(
      "k",
      [
        script("before", "echo x >> \(folder("before"))"),
        PlanStep(
          "wait", "Wait", .wait(.reading(["test", "-e", folder("there")]), everySeconds: 50), timeLimitSeconds: 600),
        script("after", "echo x >> \(folder("after"))"),
      ])
    let state = StateFolder(folder("agent"))
    let first = try Runner(AgentConfiguration(state: state))
    let task = try await first.run(asked)
    let waiting = Events<Int>()
    let (_, report) = task.follow { if case .progress(let note) = $0 { waiting.add(note.step) } }
    if report.step < 2 { _ = await waiting.first { $0 == 2 } }
    await first.stopAfterStep()
    await first.untilClosed()
    #expect(!folder.exists("after"))
    folder.write("there", "")
    let second = try Runner(AgentConfiguration(state: state))
    await second.resume()
    await second.untilIdle()
    #expect(await second.task("k")?.report.state == .succeeded)
    #expect(folder.read("before") == "x\n" && folder.read("after") == "x\n")
  }

  @Test func `a plan outlives the connection that asked for it`() async throws {
    mkfifo(folder("gate"), 0o600)
    let asked = try request(
      "k", [script("s", "\(block) \(folder("gate")); "), script("t", "echo x >> \(folder("t"))")])
    let first = localClient(folder)
    let notes = Events<ProgressNote>()
    let run = Task { try await first.run(asked, patience: .none) { notes.add($0) } }
    _ = await notes.first { $0.line == "waiting" }
    await first.close()
    await #expect(throws: EaselError.self) { try await run.value }
    // The first process still runs the plan; this one relays to it.
    let second = localClient(folder)
    #expect(try await second.hello().running == "k")
    let end = Task { try await second.attach("k") }
    close(open(folder("gate"), O_WRONLY))
    #expect(try await end.value.state == .succeeded)
    #expect(folder.read("t") == "x\n")
    await second.close()
  }
}
