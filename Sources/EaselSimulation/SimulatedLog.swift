package import EaselModel

/// One line that a simulated host's unit has logged.
package struct SimulatedLogLine: Codable, Sendable, Hashable {
  /// Grows by one for each line of the host.
  package var number: Int64
  package var at: Timestamp
  /// `kubelet`, `containerd`, `easel-agent` or `systemd`.
  package var unit: String
  package var text: String

  package init(number: Int64, at: Timestamp, unit: String, text: String) {
    (self.number, self.at, self.unit, self.text) = (number, at, unit, text)
  }
}

/// What the units of a simulated host are and say: made from what has really happened to it in the simulated world.
extension SimulatedHost {
  /// Lines that are kept.
  static let historyLimit = 60

  /// The units that the host runs now.
  var units: [(name: String, title: String)] {
    var units = [("easel-agent", "Easel agent (simulated)"), ("systemd", "what the simulated host goes through")]
    if prepared != nil { units.insert(("containerd", "containerd (simulated)"), at: 0) }
    if owner != nil { units.insert(("kubelet", "kubelet (simulated)"), at: 0) }
    return units
  }

  /// - Throws: `HostUnreachable` while the host is down or cut off.
  package var hostUnits: [HostUnit] {
    get throws {
      try requireAnswer()
      return units.map { unit in
        HostUnit(
          name: unit.name, title: unit.title, state: "active", detail: "running",
          since: log(of: unit.name).last { $0.text.hasPrefix("started") }?.at)
      }
    }
  }

  /// The lines of a unit, each with a number in the cursor, so that a reader gets each once.
  package func logPage(of unit: String, after cursor: String?, lines: Int) throws -> HostLogPage {
    try requireAnswer()
    // As on a real host, whose journal knows a service with and without that word.
    let unit = unit.hasSuffix(".service") ? String(unit.dropLast(".service".count)) : unit
    let all = log(of: unit)
    if all.isEmpty, !units.contains(where: { $0.name == unit }) {
      throw EaselError(
        .notFound, "NoJournal", "the simulated host \(name) has no unit \(unit)",
        advice: "it has \(units.map(\.name).joined(separator: ", "))")
    }
    let known = cursor.flatMap { Int64($0) } ?? -1
    let new = all.filter { $0.number > known }
    return HostLogPage(
      lines: new.suffix(lines).map { "\($0.at) \(name) \(unit)[simulated]: \($0.text)" },
      cursor: "\(new.last?.number ?? known)")
  }

  private func log(of unit: String) -> [SimulatedLogLine] { history.filter { $0.unit == unit } }

  private func requireAnswer() throws {
    if answers { return }
    throw EaselError(
      .failed, "HostUnreachable", "no answer from \(name): it is \(alive ? "cut off from the site" : "down")",
      advice: "it goes on when the host answers again")
  }

  mutating func say(_ text: String, unit: String, at time: Timestamp) {
    history.append(SimulatedLogLine(number: (history.last?.number ?? 0) + 1, at: time, unit: unit, text: text))
    if history.count > Self.historyLimit { history.removeFirst(history.count - Self.historyLimit) }
  }
}

extension SimulatedWorld {
  func sayStarted(at up: Timestamp, _ host: inout SimulatedHost) {
    host.say("started boot \(host.boots)", unit: "systemd", at: up)
    for unit in host.units where unit.name != "systemd" { host.say("started", unit: unit.name, at: up) }
  }

  /// What a finished task leaves in the logs of the host that it ran on.
  func say(_ task: SimulatedHost.Running, _ failure: DurableTask.Failure?, of host: inout SimulatedHost) {
    let what = "\(task.verb.words) \(task.item)"
    if let failure {
      host.say("\(what) failed: \(failure.message)", unit: "easel-agent", at: now)
      return
    }
    for title in Durations.titles(of: task.verb) where title != "run" {
      host.say("\(what): \(title)", unit: "easel-agent", at: now)
    }
    host.say("\(what) is done", unit: "easel-agent", at: now)
    switch task.verb {
    case .prepare: host.say("started", unit: "containerd", at: now)
    case .initialize, .join: host.say("started; node \(task.node) is registered", unit: "kubelet", at: now)
    case .upgradeKubelet:
      host.say("started as \(task.version.map { "\($0)" } ?? "another version")", unit: "kubelet", at: now)
    case .reset: host.say("stopped: the host was reset", unit: "kubelet", at: now)
    default: break
    }
  }
}
