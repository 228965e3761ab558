package import EaselModel

/// What one decision is about.
package enum Scope: Hashable, Sendable {
  case cluster(UID)
  /// A host with an operation of its own.
  case host(UID)
}

/// A site's objects in memory, with the indexes that snapshots are cut from. The runtime keeps one and feeds it from its own
/// commits and the store's change feed; the store stays the truth.
package struct SiteState: Sendable {
  package private(set) var site: Site?
  package private(set) var hosts: [UID: Host] = [:]
  package private(set) var clusters: [UID: Cluster] = [:]
  package private(set) var machines: [UID: Machine] = [:]
  package private(set) var profiles: [UID: Profile] = [:]
  /// Operations that have not ended.
  package private(set) var operations: [UID: Operation] = [:]
  /// Tasks of operations that have not ended, by uid.
  package private(set) var tasks: [UID: DurableTask] = [:]
  package private(set) var claims: [UID: Claim] = [:]
  package private(set) var observations: [UID: [Observation]] = [:]
  /// Free, ready, clean, not in maintenance and without an operation of their own, in natural order of their names.
  package private(set) var freeHosts: [(name: String, uid: UID)] = []

  private var machinesByCluster: [UID: Set<UID>] = [:]
  private var claimsByCluster: [UID: Set<UID>] = [:]
  private var operationsByTarget: [UID: Set<UID>] = [:]
  private var tasksByOperation: [UID: Set<UID>] = [:]
  private var hostsByName: [String: UID] = [:]
  /// Clusters whose operation is blocked: a host that becomes free may be what they wait for.
  private var blocked: Set<UID> = []

  package init() {}

  /// Reads a whole store.
  package init(reading reader: any StoreReader) throws {
    for claim in try reader.claims(cluster: nil) { insert(claim) }
    for kind in [Kind.site, .profile, .host, .cluster, .machine, .operation, .task] {
      for record in try reader.records(kind, scope: nil) { _ = apply(record) }
    }
    for observation in try reader.observations(since: 0) { _ = apply(observation) }
  }

  // MARK: Taking in changes

  /// Takes in what any process has written. Returns the scopes to decide about.
  package mutating func apply(_ changes: StoreChanges, observations: [Observation] = []) -> Set<Scope> {
    var dirty: Set<Scope> = []
    for record in changes.records { dirty.formUnion(apply(record)) }
    for (kind, uid) in changes.deleted { dirty.formUnion(remove(kind, uid)) }
    for observation in observations { dirty.formUnion(apply(observation)) }
    return dirty
  }

  /// Takes in a decision of our own that was committed. Returns the other scopes that it may have woken.
  package mutating func apply(_ decision: Decision, written: [Record]) -> Set<Scope> {
    var dirty: Set<Scope> = []
    for uid in decision.releasedClaims {
      if let claim = claims.removeValue(forKey: uid) { claimsByCluster[claim.cluster]?.remove(uid) }
    }
    for claim in decision.newClaims { insert(claim) }
    for record in written { dirty.formUnion(apply(record)) }
    for (kind, uid) in decision.deletes { dirty.formUnion(remove(kind, uid)) }
    return dirty
  }

  package mutating func apply(_ observation: Observation) -> Set<Scope> {
    var kept = observations[observation.object] ?? []
    if let index = kept.firstIndex(where: { $0.source == observation.source }) {
      if kept[index].sequence >= observation.sequence { return [] }
      kept[index] = observation
    } else {
      kept.append(observation)
    }
    if let task = tasks[observation.object] {
      if task.status.state.isFinal { return [] }
      observations[observation.object] = kept
      return scope(ofOperation: task.spec.operation.uid)
    }
    observations[observation.object] = kept
    if clusters[observation.object] != nil { return [.cluster(observation.object)] }
    if hosts[observation.object] != nil { return scopes(ofHost: observation.object) }
    return []
  }

  /// Takes in one object as it was written; older versions than the known one are ignored.
  package mutating func apply(_ record: Record) -> Set<Scope> {
    switch record {
    case .site(let object):
      site = object
      return []
    case .profile(let object):
      profiles[object.uid] = object
      return []
    case .host(let object): return apply(object)
    case .cluster(let object):
      guard isNewer(object.metadata, clusters[object.uid]?.metadata) else { return [] }
      clusters[object.uid] = object
      return [.cluster(object.uid)]
    case .machine(let object):
      guard isNewer(object.metadata, machines[object.uid]?.metadata) else { return [] }
      machines[object.uid] = object
      machinesByCluster[object.spec.cluster.uid, default: []].insert(object.uid)
      return [.cluster(object.spec.cluster.uid)]
    case .operation(let object): return apply(object)
    case .task(let object):
      guard isNewer(object.metadata, tasks[object.uid]?.metadata), operations[object.spec.operation.uid] != nil else {
        return []
      }
      tasks[object.uid] = object
      tasksByOperation[object.spec.operation.uid, default: []].insert(object.uid)
      if object.status.state.isFinal { observations[object.uid] = nil }
      return scope(ofOperation: object.spec.operation.uid)
    }
  }

  private mutating func apply(_ host: Host) -> Set<Scope> {
    guard isNewer(host.metadata, hosts[host.uid]?.metadata) else { return [] }
    hosts[host.uid] = host
    hostsByName[host.name] = host.uid
    var dirty = scopes(ofHost: host.uid)
    if placeInFree(host) { dirty.formUnion(blocked.map { Scope.cluster($0) }) }
    return dirty
  }

  private mutating func apply(_ operation: Operation) -> Set<Scope> {
    let target = operation.spec.target
    if operation.status.phase.isFinal {
      operations[operation.uid] = nil
      operationsByTarget[target.uid]?.remove(operation.uid)
      for task in tasksByOperation.removeValue(forKey: operation.uid) ?? [] {
        tasks[task] = nil
        observations[task] = nil
      }
    } else {
      guard isNewer(operation.metadata, operations[operation.uid]?.metadata) else { return [] }
      operations[operation.uid] = operation
      operationsByTarget[target.uid, default: []].insert(operation.uid)
    }
    noteWhetherBlocked(target)
    switch target.kind {
    case .cluster: return [.cluster(target.uid)]
    case .host:
      // Whether a cluster may take the host depends on whether the operation is under way.
      if let host = hosts[target.uid], placeInFree(host) {
        return Set(blocked.map { Scope.cluster($0) }).union([.host(target.uid)])
      }
      return [.host(target.uid)]
    default: return []
    }
  }

  /// An operation that has ended says nothing of another one of the same cluster, in whatever order they are read.
  private mutating func noteWhetherBlocked(_ target: ObjectReference) {
    guard target.kind == .cluster else { return }
    let isBlocked = (operationsByTarget[target.uid] ?? []).contains { operations[$0]?.status.phase == .blocked }
    if isBlocked { blocked.insert(target.uid) } else { blocked.remove(target.uid) }
  }

  private mutating func remove(_ kind: Kind, _ uid: UID) -> Set<Scope> {
    observations[uid] = nil
    switch kind {
    case .cluster:
      clusters[uid] = nil
      machinesByCluster[uid] = nil
      claimsByCluster[uid] = nil
      blocked.remove(uid)
    case .machine:
      if let machine = machines.removeValue(forKey: uid) { machinesByCluster[machine.spec.cluster.uid]?.remove(uid) }
    case .host:
      if let host = hosts.removeValue(forKey: uid) {
        hostsByName[host.name] = nil
        removeFromFree(host)
      }
    case .operation:
      if let operation = operations.removeValue(forKey: uid) {
        operationsByTarget[operation.spec.target.uid]?.remove(uid)
        noteWhetherBlocked(operation.spec.target)
      }
    case .task: tasks[uid] = nil
    case .profile: profiles[uid] = nil
    case .site: break
    }
    return []
  }

  private mutating func insert(_ claim: Claim) {
    claims[claim.host] = claim
    claimsByCluster[claim.cluster, default: []].insert(claim.host)
  }

  private func isNewer(_ new: Metadata, _ old: Metadata?) -> Bool {
    old.map { new.resourceVersion > $0.resourceVersion } ?? true
  }

  // MARK: Free hosts

  /// True when the host has become free by this.
  private mutating func placeInFree(_ host: Host) -> Bool {
    let isFree = host.canBeTaken && claims[host.uid] == nil && !isBusy(host.uid)
    let index = freeIndex(host.name)
    let known = index < freeHosts.count && freeHosts[index].uid == host.uid
    if isFree, !known { freeHosts.insert((host.name, host.uid), at: index) }
    if !isFree, known { freeHosts.remove(at: index) }
    return isFree && !known
  }

  /// Whether an operation of the host's own is under way.
  private func isBusy(_ host: UID) -> Bool { !(operationsByTarget[host] ?? []).isEmpty }

  private mutating func removeFromFree(_ host: Host) {
    let index = freeIndex(host.name)
    if index < freeHosts.count, freeHosts[index].uid == host.uid { freeHosts.remove(at: index) }
  }

  private func freeIndex(_ name: String) -> Int {
    var low = 0
    var high = freeHosts.count
    while low < high {
      let middle = (low + high) / 2
      if NaturalOrder.precedes(freeHosts[middle].name, name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: Scopes

  private func scopes(ofHost uid: UID) -> Set<Scope> {
    var result: Set<Scope> = []
    if let claim = claims[uid] { result.insert(.cluster(claim.cluster)) } else { result.insert(.host(uid)) }
    if !(operationsByTarget[uid] ?? []).isEmpty { result.insert(.host(uid)) }
    return result
  }

  private func scope(ofOperation uid: UID) -> Set<Scope> {
    guard let target = operations[uid]?.spec.target else { return [] }
    return target.kind == .cluster ? [.cluster(target.uid)] : [.host(target.uid)]
  }

  /// Every scope, for a new leader's first round.
  package var allScopes: [Scope] {
    clusters.keys.sorted().map { .cluster($0) }
      + hosts.values.filter { claims[$0.uid] == nil || isBusy($0.uid) }.map(\.uid).sorted().map { .host($0) }
  }

  /// The tasks that a new leader must ask about: handed out, or about to be, by the leader before.
  package var openTasks: [DurableTask] {
    tasks.values.filter { !$0.status.state.isFinal }.sorted { $0.name < $1.name }
  }

  // MARK: Snapshots

  /// Everything that a decision about `scope` may look at; nil when it is gone.
  package func snapshot(for scope: Scope, epoch: Int64) -> Snapshot? {
    guard let site else { return nil }
    switch scope {
    case .host(let uid):
      guard let host = hosts[uid] else { return nil }
      var snapshot = Snapshot(site: site, hosts: [uid: host], epoch: epoch)
      addOperations(of: uid, to: &snapshot)
      if let seen = observations[uid], claims[uid] == nil { snapshot.observations[uid] = seen }
      return snapshot
    case .cluster(let uid):
      guard let cluster = clusters[uid] else { return nil }
      return snapshot(of: cluster, site: site, epoch: epoch)
    }
  }

  private func snapshot(of cluster: Cluster, site: Site, epoch: Int64) -> Snapshot {
    var snapshot = Snapshot(site: site, cluster: cluster, epoch: epoch)
    snapshot.profile = profiles.values.first { $0.name == cluster.spec.profile.name }
    if let seen = observations[cluster.uid] { snapshot.observations[cluster.uid] = seen }
    for uid in machinesByCluster[cluster.uid] ?? [] {
      guard let machine = machines[uid] else { continue }
      snapshot.machines[uid] = machine
      if let host = machine.host { add(host: host.uid, to: &snapshot) }
    }
    for uid in claimsByCluster[cluster.uid] ?? [] { if let claim = claims[uid] { snapshot.claims.append(claim) } }
    addOperations(of: cluster.uid, to: &snapshot)
    let missing = cluster.spec.machineCount - snapshot.machines.count
    if missing > 0 {
      for name in cluster.spec.controlPlane.hosts + cluster.spec.pools.flatMap(\.hosts) {
        guard let uid = hostsByName[name] else { continue }
        add(host: uid, to: &snapshot)
        if isBusy(uid) { snapshot.busyHosts.insert(uid) }
        if let claim = claims[uid], claim.cluster != cluster.uid { snapshot.claims.append(claim) }
      }
      // A few more than needed: some may be named by another part of the spec, or be of another architecture.
      for free in freeHosts.prefix(missing * 2 + 16) {
        snapshot.freeHosts.append(free.uid)
        snapshot.hosts[free.uid] = hosts[free.uid]
      }
    }
    return snapshot
  }

  private func add(host uid: UID, to snapshot: inout Snapshot) {
    guard snapshot.hosts[uid] == nil, let host = hosts[uid] else { return }
    snapshot.hosts[uid] = host
    if let seen = observations[uid] { snapshot.observations[uid] = seen }
  }

  private func addOperations(of target: UID, to snapshot: inout Snapshot) {
    guard let known = operationsByTarget[target], !known.isEmpty else { return }
    snapshot.operations = known.compactMap { operations[$0] }.sorted {
      ($0.spec.requestedAt, $0.uid) < ($1.spec.requestedAt, $1.uid)
    }
    for operation in snapshot.operations {
      for uid in tasksByOperation[operation.uid] ?? [] {
        guard let task = tasks[uid] else { continue }
        snapshot.tasks[task.name] = task
        if let seen = observations[uid] { snapshot.observations[uid] = seen }
      }
    }
  }
}
