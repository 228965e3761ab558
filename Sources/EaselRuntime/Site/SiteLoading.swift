import EaselModel
import EaselStore
import FoundationEssentials

/// Makes a simulated site that holds many running clusters: one is grown by the engine itself in memory, the others are copies of
/// it with names, identities and addresses of their own, and so is the part of the simulated world that goes with each.
package enum SiteLoading {
  /// - Parameter freeHosts: hosts beyond those of the clusters.
  /// - Throws: `SiteExists` (conflict), or whatever the engine refuses the pattern for.
  package static func load(
    in directory: StateDirectory, name: String, clusters: Int, machines: Int, freeHosts: Int,
    version: KubernetesVersion, as actor: Actor
  ) throws -> SQLiteStore {
    let pattern = try Pattern.grow(machines: machines, version: version, as: actor)
    let store = try SiteFounding.found(
      in: directory, name: name, simulation: pattern.site.spec.simulation ?? Site.Simulation(), contentDirectory: nil,
      as: actor)
    // Transactions of a bounded size: no copy of the whole site is ever in memory.
    var next = 0
    while next < clusters {
      let end = min(next + 50, clusters)
      try store.write(epoch: nil) { writer in
        for number in next..<end { try pattern.write(cluster: number + 1, machines: machines, to: writer) }
      }
      next = end
    }
    next = clusters * machines
    let last = next + freeHosts
    while next < last {
      let end = min(next + 500, last)
      try store.write(epoch: nil) { writer in
        for number in next..<end { try pattern.write(freeHost: number + 1, to: writer) }
      }
      next = end
    }
    try store.write(epoch: nil) { writer in
      guard var site = try writer.records(.site, scope: nil).first?.asSite else { return }
      site.status = pattern.site.status
      try writer.put(.site(site), expecting: nil)
      try writer.append(
        AuditRecord(
          at: .wallClock(), actor: actor.name, verb: "load-site", object: ObjectReference(site),
          detail: "\(clusters) simulated clusters of \(machines) machines, \(freeHosts) free hosts"))
    }
    return store
  }
}

/// One running cluster and one free host, as text to be stamped out.
private struct Pattern {
  static let cluster = "patterncluster"

  var site: Site
  /// Of the cluster: itself, its machines and hosts, in this order.
  private var records: [(kind: Kind, stamp: Stamp)] = []
  private var claims: [Stamp] = []
  private var observations: [Stamp] = []
  private var parts: [(key: Stamp, value: Stamp)] = []
  private var freeHost: Stamp
  private var freeParts: [(key: Stamp, value: Stamp)] = []
  private var hosts: Int

  /// Lets the engine add hosts and create the cluster on a store in memory.
  static func grow(machines: Int, version: KubernetesVersion, as actor: Actor) throws -> Pattern {
    let store = MemoryStore()
    let nowhere = StateDirectory(given: "/nonexistent")
    let now = Timestamp.wallClock()
    var site = Site(
      metadata: Metadata(name: "pattern", uid: "pattern", createdAt: now),
      spec: Site.Spec(simulation: Site.Simulation()))
    site.status.simulatedNow = now
    try store.write(epoch: nil) { writer in
      try writer.put(.site(site), expecting: 0)
      try writer.put(.profile(Profile.builtIn(at: now)), expecting: 0)
    }
    let gate = SiteGate(directory: nowhere, store: store, starter: nil)
    func run() throws {
      var options = EngineOptions()
      options.untilIdle = true
      options.tellsProgress = false
      try EngineProcess(directory: nowhere, store: store, options: options, log: EngineLog(path: "/dev/null"))
        .run(until: { false })
    }
    let hosts = (1...machines + 1).map { number in
      let host = SiteFounding.simulatedHost(number)
      return Intent.addHost(name: "pattern\(host.name)", spec: host.spec, labels: [:])
    }
    _ = try gate.submit(hosts, as: actor)
    try run()
    let controlPlanes = machines >= 5 ? 3 : 1
    var spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"), kubernetesVersion: version)
    spec.controlPlane.replicas = controlPlanes
    if machines > controlPlanes { spec.pools = [Cluster.Pool(name: "workers", replicas: machines - controlPlanes)] }
    _ = try gate.submit(.createCluster(name: cluster, spec: spec, labels: [:]), as: actor)
    try run()
    let grown = try gate.snapshot()
    guard grown.clusters.first?.status.phase == .running,
      let free = grown.hosts.first(where: { $0.status.cluster == nil })
    else {
      throw EaselError(
        .failed, "PatternFailed", "growing a cluster of \(machines) machines did not end in Running",
        advice: "see whether create cluster works on a simulated site")
    }
    return try store.read { try Pattern(grown, free: free, reader: $0) }
  }

