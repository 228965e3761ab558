import EaselAgentProtocol
import EaselHosts
import EaselModel
import EaselPlans
import FoundationEssentials
import Glibc
import Testing

@testable import EaselRuntime

/// A task on its way to a host, whose agent is a program that says yes to everything and writes down what it was to prune.
@Suite(.timeLimit(.minutes(2))) struct PruneTests {
  let site: TestSite
  let agent: String
  let log: String

  init() throws {
    site = try TestSite()
    mkdir(site.path, 0o700)
    agent = site.path + "/agent"
    log = site.path + "/pruned"
    let text = #"""
      #!/bin/sh
      answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
      while IFS= read -r line; do
        id=${line#*'"id":'}; id=${id%%[,\}]*}; method=${line#*'"method":"'}; method=${method%%\"*}
        case "$method" in
          hello) answer '"result":{"protocolVersion":1,"build":"x","architecture":"x86_64","bootID":"b","hostname":"h","clockMilliseconds":1}' ;;
          content.has) answer '"result":{"missing":{},"freeBytes":0}' ;;
          run) answer '"result":{"key":"KEY","state":"STATE","step":1,"stepCount":1,"stepTitle":"","line":"","logLines":0,"outputs":{},"secretOutputs":{}}' ;;
          taskLog) answer '"result":{"firstLine":0,"lines":[]}' ;;
          content.prune)
            printf '%s\n' "$line" >> 'LOG'
            if [ -e 'LOG.fails' ]; then
              answer '"error":{"code":-32000,"message":"a plan runs","data":{"code":"PlanRunning","advice":""}}'
            else answer '"result":{"removed":3,"freedBytes":4711}'; fi ;;
          *) answer '"error":{"code":-32601,"message":"what?"}' ;;
        esac
      done
      """#
    try write(text.replacing("LOG", with: log))
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: agent))
    chmod(agent, 0o755)
  }

  /// Runs one task to its end; returns how it ended, and what the host was told to keep, if it was told to prune.
  private func run(_ verb: TaskVerb, state: String = "succeeded", role: Machine.Role = .controlPlane) async throws -> (
    end: DurableTask.Status?, kept: [[String]], log: [String]
  ) {
    let directory = StateDirectory(given: site.path)
    let host = Host(
      metadata: Metadata(name: "one", uid: "h", createdAt: .zero),
      spec: Host.Spec(transport: .local, address: "192.0.2.1"))
    var ways = try HostWays(directory)
    (ways.connection.agentBinary, ways.connection.localState) = (agent, nil)
    let session = HostSession(host, ways: ways)
    let task = DurableTask(
      metadata: Metadata(name: "o/one/\(verb.rawValue)/1", uid: "t", createdAt: .zero),
      spec: DurableTask.Spec(
        operation: ObjectReference(host), scope: nil, target: .host(ObjectReference(host)), item: "one", step: "s",
        attempt: 1, verb: verb,
        context: TaskContext(
          clusterName: "edge", clusterUID: "c-1", distribution: "kubeadm", version: try version("v1.31.4"),
          endpoint: "api.edge.easel.internal:6443", clusterPodCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12",
          member: .init(nodeName: "one", address: "192.0.2.1", podCIDR: "10.244.1.0/24", role: role),
          subject: nil, others: [], endpointAddress: "192.0.2.1", isFirst: false, labels: [:], taints: [],
          definition: nil),
        timeLimitSeconds: 60))
    let script = try String(decoding: Data(contentsOf: URL(filePath: agent)), as: UTF8.self)
    try write(script.replacing("KEY", with: task.name).replacing("STATE", with: state))
    var content = ContentFolder.none
    content.index = .synthetic()
    let inbox = Inbox()
    await TaskRun(
      task: task, host: host, session: session, inbox: inbox, logs: TaskLogs(directory), content: content,
      fence: Fence(site: "s", epoch: 1), siteName: "s", actor: "a", secrets: [:]
    ).perform()
    await session.close()
    try write(script)
    var end: DurableTask.Status?
    for sighting in inbox.take() { if case .task(let status) = sighting.observation.value { end = status } }
    struct Call: Decodable { var params: ContentPruneRequest }
    let lines = (try? Data(contentsOf: URL(filePath: log))).map { Array($0.split(separator: 10)) } ?? []
    unlink(log)
    return (
      end, try lines.map { try JSONDecoder().decode(Call.self, from: Data($0)).params.keep },
      TaskLogs(directory).lines(ofTask: task.name, from: 0) ?? []
    )
  }

  private func version(_ text: String) throws -> KubernetesVersion { try #require(KubernetesVersion(text)) }

  private func digests(_ version: String, _ names: String...) -> [String] {
    ContentIndex.synthetic().items.filter { $0.version == version && names.contains($0.name) }.map(\.sha256)
  }

  @Test(arguments: Machine.Role.allCases)
  func `after an upgrade of the kubelet the host keeps what the new version needs, and nothing else`(role: Machine.Role)
    async throws
  {
    let (end, kept, _) = try await run(.upgradeKubelet, role: role)
    #expect(end?.state == .succeeded && end?.outcome?.facts["freedBytes"] == "4711", "\(end as Any)")
    let keep = Set(try #require(kept.first))
    #expect(kept.count == 1 && keep.isSuperset(of: digests("v1.31.4", "kubelet", "kubeadm", "kubectl", "kube-proxy")))
    let others = Set(
      ContentIndex.synthetic().items.filter {
        $0.role != "cni" && $0.version != "v1.31.4" && ["kubelet", "kubeadm", "kubectl"].contains($0.name)
      }.map(\.sha256))
    #expect(keep.isDisjoint(with: others))
    #expect(keep.isSuperset(of: digests("v1.31.4", "kube-apiserver")) == (role == .controlPlane))
  }

  @Test func `after a reset nothing is kept`() async throws {
    let (end, kept, _) = try await run(.reset)
    #expect(end?.state == .succeeded && kept == [[]])
  }

  @Test(arguments: [TaskVerb.stage, .cordon, .backup])
  func `other plans prune nothing`(verb: TaskVerb) async throws {
    #expect(try await run(verb).kept.isEmpty)
  }

  @Test func `after a plan that failed nothing is pruned`() async throws {
    let (end, kept, _) = try await run(.reset, state: "failed")
    #expect(end?.state == .failed && kept.isEmpty)
  }

  @Test func `a host that has always more to log does not hold up the end of its task`() async throws {
    let script = String(decoding: try Data(contentsOf: URL(filePath: agent)), as: UTF8.self)
    try write(script.replacing(#""lines":[]"#, with: #""lines":["more"]"#))
    let (end, _, lines) = try await run(.cordon)
    #expect(end?.state == .succeeded && lines.count { $0 == "more" } > 10)
  }

  @Test func `pruning that does not work stops nothing, and the log says so`() async throws {
    try Data().write(to: URL(filePath: log + ".fails"))
    let (end, kept, lines) = try await run(.reset)
    #expect(end?.state == .succeeded && end?.outcome?.facts["freedBytes"] == nil && kept.count == 1)
    #expect(lines.contains { $0.contains("not pruned") && $0.contains("a plan runs") }, "\(lines)")
  }
}
