/// The one door to a site for the console and the command line: snapshots out, intents in.
package protocol SiteAccess: AnyObject, Sendable {
  /// The whole site as it is now. Objects that did not change are shared with earlier snapshots.
  func snapshot() throws -> SiteSnapshot
  /// Calls `told` once, on any thread, as soon as the site may have changed after this call; a later call takes the place of an
  /// earlier one. False where that cannot be known: then the site has to be asked again and again.
  func tellOfChange(_ told: @escaping @Sendable () -> Void) -> Bool
  /// Returns once the site could be read: that it still answers is all that is asked. Blocks as long as it does not.
  func answer() throws
  /// Checks intents against the rules, each on what those before it lead to, stores them and makes sure that an engine runs: all of
  /// them stand, or none does. Throws `EaselError`.
  ///
  /// - Parameter placing: gives the error of the intent at an index its place, for example in a file.
  func submit(_ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError) throws -> [Submission]
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event]
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord]
  /// The log lines of a task from a line number on; empty when the host keeps none.
  func log(ofTask name: String, from line: Int) throws -> [String]
  /// What runs on a host, as it says itself now. Blocks until it answers or is known not to; works while the cluster is broken.
  func units(ofHost name: String) throws -> [HostUnit]
  /// The end of a unit's log, or with a cursor what came since, of more than `lines` (at most 5000) the newest. Blocks likewise.
  func log(ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int) throws -> HostLogPage
}

extension SiteAccess {
  package func tellOfChange(_ told: @escaping @Sendable () -> Void) -> Bool { false }
  package func answer() throws { _ = try snapshot() }

  /// The same for one intent.
  @discardableResult
  package func submit(_ intent: Intent, as actor: Actor) throws -> Submission {
    try submit([intent], as: actor) { $1 }[0]
  }
}

/// How an engine ended that had not been told to and had not done its work.
package struct EngineEnd: Codable, Sendable, Hashable {
  /// In real time.
  package var at: Timestamp
  package var reason: String

  package init(at: Timestamp, reason: String) { (self.at, self.reason) = (at, reason) }

  /// The reason without what it is of.
  package var cause: String {
    let start = "the last one ended: "
    return reason.hasPrefix(start) ? String(reason.dropFirst(start.count)) : reason
  }
}

/// A whole site at one moment: immutable, so it may cross threads.
package struct SiteSnapshot: Sendable {
  package var version: Int64
  package var site: Site
  /// The site's time: simulated on a simulated site.
  package var now: Timestamp
  package var hosts: PackedList<Host>
  package var clusters: PackedList<Cluster>
  package var machines: PackedList<Machine>
  package var profiles: [Profile]
  package var operations: [Operation]
  /// The tasks of operations that have not ended, and the last ones of those that have.
  package var tasks: [DurableTask]
  package var lease: Lease
  /// Whether an engine holds the lease now.
  package var engineRuns: Bool
  /// Until when an engine that was started a moment ago may still be on its way to the lease; nil where none is.
  package var engineExpectedUntil: Timestamp?
  /// How the last engine ended, where that was not in order and none runs; nil else, and where it is not known.
  package var engineEnd: EngineEnd?

  package init(
    version: Int64, site: Site, now: Timestamp, hosts: PackedList<Host> = [], clusters: PackedList<Cluster> = [],
    machines: PackedList<Machine> = [], profiles: [Profile] = [], operations: [Operation] = [],
    tasks: [DurableTask] = [], lease: Lease, engineRuns: Bool
  ) {
    self.version = version
    self.site = site
    self.now = now
    self.hosts = hosts
    self.clusters = clusters
    self.machines = machines
    self.profiles = profiles
    self.operations = operations
    self.tasks = tasks
    self.lease = lease
    self.engineRuns = engineRuns
  }

  /// Whether no engine runs, and none is about to.
  package var lacksEngine: Bool { !engineRuns && engineExpectedUntil == nil }

  /// By host, as the machines have them: a claim is stored, and released, in one transaction with the machine that it is for.
  package var claims: [UID: Claim] {
    var claims: [UID: Claim] = [:]
    for machine in machines {
      guard let host = machine.host?.uid else { continue }
      claims[host] = Claim(
        host: host, cluster: machine.spec.cluster.uid, machine: machine.uid, podCIDR: machine.spec.podCIDR,
        claimedAt: machine.metadata.createdAt)
    }
    return claims
  }

  /// The hosts that an operation of their own keeps busy.
  package var busyHosts: Set<UID> {
    Set(operations.lazy.filter { $0.spec.target.kind == .host && !$0.status.phase.isFinal }.map(\.spec.target.uid))
  }

  /// The hosts that a cluster may take without naming them.
  package var freeHosts: [Host] {
    let busy = busyHosts
    return hosts.packed.filter { host in
      let status = host.status
      return status.cluster == nil && Host.canBeTaken(host.spec, status) && !busy.contains(host.uid)
    }.map(\.object)
  }

  /// The machines of a cluster that have joined and do not run its version, as an abort or a skip leaves them, by name.
  package func behind(_ cluster: Cluster) -> [Machine] {
    guard cluster.status.initializedAt != nil else { return [] }
    return machines.filter {
      $0.spec.cluster.uid == cluster.uid && $0.differs(from: cluster.spec.kubernetesVersion)
    }.sorted { $0.name < $1.name }
  }

  /// Whether an operation waits for an engine to go on.
  package var isMoving: Bool { operations.contains { $0.status.phase.isMoving } }

  /// The same state at another moment of real time, as the store would say it if nothing was written since.
  package func at(_ real: Timestamp) -> SiteSnapshot {
    var later = self
    later.now = site.status.simulatedNow ?? real
    later.engineRuns = engineRuns && lease.isHeld(at: real)
    if let until = engineExpectedUntil, until <= real { later.engineExpectedUntil = nil }
    return later
  }
}
