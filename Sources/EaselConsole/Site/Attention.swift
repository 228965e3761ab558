internal import EaselModel
internal import EaselTerminal

/// One thing that needs an operator, with the reason, since when, and where it is acted on.
struct Attention: Sendable, Hashable {
  enum Urgency: Int, Sendable, Comparable {
    case critical, warning, notice
    static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }
  }

  /// Where Enter leads.
  enum Place: Sendable, Hashable {
    case cluster(String, tab: String)
    case host(String)
    case operation(String)
    case engine
    case content
    case settings
  }

  var urgency: Urgency
  /// The object's name.
  var subject: String
  var text: String
  var since: Timestamp?
  var place: Place
  /// It is a host that waits for its power button, which Easel can press.
  var powersOn = false

  /// The key that acts on it.
  var key: String {
    if case .operation = place, urgency == .critical { return tr("r retry") }
    return powersOn ? tr("P power on") : tr("Enter")
  }

  /// Everything that is wrong, the most urgent first, then the longest-standing.
  static func list(_ site: SiteSnapshot) -> [Attention] {
    var found = engine(site) + content(site)
    for operation in site.operations { found += self.operation(operation, site.tasks) }
    for cluster in site.clusters { found += self.cluster(cluster, now: site.now) }
    for host in site.hosts.packed { found += self.host(host) }
    return found.sorted {
      ($0.urgency, $0.since ?? .zero, $0.subject, $0.text) < ($1.urgency, $1.since ?? .zero, $1.subject, $1.text)
    }
  }

  private static func engine(_ site: SiteSnapshot) -> [Attention] {
    // One that is blocked or has stopped says itself what it waits for: an engine alone does not bring it on.
    let waiting = site.operations.filter(\.status.phase.isMoving)
    guard site.lacksEngine, !waiting.isEmpty else { return [] }
    let count = waiting.count
    let why = site.engineEnd?.gist.prefixed(": ") ?? ""
    let text = tr(
      count, one: "no engine runs\(why); \(count) operation waits",
      other: "no engine runs\(why); \(count) operations wait")
    return [Attention(urgency: .critical, subject: tr("engine"), text: text, since: nil, place: .engine)]
  }

  /// An engine that may decide by other rules than this console knows.
  static func engine(_ other: OtherBuild) -> Attention {
    let text =
      other.engine.map { tr("Easel \($0) leads, this is \(other.own)") }
      ?? tr("an older Easel leads, this is \(other.own)")
    return Attention(urgency: .notice, subject: tr("engine"), text: text, since: nil, place: .settings)
  }

  private static func content(_ site: SiteSnapshot) -> [Attention] {
    guard site.site.lacksContent, !site.hosts.isEmpty else {
      return []
    }
    let text = tr("no folder to install from is named")
    return [Attention(urgency: .notice, subject: tr("content"), text: text, since: nil, place: .content)]
  }

  private static func operation(_ operation: Operation, _ tasks: [DurableTask]) -> [Attention] {
    guard operation.status.phase == .stopped || operation.status.phase == .blocked else { return [] }
    let step = operation.currentStep
    let item = step?.items.first { $0.state == .stopped || $0.state == .blocked }
    let place = Place.operation(operation.name)
    // It stands from the end of the task that failed on: what was done before that is no trouble.
    let ended = item?.task.flatMap { name in tasks.first { $0.name == name }?.status.finishedAt }
    let since = ended ?? item?.startedAt ?? step?.startedAt ?? operation.status.startedAt
    switch operation.status.phase {
    case .stopped:
      let stopped =
        if let step, let item {
          tr("\(operation.name) stopped at \"\(step.title)\" on \(item.name)")
        } else if let step {
          tr("\(operation.name) stopped at \"\(step.title)\"")
        } else {
          tr("\(operation.name) stopped")
        }
      let why = [item?.message, step?.message, operation.status.message].compactMap { $0 }.first { !$0.isEmpty } ?? ""
      return [
        Attention(
          urgency: .critical, subject: operation.spec.target.name,
          text: stopped + why.prefixed(": "), since: since, place: place)
      ]
    case .blocked:
      let why = [operation.status.message, step?.message].compactMap { $0 }.first { !$0.isEmpty } ?? ""
      return [
        Attention(
          urgency: .warning, subject: operation.spec.target.name,
          text: tr("\(operation.name) is blocked") + why.prefixed(": "), since: since, place: place)
      ]
    default: return []
    }
  }

  private static func cluster(_ cluster: Cluster, now: Timestamp) -> [Attention] {
    var found: [Attention] = []
    func add(_ urgency: Urgency, _ text: String, _ since: Timestamp?, _ tab: String) {
      found.append(
        Attention(
          urgency: urgency, subject: cluster.name, text: text, since: since, place: .cluster(cluster.name, tab: tab)))
    }
    let quorum = EtcdHealth(cluster.status.observed?.etcd ?? [])
    let isAwayOnRequest = cluster.status.conditions["ControlPlaneReady"]?.reason == Condition.awayOnRequest
    // What an operation is about to bring is not missing yet: the operation says how it gets on.
    if cluster.status.operation == nil {
      let bad = cluster.status.conditions.filter { $0.isBad && $0.type != "CertificatesValid" }
      // "Ready" sums up what the others say in detail.
      for condition in bad where condition.type != "Ready" || bad.count == 1 {
        // Of a worker that is away on request its host says it.
        if condition.type == "WorkersReady", condition.reason == Condition.awayOnRequest { continue }
        // Who is away on request is no incident; that the cluster can lose nobody else is something to know.
        let isUrgent = condition.reason != Condition.awayOnRequest || quorum.margin <= 0
        add(isUrgent ? .warning : .notice, "\(condition.type): \(condition.said)", condition.since, "overview")
      }
    }
    let wanted = cluster.spec.kubernetesVersion
    if cluster.status.operation == nil, let lowest = cluster.status.kubernetesVersion, lowest < wanted {
      add(.notice, tr("some nodes are at \(lowest): upgrading to \(wanted) once more brings them there"), nil, "nodes")
    }
    let planes = cluster.spec.controlPlane.replicas
    if planes > 1, planes % 2 == 0, cluster.status.operation == nil {
      let text = tr("\(planes) control planes survive no more failures than \(planes - 1): add or remove one")
      add(.notice, text, nil, "etcd")
    }
    guard let observed = cluster.status.observed else { return found }
    func isSaid(_ type: String) -> Bool { cluster.status.conditions[type]?.isBad == true }
    // An operation uncordons again what it has cordoned.
    let cordoned = cluster.status.operation == nil ? observed.nodes.filter { $0.cordoned && $0.ready }.map(\.name) : []
    if let first = cordoned.first {
      let (count, names) = (
        cordoned.count, cordoned.prefix(4).joined(separator: ", ") + (cordoned.count > 4 ? ", ..." : "")
      )
      add(
        .notice,
        tr(
          count, one: "node \(first) is cordoned: it takes no new pods",
          other: "\(count) nodes are cordoned and take no new pods: \(names)"), nil, "nodes")
    }
    if !observed.apiHealthy, cluster.status.operation == nil, !isSaid("APIServing") {
      add(
        .critical, tr("the API does not answer") + observed.message.prefixed(": "), cluster.status.observedAt,
        "overview")
    }
    for member in isSaid("EtcdQuorum") || isAwayOnRequest ? [] : quorum.unhealthy {
      let text = tr("etcd member \(member.name) is down; \(quorum.sentence)")
      add(quorum.margin < 0 ? .critical : .warning, text, nil, "etcd")
    }
    if let first = observed.certificates.min(by: { $0.expiresAt < $1.expiresAt }) {
      let life = CertificateLife(first, at: now)
      let (days, name, node) = (life.days, first.name, first.node)
      if life.hasEnded {
        add(.critical, tr("certificate \(name) on \(node) has expired"), first.expiresAt, "certificates")
      } else if life.isShort {
        let text = tr(
          days, one: "certificate \(name) on \(node) ends in \(days) day",
          other: "certificate \(name) on \(node) ends in \(days) days")
        add(days <= 7 ? .warning : .notice, text, nil, "certificates")
      }
    }
    return found
  }

  private static func host(_ host: Packed<Host>) -> [Attention] {
    let status = host.status
    // Who is away because somebody asked for it is no incident, but a member that is off is missed until somebody powers it on.
    if let absence = status.absence {
      guard absence.isOff, status.phase != .ready, let cluster = status.cluster else { return [] }
      return [
        Attention(
          urgency: .notice, subject: host.name, text: tr("host is shut down (member of \(cluster))"),
          since: absence.since, place: .host(host.name), powersOn: host.spec.transport == .simulated)
      ]
    }
    // Of a member the cluster says it, once for all its hosts.
    if status.cluster == nil, let owned = status.conditions[Host.owned], owned.status == .no {
      return [
        Attention(
          urgency: .warning, subject: host.name, text: tr("host belongs to another site: \(owned.message)"),
          since: owned.since, place: .host(host.name))
      ]
    }
    if let owner = status.leftover, status.phase == .ready {
      let text = tr("holds cluster \(owner) of another site: adopt that, or reset the host")
      let since = status.conditions["Clean"]?.since
      return [Attention(urgency: .notice, subject: host.name, text: text, since: since, place: .host(host.name))]
    }
    guard status.phase != .ready else { return [] }
    let urgency: Urgency = status.cluster == nil ? .notice : .warning
    let bad = status.conditions.first { $0.isBad }
    let isHeard = status.phase == .notReady
    let text =
      if let cluster = status.cluster {
        isHeard ? tr("host not ready (member of \(cluster))") : tr("host not heard of (member of \(cluster))")
      } else {
        isHeard ? tr("host not ready") : tr("host not heard of")
      }
    return [
      Attention(
        urgency: urgency, subject: host.name, text: text + (bad.map { ": \($0.said)" } ?? ""),
        since: bad?.since ?? status.lastSeen, place: .host(host.name))
    ]
  }
}

extension String {
  func prefixed(_ prefix: String) -> String { isEmpty ? "" : prefix + self }
}

extension EngineEnd {
  /// The cause without where it came up and what follows from it, for one line.
  fileprivate var gist: String {
    let first = cause.split(separator: ";").first.map(String.init) ?? cause
    return first.split(separator: ": ").last.map(String.init) ?? first
  }
}
