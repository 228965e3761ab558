internal import EaselEngine
internal import EaselModel
internal import EaselSimulation

/// A snapshot with what screens look up in it. Built away from the UI thread; immutable afterwards.
struct SiteView: Sendable {
  private(set) var snapshot: SiteSnapshot
  /// Newest first; at most `SiteFeed.keptEvents`.
  let events: [EaselModel.Event]
  /// Newest first.
  let audit: [AuditRecord]
  /// What needs an operator, the most urgent first.
  let attention: [Attention]
  /// What the hosts have, and how much of it is in clusters.
  let capacity: HostCapacity
  private let busyHosts: Set<UID>
  /// The hosts whose nodes take no new pods, as their clusters said last.
  private let cordonedHosts: Set<UID>
  /// The clusters whose certificates end first, each with its first; at most five.
  let certificates: [(cluster: String, certificate: ClusterObservation.Certificate)]
  /// How long operations like those that have not ended took here, by what they do.
  let learnt: [Operation.Verb: LearntTimes]
  /// The times of the plans that operations were confirmed with here, and how far their bars have come; see `ConsoleApp`.
  var plans: [String: [PlanPreview.Timing]] = [:]
  var reached: [String: Double] = [:]
  /// Their places in the snapshot.
  private let machinesByCluster: [UID: [Int]]
  private let hosts: NameIndex
  private let clusters: NameIndex
  private let operations: NameIndex
  private let tasks: NameIndex
  private let machines: NameIndex

  /// - Parameter last: an earlier view; what is made from lists that are still the same is taken over from it.
  init(
    _ snapshot: SiteSnapshot, events: [EaselModel.Event] = [], audit: [AuditRecord] = [], after last: SiteView? = nil
  ) {
    self.snapshot = snapshot
    self.events = events
    self.audit = audit
    let old = last?.snapshot
    let sameHosts = old?.hosts.packed.isSame(as: snapshot.hosts.packed) == true
    let sameMachines = old?.machines.packed.isSame(as: snapshot.machines.packed) == true
    let sameClusters = old?.clusters.packed.isSame(as: snapshot.clusters.packed) == true
    if let last, sameMachines {
      (machines, machinesByCluster) = (last.machines, last.machinesByCluster)
    } else {
      let list = snapshot.machines.packed
      machines = NameIndex(list)
      machinesByCluster = Dictionary(grouping: list.indices) { list[$0].spec.cluster.uid }
    }
    if let last, sameMachines, sameClusters {
      cordonedHosts = last.cordonedHosts
    } else {
      cordonedHosts = Self.cordoned(snapshot, machinesByCluster)
    }
    busyHosts = snapshot.busyHosts
    hosts = if let last, sameHosts { last.hosts } else { NameIndex(snapshot.hosts.packed) }
    if let last, sameHosts, last.busyHosts == busyHosts, last.cordonedHosts == cordonedHosts {
      capacity = last.capacity
    } else {
      capacity = HostCapacity(snapshot.hosts, busy: busyHosts, cordoned: cordonedHosts)
    }
    if let last, sameClusters {
      (clusters, certificates) = (last.clusters, last.certificates)
    } else {
      clusters = NameIndex(snapshot.clusters.packed)
      certificates = Self.endingFirst(snapshot.clusters)
    }
    if let last, last.snapshot.operations.isSame(as: snapshot.operations) {
      (operations, learnt) = (last.operations, last.learnt)
    } else {
      operations = NameIndex(snapshot.operations)
      let verbs = Set(snapshot.operations.lazy.filter { !$0.status.phase.isFinal }.map(\.spec.verb))
      learnt = Dictionary(uniqueKeysWithValues: verbs.map { ($0, LearntTimes($0, in: snapshot.operations)) })
    }
    tasks = NameIndex(snapshot.tasks)
    attention = Attention.list(snapshot)
  }

