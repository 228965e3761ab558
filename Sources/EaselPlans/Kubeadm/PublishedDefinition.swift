internal import EaselHostPlan
internal import EaselModel
internal import FoundationEssentials

/// Reading a cluster's definition back out of it: what a site that takes the cluster over knows of it.
enum PublishedDefinition {
  /// Nothing is known of the cluster yet but that the host says it is a member.
  static func steps() -> [PlanStep] {
    func ask(_ name: String, _ title: String, _ arguments: [String]) -> PlanStep {
      PlanStep(
        "read-\(name)", title,
        .capture(
          Command(
            ["timeout", "30"] + Client.kubectlHere(arguments), successStatuses: Array(0...127), changesHost: false),
          output: name, secret: false),
        timeLimitSeconds: 40)
    }
    return [
      ask(
        "definition", "Read the cluster's definition",
        [
          "-n", "easel-system", "get", "configmap", "easel-cluster", "-o",
          #"jsonpath={.data.definition\.json}"#,
        ]),
      ask("nodes", "Read the names of the nodes", ["get", "nodes", "-o", "name"]),
    ]
  }

  static func read(_ outputs: [String: String], host: String) throws -> (cluster: PublishedCluster, nodes: [String]) {
    let text = outputs["definition"] ?? ""
    guard !text.isEmpty else {
      throw EaselError(
        .failed, "DefinitionUnreadable",
        "reading the cluster's definition through \(host): its API does not answer, or holds none",
        advice: "name a control-plane host whose API server answers")
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
    return (cluster, nodes)
  }
}
