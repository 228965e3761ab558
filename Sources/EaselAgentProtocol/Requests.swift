import EaselHostPlan

/// Names a plan by its key.
package struct KeyRequest: Codable, Sendable, Hashable {
  package var key: String

  package init(key: String) { self.key = key }
}

/// Run a read-only plan now and answer with what it captured.
package struct QueryRequest: Codable, Sendable, Hashable {
  package var plan: HostPlan
  /// Values by name, base64. They stay in memory.
  package var secrets: [String: String]

  package init(plan: HostPlan, secrets: [String: String] = [:]) { (self.plan, self.secrets) = (plan, secrets) }
}

/// One step forward, or one line, of a running plan.
package struct ProgressNote: Codable, Sendable, Hashable {
  package var key: String
  /// 1-based.
  package var step: Int
  package var stepCount: Int
  package var stepTitle: String
  /// The newest line; empty when the step has only begun.
  package var line: String
  /// The line's 1-based number in the plan's log; 0 without a line.
  package var lineNumber: Int

  package init(key: String, step: Int, stepCount: Int, stepTitle: String, line: String, lineNumber: Int) {
    self.key = key
    self.step = step
    self.stepCount = stepCount
    self.stepTitle = stepTitle
    self.line = line
    self.lineNumber = lineNumber
  }
}

/// Either a unit (its journal) or a file below /var/log (its end).
package struct LogsRequest: Codable, Sendable, Hashable {
  package var unit: String?
  package var path: String?
  /// As journalctl takes it: `2026-01-31 09:30:00`, `-1h`.
  package var since: String?
  /// At most 5000.
  package var lines: Int
  /// The cursor of an earlier reply: only what came since then. Of more than `lines`, the newest.
  package var after: String?

  package init(
    unit: String? = nil, path: String? = nil, since: String? = nil, lines: Int = 200, after: String? = nil
  ) {
    (self.unit, self.path, self.since, self.lines, self.after) = (unit, path, since, lines, after)
  }
}

package struct TaskLogRequest: Codable, Sendable, Hashable {
  package var key: String
  /// 1-based number of the first line wanted.
  package var fromLine: Int
  /// At most 5000.
  package var lines: Int

  package init(key: String, fromLine: Int = 1, lines: Int = 1000) {
    (self.key, self.fromLine, self.lines) = (key, fromLine, lines)
  }
}

package struct LinesReply: Codable, Sendable, Hashable {
  /// 1-based number of the first line; 0 where lines have no numbers.
  package var firstLine: Int
  package var lines: [String]
  /// Where the log ends now, for the next `LogsRequest.after`; nil where nobody can say.
  package var cursor: String?

  package init(firstLine: Int = 0, lines: [String], cursor: String? = nil) {
    (self.firstLine, self.lines, self.cursor) = (firstLine, lines, cursor)
  }
}

package struct UnitsReply: Codable, Sendable, Hashable {
  package struct Unit: Codable, Sendable, Hashable {
    /// As `logs` takes it: a unit's name, or for a container the path of its log.
    package var name: String
    /// For people.
    package var title: String
    /// systemd's ActiveState (`active`, `inactive`, `failed`, ...); `container` for a container's log.
    package var state: String
    /// systemd's SubState, for example `running`.
    package var detail: String
    /// Since when it is in that state, milliseconds since 1970; nil where nobody can say.
    package var sinceMilliseconds: Int64?

    package init(name: String, title: String, state: String, detail: String = "", sinceMilliseconds: Int64? = nil) {
      self.name = name
      self.title = title
      self.state = state
      self.detail = detail
      self.sinceMilliseconds = sinceMilliseconds
    }
  }

  package var units: [Unit]

  package init(units: [Unit]) { self.units = units }
}

package struct ContentHasRequest: Codable, Sendable, Hashable {
  /// Lower-case hexadecimal SHA-256.
  package var digests: [String]

  package init(digests: [String]) { self.digests = digests }
}

