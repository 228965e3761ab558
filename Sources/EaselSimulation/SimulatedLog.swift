package import EaselModel

/// One line that a simulated host's unit has logged.
package struct SimulatedLogLine: Codable, Sendable, Hashable {
  package var at: Timestamp
  /// `kubelet`, `containerd`, `easel-agent` or `systemd`.
  package var unit: String
  package var text: String
}

/// What the units of a simulated host are and say: made from what has really happened to it in the simulated world.
extension SimulatedHost {
  /// Lines that are kept.
  static let historyLimit = 60

  /// The units that the host runs now.
  package var units: [(name: String, description: String)] {
    var units = [("easel-agent", "Easel agent"), ("ssh", "OpenBSD Secure Shell server")]
    if prepared != nil { units.append(("containerd", "containerd container runtime")) }
    if owner != nil { units.append(("kubelet", "kubelet: The Kubernetes Node Agent")) }
    return units
  }

  /// The lines of a unit, oldest first.
  package func log(of unit: String) -> [SimulatedLogLine] {
    history.filter { $0.unit == unit }.sorted { $0.at < $1.at }
  }
}

extension SimulatedWorld {
  func sayStarted(at up: Timestamp, _ host: inout SimulatedHost) {
    host.history.append(SimulatedLogLine(at: up, unit: "systemd", text: "started in boot \(host.bootID)"))
    for unit in host.units {
      host.history.append(SimulatedLogLine(at: up, unit: unit.name, text: "started after the boot"))
    }
  }

  /// Notes a line of a unit's log, the agent's own if no other is named.
  func say(_ text: String, unit: String = "easel-agent", of host: inout SimulatedHost) {
    host.history.append(SimulatedLogLine(at: now, unit: unit, text: text))
    if host.history.count > SimulatedHost.historyLimit {
      host.history.removeFirst(host.history.count - SimulatedHost.historyLimit)
    }
  }
}
