internal import EaselModel
import FoundationEssentials

/// A cluster's definition as the text that is kept inside the cluster.
enum Definition {
  private struct Document: Encodable {
    let apiVersion = "easel.dev/v1"
    let kind = "Cluster"
    let name: String
    let uid: UID
    let generation: Int64
    let spec: Cluster.Spec
  }

  static func text(of cluster: Cluster) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      name: cluster.name, uid: cluster.uid, generation: cluster.metadata.generation, spec: cluster.spec)
    // Encoding plain values of our own cannot fail; an empty definition would be refused by the plan.
    guard let data = try? encoder.encode(document) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
