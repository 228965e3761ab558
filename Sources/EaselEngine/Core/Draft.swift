internal import EaselModel

/// The working copy that one decision is made on: what was read, what it becomes, and what is to be done.
///
/// A class only so that rules can share it without copying; it lives and dies inside one call of `Engine.decide`.
final class Draft {
  let before: Snapshot
  let now: Timestamp
  let rules: EngineRules
  private(set) var cluster: Cluster?
  private(set) var machines: [UID: Machine]
  private(set) var hosts: [UID: Host]
  private(set) var claims: [Claim]
  private(set) var tasks: [String: DurableTask]
  var operation: Operation?
  var decision = Decision()

  private var touchedMachines: Set<UID> = []
  private var touchedHosts: Set<UID> = []
  private var touchedTasks: Set<String> = []
  private var deletedMachines: Set<UID> = []
  private(set) var clusterDeleted = false
  private var deletedHosts: Set<UID> = []
  /// Set when this decision has seen the cluster stand well.
  var checkedThisTime = false
  private var sorted: [Machine]?
  /// Tasks of the operation by item and stage, in the order of attempts.
  private var slots: [Slot: [String]] = [:]

  struct Slot: Hashable { var item: String, stage: String }

  init(_ snapshot: Snapshot, now: Timestamp, rules: EngineRules) {
    before = snapshot
    self.now = now
    self.rules = rules
    cluster = snapshot.cluster
    machines = snapshot.machines
    hosts = snapshot.hosts
    claims = snapshot.claims
    tasks = snapshot.tasks
  }

  var site: Site { before.site }

  /// Machines in natural order of their names.
  var orderedMachines: [Machine] {
    if let sorted { return sorted }
    let result = machines.values.sorted { NaturalOrder.precedes($0.name, $1.name) }
    sorted = result
    return result
  }

  func host(of machine: Machine) -> Host? { machine.host.flatMap { hosts[$0.uid] } }

  func machine(named name: String) -> Machine? { machines.values.first { $0.name == name } }

  // MARK: Changes

  func updateCluster(_ change: (inout Cluster) -> Void) {
    guard var copy = cluster else { return }
    change(&copy)
    cluster = copy
  }

  func updateMachine(_ uid: UID, _ change: (inout Machine) -> Void) {
    guard var copy = machines[uid] else { return }
    change(&copy)
    machines[uid] = copy
    touchedMachines.insert(uid)
    sorted = nil
  }

  func updateHost(_ uid: UID, _ change: (inout Host) -> Void) {
    guard var copy = hosts[uid] else { return }
    change(&copy)
    hosts[uid] = copy
    touchedHosts.insert(uid)
  }

  func updateTask(_ name: String, _ change: (inout DurableTask) -> Void) {
    guard var copy = tasks[name] else { return }
    change(&copy)
    tasks[name] = copy
    touchedTasks.insert(name)
  }

  func add(_ machine: Machine, claim: Claim) {
    machines[machine.uid] = machine
    touchedMachines.insert(machine.uid)
    claims.append(claim)
    decision.newClaims.append(claim)
    sorted = nil
  }

  func add(_ task: DurableTask) {
    tasks[task.name] = task
    touchedTasks.insert(task.name)
    slots[Slot(item: task.spec.item, stage: task.spec.step), default: []].append(task.name)
  }

  /// Ends a membership: the machine goes, its claim is released and its host is free.
  func release(_ machine: Machine) {
    machines[machine.uid] = nil
    deletedMachines.insert(machine.uid)
    sorted = nil
    guard let host = machine.host else { return }
    claims.removeAll { $0.host == host.uid }
    decision.releasedClaims.append(host.uid)
    updateHost(host.uid) {
      $0.status.cluster = nil
      $0.status.machine = nil
    }
  }

  func deleteCluster() { clusterDeleted = true }
  func deleteHost(_ uid: UID) { deletedHosts.insert(uid) }
  func isDeleted(host uid: UID) -> Bool { deletedHosts.contains(uid) || hosts[uid] == nil }

  func event(_ severity: Event.Severity = .normal, _ reason: String, _ message: String, about object: ObjectReference) {
    decision.events.append(
      Event(at: now, severity: severity, reason: reason, message: message, object: object, operation: operation?.name))
    decision.reasons.append(message)
  }

  func lookAgain(at time: Timestamp) {
    if let known = decision.lookAgain, known <= time { return }
    decision.lookAgain = time
  }

  // MARK: Tasks of the operation

  /// Must be called once, when `operation` is set.
  func indexTasks() {
    guard let operation else { return }
    for task in tasks.values where task.spec.operation.uid == operation.uid {
      slots[Slot(item: task.spec.item, stage: task.spec.step), default: []].append(task.name)
    }
    for (slot, names) in slots where names.count > 1 {
      slots[slot] = names.sorted { (tasks[$0]?.spec.attempt ?? 0) < (tasks[$1]?.spec.attempt ?? 0) }
    }
  }

  func attempts(item: String, stage: String) -> [DurableTask] {
    (slots[Slot(item: item, stage: stage)] ?? []).compactMap { tasks[$0] }
  }

  func succeeded(item: String, stage: String) -> Bool {
    attempts(item: item, stage: stage).contains { $0.status.state == .succeeded }
  }

  /// Tasks of the running operation that have not ended.
  var openTasks: [DurableTask] {
    guard let operation else { return [] }
    return tasks.values.filter { $0.spec.operation.uid == operation.uid && !$0.status.state.isFinal }
      .sorted { $0.name < $1.name }
  }

  // MARK: The result

  func finish() -> Decision {
    if clusterDeleted, let cluster {
      decision.deletes.append((.cluster, cluster.uid))
    } else if let cluster, cluster != before.cluster {
      decision.writes.append(.cluster(cluster))
    }
    for uid in touchedMachines.sorted() {
      if let machine = machines[uid], machine != before.machines[uid] { decision.writes.append(.machine(machine)) }
    }
    for uid in deletedMachines.sorted() where before.machines[uid] != nil { decision.deletes.append((.machine, uid)) }
    for uid in deletedHosts.sorted() { decision.deletes.append((.host, uid)) }
    for uid in touchedHosts.sorted() where !deletedHosts.contains(uid) {
      if let host = hosts[uid], host != before.hosts[uid] { decision.writes.append(.host(host)) }
    }
    if let operation, !before.operations.contains(operation) { decision.writes.append(.operation(operation)) }
    for name in touchedTasks.sorted(by: NaturalOrder.precedes) {
      if let task = tasks[name], task != before.tasks[name] { decision.writes.append(.task(task)) }
    }
    if !decision.isEmpty { addReads() }
    return decision
  }

  /// What an operator's edit may change under us. Machines and tasks are written by the leading engine alone, which the epoch
  /// guards, and the site's simulated clock moves all the time: those are not required to stand still.
  private func addReads() {
    if let cluster = before.cluster { decision.reads.append((.cluster, cluster.uid, cluster.metadata.resourceVersion)) }
    for operation in before.operations where !operation.status.phase.isFinal {
      decision.reads.append((.operation, operation.uid, operation.metadata.resourceVersion))
    }
    for claim in decision.newClaims {
      if let host = before.hosts[claim.host] { decision.reads.append((.host, host.uid, host.metadata.resourceVersion)) }
    }
  }
}
