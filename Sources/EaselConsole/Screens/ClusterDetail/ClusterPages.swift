internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// The text tabs of a cluster, from the snapshot alone.
enum ClusterPages {
  static func overview(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    page.heading(tr("State"))
    page.fact(tr("Status"), cluster.statusPhrase.text, cluster.statusPhrase.style)
    if let operation = cluster.status.operation { page.fact(tr("Operation"), tr("\(operation)  (o opens it)"), .info) }
    let nodes = NodeRow.rows(cluster, site)
    func members(_ label: String, _ members: [NodeRow], _ ready: (text: String, style: Style)) {
      let cordoned = members.count { $0.isReady && $0.node?.cordoned == true }
      page.fact(
        label, tr("\(ready.text) ready") + (cordoned > 0 ? tr(", \(cordoned) cordoned") : ""),
        cordoned > 0 && ready.style == .ok ? .info : ready.style)
    }
    members(tr("Control plane"), nodes.filter(\.machine.isControlPlane), cluster.ready(.controlPlane))
    for pool in cluster.spec.pools {
      let own = nodes.filter { $0.machine.spec.pool == pool.name }
      let ready = own.count(where: \.isReady)
      let style: Style = ready == pool.replicas ? .ok : cluster.status.operation == nil ? .warning : .info
      members(tr("Pool \(pool.name)"), own, ("\(ready)/\(pool.replicas)", style))
    }
    if let observed = cluster.status.observed {
      let etcd = EtcdHealth(observed.etcd)
      page.fact(
        tr("API"), observed.apiHealthy ? tr("answers") : tr("does not answer: \(observed.message)"),
        observed.apiHealthy ? .ok : .critical)
      page.fact(
        "etcd", tr("\(etcd.healthy) of \(etcd.voters) healthy; \(etcd.sentence)"),
        etcd.unhealthy.isEmpty ? .ok : .warning)
      page.seen(tr("Last seen"), cluster.status.observedAt, at: site.now)
    } else {
      page.fact(tr("API"), tr("not seen yet"), .muted)
    }
    page.heading(tr("Conditions"))
    page.conditions(cluster.status.conditions, at: site.now)
    page.heading(tr("Definition"))
    page.fact(tr("Mode"), mode(cluster.spec.mode), permanent: true)
    page.fact(tr("Profile"), "\(cluster.spec.profile.name) \(cluster.spec.profile.version)")
    page.fact(tr("Kubernetes"), version(cluster))
    page.fact(tr("Endpoint"), cluster.endpointOrDefault, permanent: true)
    page.fact(tr("Pod network"), cluster.spec.network.podCIDR, permanent: true)
    page.fact(tr("Service network"), cluster.spec.network.serviceCIDR, permanent: true)
    page.fact(tr("Created"), Words.momentAndZone(cluster.metadata.createdAt))
    return page.lines
  }

  private static func mode(_ mode: Cluster.Mode) -> String {
    mode == .agent ? tr("agent: Easel's agent on each host") : Words.word(mode)
  }

  private static func version(_ cluster: Cluster) -> String {
    let wanted = cluster.spec.kubernetesVersion
    guard let standing = cluster.status.kubernetesVersion, standing != wanted else { return wanted.description }
    // Without an operation nothing goes anywhere: an abort or a skip has left some behind.
    return cluster.status.operation == nil
      ? tr("\(wanted), some nodes at \(standing)") : tr("\(standing), going to \(wanted)")
  }

  static func etcd(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText(labelWidth: 16)
    guard let observed = cluster.status.observed, !observed.etcd.isEmpty else {
      page.text(tr("The cluster has not said yet who its etcd members are."), .muted)
      return page.lines
    }
    let health = EtcdHealth(observed.etcd)
    page.heading(tr("Quorum"))
    page.fact(tr("Voters"), tr("\(health.voters), of which \(health.healthy) healthy; \(health.needed) are needed"))
    page.fact(
      tr("Margin"), health.sentence,
      health.margin < 0 ? .critical : health.margin == 0 && health.voters > 1 ? .warning : .ok)
    page.seen(tr("Seen"), cluster.status.observedAt, at: site.now)
    page.heading(tr("Members"))
    let width = CellText.widest(of: observed.etcd.map(\.name), least: 16)
    page.spans([
      .padded(tr("NAME"), width, .muted), Span(" "), .padded(tr("HEALTH"), 9, .muted), .padded(tr("ROLE"), 10, .muted),
      .padded(tr("DATABASE"), 11, .muted), Span(tr("ID"), .muted),
    ])
    for member in observed.etcd.sorted(by: { NaturalOrder.precedes($0.name, $1.name) }) {
      page.spans([
        .padded(member.name, width), Span(" "),
        .padded(member.healthy ? tr("healthy") : tr("DOWN"), 9, member.healthy ? .ok : .critical),
        .padded(member.leader ? tr("leader") : member.voting ? tr("voter") : tr("learner"), 10),
        .padded(Words.bytes(member.databaseBytes), 11), Span(member.id, .muted),
      ])
    }
    return page.lines
  }

  static func profile(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    let reference = cluster.spec.profile
    page.fact(tr("Profile"), "\(reference.name) \(reference.version)")
    guard let profile = site.profile(reference) else {
      page.text(tr("The site does not have this profile any more."), .warning)
      return page.lines
    }
    if profile.spec.version != reference.version {
      page.fact(tr("In the site"), "\(profile.name) \(profile.spec.version)", .warning)
    }
    page.fact(tr("Distribution"), profile.spec.distribution)
    page.fact(tr("Allows Kubernetes"), tr("v1.\(profile.spec.oldestMinor) to v1.\(profile.spec.newestMinor)"))
    let others = site.snapshot.clusters.filter { $0.spec.profile.name == profile.name && $0.uid != cluster.uid }
    page.fact(
      tr("Also used by"), others.isEmpty ? tr("no other cluster") : others.map(\.name).joined(separator: ", "), .muted)
    page.heading(tr("Layers above Kubernetes"))
    if profile.spec.layers.isEmpty { page.text(tr("none"), .muted) }
    for layer in profile.spec.layers { page.fact(layer.name, layer.kind) }
    return page.lines
  }
}