  private init(_ grown: SiteSnapshot, free: Host, reader: any StoreReader) throws {
    site = grown.site
    let members = grown.hosts.filter { $0.uid != free.uid }
    hosts = members.count
    var tokens: [String] = []
    for cluster in grown.clusters { tokens += [cluster.uid.text, cluster.name] }
    for machine in grown.machines { tokens += [machine.uid.text] }
    for host in members { tokens += [host.uid.text, host.name, host.spec.address] }
    let encoder = JSONEncoder()
    func stamp(_ value: some Encodable) throws -> Stamp { Stamp(Array(try encoder.encode(value)), tokens) }
    for cluster in grown.clusters { records.append((.cluster, try stamp(cluster))) }
    for machine in grown.machines { records.append((.machine, try stamp(machine))) }
    for host in members { records.append((.host, try stamp(host))) }
    claims = try reader.claims(cluster: nil).map(stamp)
    for uid in grown.clusters.map(\.uid) + members.map(\.uid) {
      observations += try reader.observations(of: uid).map(stamp)
    }
    let freeTokens = [free.uid.text, free.name, free.spec.address]
    freeHost = Stamp(Array(try encoder.encode(free)), freeTokens)
    for (key, value) in try reader.worldParts().sorted(by: { $0.key < $1.key }) {
      if key.hasSuffix(free.uid.text) {
        freeParts.append((Stamp(Array(key.utf8), freeTokens), Stamp(value, freeTokens)))
      } else {
        parts.append((Stamp(Array(key.utf8), tokens), Stamp(value, tokens)))
      }
    }
  }

  func write(cluster number: Int, machines: Int, to writer: any StoreWriter) throws {
    let uid = site.uid.derived("cluster-\(number)")
    var values = [uid.text, "cluster\(number)"]
    for index in 0..<machines { values.append(uid.derived("machine-\(index + 1)").text) }
    for index in 0..<hosts { values += hostValues((number - 1) * machines + index + 1) }
    let decoder = JSONDecoder()
    for (kind, stamp) in records {
      let data = Data(stamp.bytes(values))
      switch kind {
      case .cluster: try writer.put(.cluster(try decoder.decode(Cluster.self, from: data)), expecting: 0)
      case .machine: try writer.put(.machine(try decoder.decode(Machine.self, from: data)), expecting: 0)
      default: try writer.put(.host(try decoder.decode(Host.self, from: data)), expecting: 0)
      }
    }
    for stamp in claims { try writer.insert(try decoder.decode(Claim.self, from: Data(stamp.bytes(values)))) }
    for stamp in observations {
      try writer.append(try decoder.decode(Observation.self, from: Data(stamp.bytes(values))))
    }
    for (key, value) in parts {
      try writer.setWorldPart(String(decoding: key.bytes(values), as: UTF8.self), value.bytes(values))
    }
  }

  func write(freeHost number: Int, to writer: any StoreWriter) throws {
    let values = hostValues(number)
    try writer.put(.host(try JSONDecoder().decode(Host.self, from: Data(freeHost.bytes(values)))), expecting: 0)
    for (key, value) in freeParts {
      try writer.setWorldPart(String(decoding: key.bytes(values), as: UTF8.self), value.bytes(values))
    }
  }

  private func hostValues(_ number: Int) -> [String] {
    let host = SiteFounding.simulatedHost(number)
    return [site.uid.derived(host.name).text, host.name, host.spec.address]
  }
}

/// A text with numbered gaps where its tokens stood.
private struct Stamp {
  private var literals: [[UInt8]] = [[]]
  /// The token after each literal but the last.
  private var gaps: [Int] = []

  /// Where two tokens begin at the same place, the longer one is meant.
  init(_ text: [UInt8], _ tokens: [String]) {
    let patterns = tokens.enumerated().map { (index: $0.offset, bytes: Array($0.element.utf8)) }
      .sorted { $0.bytes.count > $1.bytes.count }
    var position = 0
    while position < text.count {
      if let match = patterns.first(where: { text[position...].starts(with: $0.bytes) }) {
        gaps.append(match.index)
        literals.append([])
        position += match.bytes.count
      } else {
        literals[literals.count - 1].append(text[position])
        position += 1
      }
    }
  }

  func bytes(_ values: [String]) -> [UInt8] {
    var result = literals[0]
    for (index, gap) in gaps.enumerated() {
      result += Array(values[gap].utf8)
      result += literals[index + 1]
    }
    return result
  }
}
