import EaselModel
import EaselProcess
import FoundationEssentials
import Testing

/// What options and words mean, or that they are refused: nothing is taken and then ignored.
@Suite struct FormatTests {
  private func site(hosts: Int = 1) async throws -> TestSite { try await .simulated(hosts: hosts) }

  @Test func `every format that a verb takes is what it prints`() async throws {
    let site = try await site()
    for words in [
      ["audit", "verify"], ["audit", "list"], ["engine", "status"], ["doctor"], ["version"], ["host", "key", "show"],
      ["events"], ["host", "units", "host1"], ["describe", "host", "host1"], ["plan", "add-host1-1"], ["site", "show"],
    ] {
      let json = try await site.easel(words + ["-o", "json"])
      #expect((try? JSON(json.output)) != nil, "\(words): \(json.output)\(json.errors)")
      let yaml = try await site.easel(words + ["-o", "yaml"])
      #expect(yaml.output.contains(": ") && !yaml.output.hasPrefix("{"), "\(words): \(yaml.output)\(yaml.errors)")
    }
    let units = try JSON(try await site.easel("host", "units", "host1", "-o", "json").output)
    #expect(units["kind"] == .string("List") && units["items"]?.array.isEmpty == false)
  }

  @Test(arguments: [
    ["logs", "add-host1-1", "-o", "json"], ["version", "-o", "name"], ["audit", "list", "-o", "wide"],
    ["describe", "host", "host1", "-o", "wide"], ["kubeconfig", "edge", "-o", "yaml"],
    ["plan", "add-host1-1", "-o", "wide"],
    ["completion", "bash", "-o", "json"], ["host", "maintenance", "host1", "on", "--dry-run", "-o", "name"],
    ["events", "--follow", "-o", "yaml"], ["-o", "json"],
  ])
  func `a format that a verb has not is a usage error`(words: [String]) async throws {
    let run = try await site().easel(words)
    #expect(run.status == 2, "\(words): \(run.output)")
    #expect(run.output.isEmpty && !run.errors.isEmpty)
  }

  @Test func `labels are selected as in Kubernetes`() async throws {
    let site = try await site(hosts: 1)
    let cluster = { (name: String, labels: [String]) in
      try await site.easel(
        ["create", "cluster", name, "--version", "v1.31.4", "--yes"] + labels.flatMap { ["--label", $0] })
    }
    #expect(try await cluster("a", ["zone=a", "tier=web"]).status == 0)
    #expect(try await cluster("b", ["zone=b"]).status == 0)
    #expect(try await cluster("c", []).status == 0)
    for (selector, names) in [
      ("zone=b", "b"), ("zone==b", "b"), ("zone!=b", "ac"), ("zone=a,tier=web", "a"), ("zone in (a, b)", "ab"),
      ("zone notin (a)", "bc"), ("zone", "ab"), ("!zone", "c"), ("zone,tier!=web", "b"), ("zone=x", ""),
    ] {
      let run = try await site.easel("get", "clusters", "-l", selector, "-o", "name")
      let found = run.output.split(separator: "\n").map { $0.dropFirst("cluster/".count) }.joined()
      #expect(found == names, "\(selector): \(run.output)\(run.errors)")
    }
    for selector in ["zone=a=b", "zone in a", "=b", "zone > 3", "a,,b", ""] {
      let run = try await site.easel("get", "clusters", "-l", selector)
      #expect(run.status == 2 && run.errors.contains("zone notin (a,b)"), "\(selector): \(run.errors)")
    }
    let none = try await site.easel("get", "clusters", "-l", "zone=x")
    #expect(none.status == 0 && none.errors.contains("No clusters are like that"), "\(none.errors)")
  }

  @Test(arguments: [
    (["create", "cluster", "e", "--version", "v1.31.4", "--pool", "foo=1", "--pool", "foo=2", "--yes"], "foo"),
    (["create", "cluster", "e", "--version", "v1.31.4", "--workers", "1", "--pool", "workers=2", "--yes"], "workers"),
    (["get", "hosts", "--state", ""], "--state"), (["logs", "host1"], " host units host1"),
  ])
  func `what contradicts itself or says nothing is a usage error`(words: [String], advice: String) async throws {
    let run = try await site().easel(words)
    #expect(run.status == 2 && run.errors.contains(advice), "\(run.status) \(run.errors)\(run.output)")
  }

  @Test func `files may be pipes, begin with a mark, and must hold something`() async throws {
    let site = try await site()
    let folder = String(site.path.dropLast("/site".count))
    let host =
      "apiVersion: easel.internal/v1\nkind: Host\nmetadata: {name: h}\nspec: {transport: simulated, address: 192.0.2.1}\n"
    let marked = folder + "/marked.yaml"
    try (Data([0xef, 0xbb, 0xbf]) + Data(host.utf8)).write(to: URL(filePath: marked))
    let plan = try await site.easel("apply", "-f", marked, "--dry-run")
    #expect(plan.status == 0, "\(plan.errors)")
    let piped = try await site.easel(["apply", "-f", "/dev/stdin", "--dry-run"], input: host)
    #expect(piped.status == 0, "\(piped.errors)")

    let empty = folder + "/empty.yaml"
    for text in ["", "# nothing\n", "---\n", "---\n# nothing\n---\n"] {
      try Data(text.utf8).write(to: URL(filePath: empty))
      let run = try await site.easel("apply", "-f", empty, "--yes")
      #expect(run.status == 2 && run.errors.contains("no objects passed to apply"), "\(text): \(run.errors)")
    }
    let directory = try await site.easel("apply", "-f", folder, "--yes")
    #expect(directory.status == 2 && directory.errors.contains("is a directory"), "\(directory.errors)")
    let device = try await site.easel("apply", "-f", "/dev/null", "--yes")
    #expect(device.status == 2 && device.errors.contains("device"), "\(device.errors)")
    #expect(try await site.easel("apply", "-f", folder + "/none", "--yes").status == 4)
  }

