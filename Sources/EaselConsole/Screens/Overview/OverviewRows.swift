internal import EaselModel
internal import EaselTerminal

/// What the overview says, from the snapshot alone.
enum OverviewRows {
  /// What needs an operator, then clusters, then what is running.
  ///
  /// - Parameter width: the columns that there are; where they are few, what matters least is left out rather than cut.
  static func main(
    _ site: SiteView, width: Int, _ surroundings: Surroundings
  ) -> [OverviewLine] {
    let attention = site.attention + (surroundings.otherBuild.map { [Attention.engine($0)] } ?? [])
    let names =
      attention.prefix(50).map(\.subject) + site.snapshot.clusters.prefix(100).map(\.name)
      + site.unfinished.prefix(50).map(\.name)
    let nameWidth = CellText.widest(of: names, least: width >= 70 ? 16 : 10, most: width - 62)
    return self.attention(attention, site, nameWidth)
      + clusters(site, nameWidth, width, !surroundings.isReadOnly) + unfinished(site, nameWidth, surroundings)
      + certificates(site, nameWidth)
  }

  /// Capacity and what happened last.
  static func side(_ site: SiteView, events: Int, width: Int) -> [OverviewLine] {
    hosts(site) + recent(site, events, width)
  }

  private static func attention(_ attention: [Attention], _ site: SiteView, _ nameWidth: Int) -> [OverviewLine] {
    guard !attention.isEmpty else {
      return [.heading(tr("Nothing needs your attention")), .blank]
    }
    let lines = attention.prefix(50).map { item -> OverviewLine in
      let (mark, style): (String, Style) =
        switch item.urgency {
        case .critical: ("!! ", .critical)
        case .warning: ("!  ", .warning)
        case .notice: ("i  ", .info)
        }
      return OverviewLine(
        body: .text(
          [Span(mark, style), .padded(item.subject, nameWidth), Span(" "), Span(item.text, style)],
          trailing: [
            Span("  " + (item.since.map { Words.age($0, at: site.now) } ?? ""), .muted), Span("  \(item.key)", .key),
          ]),
        place: item.place, full: item.text, powersOn: item.powersOn,
        identity: "attention \(item.subject) \(item.place)")
    }
    var more: [OverviewLine] = []
    if attention.count > 50 { more = [.heading("", tr("and \(attention.count - 50) more"))] }
    return [.heading(tr("Needs attention"), "\(attention.count)")] + lines + more + [.blank]
  }

  private static func clusters(
    _ site: SiteView, _ nameWidth: Int, _ width: Int, _ mayChange: Bool
  ) -> [OverviewLine] {
    let clusters = site.snapshot.clusters
    guard !clusters.isEmpty else {
      return [.heading(tr("Clusters"), mayChange ? tr("none yet; c creates one") : tr("none yet")), .blank]
    }
    let lines = clusters.prefix(100).map { cluster -> OverviewLine in
      let status = cluster.statusPhrase
      var spans = [
        Span("   "), .padded(cluster.name, nameWidth), Span(" "),
        .padded(status.text, width >= 70 ? 16 : 13, status.style),
      ]
      if width >= 80 {
        let version = cluster.status.kubernetesVersion ?? cluster.spec.kubernetesVersion
        spans += [Span(" "), .padded(version.description, 9, .muted)]
      }
      if width >= 56 {
        let (control, workers) = (cluster.ready(.controlPlane), cluster.ready(.worker))
        spans += [
          Span(tr(" control ")), .padded(control.text, 5, control.style),
          Span(tr(" workers ")), .padded(workers.text, 7, workers.style),
        ]
      }
      return OverviewLine(
        body: .text(spans, trailing: old(cluster, at: site.now)), place: .cluster(cluster.name, tab: "overview"),
        identity: "cluster \(cluster.name)")
    }
    var more: [OverviewLine] = []
    if clusters.count > 100 { more = [.heading("", tr("and \(clusters.count - 100) more: :clusters"))] }
    return [.heading(tr("Clusters"), "\(clusters.count)")] + lines + more + [.blank]
  }

  /// Said of a cluster that nobody has looked at for long, so that what stands beside it is not taken for now.
  private static func old(_ cluster: Cluster, at now: Timestamp) -> [Span] {
    guard let seen = cluster.status.observedAt, now.seconds(since: seen) > Words.oldAfter else { return [] }
    return [Span(tr("  old, seen \(Words.age(seen, at: now)) ago"), .stale)]
  }

  /// What goes on, and apart from it what has stopped and goes on for nobody but its operator.
  private static func unfinished(_ site: SiteView, _ nameWidth: Int, _ surroundings: Surroundings) -> [OverviewLine] {
    let all = site.unfinished
    let standing: Set<Operation.Phase> = [.stopped, .blocked]
    return operations(tr("Running"), all.filter { !standing.contains($0.status.phase) }, site, nameWidth, surroundings)
      + operations(tr("Blocked"), all.filter { $0.status.phase == .blocked }, site, nameWidth, surroundings)
      + operations(tr("Stopped"), all.filter { $0.status.phase == .stopped }, site, nameWidth, surroundings)
  }

