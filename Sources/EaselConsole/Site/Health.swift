internal import EaselModel
internal import EaselTerminal

extension Condition {
  /// Whether the condition says that something is wrong. Types name the good state, except those that name a trouble.
  var isBad: Bool {
    switch status {
    case .yes: namesTrouble
    case .no: !namesTrouble
    case .unknown: false
    }
  }

  private static let troubles = [
    "Pressure", "Degraded", "Failed", "Failing", "Drift", "Expiring", "Expired", "Stalled", "Unreachable",
  ].map { Array($0.utf8) }

  // Bytes, not characters: it is asked of every condition of a site whenever something has changed.
  private var namesTrouble: Bool {
    let end = type.utf8.reversed()
    return Self.troubles.contains { end.starts(with: $0.reversed()) }
  }

  /// The message, or the reason in words where there is none.
  var said: String { message.isEmpty ? Words.reason(reason) : message }

  /// A word for the status next to the type.
  var word: String {
    switch status {
    case .yes: tr("yes")
    case .no: tr("no")
    case .unknown: tr("unknown")
    }
  }

  var style: Style { isBad ? .warning : status == .unknown ? .muted : .ok }
}

/// What the etcd members say about quorum.
struct EtcdHealth: Sendable {
  let members: [ClusterObservation.EtcdMember]

  init(_ members: [ClusterObservation.EtcdMember]) { self.members = members }

  var voters: Int { members.filter(\.voting).count }
  var healthy: Int { members.filter { $0.voting && $0.healthy }.count }
  var unhealthy: [ClusterObservation.EtcdMember] { members.filter { !$0.healthy } }
  /// Votes that are needed: more than half.
  var needed: Int { voters / 2 + 1 }
  /// How many more voters may fail; below 0 quorum is lost.
  var margin: Int { healthy - needed }

  var sentence: String {
    switch margin {
    case ..<0: tr("quorum is lost: \(healthy) of \(voters) answer, \(needed) are needed")
    case 0 where voters <= 1: tr("a single member: its loss stops the cluster")
    case 0: tr("no further member may fail")
    default: tr(margin, one: "\(margin) more member may fail", other: "\(margin) more members may fail")
    }
  }
}

/// How long a certificate still lasts.
struct CertificateLife: Sendable {
  /// Whole days; below 0 when it has ended.
  let days: Int

  init(_ certificate: ClusterObservation.Certificate, at now: Timestamp) {
    days = Int((certificate.expiresAt.seconds(since: now) / 86_400).rounded(.down))
  }

  var hasEnded: Bool { days < 0 }
  /// It is time to think of it.
  var isShort: Bool { days <= 60 }
  var words: String { hasEnded ? tr("EXPIRED") : tr(days, one: "\(days) day", other: "\(days) days") }
  var style: Style { hasEnded ? .critical : isShort ? .warning : .ok }
}

extension Cluster {
  /// One phrase for lists: the phase, never alone when something under it is wrong.
  var statusPhrase: (text: String, style: Style) {
    let bad = status.conditions.filter(\.isBad)
    switch status.phase {
    case .failed where status.operation != nil: return (tr("Stopped"), .critical)
    case .running, .failed:
      if let observed = status.observed, !observed.apiHealthy { return (tr("API down"), .critical) }
      if EtcdHealth(status.observed?.etcd ?? []).unhealthy.isEmpty == false { return (tr("etcd degraded"), .warning) }
      if !bad.isEmpty || status.phase == .failed { return (tr("Degraded"), .warning) }
      return (tr("Running"), .ok)
    default: return (Words.word(status.phase), .info)
    }
  }

  var workersWanted: Int { spec.pools.reduce(0) { $0 + $1.replicas } }

  /// `3/3`, and whether all are there.
  func ready(_ role: Machine.Role) -> (text: String, style: Style) {
    let (is_, wanted) =
      role == .worker ? (status.workersReady, workersWanted) : (status.controlPlaneReady, spec.controlPlane.replicas)
    return ("\(is_)/\(wanted)", is_ == wanted ? .ok : status.operation == nil ? .warning : .info)
  }
}

extension Host {
  /// How it is; what takes no pods although it is ready says so.
  ///
  /// - Parameter isCordoned: what the cluster says of its node.
  func statusPhrase(isCordoned: Bool) -> (text: String, style: Style) {
    if let absence = status.absence, status.phase != .ready {
      return absence.reason == "Rebooting"
        ? (tr("Rebooting"), .info) : absence.isOff ? (tr("Shut down"), .warning) : (tr("Going down"), .info)
    }
    if spec.maintenance { return (isCordoned ? tr("Maintenance, cordoned") : tr("Maintenance"), .info) }
    switch status.phase {
    case .ready: return isCordoned ? (tr("Ready, cordoned"), .info) : (tr("Ready"), .ok)
    case .notReady: return (tr("Not ready"), .warning)
    case .unknown: return (tr("Unknown"), .muted)
    }
  }

  /// Somebody had it shut down, and it is off until somebody powers it on.
  var isOff: Bool { status.absence?.isOff == true && status.phase != .ready }
  /// Only a simulated host has a power button that Easel can press.
  var canBePoweredOn: Bool { isOff && spec.transport == .simulated }

  /// The fullest disk, as a used share 0...1.
  var fullestDisk: Double? { status.hardware?.fullestDisk }
}

extension Operation.Phase {
  var style: Style {
    switch self {
    case .pending, .running: .info
    case .blocked: .warning
    case .stopped, .failed: .critical
    case .succeeded: .ok
    case .aborted: .muted
    }
  }
}

extension Operation.StepState {
  var style: Style {
    switch self {
    case .waiting: .muted
    case .doing: .info
    case .blocked: .warning
    case .stopped: .critical
    case .done: .ok
    case .skipped: .muted
    }
  }

  /// A word of at most seven letters, for the tree.
  var word: String {
    switch self {
    case .waiting: tr("waits")
    case .doing: tr("doing")
    case .blocked: tr("blocked")
    case .stopped: tr("STOPPED")
    case .done: tr("done")
    case .skipped: tr("skipped")
    }
  }
}

extension SiteView {
  func statusPhrase(of host: Host) -> (text: String, style: Style) {
    host.statusPhrase(isCordoned: isCordoned(host))
  }
}

extension Machine {
  /// How it is: none runs on a host that is off or silent.
  func statusPhrase(on host: Host?) -> (text: String, style: Style) {
    if status.phase == .running, let host, host.status.phase != .ready { return host.statusPhrase(isCordoned: false) }
    return (Words.word(status.phase), status.phase.style)
  }
}

extension Machine.Phase {
  var style: Style {
    switch self {
    case .running: .ok
    case .failed: .critical
    default: .info
    }
  }
}
