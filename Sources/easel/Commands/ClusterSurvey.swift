import EaselAgentProtocol
import EaselHosts
import EaselModel
import EaselPlans
import EaselRuntime

/// What a host's agent says without being asked to do anything.
struct HostLook: Sendable {
  var owner: HostOwner?
  /// The cluster whose member it says it is.
  var member: UID?

  static func at(_ host: Host, _ invocation: Invocation) throws -> HostLook {
    let ways = try HostWays(SiteOpening.directory(invocation))
    return try blocking {
      let client = try ways.client(for: host)
      let hello = try await client.hello()
      let facts = try await client.inventory()
      await client.close()
      return HostLook(owner: hello.hostOwner, member: facts.ownerCluster)
    }
  }
}

/// Looks at a cluster that this site does not own, through its hosts; changes nothing.
struct ClusterSurvey {
  struct Result {
    var adoption: Adoption
    /// What each host said; nil for one that did not answer, with why.
    var looks: [(host: String, look: HostLook?, why: String)]
    /// Nodes that the cluster has and its definition does not know.
    var strangers: [String]
    /// The host whose own copy was read because the cluster's API did not answer.
    var keptBy: String?
  }

  let invocation: Invocation
  let site: SiteSnapshot

  init(_ invocation: Invocation, site: SiteSnapshot) { (self.invocation, self.site) = (invocation, site) }

  func run() throws -> Result {
    let via = invocation.all("via").map(part)
    guard !via.isEmpty else { throw invocation.usage("\(invocation.path) needs --via HOST=ADDRESS") }
    var read: ReadDefinition?
    var keptBy: String?
    var reasons: [EaselError] = []
    for (name, address) in via where read == nil || keptBy != nil {
      do {
        let found = try definition(through: try host(name, address))
        // Of the copies that hosts keep the newest counts: epochs grow with owners, generations with changes.
        if found.isKept, let known = read?.cluster, Self.age(known) >= Self.age(found.cluster) { continue }
        (read, keptBy) = (found, found.isKept ? name : nil)
      } catch let error as EaselError {
        if error.category == .usage || error.category == .refused { throw error }
        reasons.append(error)
      }
    }
    guard let read else { throw EaselError.all(reasons) ?? invocation.usage("--via names no host") }
    var cluster = read.cluster
    let addresses = Dictionary(
      via.compactMap { name, address in address.map { (name, $0) } } + invocation.all("address").compactMap(pair),
      uniquingKeysWith: { $1 })
    for index in cluster.members.indices { setWay(&cluster.members[index].host, addresses) }
    var result = Result(
      adoption: Adoption(cluster: cluster, ownerEpoch: 0), looks: [], strangers: [], keptBy: keptBy)
    for member in cluster.members {
      let host = Host(
        metadata: Metadata(name: member.host.name, uid: member.host.uid, createdAt: .wallClock()),
        spec: member.host.spec)
      do {
        if host.spec.transport == .ssh { _ = try confirmedKey(of: host.spec, name: host.name, invocation) }
        let look = try HostLook.at(host, invocation)
        try requireMember(host.name, look, of: cluster)
        result.adoption.ownerEpoch = max(result.adoption.ownerEpoch, look.owner?.epoch ?? 0)
        result.looks.append((host.name, look, ""))
      } catch let error as EaselError {
        // A wrong key is no host that is away.
        guard HostFailure(error)?.passes ?? false else { throw error }
        result.adoption.absent.append(host.name)
        result.looks.append((host.name, nil, error.message))
      }
    }
    result.adoption.ownerEpoch = max(result.adoption.ownerEpoch, cluster.owner.epoch)
    result.strangers = read.nodes.filter { node in !cluster.members.contains { $0.nodeName == node } }
    return result
  }

  /// A definition may name anybody's hosts: who says that it is another cluster's, or another site's free host, is not taken over.
  private func requireMember(_ name: String, _ look: HostLook, of cluster: PublishedCluster) throws {
    if look.member == cluster.uid { return }
    if look.member == nil, [nil, cluster.owner.site, site.site.uid].contains(look.owner?.site) { return }
    let whose =
      look.member.map { "a member of another cluster (uid \($0))" } ?? "no member of it, and another site's host"
    throw EaselError(
      .refused, "NotAMember", "the definition of cluster \(cluster.name) names \(name), which says that it is \(whose)",
      advice: "see who may write to the cluster's namespace easel-system, or remove that machine from the cluster first"
    )
  }

  private static func age(_ cluster: PublishedCluster) -> (Int64, Int64) { (cluster.owner.epoch, cluster.generation) }

