import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import EaselProcess
import FoundationEssentials
import Testing

@testable import EaselAgent

@Suite(.timeLimit(.minutes(1))) struct ProtocolTests {
  let folder = TestFolder()

  /// Sends bytes to a real agent and returns its lines until it closes.
  private func talk(_ bytes: [UInt8]) async throws -> (lines: [String], status: EaselProcess.ExitStatus) {
    var launch = ChildProcess.Launch([Built.agent, "serve", "--foreground", "--state", folder("agent")])
    (launch.input, launch.output) = (.pipe, .pipe)
    let child = try ChildProcess(launch)
    let writer = Task {
      try? await child.input!.write(bytes)
      child.input!.close()
    }
    var all: [UInt8] = []
    while let bytes = try? await child.output!.read(), !bytes.isEmpty { all += bytes }
    await writer.value
    return (all.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }, await child.wait())
  }

  @Test(
    "garbage is answered with an error and the conversation goes on",
    arguments: [
      ("hello?", -32700, "NotJSON"), ("{}", -32600, "NotARequest"), ("[1,2]", -32700, "NotJSON"),
      (#"{"id":1,"method":"no"}"#, -32601, "NoSuchMethod"), (#"{"id":1,"method":"hello"}"#, -32602, "BadParameters"),
      (#"{"id":1,"method":"run","params":{"key":1}}"#, -32602, "BadParameters"), ("\u{0}\u{1}", -32700, "NotJSON"),
      (String(repeating: "[", count: 200_000), -32700, "NotJSON"),
      (String(repeating: "{\"a\":", count: 100_000), -32700, "NotJSON"),
      (#"{"method":"part","params":{"index":0,"last":true,"bytes":"aGk="}}"#, -32700, "NotJSON"),
    ])
  func garbage(line: String, number: Int, word: String) async throws {
    let good = #"{"jsonrpc":"2.0","id":7,"method":"report","params":{"key":"x"}}"#
    let (lines, status) = try await talk(Array("\(line)\n\(good)\n".utf8))
    #expect(status == .exited(0) && lines.count == 2)
    #expect(lines.contains { $0.contains("\"code\":\(number)") && $0.contains("\"\(word)\"") })
    #expect(lines.contains { $0.contains("\"id\":7") && $0.contains("neverSeen") })
  }

  @Test func `random bytes never end the agent with a crash`() async throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5 {
      let bytes = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(try await talk(bytes).status == .exited(0))
    }
  }

  @Test func `a line that is too long ends the connection with its name, not the agent's memory`() async throws {
    let (lines, status) = try await talk([UInt8](repeating: 65, count: 3 << 20))
    #expect(lines.count == 1 && lines[0].contains("LineTooLong"))
    #expect(status == .exited(0))
  }

  @Test func `another protocol version is refused by name`() async throws {
    let call = #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocolVersion":99,"build":"x"}}"#
    #expect(try await talk(Array("\(call)\n".utf8)).lines[0].contains("ProtocolDiffers"))
  }

  @Test func `messages longer than a line travel in parts, both ways`() async throws {
    let text = String(repeating: "0123456789abcdef", count: 150_000)
    let step = PlanStep("w", "W", .write(FileSpec(path: folder("big"), text: text)))
    let read = PlanStep("c", "C", .capture(.reading(["cat", folder("big")]), output: "big", secret: false))
    let client = localClient(folder)
    let report = try await client.run(request("k", [step, read]))
    #expect(report.outputs["big"] == text)
    #expect(try await client.report("k").outputs["big"] == text)
    await client.close()
  }

  @Test func `parts that do not follow one another are refused`() throws {
    let message = [UInt8](repeating: 65, count: 3 << 20)
    let lines = try MessageFraming.lines(message).split(separator: 10).map(Array.init)
    #expect(lines.count > 2 && lines.allSatisfy { $0.count < AgentProtocol.maximumLine })
    var framing = MessageFraming()
    var found: [UInt8]?
    for line in lines { found = try framing.message(from: line) }
    #expect(found == message)
    var other = MessageFraming()
    _ = try other.message(from: lines[0])
    #expect(throws: MessageFraming.Defect.partOutOfOrder) { try other.message(from: lines[2]) }
  }

  @Test func `a file system counts once, however often and however it is mounted`() {
    func mounted(_ point: String, _ source: String, device: UInt64, total: Int64, free: Int64) -> FileSystem {
      FileSystem(
        device: device, source: source, disk: .init(mountPoint: point, totalBytes: total, freeBytes: free))
    }
    func points(_ list: [FileSystem]) -> [String] { FileSystem.distinct(list).map(\.mountPoint) }
    let giga: Int64 = 1 << 30
    let root = mounted("/", "/dev/vda2", device: 2, total: 100 * giga, free: 40 * giga)
    #expect(points([root, mounted("/srv", "/dev/vda2", device: 2, total: 100 * giga, free: 40 * giga)]) == ["/"])
    #expect(
      points([root, mounted("/home", "/dev/vda2", device: 61, total: 100 * giga, free: 40 * giga)]) == ["/"],
      "a part of the same btrfs")
    let over = mounted("/", "overlay", device: 90, total: 100 * giga, free: 40 * giga)
    #expect(
      points([over, mounted("/etc/keys", "/dev/vda2", device: 2, total: 100 * giga, free: 40 * giga - 4096)]) == ["/"],
      "what the root lies over")
    let disks = (1...2).map {
      mounted("/data\($0)", "/dev/vd\($0)", device: UInt64($0), total: 10 * giga, free: 9 * giga)
    }
    #expect(points([over] + disks) == ["/", "/data1", "/data2"], "two new disks of one size are two")
  }

  @Test func `the inventory tells whose member the host is, and how its clock differs`() async throws {
    let client = localClient(folder)
    let facts = try await client.inventory()
    #expect(
      facts.inventory.cpuCount >= 1 && facts.inventory.memoryBytes > 0 && facts.inventory.architecture == "x86_64")
    #expect(facts.inventory.disks.contains { $0.mountPoint == "/" && $0.totalBytes > 0 })
    #expect(["v1", "v2", "hybrid"].contains(facts.inventory.cgroupMode))
    #expect(facts.inventory.clockSkewSeconds != nil && !facts.bootID.isEmpty)
    await client.close()
    folder.write("member.json", #"{"cluster":"uid-1","name":"edge","node":"n1"}"#)
    let reply = HostInventory(memberFile: folder("member.json")).read()
    #expect(reply.member == InventoryReply.Member(cluster: "uid-1", name: "edge", node: "n1"))
  }

  @Test func `a log file outside of the log folder is not shown`() async throws {
    let client = localClient(folder)
    for path in ["/etc/passwd", "/var/log/../../etc/passwd"] {
      await #expect(throws: EaselError.self) { try await client.logs(LogsRequest(path: path)) }
    }
    await client.close()
  }

  @Test func `the output of a program is cut into bounded lines`() {
    var lines = OutputLines()
    var texts: [String] = []
    func take(_ line: [UInt8], _ dropped: Int) { texts.append(OutputLines.text(line, dropped: dropped)) }
    lines.add(Array("a\rb\n\u{1b}[1mc\n".utf8), take)
    lines.add([UInt8](repeating: 120, count: 100_000), take)
    lines.finish(take)
    #expect(texts[0...2] == ["a", "b", " [1mc"])
    #expect(texts[3].hasSuffix("[95904 bytes more]") && texts[3].utf8.count < 5000)
  }

  @Test func `the log of a plan keeps its newest lines and their numbers`() {
    let log = TaskLog(folder: folder.path)
    let line = String(repeating: "x", count: 1000)
    for number in 1...5000 { #expect(log.append("\(number) \(line)") == number) }
    #expect(TaskLog.read(folder: folder.path, from: 4990, limit: 2).lines.map { $0.prefix(4) } == ["4990", "4991"])
    let oldest = TaskLog.read(folder: folder.path, from: 1, limit: 1)
    #expect(oldest.first > 1 && oldest.lines[0].hasPrefix("\(oldest.first) "))
    #expect(TaskLog(folder: folder.path).count == 5000)
  }

  @Test func `the unit that ships is the unit that is installed`() throws {
    var root = #filePath
    for _ in 0..<3 { root = Files.parent(of: root) }
    #expect(Files.text("\(root)/assets/easel-agent.service")! + "\n" == Installation.unitText)
  }
}
