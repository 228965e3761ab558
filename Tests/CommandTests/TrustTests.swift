import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

/// A host whose key, whose login or whose agent is not what it was; over a real sshd on loopback, with the real program and engine.
@Suite(.enabled(if: AgentHost.isPossible, "openssh-server is not installed: run `make test`"), .timeLimit(.minutes(5)))
struct TrustTests {
  private func siteWithHost() async throws -> (TestSite, AgentHost) {
    let site = try TestSite()
    try await site.easel("site", "init")
    let host = try await AgentHost(String(site.path.dropLast("/site".count)) + "/host")
    let added = try await site.easel(try await host.words("one"))
    let logged = try await site.easel("logs", "add-one-1").output
    try #require(added.status == 0, "\(added.errors) \(logged)")
    return (site, host)
  }

  /// An engine that goes on looking at hosts; it ends with the site.
  private func engine(_ site: TestSite) async throws {
    let engine = try site.start(["engine"])
    try await site.eventually("the engine leads") {
      try JSON(try await site.easel("engine", "status", "-o", "json").output)["holder"]?.string?
        .hasPrefix("pid \(engine.pid) ") == true
    }
  }

  /// The host as the site sees it, once it is so.
  private func seen(_ site: TestSite, _ phase: String, _ reason: String? = nil) async throws -> JSON {
    var host = JSON.null
    do {
      try await site.eventually("the host is \(phase)") {
        host = try JSON(try await site.easel("get", "host", "one", "-o", "json").output)
        let reachable = host["status.conditions"]?.array.first { $0["type"] == .string("Reachable") }
        return host["status.phase"] == .string(phase) && (reason == nil || reachable?["reason"]?.string == reason)
      }
    } catch {
      Issue.record("\(host)")
      throw error
    }
    return host
  }

