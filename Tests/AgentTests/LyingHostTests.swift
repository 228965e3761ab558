import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import EaselModel
import FoundationEssentials
import Testing

@testable import EaselAgent

/// A host that is broken, or somebody else's by now, says anything. It is an error about that host, and what is taken from it is
/// within bounds.
@Suite(.timeLimit(.minutes(2))) struct LyingHostTests {
  let folder = TestFolder()

  private static let hello: [String: String] = [
    "protocolVersion": "\(AgentProtocol.version)", "build": #""0.1.0""#, "architecture": #""x86_64""#,
    "bootID": #""b""#, "hostname": #""h""#, "clockMilliseconds": "1",
  ]

  private static let inventory: [String: String] = [
    "hostname": #""h""#, "architecture": #""x86_64""#, "operatingSystem": #""os""#, "kernel": #""k""#, "cpuCount": "1",
    "memoryBytes": "1", "cgroupMode": #""v2""#, "canSetOOMScore": "true", "swapBytes": "0", "hasKernelModules": "true",
    "machineID": #""m""#, "productUUID": #""p""#, "bootID": #""b""#, "disks": "[]", "interfaces": "[]",
    "clockMilliseconds": "1",
  ]

  private func object(_ fields: [String: String], _ changes: [String: String] = [:]) -> String {
    "{" + fields.merging(changes) { $1 }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  /// A program that answers each method with a result, or with a whole line where that begins with `!`.
  private func liar(_ answers: [String: String], before: String = "") -> AgentClient {
    var answers = answers
    if answers["hello"] == nil { answers["hello"] = object(Self.hello) }
    for (method, answer) in answers { folder.write(method, answer) }
    return program(
      """
      \(before)
      while IFS= read -r line; do
        id=${line#*'"id":'}; id=${id%%[,\\}]*}; method=${line#*'"method":"'}; method=${method%%\\"*}
        text=$(cat "\(folder.path)/$method")
        case "$text" in
          !*) printf '%s\\n' "${text#!}" | sed "s/ID/$id/" ;;
          *) printf '%s\\n' "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":$text}" ;;
        esac
      done
      """)
  }

  private func program(_ text: String) -> AgentClient {
    folder.write("liar", "#!/bin/sh\n\(text)\n", mode: 0o755)
    return AgentClient(LocalTransport(host: "liar", agent: folder("liar"), state: nil))
  }

  private func failure<T>(_ attempt: () async throws -> T) async -> EaselError? {
    do {
      _ = try await attempt()
      return nil
    } catch {
      return error as? EaselError
    }
  }

  @Test(
    "what is not the protocol ends the connection with an error about the host",
    arguments: [
      "echo hello; exec sleep 600", "exec yes", "exec yes '{}[]'",
      "head -c 3000000 /dev/zero | tr '\\0' x; exec sleep 600",
      "exec cat /dev/zero", "exec cat /dev/urandom", "printf '[%.0s' $(seq 100000); echo; exec sleep 600",
      // Parts without end, and parts that do not follow one another.
      #"i=0; while :; do printf '{"jsonrpc":"2.0","method":"part","params":{"bytes":"%s","index":%s,"last":false}}\n' "#
        + #""$(head -c 700000 /dev/zero | base64 -w0 | head -c 700000)" $i; i=$((i+1)); done"#,
      #"echo '{"jsonrpc":"2.0","method":"part","params":{"bytes":"","index":7,"last":true}}'; exec sleep 600"#,
      #"echo '{"jsonrpc":"2.0","method":"progress","params":{"key":1}}'; exec sleep 600"#,
      #"echo '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"x"}}'; echo x; exec sleep 600"#,
    ])
  func garbage(program text: String) async {
    let client = program(text)
    let failure = await failure { try await client.hello() }
    #expect(failure?.code == "AgentError", "\(String(describing: failure))")
    #expect(failure?.message.contains("liar") == true && (failure?.message.utf8.count ?? 0) < 1000)
    await client.close()
  }

  @Test func `another version is refused by name, whichever side notices`() async {
    let other = liar(["hello": object(Self.hello, ["protocolVersion": "99"])])
    #expect(await failure { try await other.hello() }?.code == "AgentOutdated")
    await other.close()
    let refusing = liar([
      "hello":
        #"!{"jsonrpc":"2.0","id":ID,"error":{"code":-32000,"message":"no","data":{"code":"ProtocolDiffers","advice":""}}}"#
    ])
    #expect(await failure { try await refusing.hello() }?.code == "AgentOutdated")
    await refusing.close()
  }

  @Test func `numbers and times that nobody can reckon with are brought within bounds`() async throws {
    let (least, most) = ("\(Int64.min)", "\(Int64.max)")
    for (clock, bytes) in [(least, most), (most, least)] {
      let client = liar([
        "hello": object(
          Self.hello,
          [
            "clockMilliseconds": clock, "fence": "{\"site\":\"s\",\"epoch\":\(bytes)}",
            "owner": "{\"name\":\"n\",\"by\":\"b\",\"sinceMilliseconds\":\(clock)}",
          ]),
        "inventory": object(
          Self.inventory,
          [
            "clockMilliseconds": clock, "memoryBytes": bytes, "swapBytes": bytes, "cpuCount": bytes,
            "disks": "["
              + (0..<500).map { _ in
                "{\"mountPoint\":\"/\",\"totalBytes\":\(bytes),\"freeBytes\":\(most)}"
              }.joined(separator: ",") + "]",
          ]),
      ])
      let owner = try #require(try await client.hello().hostOwner)
      #expect(owner.epoch >= 0 && Timestamp(owner.since?.description ?? "") != nil && !owner.adoptionText.isEmpty)
      let facts = try await client.inventory()
      #expect((0...100_000).contains(facts.inventory.cpuCount) && facts.inventory.clockSkewSeconds?.isFinite == true)
      #expect(facts.inventory.memoryBytes >= 0 && facts.inventory.disks.count <= 256)
      // A site adds up what its hosts have.
      let disks = facts.inventory.disks.map(\.totalBytes)
      #expect(disks.reduce((0, false)) { ($0.0 &+ $1, $0.1 || $0.0.addingReportingOverflow($1).overflow) }.1 == false)
      #expect(facts.inventory.disks.allSatisfy { (0...$0.totalBytes).contains($0.freeBytes) })
      await client.close()
    }
  }

  @Test func `no word of a host moves a terminal's cursor or is without end`() async throws {
    let evil = #""\u001b[2J\u009b1mroot\u202e\r\n\u0007"#
    let long = evil + String(repeating: "x", count: 100_000) + "\""
    let client = liar([
      "hello": object(Self.hello, ["build": long, "hostname": long, "bootID": evil + "\""]),
      "inventory": object(
        Self.inventory,
        [
          "hostname": long, "kernel": long, "operatingSystem": evil + "\"", "machineID": long,
          "interfaces": "[{\"name\":\(long),\"hardwareAddress\":\(long),\"addresses\":[\(long)],\"up\":true}]",
          "member": "{\"cluster\":\(long)}",
        ]),
      "logs": "{\"firstLine\":-7,\"lines\":[\(long),\(evil)\"],\"cursor\":\(long)}",
      "units": "{\"units\":[{\"name\":\(evil)\",\"title\":\(long),\"state\":\(evil)\",\"detail\":\(long),"
        + "\"sinceMilliseconds\":\(Int64.min)}]}",
      "report": #"!{"jsonrpc":"2.0","id":ID,"error":{"code":-32000,"message":"# + long
        + #","data":{"code":"# + long + #","advice":"# + long + "}}}",
    ])
    func expectPlain(_ text: String, _ most: Int, _ what: String) {
      #expect(text.utf8.count <= most + 4, "\(what) has \(text.utf8.count) bytes")
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) || $0 == "\u{202e}" })
      #expect(text.contains("root"), "\(what)")
    }
    let hello = try await client.hello()
    for (text, what) in [(hello.build, "build"), (hello.hostname, "name"), (hello.bootID, "boot")] {
      expectPlain(text, 256, what)
    }
    let facts = try await client.inventory()
    let inventory = facts.inventory
    for text in [
      inventory.hostname, inventory.kernel, inventory.operatingSystem, inventory.machineID,
      inventory.interfaces[0].name,
      inventory.interfaces[0].hardwareAddress, inventory.interfaces[0].addresses[0], facts.ownerCluster?.text ?? "",
    ] { expectPlain(text, 256, "inventory") }
    let logs = try await client.logs(LogsRequest(unit: "u", lines: 2))
    for line in logs.lines { expectPlain(line, 16 << 10, "line") }
    #expect(logs.firstLine == 0 && logs.lines.count == 2)
    #expect(try await client.logs(LogsRequest(unit: "u", lines: 1)).lines.count == 1)
    let unit = try #require(try await client.units().first)
    for text in [unit.name, unit.title, unit.state, unit.detail] { expectPlain(text, 4096, "unit") }
    #expect(unit.sinceMilliseconds == 0)
    let refused = try #require(await failure { try await client.report("k") })
    expectPlain(refused.message, 4200, "message")
    expectPlain(refused.advice, 4096, "advice")
    #expect(refused.code.utf8.count <= 68)
    await client.close()
  }

  @Test func `answers to nobody are left aside, and noise beside an answer does no harm`() async throws {
    let client = liar(
      ["inventory": object(Self.inventory)],
      before: #"""
        echo '{"jsonrpc":"2.0","id":4711,"result":{}}'
        echo '{"jsonrpc":"2.0","id":"x","result":{}}'
        echo '{"jsonrpc":"2.0","method":"noise","params":{}}'
        echo '{"jsonrpc":"2.0","method":"finished","params":{"key":"k","state":"succeeded","step":0,"stepCount":0,"stepTitle":"","line":"","logLines":0,"outputs":{},"secretOutputs":{}}}'
        yes '{"jsonrpc":"2.0","method":"noise","params":{}}' &
        trap "kill $!" EXIT
        """#)
    for _ in 0..<3 { #expect(try await client.inventory().inventory.hostname == "h") }
    await client.close()
  }

  @Test func `progress and reports of steps that cannot be are brought within bounds`() async throws {
    let report =
      "{\"key\":\"k\",\"state\":\"running\",\"step\":\(Int.min),\"stepCount\":\(Int.max),\"stepTitle\":\"\",\"line\":\"\","
      + "\"logLines\":0,\"outputs\":{},\"secretOutputs\":{}}"
    folder.write(
      "after",
      "{\"jsonrpc\":\"2.0\",\"method\":\"progress\",\"params\":{\"key\":\"k\",\"step\":\(Int.min),\"stepCount\":\(Int.max),"
        + "\"stepTitle\":\"\\u001b[1m\",\"line\":\"a\\nb\",\"lineNumber\":\(Int.min)}}\n"
        + "{\"jsonrpc\":\"2.0\",\"method\":\"finished\",\"params\":"
        + report.replacing("running", with: "failed").replacing(
          "\"logLines\"",
          with: "\"failure\":{\"code\":\"\\u001b\",\"message\":\"\\u001b[2J\",\"retryable\":false},\"logLines\"")
        + "}\n")
    let client = program(
      """
      read -r line; printf '%s\\n' '{"jsonrpc":"2.0","id":1,"result":\(object(Self.hello))}'
      read -r line; printf '%s\\n' '{"jsonrpc":"2.0","id":2,"result":\(report)}'
      cat '\(folder("after"))'
      exec cat > /dev/null
      """)
    let notes = Events<ProgressNote>()
    let end = try await client.run(request("k", [script("s", "true")]), patience: .none) { notes.add($0) }
    #expect(end.state == .failed && end.step == 0 && end.stepCount == 10_000 && end.failure?.message == " [2J")
    let note = try #require(await notes.first { _ in true })
    #expect(note.step == 0 && note.stepCount == 10_000 && note.line == "a b" && note.stepTitle == " [1m")
    await client.close()
  }

  @Test(arguments: [Int64.min, -1, 1 << 40, Int64.max])
  func `a host that lies about the files it has is sent no more than the file`(has: Int64) async throws {
    folder.write("file", "some bytes")
    var digest = SHA256()
    digest.update(Array("some bytes".utf8))
    let file = ContentPush.File(.init(sha256: digest.finishHex(), size: 10, name: "file"), path: folder("file"))
    folder.write(
      "push",
      """
      #!/bin/sh
      if [ "$1" = receive ]; then
        read -r line; echo 'offset \(has)'; cat > '\(folder("got"))'; echo 'error DigestDiffers no such bytes'; exit 1
      fi
      exec '\(folder("liar"))'
      """, mode: 0o755)
    let other = liar(["content.has": "{\"missing\":{\"\(file.reference.sha256)\":\(has)},\"freeBytes\":\(Int64.max)}"])
    await other.close()
    let client = AgentClient(LocalTransport(host: "liar", agent: folder("push"), state: nil))
    let refused = await failure { try await ContentPush(client).push([file]) }
    #expect(refused?.code == "DigestDiffers" && refused?.message.contains(folder("file")) == true, "\(refused as Any)")
    #expect((folder.read("got") ?? "").utf8.count <= 10)
    await client.close()
  }
}
