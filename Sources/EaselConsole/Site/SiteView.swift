internal import EaselModel

/// A snapshot with what screens look up in it. Built away from the UI thread; immutable afterwards.
struct SiteView: Sendable {
  let snapshot: SiteSnapshot
  /// Newest first; at most `SiteFeed.keptEvents`.
  let events: [EaselModel.Event]
  /// Newest first.
  let audit: [AuditRecord]
  /// What needs an operator, the most urgent first.
  let attention: [Attention]
  private let machinesByCluster: [UID: [Machine]]
  private let hostsByName: [String: Int]
  private let clustersByName: [String: Int]
  private let operationsByName: [String: Int]
  private let tasksByName: [String: Int]
  private let machinesByName: [String: Int]

  init(_ snapshot: SiteSnapshot, events: [EaselModel.Event] = [], audit: [AuditRecord] = []) {
    func index(_ names: some Sequence<String>) -> [String: Int] {
      Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
    }
    self.snapshot = snapshot
    self.events = events
    self.audit = audit
    machinesByCluster = Dictionary(grouping: snapshot.machines) { $0.spec.cluster.uid }
      .mapValues { $0.sorted { ($0.isControlPlane ? 0 : 1, $0.name) < ($1.isControlPlane ? 0 : 1, $1.name) } }
    hostsByName = index(snapshot.hosts.map(\.name))
    clustersByName = index(snapshot.clusters.map(\.name))
    operationsByName = index(snapshot.operations.map(\.name))
    tasksByName = index(snapshot.tasks.map(\.name))
    machinesByName = index(snapshot.machines.map(\.name))
    attention = Attention.list(snapshot)
  }

  var now: Timestamp { snapshot.now }
  var siteName: String { snapshot.site.name }
  var isSimulated: Bool { snapshot.site.spec.simulation != nil }

  func host(_ name: String) -> Host? { hostsByName[name].map { snapshot.hosts[$0] } }
  func cluster(_ name: String) -> Cluster? { clustersByName[name].map { snapshot.clusters[$0] } }
  func operation(_ name: String) -> Operation? { operationsByName[name].map { snapshot.operations[$0] } }
  func task(_ name: String) -> DurableTask? { tasksByName[name].map { snapshot.tasks[$0] } }
  func machine(_ name: String) -> Machine? { machinesByName[name].map { snapshot.machines[$0] } }

  /// The members of a cluster, control plane first, by name.
  func machines(of cluster: Cluster) -> [Machine] { machinesByCluster[cluster.uid] ?? [] }

  /// Operations that have not ended, oldest first.
  var unfinished: [Operation] {
    snapshot.operations.filter { !$0.status.phase.isFinal }.sorted { $0.spec.requestedAt < $1.spec.requestedAt }
  }

  /// The operations on a cluster or host, newest first.
  func operations(on target: UID) -> [Operation] {
    snapshot.operations.filter { $0.spec.target.uid == target || $0.spec.subject?.uid == target }
      .sorted { $0.spec.requestedAt > $1.spec.requestedAt }
  }

  /// Events about an object, newest first.
  func events(about name: String, kind: Kind) -> [EaselModel.Event] {
    let names = Set(operations(onNamed: name).map(\.name))
    return events.filter { event in
      event.object.kind == kind && event.object.name == name || event.operation.map(names.contains) == true
    }
  }

  private func operations(onNamed name: String) -> [Operation] {
    snapshot.operations.filter { $0.spec.target.name == name || $0.spec.subject?.name == name }
  }

  /// Hosts that no cluster has claimed.
  var freeHosts: [Host] { snapshot.hosts.filter { $0.status.cluster == nil } }

  /// The profile that a cluster refers to.
  func profile(_ reference: Cluster.ProfileReference) -> Profile? {
    snapshot.profiles.first { $0.name == reference.name }
  }
}
