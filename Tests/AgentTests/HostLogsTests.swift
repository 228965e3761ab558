import EaselAgentProtocol
import EaselHostPlan
import Glibc
import Testing

@testable import EaselAgent

/// Live logs: each line once, whatever happens to the file or the journal in between.
@Suite(.timeLimit(.minutes(1))) struct HostLogsTests {
  let folder = TestFolder()

  private var logs: HostLogs { HostLogs(searchPath: "\(folder.path):/usr/bin:/bin", folder: folder.path + "/") }

  @Test func `a file is read from where it was read before, whole lines only`() async throws {
    folder.write("a.log", "one\ntwo\nthr")
    let first = try await logs.read(LogsRequest(path: folder("a.log"), lines: 10))
    #expect(first.lines == ["one", "two"])
    try append("a.log", "ee\nfour\n")
    let second = try await logs.read(LogsRequest(path: folder("a.log"), lines: 10, after: first.cursor))
    #expect(second.lines == ["three", "four"])
    let third = try await logs.read(LogsRequest(path: folder("a.log"), lines: 10, after: second.cursor))
    #expect(third.lines.isEmpty && third.cursor == second.cursor)
  }

  private func append(_ name: String, _ text: String) throws {
    let file = open(folder(name), O_WRONLY | O_APPEND)
    try #require(file >= 0)
    defer { close(file) }
    try Files.write(file, Array(text.utf8), name)
  }

  @Test func `a file that was rotated or cut is read from its beginning`() async throws {
    folder.write("a.log", "one\ntwo\n")
    let first = try await logs.read(LogsRequest(path: folder("a.log"), lines: 10))
    rename(folder("a.log"), folder("a.log.1"))
    folder.write("a.log", "new\n")
    let second = try await logs.read(LogsRequest(path: folder("a.log"), lines: 10, after: first.cursor))
    #expect(second.lines == ["new"])
  }

  @Test func `of more lines than wanted the newest come`() async throws {
    folder.write("a.log", (1...9).map { "line \($0)\n" }.joined())
    #expect(try await logs.read(LogsRequest(path: folder("a.log"), lines: 2)).lines == ["line 8", "line 9"])
  }

  @Test(
    "what is no place below the log folder is refused", arguments: ["/etc/shadow", "/var/log/../../etc/shadow", ""])
  func outside(path: String) async {
    await #expect(throws: (any Error).self) {
      try await HostLogs(searchPath: "/bin").read(LogsRequest(path: path, lines: 1))
    }
  }

  @Test func `the journal is asked for what came since, and its cursor is no line`() async throws {
    folder.write(
      "journalctl",
      """
      #!/bin/sh
      echo "$@" >>"\(folder("calls"))"
      case "$*" in
      *after-cursor=s=1*) echo "third"; echo "-- cursor: s=2;i=3";;
      *after-cursor=s=2*) ;;
      *) echo "first"; echo "second"; echo "-- cursor: s=1;i=2";;
      esac
      """, mode: 0o755)
    let first = try await logs.read(LogsRequest(unit: "kubelet.service", lines: 10))
    #expect(first.lines == ["first", "second"] && first.cursor == "s=1;i=2")
    let second = try await logs.read(LogsRequest(unit: "kubelet.service", lines: 10, after: first.cursor))
    #expect(second.lines == ["third"] && second.cursor == "s=2;i=3")
    let third = try await logs.read(LogsRequest(unit: "kubelet.service", lines: 10, after: second.cursor))
    #expect(third.lines.isEmpty && third.cursor == "s=2;i=3", "nothing new leaves the cursor where it was")
    #expect(folder.read("calls")?.contains("--unit=kubelet.service --after-cursor=s=1;i=2") == true)
  }

  @Test("a cursor or unit that is none never reaches the command", arguments: ["--help", "a b", "$(id)", "x\n"])
  func hostile(text: String) async {
    await #expect(throws: RPCFailure.self) {
      try await logs.read(LogsRequest(unit: "kubelet.service", lines: 1, after: text))
    }
    await #expect(throws: RPCFailure.self) { try await logs.read(LogsRequest(unit: text, lines: 1)) }
  }

  @Test func `units are read from what systemd shows, each once, and those that are not there are left out`() {
    let text = """
      Id=kubelet.service
      Description=kubelet: The Kubernetes Node Agent
      LoadState=loaded
      ActiveState=activating
      SubState=auto-restart
      StateChangeTimestampMonotonic=61000000

      Id=ssh.service
      Description=
      LoadState=loaded
      ActiveState=active
      SubState=running
      StateChangeTimestampMonotonic=0

      Id=ssh.service
      LoadState=loaded
      ActiveState=active

      Id=containerd.service
      LoadState=not-found
      ActiveState=inactive

      """
    let units = HostUnits.parse(text, wallMilliseconds: 1_000_000, monotonicMilliseconds: 100_000)
    #expect(units.map(\.name) == ["kubelet.service", "ssh.service"])
    #expect(units[0].state == "activating" && units[0].detail == "auto-restart")
    #expect(units[0].sinceMilliseconds == 961_000 && units[1].sinceMilliseconds == nil)
  }

  @Test func `the newest log of each container of the control plane is offered`() async throws {
    folder.write("systemctl", "#!/bin/sh\nexit 0\n", mode: 0o755)
    for path in ["kube-system_etcd-one_abc/etcd", "default_web_x/web"] {
      try Files.makeDirectories(folder("pods/\(path)"), mode: 0o755)
      folder.write("pods/\(path)/0.log", "")
    }
    folder.write("pods/kube-system_etcd-one_abc/etcd/2.log", "")
    let units = try await HostUnits(searchPath: "\(folder.path):/bin", pods: folder("pods")).read().units
    #expect(units.map(\.name) == [folder("pods/kube-system_etcd-one_abc/etcd/2.log")])
    #expect(units.first?.detail == "restarted 2 times")
  }

  @Test func `content is not pruned while a plan runs, nor in the name of another site`() async throws {
    let state = StateFolder(folder("agent"))
    let runner = try Runner(AgentConfiguration(state: state))
    mkfifo(folder("gate"), 0o600)
    let task = try await runner.run(try request("k", [script("s", "cat \(folder("gate"))")]))
    await #expect(throws: RPCFailure.self) { try await runner.prune(ContentPruneRequest(keep: [], fence: site)) }
    close(open(folder("gate"), O_WRONLY))
    await runner.untilIdle()
    #expect(task.report.state == .succeeded)
    #expect(try await runner.prune(ContentPruneRequest(keep: [], fence: site)).removed == 0)
    await #expect(throws: RPCFailure.self) {
      try await runner.prune(ContentPruneRequest(keep: [], fence: Fence(site: "other", epoch: 9)))
    }
  }
}
