package import EaselModel

/// Everything that one decision may look at: a cluster with its hosts, or one free host. A value; nothing else is read.
package struct Snapshot: Sendable {
  package var site: Site
  /// The cluster that the decision is about; nil when it is about a free host.
  package var cluster: Cluster?
  package var profile: Profile?
  /// Operations on the cluster (or host) that have not ended, and the last that has.
  package var operations: [Operation]
  /// By uid.
  package var machines: [UID: Machine]
  /// The hosts of the machines, the hosts that the spec names, and as many free hosts as it still needs, first choice first.
  package var hosts: [UID: Host]
  /// Free hosts in the documented order of choice: by name, digits compared as numbers; without those in maintenance.
  package var freeHosts: [UID]
  /// Named hosts on which an operation of their own is under way.
  package var busyHosts: Set<UID> = []
  /// Claims of this cluster, and of the named hosts wherever they are.
  package var claims: [Claim]
  /// The tasks of the operations, by task key.
  package var tasks: [String: DurableTask]
  /// The newest observations, by object.
  package var observations: [UID: [Observation]]
  /// The epoch that the engine leads under.
  package var epoch: Int64

  package init(
    site: Site, cluster: Cluster? = nil, profile: Profile? = nil, operations: [Operation] = [],
    machines: [UID: Machine] = [:], hosts: [UID: Host] = [:], freeHosts: [UID] = [], claims: [Claim] = [],
    tasks: [String: DurableTask] = [:], observations: [UID: [Observation]] = [:], epoch: Int64
  ) {
    self.site = site
    self.cluster = cluster
    self.profile = profile
    self.operations = operations
    self.machines = machines
    self.hosts = hosts
    self.freeHosts = freeHosts
    self.claims = claims
    self.tasks = tasks
    self.observations = observations
    self.epoch = epoch
  }
}
