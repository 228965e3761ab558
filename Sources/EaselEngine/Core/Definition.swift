internal import EaselModel
import FoundationEssentials

/// A cluster's definition as the text that is kept inside the cluster: what another site needs to take it over.
enum Definition {
  static func text(of draft: Draft) -> String {
    guard let cluster = draft.cluster, let initializedAt = cluster.status.initializedAt else { return "" }
    let members = draft.joinedMachines.filter { $0.status.phase != .deleting }.compactMap { machine in
      draft.host(of: machine).map { PublishedCluster.Member(machine, on: $0) }
    }
    let document = PublishedCluster(
      cluster, initializedAt: initializedAt,
      owner: PublishedCluster.Owner(site: draft.site.uid, name: draft.site.name, epoch: draft.before.epoch),
      members: members)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding plain values of our own cannot fail; an empty definition would be refused by the plan.
    guard let data = try? encoder.encode(document) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
