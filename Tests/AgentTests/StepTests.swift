import CSys
import EaselAgentProtocol
import EaselHostPlan
import FoundationEssentials
import Glibc
import Testing

@testable import EaselAgent

@Suite struct StepTests {
  let folder = TestFolder()

  private func runner(searchPath: String? = nil) async throws -> Runner {
    var configuration = AgentConfiguration(state: StateFolder(folder("agent")))
    if let searchPath { configuration.searchPath = searchPath }
    configuration.graceSeconds = 0.2
    let runner = try Runner(configuration)
    await runner.resume()
    return runner
  }

  private func log(_ key: String) -> [String] {
    TaskLog.read(folder: StateFolder(folder("agent")).task(key), from: 1, limit: 1000).lines
  }

  @Test func `a file is written with its mode and its parents, and left alone when it is so already`() async throws {
    let runner = try await runner()
    let step = PlanStep("a", "Write a", .write(FileSpec(path: folder("new/deep/a"), mode: 0o640, text: "hello\n")))
    #expect(try await runner.finish(request("k1", [step])).state == .succeeded)
    #expect(folder.read("new/deep/a") == "hello\n")
    let first = Files.status(folder("new/deep/a"))!
    #expect(first.mode == 0o640)
    #expect(try await runner.finish(request("k2", [step])).state == .succeeded)
    #expect(Files.status(folder("new/deep/a"))!.inode == first.inode)
    #expect(log("k2").contains { $0.hasPrefix("already so") })
    chmod(folder("new/deep/a"), 0o600)
    #expect(try await runner.finish(request("k3", [step])).state == .succeeded)
    #expect(Files.status(folder("new/deep/a"))!.mode == 0o640)
  }

  @Test func `a secret goes only into a file that others cannot read`() async throws {
    let runner = try await runner()
    let open = PlanStep(
      "a", "Write a", .write(FileSpec(path: folder("a"), mode: 0o644, text: "{{secret:s}}", secrets: ["s"])))
    let refused = try await runner.finish(request("k1", [open], secrets: ["s": "hunter22"]))
    #expect(refused.failure?.code == "SecretFileExposed")
    #expect(!folder.exists("a"))
    let closed = PlanStep(
      "a", "Write a", .write(FileSpec(path: folder("a"), mode: 0o600, text: "x={{secret:s}};", secrets: ["s"])))
    #expect(try await runner.finish(request("k2", [closed], secrets: ["s": "hunter22"])).state == .succeeded)
    #expect(folder.read("a") == "x=hunter22;")
  }

  @Test func `a block is kept between its markers and the rest of the file stays`() async throws {
    folder.write("hosts", "127.0.0.1 localhost\n", mode: 0o640)
    let runner = try await runner()
    func step(_ text: String) -> PlanStep {
      PlanStep("b", "B", .block(path: folder("hosts"), marker: "easel", text: text))
    }
    _ = try await runner.finish(request("k1", [step("10.0.0.1 api\n")]))
    #expect(folder.read("hosts") == "127.0.0.1 localhost\n# BEGIN easel\n10.0.0.1 api\n# END easel\n")
    _ = try await runner.finish(request("k2", [step("10.0.0.2 api")]))
    #expect(folder.read("hosts") == "127.0.0.1 localhost\n# BEGIN easel\n10.0.0.2 api\n# END easel\n")
    #expect(Files.status(folder("hosts"))!.mode == 0o640)
    _ = try await runner.finish(request("k3", [step("")]))
    #expect(folder.read("hosts") == "127.0.0.1 localhost\n")
  }

  @Test func `content is placed only when its digest is right`() async throws {
    let runner = try await runner()
    let bytes = Array("a binary".utf8)
    let reference = ContentReference(sha256: SHA256.hex(bytes), size: 8, name: "bin/x")
    let step = PlanStep("p", "Place x", .place(reference, path: folder("bin/x"), mode: 0o755))
    #expect(try await runner.finish(request("k1", [step])).failure?.code == "ContentMissing")
    folder.write("agent/content/\(reference.sha256)", "A binary")
    #expect(try await runner.finish(request("k2", [step])).state == .failed)
    #expect(!folder.exists("bin/x"))
    folder.write("agent/content/\(reference.sha256)", "a binary")
    #expect(try await runner.finish(request("k3", [step])).state == .succeeded)
    #expect(folder.read("bin/x") == "a binary")
    #expect(Files.status(folder("bin/x"))!.mode == 0o755)
    folder.write("bin/x", "tampere!", mode: 0o755)
    #expect(try await runner.finish(request("k4", [step])).state == .succeeded)
    #expect(folder.read("bin/x") == "a binary")
  }

