/// A machine with, or not yet with, an agent on it.
package struct Host: Resource {
  package static let kind = Kind.host
  @usableFromInline var parts: Boxed<ObjectParts<Spec, Status>>
  package var scope: UID? { nil }

  package init(metadata: Metadata, spec: Spec, status: Status = Status()) {
    parts = Boxed(ObjectParts(metadata: metadata, spec: spec, status: status))
  }

  /// The condition that says whether this site is the host's owner; absent as long as nobody has asked.
  package static let owned = "Owned"
  /// The condition that says that the host takes the site's own key; its message is the key's fingerprint.
  package static let siteKeyInstalled = "SiteKey"
  /// The annotation of a host that did not answer when its cluster was adopted.
  package static let adoptsLater = "easel.dev/adopts-later"

  /// Another site has taken the host over.
  package var belongsToAnotherSite: Bool { status.conditions[Host.owned]?.status == .no }

  package enum Transport: String, Codable, Sendable, Hashable, CaseIterable, Spoken { case local, ssh, simulated }

  /// How the agent gets root on the host.
  package enum Privilege: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    /// The login user is root.
    case root
    /// `sudo` works without a password.
    case sudo
    /// `sudo` asks for a password, which is typed once and never stored.
    case sudoPassword
  }

  package struct Spec: Codable, Sendable, Hashable {
    package var transport: Transport
    /// What the cluster's other members reach the host by: an IP address. Also what ssh connects to unless `sshHost` is set.
    package var address: String
    /// The name or address given to ssh (`~/.ssh/config` applies); nil means `address`.
    package var sshHost: String?
    package var port: Int?
    package var user: String?
    /// An ssh_config file to use instead of the operator's own.
    package var sshConfig: String?
    /// The pinned host key as `SHA256:...`; kept once confirmed.
    package var hostKey: String?
    package var privilege: Privilege
    /// True when the host takes the site's own key for its agent, and for nothing else; nil when it does not.
    package var siteKey: Bool?
    /// No new work is placed on the host while true.
    package var maintenance: Bool

    package init(
      transport: Transport, address: String, sshHost: String? = nil, port: Int? = nil, user: String? = nil,
      sshConfig: String? = nil, hostKey: String? = nil, privilege: Privilege = .root, siteKey: Bool? = nil,
      maintenance: Bool = false
    ) {
      self.transport = transport
      self.address = address
      self.sshHost = sshHost
      self.port = port
      self.user = user
      self.sshConfig = sshConfig
      self.hostKey = hostKey
      self.privilege = privilege
      self.siteKey = siteKey
      self.maintenance = maintenance
    }
  }

  package enum Phase: String, Codable, Sendable, Hashable, CaseIterable, Spoken {
    case ready = "Ready"
    case notReady = "NotReady"
    /// Not heard of, or not since long.
    case unknown = "Unknown"
  }

  package struct Status: Codable, Sendable, Hashable {
    package var phase: Phase
    package var conditions: [Condition]
    /// The name of the cluster that has claimed the host; absent when free.
    package var cluster: String?
    /// The name of the machine that the host carries; absent when free.
    package var machine: String?
    package var inventory: Inventory? {
      get { packedInventory?.inventory }
      set { packedInventory = newValue.map { PackedInventory($0) } }
    }
    /// The inventory's architecture, at a fraction of the price.
    package var architecture: String? { packedInventory?.architecture }
    package var operatingSystem: String? { packedInventory?.operatingSystem }
    /// The same for the host's size.
    package var hardware: Hardware? { packedInventory?.hardware }
    var packedInventory: PackedInventory?
    /// The agent's version and build as it reported them.
    package var agentVersion: String?
    package var lastSeen: Timestamp?
    /// Changes at every boot of the host.
    package var bootID: String?
    /// Set while the host is silent because somebody asked for it; its silence is no incident then.
    package var absence: Absence?
    /// On a free host: the cluster whose member the host says it is, though none of this site's machines is bound to it.
    package var leftover: UID?

    private enum CodingKeys: String, CodingKey {
      case phase, conditions, cluster, machine
      case packedInventory = "inventory"
      case agentVersion, lastSeen, bootID, absence, leftover
    }

    package init(phase: Phase = .unknown, conditions: [Condition] = []) {
      (self.phase, self.conditions) = (phase, conditions)
    }
  }
}

extension Host {
  /// Why a host is silent on request. It ends when the host is seen in another boot; for a member, when its node is Ready again.
  package struct Absence: Codable, Sendable, Hashable {
    /// `Rebooting`, `ShuttingDown` or `ShutDown`; `Starting` once the host is back and its node is not Ready yet.
    package var reason: String
    package var actor: String
    package var since: Timestamp
    /// The boot that it ends; of a host that is starting, the boot that it is in.
    package var bootID: String
    /// From when on the silence is an incident after all; nil for a host that is off until somebody powers it on.
    package var until: Timestamp?

    package init(reason: String, actor: String, since: Timestamp, bootID: String, until: Timestamp?) {
      self.reason = reason
      self.actor = actor
      self.since = since
      self.bootID = bootID
      self.until = until
    }

    /// Whether the host was shut down, which it stays until it is powered on.
    package var isOff: Bool { until == nil }

    package var isStarting: Bool { reason == "Starting" }

    /// Whether that the host is away at that time is what was asked for.
    package func covers(_ time: Timestamp) -> Bool { until.map { time <= $0 } ?? true }

    package var message: String {
      switch reason {
      case "Rebooting": "it reboots, as \(actor) asked"
      case "Starting": "it has just come back"
      case "ShuttingDown": "it is being shut down, as \(actor) asked"
      default: "\(actor) had it shut down; power it on to bring it back"
      }
    }
  }
}