  private static func operations(
    _ title: String, _ operations: [Operation], _ site: SiteView, _ nameWidth: Int, _ surroundings: Surroundings
  ) -> [OverviewLine] {
    guard !operations.isEmpty else { return [] }
    let lines = operations.prefix(50).map { operation -> OverviewLine in
      let progress = OperationProgress(operation, site: site)
      let percent = "\(Int(progress.fraction * 100))%"
      var time = Words.duration(progress.elapsed)
      if let left = surroundings.remaining(of: operation) {
        time = tr("\(time), about \(Words.duration(left)) left")
      }
      return OverviewLine(
        body: .text(
          [
            Span("   "), .padded(operation.name, nameWidth), Span(" "),
            .padded(percent, 4, operation.phaseStyle), Span(" "),
            Span(progress.step.isEmpty ? operation.phaseWord : progress.step),
            Span(progress.detail.prefixed("  "), .muted),
          ], trailing: [Span(" " + time, .muted)]),
        place: .operation(operation.name),
        full: (progress.step.isEmpty ? operation.phaseWord : progress.step) + progress.detail.prefixed("  "),
        identity: "operation \(operation.name)")
    }
    return [.heading(title, "\(operations.count)")] + lines + [.blank]
  }

  /// The clusters whose certificates end first.
  private static func certificates(_ site: SiteView, _ nameWidth: Int) -> [OverviewLine] {
    guard !site.certificates.isEmpty else { return [] }
    let lines = site.certificates.map { name, certificate -> OverviewLine in
      let life = CertificateLife(certificate, at: site.now)
      return OverviewLine(
        body: .text(
          [
            Span("   "), .padded(name, nameWidth), Span(" "),
            .padded(life.words, 10, life.style),
            Span(" "),
            Span(tr("\(certificate.name) on \(certificate.node)"), .muted),
          ], trailing: []),
        place: .cluster(name, tab: "certificates"), identity: "certificate \(name)")
    }
    return [.heading(tr("Certificates"), tr("by days left"))] + lines + [.blank]
  }

  private static func hosts(_ site: SiteView) -> [OverviewLine] {
    let capacity = site.capacity
    guard capacity.hosts > 0 else { return [.heading(tr("Hosts"), tr("none yet; :add host adds one")), .blank] }
    var lines = [
      OverviewLine.heading(tr("Hosts"), tr("\(capacity.hosts), \(capacity.ready) ready, \(capacity.free) free"))
    ]
    let others = [
      (capacity.off, tr("\(capacity.off) shut down")), (capacity.notReady, tr("\(capacity.notReady) not ready")),
      (capacity.inMaintenance, tr("\(capacity.inMaintenance) in maintenance")),
      (capacity.cordoned, tr("\(capacity.cordoned) cordoned")),
    ].filter { $0.0 > 0 }.map(\.1).joined(separator: ", ")
    if !others.isEmpty {
      lines.append(OverviewLine(body: .text([Span(" \(others)", .info)], trailing: []), identity: "others"))
    }
    func bar(_ label: String, _ share: Double, _ note: String) {
      lines.append(OverviewLine(body: .bar(label: label, fraction: share, note: note), identity: label))
    }
    let (cpus, memory, disk) = (capacity.cpus, capacity.memoryBytes, capacity.diskBytes)
    if cpus.all > 0 {
      bar(tr("CPU"), Double(cpus.used) / Double(cpus.all), tr("\(cpus.used) of \(cpus.all) cores in clusters"))
    }
    if memory.all > 0 {
      let note = tr("\(Words.bytes(memory.used)) of \(Words.bytes(memory.all))")
      bar(tr("Memory"), Double(memory.used) / Double(memory.all), note)
    }
    if disk.all > 0 {
      let note = tr("\(Words.bytes(disk.used)) of \(Words.bytes(disk.all)) used")
      bar(tr("Disk"), Double(disk.used) / Double(disk.all), note)
    }
    return lines + [.blank]
  }

  private static func recent(_ site: SiteView, _ count: Int, _ width: Int) -> [OverviewLine] {
    guard !site.events.isEmpty, count > 0 else { return [] }
    let names = site.events.prefix(count).map(\.object.name)
    let nameWidth = CellText.widest(of: names, least: 14, most: width / 4)
    let lines = site.events.prefix(count).map { event -> OverviewLine in
      OverviewLine(
        body: .text(
          [
            Span(Words.clock(event.at) + " ", .muted), .padded(event.object.name, nameWidth), Span(" "),
            Span(event.message, event.severity == .warning ? .warning : .plain),
          ], trailing: []), place: Attention.Place(event), full: event.message,
        identity: "event \(event.sequence)")
    }
    return [.heading(tr("Recent events"))] + lines
  }
}