  private func part(_ text: String) -> (name: String, address: String?) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
  }

  private func pair(_ text: String) -> (String, String)? {
    let (name, value) = part(text)
    return value.map { (name, $0) }
  }

  /// The key that the command line names for a host.
  private func givenKey(_ name: String) -> String? {
    let given = invocation.all("host-key").map(part)
    return given.first { $0.name == name }?.address ?? given.first { $0.address == nil }?.name
  }

  private func host(_ name: String, _ address: String?) throws -> Host {
    if let known = site.hosts.first(named: name), address == nil { return known }
    guard let address else {
      throw invocation.usage("this site knows no host \"\(name)\": say --via \(name)=ADDRESS")
    }
    var spec = Host.Spec(transport: .ssh, address: address)
    spec.port = try invocation.integer("port", in: 1...65_535)
    spec.sshConfig = invocation.value("ssh-config").map(absolutePath)
    spec.hostKey = givenKey(name)
    setUser(&spec, givenUser(name) ?? invocation.all("user").map(part).first { $0.address == nil }?.name)
    spec.hostKey = try confirmedKey(of: spec, name: name, invocation)
    return Host(metadata: Metadata(name: name, uid: "new", createdAt: .wallClock()), spec: spec)
  }

  /// The user that the command line names for one host.
  private func givenUser(_ name: String) -> String? {
    invocation.all("user").map(part).first { $0.name == name && $0.address != nil }?.address
  }

  private func setUser(_ spec: inout Host.Spec, _ user: String?) {
    spec.user = user
    spec.privilege = user == nil || user == "root" ? .root : .sudo
  }

  /// A host that this site knows is reached as it always was; any other one as its former owner did, unless told otherwise. The key
  /// that the former owner had confirmed comes with the definition, which was read through a host whose key is confirmed here.
  private func setWay(_ entry: inout PublishedCluster.HostEntry, _ addresses: [String: String]) {
    if let known = site.hosts.first(where: { $0.uid == entry.uid || $0.spec.address == entry.spec.address }) {
      entry.spec = known.spec
      return
    }
    // What was its own machine to the former owner is this one only if it has that address.
    if entry.spec.transport == .local, !Installation.addresses().contains(entry.spec.address) {
      entry.spec.transport = .ssh
    }
    // A file of the former owner's machine says nothing here.
    entry.spec.sshConfig = invocation.value("ssh-config").map(absolutePath)
    if let user = givenUser(entry.name) { setUser(&entry.spec, user) }
    if let address = addresses[entry.name] { entry.spec.address = address }
    if let key = givenKey(entry.name) { entry.spec.hostKey = key }
    entry.spec.maintenance = false
    // The former owner's key is not ours.
    entry.spec.siteKey = nil
  }

  private func definition(through host: Host) throws -> ReadDefinition {
    let ways = try HostWays(SiteOpening.directory(invocation))
    return try blocking {
      let client = try ways.client(for: host)
      guard try await client.inventory().ownerCluster != nil else {
        throw EaselError(
          .refused, "NotAMember", "\(host.name) is a member of no cluster",
          advice: "name a control-plane host with --via")
      }
      var last: EaselError?
      for distribution in Distributions.all {
        let report = try await client.query(try distribution.definitionPlan())
        do {
          let read = try distribution.definition(outputs: report.outputs, host: host.name)
          await client.close()
          return read
        } catch let error as EaselError { last = error }
      }
      await client.close()
      throw last ?? EaselError(.failed, "DefinitionUnreadable", "no distribution can read it", advice: "")
    }
  }
}

extension ClusterSurvey.Result {
  /// What is taken over, from whom, and what the former owner will say.
  func text(ourSite: Site) -> String {
    let cluster = adoption.cluster
    var table = Table(["HOST", "MACHINE", "ROLE", "TAKES CHANGES FROM", "EPOCH"])
    for member in cluster.members {
      let found = looks.first { $0.host == member.host.name }
      let owner = found?.look?.owner
      let whose =
        found?.look == nil
        ? "does not answer: taken over when it comes back"
        : owner.map { $0.site == ourSite.uid ? "this site" : $0.name.isEmpty ? "site \($0.site)" : "site \($0.name)" }
          ?? "nobody"
      table.rows.append([
        member.host.name, member.name, member.role.words, whose, owner.map { String($0.epoch) } ?? "-",
      ])
    }
    var lines = [
      "Cluster \(cluster.name) at \(cluster.spec.kubernetesVersion), uid \(cluster.uid)",
      "  written into it by site \(cluster.owner.name) (uid \(cluster.owner.site))", "", table.text(), "",
      "The former owner is refused from then on and says: site \(ourSite.name) (uid \(ourSite.uid)) adopted it, when, and "
        + "by whom.",
    ]
    if let keptBy {
      lines.append(
        "The cluster's API does not answer: this is the copy that \(keptBy) keeps, of generation \(cluster.generation). What was changed "
          + "since from another control-plane host is not in it: name them all with --via.")
    }
    if !strangers.isEmpty {
      lines.append(
        "Not in its definition, and so left alone: node \(strangers.joined(separator: ", ")). A change may have been under way."
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
