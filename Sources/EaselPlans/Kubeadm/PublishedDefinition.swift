internal import EaselHostPlan
internal import EaselModel
internal import FoundationEssentials

/// Reading a cluster's definition back out of it: what a site that takes the cluster over knows of it.
enum PublishedDefinition {
  /// Nothing is known of the cluster yet but that the host says it is a member.
  static func steps() -> [PlanStep] {
    func ask(_ name: String, _ title: String, _ words: [String]) -> PlanStep {
      PlanStep(
        "read-\(name)", title,
        .capture(
          Command(["timeout", "30"] + words, successStatuses: Array(0...127), changesHost: false), output: name,
          secret: false), timeLimitSeconds: 40)
    }
    return [
      ask(
        "definition", "Read the cluster's definition",
        Client.kubectlHere([
          "-n", "easel-system", "get", "configmap", "easel-cluster", "-o",
          #"jsonpath={.data.definition\.json}"#,
        ])),
      ask("nodes", "Read the names of the nodes", Client.kubectlHere(["get", "nodes", "-o", "name"])),
      ask("kept", "Read the copy of the definition that the host keeps", ["cat", Paths.definition]),
    ]
  }

  /// The definition out of the file that was given to kubectl; empty when it is not in it.
  private static func kept(_ file: String) -> String {
    struct List: Decodable {
      struct Item: Decodable { var data: [String: String]? }
      var items: [Item]
    }
    let list = try? JSONDecoder().decode(List.self, from: Data(file.utf8))
    return list?.items.lazy.compactMap { $0.data?["definition.json"] }.first ?? ""
  }

  static func read(_ outputs: [String: String], host: String) throws -> ReadDefinition {
    let published = outputs["definition"] ?? ""
    let text = published.isEmpty ? kept(outputs["kept"] ?? "") : published
    guard !text.isEmpty else {
      throw EaselError(
        .failed, "DefinitionUnreadable",
        "reading the cluster's definition through \(host): its API does not answer, or holds none, and the host keeps no copy",
        advice: "name the other control-plane hosts with --via too: one whose API server answers, or that keeps a copy")
    }
    let cluster: PublishedCluster
    do { cluster = try JSONDecoder().decode(PublishedCluster.self, from: Data(text.utf8)) } catch {
      throw EaselError(
        .failed, "DefinitionUnreadable", "reading the cluster's definition through \(host): \(error)",
        advice: "it was written by another version of Easel, or by hand; any change by its owner writes it anew")
    }
    guard cluster.apiVersion == PublishedCluster.apiVersion else {
      throw EaselError(
        .refused, "UnknownVersion", "the cluster's definition has the version \"\(cluster.apiVersion.prefix(40))\"",
        advice: "this Easel reads \(PublishedCluster.apiVersion); use the one that wrote it")
    }
    let nodes = (outputs["nodes"] ?? "").split(separator: "\n").map { line in
      String(line.hasPrefix("node/") ? line.dropFirst(5) : line)
    }
    return ReadDefinition(cluster: cluster, nodes: nodes, isKept: published.isEmpty)
  }
}