  @Test func `names with their type, help and version are understood everywhere`() async throws {
    let site = try await site()
    #expect(try await site.easel("create", "cluster/edge", "--version", "v1.31.4", "--yes", "--wait").status == 0)
    for words in [
      ["describe", "cluster/edge"], ["events", "cluster/edge"], ["delete", "cluster/edge", "--dry-run"],
      ["scale", "cluster/edge", "--workers", "0", "--dry-run"], ["plan", "operation/create-edge-1"],
      ["logs", "operation/create-edge-1"], ["logs", "host1/kubelet"], ["logs", "host1/kubelet.service"],
    ] {
      let run = try await site.easel(words)
      #expect(run.status == 0, "\(words): \(run.errors)")
    }
    #expect(try await site.easel("help").output.contains("usage: easel [VERB]"))
    #expect(try await site.easel("help", "create", "cluster").output.contains("usage: easel create cluster NAME"))
    #expect(try await site.easel("--version").output == site.easel("version").output)
    let kubeconfig = try await site.easel("kubeconfig", "edge")
    #expect(kubeconfig.status == 4 && kubeconfig.errors.contains("simulated"), "\(kubeconfig.errors)")
    let dry = try await site.easel("host", "maintenance", "host1", "on", "--dry-run")
    #expect(dry.status == 0 && dry.output.hasPrefix("at once, without an operation"), "\(dry.output)\(dry.errors)")
  }

  @Test(.timeLimit(.minutes(2)))
  func `a step that stopped is named by its title or its name, and describe says what to type`() async throws {
    let site = try TestSite()
    // Nearly every task meets a fault: it stops at one of them.
    try await site.easel("site", "init", "--simulated", "6", "--fault-rate", "0.9", "--seed", "3")
    let made = try await site.easel(
      "create", "cluster", "edge", "--workers", "2", "--version", "v1.31.4", "--yes", "--wait")
    try #require(made.status == 1 && made.errors.contains("has stopped"), "\(made.output)\(made.errors)")
    let steps = try JSON(try await site.easel("get", "operation", "create-edge-1", "-o", "json").output)[
      "status.steps"]?.array
    let stopped = try #require(steps?.first { $0["state"] == .string("Stopped") })
    let (name, title) = (stopped["name"]?.string ?? "", stopped["title"]?.string ?? "")
    let item = try #require(stopped["items"]?.array.first { $0["state"] == .string("Stopped") }?["name"]?.string)

    let wrong = try await site.easel("retry", "create-edge-1", "--step", "nonsense")
    #expect(wrong.status == 4 && wrong.errors.contains("\(name) (\(title))"), "\(wrong.errors)")
    let early = try await site.easel("retry", "create-edge-1", "--step", "Choose hosts")
    #expect(early.status == 3 && early.errors.contains("\(name) (\(title)) of \(item)"), "\(early.errors)")
    let skip = try await site.easel("skip", "create-edge-1", "--step", title, "--item", "nobody", "--yes")
    #expect(skip.status == 3 && skip.errors.contains("of nobody has not stopped"), "\(skip.errors)")
    let described = try await site.easel("describe", "operation", "create-edge-1")
    #expect(
      described.output.contains("easel --state \(site.path) retry create-edge-1 --step \(name) --item \(item)"),
      "\(described.output)")
    let retry = try await site.easel("retry", "create-edge-1", "--step", title, "--item", item)
    #expect(retry.status == 0, "\(retry.errors)")
  }

  @Test(.timeLimit(.minutes(2)))
  func `an abort that did what was asked ends with 0`() async throws {
    let site = try await site()
    // One host for two machines: it waits until it is aborted.
    let made = try await site.easel(
      "create", "cluster", "edge", "--workers", "3", "--version", "v1.31.4", "--yes", "-o", "name")
    #expect(made.output == "operation/create-edge-1\n", "\(made.output)\(made.errors)")
    let run = try await site.easel("abort", "operation/create-edge-1", "--yes", "--wait")
    #expect(run.status == 0 && run.output.contains("create-edge-1 was aborted"), "\(run.output)\(run.errors)")
  }

  @Test(arguments: [
    ("easel get clusters ''", "edge"), ("easel get ''", "operations"), ("easel describe host ''", "host1"),
    ("easel audit list -o ''", "yaml"), ("easel create cluster x --version ''", "v1.31.4"),
    ("easel host maintenance host1 ''", "off"), ("easel get --cluster edge machines ''", "edge-cp-1"),
    ("easel delete cluster ''", "edge"), ("easel abort ''", "create-edge-1"),
  ])
  func `the shell offers what may stand there`(line: String, offered: String) async throws {
    let site = try await site()
    #expect(try await site.easel("create", "cluster", "edge", "--version", "v1.31.4", "--yes", "--wait").status == 0)
    let script = """
      easel() { '\(TestSite.program)' --state '\(site.path)' "$@"; }
      source <(easel completion bash)
      COMP_WORDS=(\(line)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _easel
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let run = try await shell(script)
    #expect(run.output.split(separator: "\n").contains(Substring(offered)), "\(run.output)\(run.errors)")
  }

  private func shell(_ script: String) async throws -> Run {
    var launch = ChildProcess.Launch(["bash", "-c", script])
    launch.environment = TestSite.environment
    launch.input = .null
    launch.output = .pipe
    launch.errors = .pipe
    return try await TestSite.end(of: try ChildProcess(launch))
  }
}
