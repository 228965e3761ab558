internal import EaselModel
internal import EaselTerminal

/// What a question or a plan takes for granted about the things that its intent names, as they were when it was asked.
///
/// Others work on the same site: what they have done since can leave nothing to ask.
struct Premise: Sendable {
  /// What has happened since.
  struct Change: Sendable, Hashable {
    var words: String
    /// Nothing is left that it could be asked of.
    var isFinal = false
  }

  private let intent: Intent
  private var clusters: [Cluster] = []
  private var hosts: [Host] = []
  private var machines: [Machine] = []
  /// A name that must be free for a new object.
  private var newCluster: String?
  private var newHost: String?
  /// The operation that the intent is about.
  private var operation: Operation?
  /// Those that ran already: the door says what it thinks of them.
  private let running: Set<String>
  private let isPlanned: Bool

  /// - Parameter planned: the hosts of a plan, which goes by the definition as well; nil where nothing is planned.
  init(_ intent: Intent, hosts planned: [String]? = nil, in site: SiteView) {
    self.intent = intent
    isPlanned = planned != nil
    running = Set(site.unfinished.map(\.name))
    var names: (clusters: [String], hosts: [String], machines: [String]) = ([], planned ?? [], [])
    switch intent {
    case .createCluster(let name, _, _): newCluster = name
    case .addHost(let name, _, _): newHost = name
    case .changeCluster(let name, _, _), .deleteCluster(let name), .forgetCluster(let name): names.clusters = [name]
    case .removeMachine(let cluster, let machine), .cordon(let cluster, let machine),
      .uncordon(let cluster, let machine),
      .drain(let cluster, let machine):
      (names.clusters, names.machines) = ([cluster], [machine])
    case .removeHost(let name, _), .setSiteKey(let name, _), .setMaintenance(let name, _), .setHostKey(let name, _):
      names.hosts.append(name)
    case .host(_, let hosts):
      names.hosts += hosts
      names.clusters = Set(hosts.compactMap { site.host($0)?.status.cluster }).sorted()
    case .retry(let name, _, _), .skip(let name, _, _), .abort(let name): operation = site.operation(name)
    case .adoptCluster, .adoptHost, .setContent: break
    }
    clusters = names.clusters.compactMap(site.cluster)
    machines = names.machines.compactMap(site.machine)
    hosts = names.hosts.compactMap(site.host)
  }

  /// The cluster that the intent names; nil where it names none that stands.
  var clusterName: String? { clusters.first?.name }

  /// What speaks against it now; nil while all is as it was.
  func change(in site: SiteView) -> Change? {
    if let operation { return change(of: operation, site) }
    if let newCluster, site.cluster(newCluster) != nil {
      return Change(words: tr("there is a cluster \(newCluster) now"), isFinal: true)
    }
    if let newHost, site.host(newHost) != nil {
      return Change(words: tr("there is a host \(newHost) now"), isFinal: true)
    }
    for cluster in clusters { if let change = change(of: cluster, site) { return change } }
    for machine in machines where site.machine(machine.name)?.uid != machine.uid {
      return Change(words: tr("\(machine.name) is no member any more"), isFinal: true)
    }
    for host in hosts { if let change = change(of: host, site) { return change } }
    return nil
  }

  private func change(of operation: Operation, _ site: SiteView) -> Change? {
    guard let now = site.operation(operation.name), now.uid == operation.uid else {
      return Change(words: tr("\(operation.name) is not there any more"), isFinal: true)
    }
    if now.status.phase.isFinal {
      let how = Words.word(now.status.phase)
      return Change(words: tr("\(operation.name) has ended: \(how)"), isFinal: true)
    }
    if case .abort = intent { return nil }
    return now.status.phase == .stopped ? nil : Change(words: tr("\(operation.name) goes on already"), isFinal: true)
  }

  private func change(of cluster: Cluster, _ site: SiteView) -> Change? {
    guard let now = site.cluster(cluster.name) else {
      return Change(words: tr("cluster \(cluster.name) is not there any more"), isFinal: true)
    }
    if now.uid != cluster.uid {
      return Change(words: tr("cluster \(cluster.name) was deleted, and another one of that name made"), isFinal: true)
    }
    if let started = started(on: cluster.uid, site) { return started }
    if isPlanned, now.metadata.generation != cluster.metadata.generation {
      return Change(words: tr("the definition of \(cluster.name) was changed by somebody else"))
    }
    return nil
  }

  private func change(of host: Host, _ site: SiteView) -> Change? {
    guard let now = site.host(host.name), now.uid == host.uid else {
      return Change(words: tr("host \(host.name) is not there any more"), isFinal: true)
    }
    if now.status.cluster != host.status.cluster {
      let cluster = now.status.cluster ?? host.status.cluster ?? ""
      return Change(
        words: now.status.cluster == nil
          ? tr("\(host.name) has left \(cluster)") : tr("\(host.name) was taken by \(cluster)"))
    }
    if case .setMaintenance(_, let on) = intent {
      return now.spec.maintenance != on
        ? nil
        : Change(
          words: on ? tr("\(host.name) is in maintenance already") : tr("\(host.name) is in no maintenance any more"),
          isFinal: true)
    }
    return started(on: host.uid, site)
  }

  /// An operation that somebody else began on the same thing: the door lets no second one in.
  private func started(on target: UID, _ site: SiteView) -> Change? {
    guard let other = site.unfinished.first(where: { $0.spec.target.uid == target && !running.contains($0.name) })
    else { return nil }
    return Change(words: tr("\(other.name), by \(other.spec.actor), is changing \(other.spec.target.name)"))
  }
}

extension Intent {
  /// The same change of a definition on top of what somebody else has made of it since; anything else as it is.
  func onto(_ site: SiteView, from old: Cluster.Spec?) -> Intent {
    guard case .changeCluster(let name, let wanted, _) = self, let old, let now = site.cluster(name) else {
      return self
    }
    return .changeCluster(
      name: name, spec: wanted.moved(from: old, onto: now.spec), expecting: now.metadata.generation)
  }
}

extension Cluster.Spec {
  /// What differs between `old` and this, done to `new`.
  func moved(from old: Cluster.Spec, onto new: Cluster.Spec) -> Cluster.Spec {
    func take<Value: Equatable>(_ field: WritableKeyPath<Cluster.Spec, Value>, _ spec: inout Cluster.Spec) {
      if self[keyPath: field] != old[keyPath: field] { spec[keyPath: field] = self[keyPath: field] }
    }
    var spec = new
    take(\.profile, &spec)
    take(\.kubernetesVersion, &spec)
    take(\.controlPlane.replicas, &spec)
    take(\.controlPlane.hosts, &spec)
    let before = Dictionary(old.pools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let wanted = Dictionary(pools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    spec.pools = new.pools.compactMap { pool in
      guard let was = before[pool.name] else { return wanted[pool.name] ?? pool }
      return wanted[pool.name]?.moved(from: was, onto: pool)
    }
    let known = Set(new.pools.map(\.name))
    spec.pools += pools.filter { !known.contains($0.name) && before[$0.name] != $0 }
    return spec
  }
}

extension Cluster.Pool {
  fileprivate func moved(from old: Cluster.Pool, onto new: Cluster.Pool) -> Cluster.Pool {
    var pool = new
    if replicas != old.replicas { pool.replicas = replicas }
    if hosts != old.hosts { pool.hosts = hosts }
    if labels != old.labels { pool.labels = labels }
    if taints != old.taints { pool.taints = taints }
    if rollout != old.rollout { pool.rollout = rollout }
    return pool
  }
}