package struct ContentHasReply: Codable, Sendable, Hashable {
  /// What is not there whole: digest to the number of bytes that are there already.
  package var missing: [String: Int64]
  /// Bytes that an upload may still use on the host.
  package var freeBytes: Int64

  package init(missing: [String: Int64], freeBytes: Int64) { (self.missing, self.freeBytes) = (missing, freeBytes) }
}

/// Delete what is not named of the content store; refused while a plan runs, which may be about to place it.
package struct ContentPruneRequest: Codable, Sendable, Hashable {
  package var keep: [String]
  package var fence: Fence

  package init(keep: [String], fence: Fence) { (self.keep, self.fence) = (keep, fence) }
}

package struct ContentPruneReply: Codable, Sendable, Hashable {
  package var removed: Int
  package var freedBytes: Int64

  package init(removed: Int, freedBytes: Int64) { (self.removed, self.freedBytes) = (removed, freedBytes) }
}

/// Makes a site the owner. From another site it is taken only by force and under a higher epoch than the one that stands; while a
/// plan of the former owner still runs the answer is `PlanRunning`, although the former owner is refused from that moment on.
package struct AdoptRequest: Codable, Sendable, Hashable {
  package var fence: Fence
  /// Take the host over from another site.
  package var force: Bool
  /// The site's name and who asked, for whoever is refused later; agents that do not keep it ignore it.
  package var name: String?
  package var by: String?

  package init(fence: Fence, force: Bool = false, name: String? = nil, by: String? = nil) {
    (self.fence, self.force, self.name, self.by) = (fence, force, name, by)
  }
}

/// Who owns a host, for people.
package struct OwnerNote: Codable, Sendable, Hashable {
  package var name: String
  package var by: String
  /// When it became the owner: milliseconds since 1970 by the host's clock.
  package var sinceMilliseconds: Int64

  package init(name: String, by: String, sinceMilliseconds: Int64) {
    (self.name, self.by, self.sinceMilliseconds) = (name, by, sinceMilliseconds)
  }
}

package struct AdoptReply: Codable, Sendable, Hashable {
  package var previous: Fence?

  package init(previous: Fence?) { self.previous = previous }
}

/// What a host is made of and whose it says it is. `EaselHosts` turns it into the model's inventory.
package struct InventoryReply: Codable, Sendable, Hashable {
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
    /// With prefix length: `10.0.0.5/24`.
    package var addresses: [String]
    package var up: Bool

    package init(name: String, hardwareAddress: String, addresses: [String], up: Bool) {
      (self.name, self.hardwareAddress, self.addresses, self.up) = (name, hardwareAddress, addresses, up)
    }
  }

  /// What lies in /etc/easel/member.json on a member of a cluster.
  package struct Member: Codable, Sendable, Hashable {
    /// The cluster's uid.
    package var cluster: String
    package var name: String
    package var node: String

    package init(cluster: String, name: String, node: String) {
      (self.cluster, self.name, self.node) = (cluster, name, node)
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      cluster = try container.decode(String.self, forKey: .cluster)
      name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
      node = try container.decodeIfPresent(String.self, forKey: .node) ?? ""
    }
  }

  package var hostname = ""
  package var architecture = ""
  package var operatingSystem = ""
  package var kernel = ""
  package var cpuCount = 0
  package var memoryBytes: Int64 = 0
  /// `v1`, `hybrid` or `v2`.
  package var cgroupMode = ""
  package var canSetOOMScore = false
  package var swapBytes: Int64 = 0
  package var hasKernelModules = false
  package var machineID = ""
  package var productUUID = ""
  package var bootID = ""
  package var disks: [Disk] = []
  package var interfaces: [Interface] = []
  /// Milliseconds since 1970 by the host's clock.
  package var clockMilliseconds: Int64 = 0
  package var member: Member?

  package init() {}
}

extension AgentProtocol {
  /// The build that both sides state; the console's side upgrades an agent that states another.
  package static let build = "0.1.0"
}