  @Test func `trees are removed without following links, and what is absent is fine`() async throws {
    let runner = try await runner()
    try FileManager.default.createDirectory(atPath: folder("tree/sub"), withIntermediateDirectories: true)
    folder.write("precious", "keep me")
    folder.write("tree/sub/file", "x")
    symlink(folder("precious"), folder("tree/link"))
    let step = PlanStep("r", "Remove", .remove([folder("tree"), folder("absent")]))
    #expect(try await runner.finish(request("k", [step])).state == .succeeded)
    #expect(!folder.exists("tree"))
    #expect(folder.read("precious") == "keep me")
  }

  @Test(
    "a shared folder is never removed",
    arguments: [
      "/", "/etc", "/usr", "/var/lib", "/usr/local/bin", "/proc/1", "/dev/shm", "/home/x", "/etc/../etc", "relative",
      "/etc/", "//etc/x", "/var/run",
    ])
  func dangerous(path: String) {
    #expect(throws: StepFailure.self) { try SafePath.checkDeletable(path, protected: []) }
  }

  @Test func `the agent's own state is never removed, nor what a link makes look harmless`() throws {
    symlink("/etc", folder("link"))
    #expect(throws: StepFailure.self) { try SafePath.checkDeletable(folder("link/ssh"), protected: []) }
    #expect(throws: StepFailure.self) { try SafePath.checkDeletable(folder("agent"), protected: [folder("agent/x")]) }
    #expect(throws: StepFailure.self) {
      try SafePath.checkDeletable(folder("agent/x/y"), protected: [folder("agent/x")])
    }
    #expect(throws: Never.self) { try SafePath.checkDeletable("/etc/kubernetes", protected: []) }
  }

  @Test func `units are brought into their state with as few calls as needed`() async throws {
    try FileManager.default.createDirectory(atPath: folder("bin"), withIntermediateDirectories: true)
    folder.write(
      "bin/systemctl",
      """
      #!/bin/sh
      echo "$*" >> \(folder("calls"))
      case "$1" in
        is-enabled) test -e \(folder("enabled")) && echo enabled && exit 0; echo disabled; exit 1;;
        is-active) test -e \(folder("active")) && echo active && exit 0; echo inactive; exit 3;;
        enable) touch \(folder("enabled"));;
        start) touch \(folder("active"));;
        stop) rm \(folder("active"));;
        disable) rm \(folder("enabled"));;
      esac
      """, mode: 0o755)
    let runner = try await runner(searchPath: "\(folder("bin")):/usr/bin:/bin")
    let up = PlanStep("u", "Up", .unit(name: "x.service", state: .enabledAndStarted))
    let down = PlanStep("u", "Down", .unit(name: "x.service", state: .stoppedAndDisabled))
    #expect(try await runner.finish(request("k1", [up])).state == .succeeded)
    #expect(folder.exists("enabled") && folder.exists("active"))
    folder.write("calls", "")
    #expect(try await runner.finish(request("k2", [up])).state == .succeeded)
    #expect(folder.read("calls") == "is-enabled x.service\nis-active x.service\n")
    #expect(try await runner.finish(request("k3", [down])).state == .succeeded)
    #expect(!folder.exists("enabled") && !folder.exists("active"))
    #expect(try await runner.finish(request("k4", [PlanStep("r", "R", .reloadUnits)])).state == .succeeded)
    #expect(folder.read("calls")!.hasSuffix("daemon-reload\n"))
    let bad = PlanStep("u", "Up", .unit(name: "--now", state: .enabledAndStarted))
    #expect(try await runner.finish(request("k5", [bad])).failure?.code == "BadUnitName")
  }

  @Test func `a command runs with a minimal environment and its output becomes the log`() async throws {
    setenv("EASEL_LEAK", "leaked", 1)
    let runner = try await runner()
    let report = try await runner.finish(request("k", [script("s", "env; pwd; echo oops >&2; printf 'no end'")]))
    #expect(report.state == .succeeded)
    let lines = log("k")
    #expect(lines.contains("LANG=C.UTF-8") && lines.contains("oops") && lines.contains("no end") && lines.contains("/"))
    #expect(!lines.contains { $0.contains("leaked") })
    #expect(report.logLines == lines.count)
  }

  @Test func `a step whose check says so is not run`() async throws {
    let runner = try await runner()
    let checks: [StepCheck] = [
      .command(["true"]), .exists(folder.path), .absent(folder("no")), .contains(path: "/proc/self/stat", text: "("),
      .all([.command(["true"]), .exists("/")]),
    ]
    let done = checks.enumerated().map { script("s\($0)", "echo \($0) >> \(folder("ran"))", check: $1) }
    let undone = script("t", "echo t >> \(folder("ran"))", check: .all([.command(["true"]), .command(["false"])]))
    #expect(try await runner.finish(request("k", done + [undone])).state == .succeeded)
    #expect(folder.read("ran") == "t\n")
  }

  @Test func `wait asks until it is so, and require fails with the plan's own words`() async throws {
    let runner = try await runner()
    let count = "echo x >> \(folder("asked")); test $(wc -l < \(folder("asked"))) -ge 2"
    let wait = PlanStep("w", "Wait", .wait(.reading(["sh", "-c", count]), everySeconds: 1))
    #expect(try await runner.finish(request("k1", [wait])).state == .succeeded)
    #expect(folder.read("asked") == "x\nx\n")
    let require = PlanStep("r", "Require", .require(.reading(["false"]), code: "SwapOn", message: "swap is on"))
    let report = try await runner.finish(request("k2", [require, script("never", "touch \(folder("never"))")]))
    #expect(report.failure?.code == "SwapOn" && report.failure?.retryable == false)
    #expect(report.failure?.message == "Require: swap is on")
    #expect(!folder.exists("never"))
  }

  @Test func `an output is kept, and a query captures without a journal`() async throws {
    let runner = try await runner()
    let step = PlanStep("c", "Capture", .capture(.reading(["sh", "-c", "echo 1; echo 2"]), output: "o", secret: false))
    #expect(try await runner.finish(request("k", [step])).outputs == ["o": "1\n2\n"])
    let plan = try HostPlan(title: "look", readOnly: true, steps: [step])
    #expect(try await runner.query(QueryRequest(plan: plan)).outputs == ["o": "1\n2\n"])
    #expect(TaskRecord.all(in: StateFolder(folder("agent"))).map(\.key) == ["k"])
  }

  @Test func `a query that would change something is refused`() async throws {
    let runner = try await runner()
    let plan = try HostPlan(title: "change", steps: [script("s", "touch \(folder("changed"))")])
    await #expect(throws: RPCFailure.self) { try await runner.query(QueryRequest(plan: plan)) }
    #expect(!folder.exists("changed"))
  }

  @Test(.timeLimit(.minutes(1)))
  func `what is over its limit is ended with its whole process group, even if it ignores the polite signal`()
    async throws
  {
    let runner = try await runner()
    // The pipe ends when the last process that holds it open has ended.
    mkfifo(folder("alive"), 0o600)
    let alive = open(folder("alive"), O_RDONLY | O_NONBLOCK)
    defer { close(alive) }
    let loop = "trap '' TERM; while :; do sleep 1; done"
    let text = "exec 3> \(folder("alive")); (\(loop)) & \(loop)"
    let report = try await runner.finish(request("k", [script("s", text, limit: 1)]))
    #expect(report.failure?.code == "TimedOut" && report.failure?.retryable == true)
    _ = fcntl(alive, F_SETFL, 0)
    var byte: UInt8 = 0
    #expect(read(alive, &byte, 1) == 0)
  }

  @Test func `a failed command's last words are in the failure, and a full disk is named`() async throws {
    let runner = try await runner()
    let report = try await runner.finish(request("k1", [script("s", "echo the reason >&2; exit 3")]))
    #expect(report.failure?.code == "CommandFailed")
    #expect(report.failure!.message.contains("exit status 3") && report.failure!.message.contains("the reason"))
    let full = try await runner.finish(request("k2", [script("s", "echo x > /dev/full")]))
    #expect(full.failure?.code == "CommandFailed" || full.failure?.code == "DiskFull")
    let write = PlanStep(
      "w", "W", .run(Command(["dd", "if=/dev/zero", "of=/dev/full", "count=1"])), check: .exists("/no"))
    #expect(try await runner.finish(request("k3", [write])).failure?.code == "DiskFull")
  }
}