/// What a host is made of, as its agent reported it.
package struct Inventory: Codable, Sendable, Hashable {
  package struct Disk: Codable, Sendable, Hashable {
    package var mountPoint: String
    package var totalBytes: Int64
    package var freeBytes: Int64

    package init(mountPoint: String, totalBytes: Int64, freeBytes: Int64) {
      (self.mountPoint, self.totalBytes, self.freeBytes) = (mountPoint, totalBytes, freeBytes)
    }
  }

  package struct Interface: Codable, Sendable, Hashable {
    package var name: String
    package var hardwareAddress: String
    /// Addresses with prefix length, for example `10.0.0.5/24`.
    package var addresses: [String]
    package var up: Bool

    package init(name: String, hardwareAddress: String, addresses: [String], up: Bool) {
      (self.name, self.hardwareAddress, self.addresses, self.up) = (name, hardwareAddress, addresses, up)
    }
  }

  package var hostname: String
  package var architecture: String
  package var operatingSystem: String
  package var kernel: String
  package var cpuCount: Int
  package var memoryBytes: Int64
  /// `v1`, `hybrid` or `v2`.
  package var cgroupMode: String
  /// Whether the host may raise priorities against the out-of-memory killer (CAP_SYS_RESOURCE).
  package var canSetOOMScore: Bool
  package var swapBytes: Int64
  package var hasKernelModules: Bool
  package var machineID: String
  package var productUUID: String
  package var disks: [Disk]
  package var interfaces: [Interface]
  /// The host's clock less ours, in seconds; nil when not measured.
  package var clockSkewSeconds: Double?

  package init(
    hostname: String, architecture: String, operatingSystem: String, kernel: String, cpuCount: Int, memoryBytes: Int64,
    cgroupMode: String, canSetOOMScore: Bool, swapBytes: Int64, hasKernelModules: Bool, machineID: String,
    productUUID: String, disks: [Disk], interfaces: [Interface], clockSkewSeconds: Double?
  ) {
    self.hostname = hostname
    self.architecture = architecture
    self.operatingSystem = operatingSystem
    self.kernel = kernel
    self.cpuCount = cpuCount
    self.memoryBytes = memoryBytes
    self.cgroupMode = cgroupMode
    self.canSetOOMScore = canSetOOMScore
    self.swapBytes = swapBytes
    self.hasKernelModules = hasKernelModules
    self.machineID = machineID
    self.productUUID = productUUID
    self.disks = disks
    self.interfaces = interfaces
    self.clockSkewSeconds = clockSkewSeconds
  }
}

extension Host {
  /// Why nothing can be done on it while it is silent, and what to do about it where that is known; the message of its condition else.
  package var silence: String {
    if status.absence?.isOff == true {
      return "host \(name) is shut down: power it on first"
        + (status.machine == nil ? "" : ", or remove its machine")
    }
    let why = status.conditions["Reachable"]?.message ?? ""
    return "host \(name) does not answer" + (why.isEmpty ? "" : ": \(why)")
  }

  /// It answers, and takes changes from this site.
  package var takesChanges: Bool { status.phase == .ready && !belongsToAnotherSite }

  /// Nothing about the host itself keeps a cluster from taking it. Whether it is taken already, or has an operation of its own,
  /// is not asked.
  package var canBeTaken: Bool { Self.canBeTaken(spec, status) }

  package static func canBeTaken(_ spec: Spec, _ status: Status) -> Bool {
    status.phase == .ready && !spec.maintenance && status.leftover == nil
  }
}

extension Host.Spec {
  /// A definition may leave out all but the address: over ssh, as root, not in maintenance.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let transport = try fields.decodeIfPresent(Host.Transport.self, forKey: .transport)
    self.init(transport: transport ?? .ssh, address: try fields.decode(String.self, forKey: .address))
    sshHost = try fields.decodeIfPresent(String.self, forKey: .sshHost)
    port = try fields.decodeIfPresent(Int.self, forKey: .port)
    user = try fields.decodeIfPresent(String.self, forKey: .user)
    sshConfig = try fields.decodeIfPresent(String.self, forKey: .sshConfig)
    hostKey = try fields.decodeIfPresent(String.self, forKey: .hostKey)
    privilege = try fields.decodeIfPresent(Host.Privilege.self, forKey: .privilege) ?? privilege
    siteKey = try fields.decodeIfPresent(Bool.self, forKey: .siteKey)
    maintenance = try fields.decodeIfPresent(Bool.self, forKey: .maintenance) ?? maintenance
  }
}
