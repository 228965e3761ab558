internal import EaselModel
internal import EaselTerminal

/// The text tabs of a cluster, from the snapshot alone.
enum ClusterPages {
  static func overview(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    page.heading("State")
    page.fact("Status", cluster.statusPhrase.text, cluster.statusPhrase.style)
    if let operation = cluster.status.operation { page.fact("Operation", operation + "  (o opens it)", .info) }
    page.fact("Control plane", cluster.ready(.controlPlane).text + " ready", cluster.ready(.controlPlane).style)
    for pool in cluster.spec.pools {
      let ready = site.machines(of: cluster).filter { $0.spec.pool == pool.name && $0.status.phase == .running }.count
      let style: Style = ready == pool.replicas ? .ok : .info
      page.fact("Pool \(pool.name)", "\(ready)/\(pool.replicas) running", style)
    }
    if let observed = cluster.status.observed {
      let etcd = EtcdHealth(observed.etcd)
      page.fact(
        "API", observed.apiHealthy ? "answers" : "does not answer: \(observed.message)",
        observed.apiHealthy ? .ok : .critical)
      page.fact(
        "etcd", "\(etcd.healthy) of \(etcd.voters) healthy; \(etcd.sentence)", etcd.unhealthy.isEmpty ? .ok : .warning)
      page.seen("Last seen", cluster.status.observedAt, at: site.now)
    } else {
      page.fact("API", "not seen yet", .muted)
    }
    page.heading("Conditions")
    page.conditions(cluster.status.conditions, at: site.now)
    page.heading("Definition")
    page.fact("Mode", cluster.spec.mode.rawValue, permanent: true)
    page.fact("Profile", "\(cluster.spec.profile.name) \(cluster.spec.profile.version)")
    page.fact("Kubernetes", version(cluster))
    page.fact("Endpoint", cluster.endpointOrDefault, permanent: true)
    page.fact("Pod network", cluster.spec.network.podCIDR, permanent: true)
    page.fact("Service network", cluster.spec.network.serviceCIDR, permanent: true)
    page.fact("Created", Words.momentAndZone(cluster.metadata.createdAt))
    return page.lines
  }

  private static func version(_ cluster: Cluster) -> String {
    let wanted = cluster.spec.kubernetesVersion
    guard let standing = cluster.status.kubernetesVersion, standing != wanted else { return wanted.description }
    return "\(standing), going to \(wanted)"
  }

  static func etcd(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText(labelWidth: 16)
    guard let observed = cluster.status.observed, !observed.etcd.isEmpty else {
      page.text("The cluster has not said yet who its etcd members are.", .muted)
      return page.lines
    }
    let health = EtcdHealth(observed.etcd)
    page.heading("Quorum")
    page.fact("Voters", "\(health.voters), of which \(health.healthy) healthy; \(health.needed) are needed")
    page.fact(
      "Margin", health.sentence,
      health.margin < 0 ? .critical : health.margin == 0 && health.voters > 1 ? .warning : .ok)
    page.seen("Seen", cluster.status.observedAt, at: site.now)
    page.heading("Members")
    page.spans([
      .padded("NAME", 16, .muted), Span(" "), .padded("HEALTH", 9, .muted), .padded("ROLE", 10, .muted),
      .padded("DATABASE", 11, .muted), Span("ID", .muted),
    ])
    for member in observed.etcd.sorted(by: { $0.name < $1.name }) {
      page.spans([
        .padded(member.name, 16), Span(" "),
        .padded(member.healthy ? "healthy" : "DOWN", 9, member.healthy ? .ok : .critical),
        .padded(member.leader ? "leader" : member.voting ? "voter" : "learner", 10),
        .padded(Words.bytes(member.databaseBytes), 11), Span(member.id, .muted),
      ])
    }
    return page.lines
  }

  static func certificates(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    let certificates = cluster.status.observed?.certificates ?? []
    guard !certificates.isEmpty else {
      page.text("No certificates were reported yet.", .muted)
      return page.lines
    }
    page.spans([
      .padded("ENDS IN", 10, .muted), .padded("NODE", 16, .muted), Span(" "), .padded("CERTIFICATE", 28, .muted),
      Span("ENDS (\(TimeWords.current.zoneName))", .muted),
    ])
    for certificate in certificates.sorted(by: { ($0.expiresAt, $0.node, $0.name) < ($1.expiresAt, $1.node, $1.name) })
    {
      let days = Int((certificate.expiresAt.seconds(since: site.now) / 86_400).rounded(.down))
      let style: Style = days < 0 ? .critical : days <= 60 ? .warning : .ok
      page.spans([
        .padded(days < 0 ? "EXPIRED" : Words.count(days, "day"), 10, style), .padded(certificate.node, 16), Span(" "),
        .padded(certificate.name, 28), Span(Words.moment(certificate.expiresAt), .muted),
      ])
    }
    return page.lines
  }

  static func profile(_ cluster: Cluster, _ site: SiteView) -> [[Span]] {
    var page = PageText()
    let reference = cluster.spec.profile
    page.fact("Profile", "\(reference.name) \(reference.version)")
    guard let profile = site.profile(reference) else {
      page.text("The site does not have this profile any more.", .warning)
      return page.lines
    }
    if profile.spec.version != reference.version {
      page.fact("In the site", "\(profile.name) \(profile.spec.version)", .warning)
    }
    page.fact("Distribution", profile.spec.distribution)
    page.fact("Allows Kubernetes", "v1.\(profile.spec.oldestMinor) to v1.\(profile.spec.newestMinor)")
    let others = site.snapshot.clusters.filter { $0.spec.profile.name == profile.name && $0.uid != cluster.uid }
    page.fact("Also used by", others.isEmpty ? "no other cluster" : others.map(\.name).joined(separator: ", "), .muted)
    page.heading("Layers above Kubernetes")
    if profile.spec.layers.isEmpty { page.text("none", .muted) }
    for layer in profile.spec.layers { page.fact(layer.name, layer.kind) }
    return page.lines
  }
}
