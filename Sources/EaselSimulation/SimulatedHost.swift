package import EaselModel

/// One host of the simulated world: its power, its disk, its agent and what lies on it.
package struct SimulatedHost: Codable, Sendable, Hashable {
  package struct Running: Codable, Sendable, Hashable {
    package var key: String
    package var uid: UID
    package var verb: TaskVerb
    package var item: String
    /// In whose name it runs.
    package var site: UID?
    package var cluster: UID?
    package var version: KubernetesVersion?
    /// The node that it is about: the host's own, or the subject.
    package var node: String
    package var role: Machine.Role
    package var startedAt: Timestamp
    package var endsAt: Timestamp
    /// What will become of it, decided by the seed when it started.
    package var fault: SimulatedFault?
    /// Milliseconds still to go while the host is down.
    package var remaining: Int64?
    /// The boot that it ends, for `reboot` and `power-off`.
    package var bootID: String?
  }

  package struct Entry: Codable, Sendable, Hashable {
    package var status: DurableTask.Status
    /// How often the task changed the world; more than once is a broken invariant.
    package var effects: Int
    /// In whose name it ran: a key is a site's own.
    package var site: UID?

    package init(status: DurableTask.Status, effects: Int, site: UID?) {
      (self.status, self.effects, self.site) = (status, effects, site)
    }
  }

  package var uid: UID
  package var name: String
  package var address: String
  package var alive = true
  /// Cut off from the site: it works, but nobody hears of it.
  package var partitioned = false
  package var diskFull = false
  /// What lies in its agent's content store.
  package var contentBytes: Int64 = 0
  package var boots = 1
  /// The first boot's identity where it is not made from the number: in a copy of a site that was seen elsewhere.
  package var seenBootID: String?
  /// When it comes up again by itself; nil while it is up, and for a host that somebody must power on.
  package var upAt: Timestamp?
  /// A reboot leaves it at its console: it does not come up by itself.
  package var hangsAtBoot = false
  /// How often each operation has sent it down; more than once is a broken invariant.
  package var sentDown: [String: Int] = [:]
  /// It is down because a task of ours sent it down.
  package var isDownByRequest = false
  /// Ends of tasks that nobody has heard, because nobody could: by key, the task.
  package var unheard: [String: UID] = [:]
  /// What happened to it, newest last: what its units would have logged. At most `historyLimit` lines.
  package var history: [SimulatedLogLine] = []
  /// The cluster whose member lies on its disk.
  package var owner: UID?
  package var prepared: KubernetesVersion?
  package var components: KubernetesVersion?
  package var kubelet: KubernetesVersion?
  package var running: [Running] = []
  package var journal: [String: Entry] = [:]
  /// The highest epoch that the agent has accepted, and from which site it takes changes; nil before the first.
  package var fence: Int64 = 0
  package var site: HostOwner?
  /// Changes in the name of a site that was the owner no more when they began; more than none is a broken invariant.
  package var foreignEffects: Int?
  /// Requests with an older epoch that it refused.
  package var refused = 0

  package init(uid: UID, name: String, address: String) { (self.uid, self.name, self.address) = (uid, name, address) }

  package var answers: Bool { alive && !partitioned }
  package var bootID: String {
    guard let seenBootID else { return "\(name)-boot-\(boots)" }
    // A later boot is another one, whatever the first was called.
    return boots == 1 ? seenBootID : "\(seenBootID)+\(boots - 1)"
  }

  package var observation: HostObservation {
    guard answers else {
      return HostObservation(
        reachable: false, reason: "Timeout", message: "no answer within 10 seconds")
    }
    return HostObservation(
      reachable: true, bootID: bootID, agentVersion: "simulated", inventory: inventory,
      ownerCluster: owner, owner: site)
  }

  private var inventory: Inventory {
    Inventory(
      hostname: name, architecture: "x86_64", operatingSystem: "Simulated Linux", kernel: "6.1.0", cpuCount: 4,
      memoryBytes: 8 << 30, cgroupMode: "v2", canSetOOMScore: true, swapBytes: 0, hasKernelModules: true,
      machineID: "machine-\(name)", productUUID: "product-\(name)",
      disks: [Inventory.Disk(mountPoint: "/", totalBytes: 100 << 30, freeBytes: diskFull ? 0 : 80 << 30)],
      interfaces: [
        Inventory.Interface(name: "eth0", hardwareAddress: "02:00:00:00:00:01", addresses: ["\(address)/24"], up: true)
      ],
      clockSkewSeconds: 0)
  }
}

extension SimulatedHost {
  /// A site that was stored before hosts could be sent down knows nothing of it.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, or value: T) throws -> T {
      try fields.decodeIfPresent(T.self, forKey: key) ?? value
    }
    self.init(
      uid: try fields.decode(UID.self, forKey: .uid), name: try fields.decode(String.self, forKey: .name),
      address: try fields.decode(String.self, forKey: .address))
    alive = try read(.alive, or: alive)
    partitioned = try read(.partitioned, or: partitioned)
    diskFull = try read(.diskFull, or: diskFull)
    contentBytes = try read(.contentBytes, or: contentBytes)
    boots = try read(.boots, or: boots)
    seenBootID = try fields.decodeIfPresent(String.self, forKey: .seenBootID)
    upAt = try fields.decodeIfPresent(Timestamp.self, forKey: .upAt)
    hangsAtBoot = try read(.hangsAtBoot, or: hangsAtBoot)
    sentDown = try read(.sentDown, or: sentDown)
    isDownByRequest = try read(.isDownByRequest, or: isDownByRequest)
    unheard = try read(.unheard, or: unheard)
    history = try read(.history, or: history)
    owner = try fields.decodeIfPresent(UID.self, forKey: .owner)
    prepared = try fields.decodeIfPresent(KubernetesVersion.self, forKey: .prepared)
    components = try fields.decodeIfPresent(KubernetesVersion.self, forKey: .components)
    kubelet = try fields.decodeIfPresent(KubernetesVersion.self, forKey: .kubelet)
    running = try read(.running, or: running)
    journal = try read(.journal, or: journal)
    fence = try read(.fence, or: fence)
    site = try fields.decodeIfPresent(HostOwner.self, forKey: .site)
    foreignEffects = try fields.decodeIfPresent(Int.self, forKey: .foreignEffects)
    refused = try read(.refused, or: refused)
  }
}

/// What the seed may do to a task.
package enum SimulatedFault: String, Codable, Sendable, Hashable, CaseIterable {
  /// It takes four times as long.
  case slow
  /// It is done, but the answer comes a minute late.
  case lostReply
  /// The agent dies before it has done anything.
  case crashBefore
  /// The agent dies when it has done it, before it can say so.
  case crashAfter
  /// The host reboots under it and goes on.
  case reboot
  case diskFull
  case secretsExpired
  case drainBlocked
}
