import EaselModel

/// The types of object that verbs such as `get` take, under kubectl's habits: singular, plural and short names.
enum ObjectType: String, CaseIterable {
  case site, host, cluster, machine, profile, operation, task

  private var names: [String] {
    switch self {
    case .site: ["site", "sites"]
    case .host: ["host", "hosts", "ho"]
    case .cluster: ["cluster", "clusters", "cl"]
    case .machine: ["machine", "machines", "node", "nodes", "no", "ma"]
    case .profile: ["profile", "profiles"]
    case .operation: ["operation", "operations", "op", "ops"]
    case .task: ["task", "tasks"]
    }
  }

  static let plurals = ["clusters", "hosts", "machines", "operations", "tasks", "profiles", "site"]

  /// - Throws: `UnknownType` (usage), with the types that there are.
  init(word: String) throws {
    guard let type = ObjectType.allCases.first(where: { $0.names.contains(word.lowercased()) }) else {
      let all = ObjectType.allCases.flatMap(\.names)
      throw EaselError(
        .usage, "UnknownType", "there are no objects of type \"\(word)\"",
        advice: suggestion(word, among: all) ?? "one of: \(ObjectType.plurals.joined(separator: ", "))")
    }
    self = type
  }

  /// What a shell offers for a name of this type, the other way round.
  init?(_ completes: Completes) {
    switch completes {
    case .clusters: self = .cluster
    case .machines: self = .machine
    case .hosts: self = .host
    case .operations: self = .operation
    default: return nil
    }
  }

  var kind: Kind {
    switch self {
    case .site: .site
    case .host: .host
    case .cluster: .cluster
    case .machine: .machine
    case .profile: .profile
    case .operation: .operation
    case .task: .task
    }
  }

  /// The objects of the type in a snapshot, by name.
  func objects(in snapshot: SiteSnapshot) -> [any Resource] {
    switch self {
    case .site: [snapshot.site]
    case .host: Array(snapshot.hosts)
    case .cluster: Array(snapshot.clusters)
    case .machine: Array(snapshot.machines)
    case .profile: snapshot.profiles
    case .operation: snapshot.operations.sorted { $0.spec.requestedAt < $1.spec.requestedAt }
    case .task: snapshot.tasks
    }
  }
}

/// The columns of one object in a list; `wide` ones come last.
struct Columns {
  var names: [String]
  var wide: [String]

  init(_ type: ObjectType) {
    switch type {
    case .site: (names, wide) = (["NAME", "KIND", "AGE"], ["CONTENT"])
    case .host:
      (names, wide) = (
        ["NAME", "PHASE", "CLUSTER", "MACHINE", "ADDRESS", "AGE"],
        ["TRANSPORT", "CPUS", "MEMORY", "SYSTEM", "AGENT", "SEEN"]
      )
    case .cluster:
      (names, wide) = (
        ["NAME", "PHASE", "VERSION", "CONTROL-PLANE", "WORKERS", "OPERATION", "AGE"],
        ["ENDPOINT", "PROFILE", "PODS", "SEEN"]
      )
    case .machine:
      (names, wide) = (["NAME", "CLUSTER", "ROLE", "PHASE", "VERSION", "HOST", "AGE"], ["POOL", "ADDRESS", "PODS"])
    case .profile: (names, wide) = (["NAME", "VERSION", "DISTRIBUTION", "KUBERNETES"], [])
    case .operation:
      (names, wide) = (["NAME", "VERB", "TARGET", "PHASE", "STEPS", "AGE"], ["BY", "MESSAGE"])
    case .task: (names, wide) = (["NAME", "VERB", "ITEM", "STATE", "TRY"], ["PROGRESS", "MESSAGE"])
    }
  }
}

/// A host's phase, and what explains it.
private func words(of host: Host) -> String {
  var words = [host.status.phase.words]
  if host.status.phase != .ready, let absence = host.status.absence {
    words.append(absence.reason == "Rebooting" ? "rebooting" : absence.isOff ? "shut down" : "going down")
  }
  if host.spec.maintenance { words.append("maintenance") }
  return words.joined(separator: ", ")
}

/// A cluster's phase; one whose operation has stopped has not failed yet.
private func words(of cluster: Cluster) -> String {
  cluster.status.phase == .failed && cluster.status.operation != nil ? "Stopped" : cluster.status.phase.words
}

/// What stands in an object's columns, the wide ones included.
func cells(of object: any Resource, in snapshot: SiteSnapshot) -> [String] {
  let age = shortDuration(snapshot.now.seconds(since: object.metadata.createdAt))
  func ago(_ time: Timestamp?) -> String {
    time.map { "\(shortDuration(snapshot.now.seconds(since: $0))) ago" } ?? "-"
  }
  switch object {
  case let site as Site:
    return [
      site.name, site.spec.simulation == nil ? "real" : "simulated", age, site.spec.contentDirectory ?? "-",
    ]
  case let host as Host:
    let inventory = host.status.inventory
    return [
      host.name, words(of: host),
      host.status.cluster ?? "-", host.status.machine ?? "-", host.spec.address, age, host.spec.transport.rawValue,
      inventory.map { "\($0.cpuCount)" } ?? "-", inventory.map { "\($0.memoryBytes >> 20)Mi" } ?? "-",
      inventory?.operatingSystem ?? "-", host.status.agentVersion ?? "-", ago(host.status.lastSeen),
    ]
  case let cluster as Cluster:
    let workers = cluster.spec.pools.reduce(0) { $0 + $1.replicas }
    return [
      cluster.name, words(of: cluster), cluster.status.kubernetesVersion?.description ?? "-",
      "\(cluster.status.controlPlaneReady)/\(cluster.spec.controlPlane.replicas)",
      "\(cluster.status.workersReady)/\(workers)", cluster.status.operation ?? "-", age, cluster.endpointOrDefault,
      "\(cluster.spec.profile.name) \(cluster.spec.profile.version)", cluster.spec.network.podCIDR,
      ago(cluster.status.observedAt),
    ]
  case let machine as Machine:
    return [
      machine.name, machine.spec.cluster.name, machine.spec.role.words, machine.status.phase.words,
      machine.status.kubeletVersion?.description ?? "-", machine.host?.name ?? "-", age, machine.spec.pool ?? "-",
      machine.spec.address, machine.spec.podCIDR,
    ]
  case let profile as Profile:
    return [
      profile.name, profile.spec.version, profile.spec.distribution,
      "v1.\(profile.spec.oldestMinor) to v1.\(profile.spec.newestMinor)",
    ]
  case let operation as Operation:
    let done = operation.status.steps.count(where: \.state.isOver)
    return [
      operation.name, operation.spec.verb.words, operation.spec.target.name, operation.status.phase.words,
      "\(done)/\(operation.status.steps.count)", age, operation.spec.actor, operation.status.message,
    ]
  case let task as DurableTask:
    let progress = task.status.progress.map { "\($0.step)/\($0.count) \($0.title)" } ?? "-"
    return [
      task.name, task.spec.verb.words, task.spec.item, task.status.state.words, "\(task.spec.attempt)", progress,
      task.status.failure.map { "\($0.code): \($0.message)" } ?? "-",
    ]
  default: return [object.name]
  }
}
