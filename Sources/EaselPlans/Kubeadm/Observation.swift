internal import EaselHostPlan
internal import EaselModel
internal import FoundationEssentials

/// One read-only look at a cluster from one of its control-plane hosts. Every question may fail by itself: its output is then empty,
/// and the observation says nothing about it.
enum KubeadmObservation {
  static func steps(_ plan: KubeadmPlan) -> [PlanStep] {
    func ask(_ name: String, _ title: String, _ arguments: [String], limit: Int = 40) -> PlanStep {
      PlanStep(
        "read-\(name)", title,
        .capture(
          Command(["timeout", "\(limit - 10)"] + arguments, successStatuses: Array(0...127), changesHost: false),
          output: name, secret: false),
        timeLimitSeconds: limit)
    }
    return [
      ask("api", "Ask the API server whether it is ready", kubectl(plan, ["get", "--raw", "/readyz"])),
      ask(
        "nodes", "Read the nodes",
        kubectl(
          plan,
          [
            "get", "nodes", "-o",
            "jsonpath={range .items[*]}{.metadata.name}{\"\\t\"}{.spec.unschedulable}{\"\\t\"}"
              + "{.status.nodeInfo.kubeletVersion}{\"\\t\"}{.status.conditions[?(@.type==\"Ready\")].status}{\"\\t\"}"
              + "{.status.nodeInfo.bootID}{\"\\n\"}{end}",
          ])),
      ask("etcd-members", "Read the members of etcd", Client.etcdctl(["member", "list", "-w", "json"])),
      ask("etcd-health", "Ask each member of etcd for its health", etcdOfAll(["endpoint", "health"])),
      ask("etcd-status", "Ask each member of etcd for its state", etcdOfAll(["endpoint", "status"])),
      ask("certificates", "Read when the certificates end", [Paths.kubeadm, "certs", "check-expiration"], limit: 60),
    ]
  }

  private static func kubectl(_ plan: KubeadmPlan, _ arguments: [String]) -> [String] {
    Client.kubectl(arguments, at: plan.member.address, timeoutSeconds: 10)
  }

  private static func etcdOfAll(_ arguments: [String]) -> [String] {
    Client.etcdctl(arguments + ["--cluster", "-w", "json"], commandTimeoutSeconds: 5)
  }

  // MARK: - Reading

  private struct Members: Decodable {
    struct Member: Decodable {
      var identity: UInt64
      var name: String?
      var clientURLs: [String]?
      var peerURLs: [String]?
      var isLearner: Bool?

      enum CodingKeys: String, CodingKey {
        case identity = "ID"
        case name, clientURLs, peerURLs, isLearner
      }
    }
    var members: [Member]?
  }

  private struct Health: Decodable {
    var endpoint: String
    var health: Bool
  }

  private struct Answer: Decodable {
    struct State: Decodable {
      var dbSize: Int64?
      var leader: UInt64?
    }
    var endpoint: String
    var state: State

    enum CodingKeys: String, CodingKey {
      case endpoint = "Endpoint"
      case state = "Status"
    }
  }

  static func read(_ outputs: [String: String], node: String) -> ClusterObservation {
    let answer = outputs["api"].map { Substring($0).trimmed() } ?? ""
    let healthy = answer == "ok"
    return ClusterObservation(
      apiHealthy: healthy,
      message: healthy
        ? "" : answer.isEmpty ? "the API server did not answer" : "the API server is not ready: \(answer.prefix(300))",
      nodes: nodes(outputs["nodes"] ?? ""),
      etcd: members(outputs),
      certificates: KubeadmOutput.certificates(outputs["certificates"] ?? "", node: node))
  }

  private static func nodes(_ text: String) -> [ClusterObservation.Node] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 5, !fields[0].isEmpty else { return nil }
      return ClusterObservation.Node(
        name: fields[0], ready: fields[3] == "True", cordoned: fields[1] == "true", kubeletVersion: fields[2],
        bootID: fields[4].isEmpty ? nil : fields[4])
    }.sorted { $0.name < $1.name }
  }

  /// A member that did not answer is not healthy; without the list of members nothing is said about any.
  private static func members(_ outputs: [String: String]) -> [ClusterObservation.EtcdMember] {
    guard let list = decode(Members.self, outputs["etcd-members"]) else { return [] }
    let healthy = Set((decode([Health].self, outputs["etcd-health"]) ?? []).filter(\.health).map(\.endpoint))
    let states = decode([Answer].self, outputs["etcd-status"]) ?? []
    return (list.members ?? []).map { member in
      let urls = Set(member.clientURLs ?? [])
      let state = states.first { urls.contains($0.endpoint) }?.state
      let name = member.name.flatMap { $0.isEmpty ? nil : $0 }
      return ClusterObservation.EtcdMember(
        name: name ?? member.peerURLs?.first ?? "", id: String(member.identity, radix: 16),
        voting: name != nil && member.isLearner != true, healthy: !urls.isDisjoint(with: healthy),
        leader: state?.leader == member.identity, databaseBytes: state?.dbSize ?? 0)
    }.sorted { $0.name < $1.name }
  }

  private static func decode<T: Decodable>(_ type: T.Type, _ text: String?) -> T? {
    guard let text, !text.isEmpty else { return nil }
    return try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