  private func knownHosts(_ site: TestSite) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: site.path + "/known_hosts")), as: UTF8.self)
  }

  @Test func `a host with another key is refused until that key is confirmed, and a wrong one changes nothing`()
    async throws
  {
    let (site, host) = try await siteWithHost()
    let (old, new) = (try await host.fingerprint("host_key"), try await host.fingerprint("other_key"))
    let known = try knownHosts(site)
    try await engine(site)
    try await host.listen(key: "other_key")

    let refused = try await seen(site, "NotReady", "HostKeyChanged")
    let said =
      refused["status.conditions"]?.array.first { $0["type"] == .string("Reachable") }?["message"]?.string ?? ""
    #expect(said.contains("another host key") && said.contains(" host trust one"), "\(said)")

    // A fingerprint that the host does not show, the old one among them, is refused with what it shows.
    for wrong in ["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", old] {
      let run = try await site.easel("host", "trust", "one", "--host-key", wrong)
      #expect(run.status == 3 && run.errors.contains(new), "\(run)")
    }
    let malformed = try await site.easel("host", "trust", "one", "--host-key", "nonsense")
    #expect([2, 3].contains(malformed.status), "\(malformed)")
    // Nobody is here to be asked.
    let unasked = try await site.easel("host", "trust", "one")
    #expect(unasked.status == 3 && unasked.errors.contains(new) && unasked.errors.contains("--host-key"), "\(unasked)")
    #expect(try knownHosts(site) == known)
    let same = try JSON(try await site.easel("get", "host", "one", "-o", "json").output)
    #expect(same["spec.hostKey"] == .string(old) && same["metadata.generation"] == refused["metadata.generation"])

    let trusted = try await site.easel("host", "trust", "one", "--host-key", new)
    #expect(trusted.status == 0, "\(trusted.errors)")
    let back = try await seen(site, "Ready")
    #expect(back["spec.hostKey"] == .string(new))
    let lines = try knownHosts(site).split(separator: "\n")
    #expect(lines.count == 1 && !known.contains(lines[0]), "the old key is forgotten")
    let audit = try await site.easel("audit", "list").output
    #expect(audit.contains("host trust") && audit.contains(new), "\(audit)")

    // The way back: the old key is a stranger's now.
    try await host.listen(key: "host_key")
    _ = try await seen(site, "NotReady", "HostKeyChanged")
  }

  @Test func `an operation that cannot log in waits for credentials, says whose, and goes on when they are there`()
    async throws
  {
    let (site, host) = try await siteWithHost()
    try host.letNobodyIn()
    let asked = try await site.easel("host", "remove", "one", "--yes")
    #expect(asked.status == 0, "\(asked.errors)")
    var operation = JSON.null
    func message() -> String {
      let items = operation["status.steps"]?.array.flatMap { $0["items"]?.array ?? [] } ?? []
      return ([operation["status.message"]?.string ?? ""] + items.compactMap { $0["message"]?.string }).joined(
        separator: "\n")
    }
    do {
      try await site.eventually("it waits for credentials") {
        operation = try JSON(try await site.easel("get", "operation", "remove-one-2", "-o", "json").output)
        return message().contains("credentials for one")
      }
    } catch {
      Issue.record("\(operation)")
      throw error
    }
    #expect(message().contains("easel host key install one"), "\(message())")
    #expect(!["Succeeded", "Failed", "Stopped", "Aborted"].contains(operation["status.phase"]?.string ?? "?"))
    #expect(try await site.easel("get", "host", "one", "-o", "name").status == 0)
    let tasks = try JSON(try await site.easel("get", "tasks", "-o", "json").output)["items"]?.array ?? []
    let dismissal = tasks.filter { $0["spec.verb"] == .string("dismiss") }
    #expect(dismissal.count == 1 && dismissal.first?["status.state"] == .string("Unknown"), "\(dismissal)")
    #expect(access(host.folder + "/dismissed", F_OK) != 0)

    try host.letIn()
    try await site.eventually("it has ended") {
      try await site.easel("get", "operation", "remove-one-2", "-o", "json").output.contains("\"Succeeded\"")
    }
    #expect(try host.read("dismissed") == "dismissed\n", "once")
    #expect(try await site.easel("get", "hosts", "-o", "name").output.isEmpty)
    #expect(access(host.folder + "/refused", F_OK) != 0, "\((try? host.read("refused")) ?? "")")
  }

  /// The host's agent says that it is a member, that the API does not answer, and what copy it keeps.
  @Test func `a cluster whose API is down is read from the copy that a host keeps, and it takes no strangers with it`()
    async throws
  {
    let site = try TestSite()
    try await site.easel("site", "init")
    let host = try await AgentHost(String(site.path.dropLast("/site".count)) + "/host")
    func member(_ name: String) -> String {
      """
      {"name":"edge-\(name)","uid":"m-\(name)","labels":{},"role":"control-plane","nodeName":"edge-\(name)","address":"127.0.0.1",
      "podCIDR":"10.244.1.0/24","status":{"phase":"Running","conditions":[],"cordonedByEasel":false,"drained":false,"leftEtcd":false,"nodeDeleted":false,"hostReset":false},
      "host":{"name":"\(name)","uid":"h-\(name)","labels":{},"spec":{"transport":"ssh","address":"192.0.2.7","sshHost":"127.0.0.1","port":\(host.port)}}}
      """
    }
    func kept(_ generation: Int) -> String {
      """
      {"apiVersion":"easel.dev/v1","createdAt":"2026-01-01T00:00:00.000Z","generation":\(generation),
      "initializedAt":"2026-01-01T00:01:00.000Z","kind":"Cluster","labels":{},"members":[\(member("one"))],"name":"edge",
      "owner":{"epoch":4,"name":"plant-7","site":"s1"},
      "spec":{"kubernetesVersion":"v1.31.4","profile":{"name":"kubeadm","version":"1.0.0"}},"uid":"c1"}
      """
    }
    func agent(_ definition: String, member: String?) throws {
      func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      }
      // As kubectl was given it.
      let text = quoted(
        #"{"items":[{},{"data":{"definition.json":"\#(quoted(definition.split(separator: "\n").joined()))"}}]}"#)
      try host.write(
        "answers",
        """
        {"protocolVersion":1,"build":"0.1.0","architecture":"x86_64","bootID":"b","hostname":"h","fence":{"site":"s1","epoch":4},"clockMilliseconds":1}
        {"hostname":"h","architecture":"x86_64","operatingSystem":"o","kernel":"k","cpuCount":1,"memoryBytes":1,"cgroupMode":"v2","canSetOOMScore":true,"swapBytes":0,"hasKernelModules":true,"machineID":"m","productUUID":"p","bootID":"b","disks":[],"interfaces":[],"clockMilliseconds":1\(member.map { ",\"member\":{\"cluster\":\"\($0)\"}" } ?? "")}
        {"key":"k","state":"succeeded","step":0,"stepCount":0,"stepTitle":"","line":"","logLines":0,"outputs":{"definition":"","nodes":"","kept":"\(text)"},"secretOutputs":{}}
        """)
      try host.write(
        "liar",
        """
        #!/bin/sh
        while IFS= read -r line; do
          id=${line#*'"id":'}; id=${id%%[,\\}]*}; method=${line#*'"method":"'}; method=${method%%\\"*}
          case "$method" in hello) n=1 ;; inventory) n=2 ;; *) n=3 ;; esac
          printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$(sed -n ${n}p '\(host.folder)/answers')"
        done
        """.replacing("\\\\", with: "\\"), mode: 0o755)
    }
    func adopt() async throws -> Run {
      try await site.easel(
        "adopt", "cluster", "edge", "--via", "gate=127.0.0.1", "--port", "\(host.port)", "--ssh-config",
        "\(host.folder)/ssh_config", "--user", "root", "--host-key", try await host.fingerprint("host_key"), "--dry-run"
      )
    }
    try agent(kept(7), member: "c1")
    let read = try await adopt()
    #expect(read.status == 0, "\(read)")
    #expect(read.output.contains("the copy that gate keeps, of generation 7"), "\(read)")
    try agent(kept(7), member: "c2")
    let stranger = try await adopt()
    #expect(stranger.status == 3 && stranger.errors.contains("a member of another cluster (uid c2)"), "\(stranger)")
    try agent("", member: "c1")
    let nothing = try await adopt()
    #expect(nothing.status == 1 && nothing.errors.contains("keeps no copy"), "\(nothing)")
    #expect(try await site.easel("get", "clusters", "-o", "name").output.isEmpty)
  }

  @Test func `a host whose agent talks nonsense is not ready, and nothing else happens`() async throws {
    let (site, host) = try await siteWithHost()
    try await engine(site)
    try host.write("liar", "#!/bin/sh\nprintf '\\033[2Jroot:\\n'\nexec yes\n", mode: 0o755)
    host.hangUp()
    let lost = try await seen(site, "NotReady", "AgentError")
    let said = lost["status.conditions"]?.array.first { $0["type"] == .string("Reachable") }?["message"]?.string ?? ""
    #expect(said.contains("one") && !said.unicodeScalars.contains { $0.value < 0x20 }, "\(said)")
    unlink(host.folder + "/liar")
    _ = try await seen(site, "Ready")
    #expect(try await site.easel("audit", "verify").status == 0)
  }
}