  private static func cordoned(_ snapshot: SiteSnapshot, _ machines: [UID: [Int]]) -> Set<UID> {
    var hosts: Set<UID> = []
    for cluster in snapshot.clusters.packed {
      let nodes = Set((cluster.status.observed?.nodes ?? []).lazy.filter(\.cordoned).map(\.name))
      if nodes.isEmpty { continue }
      for machine in (machines[cluster.uid] ?? []).map({ snapshot.machines[$0] }) {
        if nodes.contains(machine.spec.nodeName), let host = machine.host { hosts.insert(host.uid) }
      }
    }
    return hosts
  }

  private static func endingFirst(
    _ clusters: PackedList<Cluster>
  ) -> [(cluster: String, certificate: ClusterObservation.Certificate)] {
    let first = clusters.packed.compactMap { cluster in
      cluster.status.observed?.certificates.min { $0.expiresAt < $1.expiresAt }.map { (cluster.name, $0) }
    }
    return Array(first.sorted { ($0.1.expiresAt, $0.0) < ($1.1.expiresAt, $1.0) }.prefix(5))
  }

  /// The same site a little later: nothing is made anew.
  func at(_ snapshot: SiteSnapshot) -> SiteView {
    var view = self
    view.snapshot = snapshot
    return view
  }

  var now: Timestamp { snapshot.now }
  var siteName: String { snapshot.site.name }
  var isSimulated: Bool { snapshot.site.spec.simulation != nil }

  /// Whether a host's node takes no new pods, as its cluster said last.
  func isCordoned(_ host: Host) -> Bool { cordonedHosts.contains(host.uid) }

  /// The same where it can be relied on; nil where its node was cordoned, or that undone, since it was looked at.
  func isSurelyCordoned(_ host: Host) -> Bool? {
    guard let cluster = host.status.cluster.flatMap(cluster), let seen = cluster.status.observedAt,
      cluster.status.operation == nil
    else { return nil }
    let last = snapshot.tasks.lazy.filter { task in
      [.cordon, .uncordon, .drain].contains(task.spec.verb) && task.spec.scope == cluster.uid
        && (task.spec.item == host.status.machine || task.spec.item == host.name)
    }.compactMap(\.status.finishedAt).max()
    return last.map { $0 > seen } == true ? nil : isCordoned(host)
  }

  func host(_ name: String) -> Host? { hosts.find(name, in: snapshot.hosts.packed)?.object }
  func cluster(_ name: String) -> Cluster? { clusters.find(name, in: snapshot.clusters.packed)?.object }
  func operation(_ name: String) -> Operation? { operations.find(name, in: snapshot.operations) }
  func task(_ name: String) -> DurableTask? { tasks.find(name, in: snapshot.tasks) }
  func machine(_ name: String) -> Machine? { machines.find(name, in: snapshot.machines.packed)?.object }

  /// The members of a cluster, control plane first, by name.
  func machines(of cluster: Cluster) -> [Machine] {
    let members = (machinesByCluster[cluster.uid] ?? []).map { snapshot.machines[$0] }
    return members.sorted { a, b in
      a.isControlPlane == b.isControlPlane ? NaturalOrder.precedes(a.name, b.name) : a.isControlPlane
    }
  }

  /// What the machine on a host does in its cluster; empty for a free host.
  func role(of host: Host) -> String {
    guard let name = host.status.machine, let machine = machines.find(name, in: snapshot.machines.packed) else {
      return ""
    }
    let spec = machine.spec
    return spec.pool ?? Words.word(spec.role)
  }

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

  /// The profile that a cluster refers to.
  func profile(_ reference: Cluster.ProfileReference) -> Profile? {
    snapshot.profiles.first { $0.name == reference.name }
  }
}

extension Array {
  /// Whether both are the very same list in memory: then nothing has changed.
  fileprivate func isSame(as other: [Element]) -> Bool {
    count == other.count
      && withUnsafeBufferPointer { a in other.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress } }
  }
}
