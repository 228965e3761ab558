import EaselModel

/// A site in memory, brought up to date by the store's change feed: a reader that polls pays for what changed only.
struct SiteCache {
  /// Tasks of ended operations that are kept at hand: those of the newest operations.
  private static let rememberedOperations = 20

  private var version: Int64 = -1
  private var site: Site?
  private var hosts = ObjectList<Packed<Host>>()
  private var clusters = ObjectList<Packed<Cluster>>()
  private var machines = ObjectList<Packed<Machine>>()
  private var profiles = ObjectList<Profile>()
  private var operations = ObjectList<Operation>()
  private var tasks = ObjectList<DurableTask>()
  private var lease = Lease.none

  /// Whether it holds a site yet.
  var isLoaded: Bool { version >= 0 }

  /// Brings the cache up to a transaction's state and returns it whole.
  mutating func snapshot(from reader: any StoreReader) throws -> SiteSnapshot {
    let latest = try reader.latestVersion()
    if version < 0 {
      try load(from: reader)
    } else if latest != version {
      let changes = try reader.changes(since: version)
      if changes.complete { try apply(changes, from: reader) } else { try load(from: reader) }
    }
    version = latest
    lease = try reader.lease()
    guard let site else {
      throw EaselError(
        .failed, "SiteMissing", "the database holds no site: making it was interrupted",
        advice: "remove the state directory and run: easel site init")
    }
    return SiteSnapshot(
      version: version, site: site, now: .zero, hosts: PackedList(hosts.objects),
      clusters: PackedList(clusters.objects), machines: PackedList(machines.objects), profiles: profiles.objects,
      operations: operations.objects, tasks: tasks.objects, lease: lease, engineRuns: true
    ).at(.wallClock())
  }

  private mutating func load(from reader: any StoreReader) throws {
    self = SiteCache()
    var (hosts, clusters, machines): ([Packed<Host>], [Packed<Cluster>], [Packed<Machine>]) = ([], [], [])
    var (profiles, operations): ([Profile], [Operation]) = ([], [])
    for kind in Kind.allCases where kind != .task {
      try reader.each(kind) { record in
        switch record {
        case .site(let object): site = object
        case .host(let object): hosts.append(Packed(object))
        case .cluster(let object): clusters.append(Packed(object))
        case .machine(let object): machines.append(Packed(object))
        case .profile(let object): profiles.append(object)
        case .operation(let object): operations.append(object)
        case .task: break
        }
      }
    }
    self.hosts = ObjectList(hosts)
    self.clusters = ObjectList(clusters)
    self.machines = ObjectList(machines)
    self.profiles = ObjectList(profiles)
    self.operations = ObjectList(operations)
    // Of the tasks, which are by far the most, only those that somebody may look at: the latest of each item.
    var found: [DurableTask] = []
    for operation in rememberedOperations {
      for name in operation.status.steps.flatMap(\.items).compactMap(\.task) {
        if let task = try reader.record(.task, name: name)?.asTask { found.append(task) }
      }
    }
    tasks = ObjectList(found)
  }

  private mutating func apply(_ changes: StoreChanges, from reader: any StoreReader) throws {
    for record in changes.records {
      switch record {
      case .site(let object): site = object
      case .host(let object): hosts.put(Packed(object))
      case .cluster(let object): clusters.put(Packed(object))
      case .machine(let object): machines.put(Packed(object))
      case .profile(let object): profiles.put(object)
      case .operation(let object): operations.put(object)
      case .task(let object): tasks.put(object)
      }
    }
    for (kind, uid) in changes.deleted {
      switch kind {
      case .site: site = nil
      case .host: hosts.remove(uid)
      case .cluster: clusters.remove(uid)
      case .machine: machines.remove(uid)
      case .profile: profiles.remove(uid)
      case .operation: operations.remove(uid)
      case .task: tasks.remove(uid)
      }
    }
    if tasks.objects.count > 2000 { forgetTasks() }
  }

  private mutating func forgetTasks() {
    let kept = Set(rememberedOperations.map(\.uid))
    tasks.removeAll { !kept.contains($0.spec.operation.uid) }
  }

  /// Those that have not ended, and the newest that have.
  private var rememberedOperations: [Operation] {
    let ended = operations.objects.filter { $0.status.phase.isFinal }
    let newest = ended.sorted { $0.spec.requestedAt > $1.spec.requestedAt }.prefix(Self.rememberedOperations)
    return operations.objects.filter { !$0.status.phase.isFinal } + newest
  }
}

extension Record {
  package var asHost: Host? { if case .host(let object) = self { object } else { nil } }
  package var asCluster: Cluster? { if case .cluster(let object) = self { object } else { nil } }
  package var asMachine: Machine? { if case .machine(let object) = self { object } else { nil } }
  package var asProfile: Profile? { if case .profile(let object) = self { object } else { nil } }
  package var asOperation: Operation? { if case .operation(let object) = self { object } else { nil } }
  package var asTask: DurableTask? { if case .task(let object) = self { object } else { nil } }
  package var asSite: Site? { if case .site(let object) = self { object } else { nil } }
}
