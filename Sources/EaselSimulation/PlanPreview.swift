internal import EaselEngine
package import EaselModel
package import EaselPlans

/// What a change would do, found by doing it in a copy of the site: the engine itself, on the simulated world.
package struct PlanPreview: Codable, Sendable, Hashable {
  /// One task on one host, in the order of starting.
  package struct Step: Codable, Sendable, Hashable {
    package var number: Int
    package var host: String
    /// The machine or host that it is about.
    package var item: String
    package var verb: TaskVerb
    /// What is done, for people.
    package var title: String
    /// The workflow step that it belongs to, and so why it is done.
    package var reason: String
    package var effect: Effect
    /// What can go wrong or be noticed; empty where nothing.
    package var risk: String
    /// Seconds that the API or etcd pauses, where that cannot be avoided.
    package var interruptionSeconds: Int?
    /// Secrets that travel with it, by name.
    package var secrets: [String]
    /// Seconds after the start of the operation, and how long it takes; as the simulation supposes.
    package var startsAfterSeconds: Int
    package var lastsSeconds: Int
    /// The titles of the steps of the host's plan, in order; empty where the transport does the work itself.
    package var inside: [String]
    /// The host's plan in full, where it was asked for.
    package var text: String?
  }

  /// How one step of the workflow went, also one that does nothing on any host.
  package struct Timing: Codable, Sendable, Hashable {
    /// The name and the title of the step in the operation.
    package var step: String
    package var title: String
    /// The machines or hosts that take part in it.
    package var items: Int
    package var seconds: Double

    package init(step: String, title: String, items: Int, seconds: Double) {
      (self.step, self.title, self.items, self.seconds) = (step, title, items, seconds)
    }
  }

  /// A host that is reset although a member of the cluster has run on it, so that what it holds is lost.
  package struct Loss: Codable, Sendable, Hashable {
    package var host: String
    package var machine: String
  }

  /// One sentence.
  package var summary: String
  package var operation: Operation.Verb?
  package var steps: [Step]
  /// Choices that cannot be changed later.
  package var permanent: [String]
  /// Announced interruptions, as sentences.
  package var interruptions: [String]
  /// What stands against it, or what it would wait for; empty when it would go through.
  package var obstacles: [String]
  /// The hosts that it touches, sorted.
  package var hosts: [String]
  /// How they are reached and which secrets travel to them, as sentences.
  package var credentials: [String]
  package var expectedSeconds: Int
  /// The operation would end by itself.
  package var completes: Bool
  /// The workflow's steps, in order: what an operation that follows this plan can be held against.
  package var timing: [Timing]
  /// By host.
  package var losses: [Loss]
  /// The machine that each host carries, or carried before: nothing for a host that is no member.
  package var machines: [String: String]
}

extension PlanPreview {
  /// What a host will feel of the plan. What is done for a node from another host touches that node's host alone.
  package struct HostImpact: Sendable, Hashable {
    package var host: String
    /// In the order in which they are felt: whether its pods move, then the heaviest of the others.
    package var impacts: [Impact]
  }

  /// The hosts that feel something of it, by name.
  package var impacts: [HostImpact] {
    let hosts = Dictionary(machines.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    var felt: [String: Set<Impact>] = [:]
    for step in steps where step.verb.impact != .none {
      felt[hosts[step.item] ?? step.host, default: []].insert(step.verb.impact)
    }
    return felt.keys.sorted(by: NaturalOrder.precedes).map { host in
      let impacts = felt[host] ?? []
      let heaviest = Impact.allCases.first { $0 != .podsMove && impacts.contains($0) }
      let moves = impacts.contains(.podsMove) ? [Impact.podsMove] : []
      return HostImpact(host: host, impacts: moves + (heaviest.map { [$0] } ?? []))
    }
  }
}

extension Intent {
  /// What must be typed before it goes ahead, whatever its plan says: the name of what is lost for good with it.
  package var nameToType: String? {
    switch self {
    case .deleteCluster(let name): name
    case .removeMachine(_, let machine): machine
    default: nil
    }
  }
}

extension PlanPreview {
  /// What must be typed before the intent that it is of goes ahead; nil where a yes is enough.
  package func nameToType(for intent: Intent) -> String? {
    if let name = intent.nameToType { return name }
    if case .changeCluster(let name, _, _) = intent, !losses.isEmpty { return name }
    return nil
  }
}

extension PlanPreview {
  /// For a terminal or a pipe: host by host in the order of the first step.
  package var text: String {
    var lines = [summary]
    func section(_ title: String, _ items: [String]) {
      if items.isEmpty { return }
      lines.append("")
      lines.append("\(title):")
      lines += items.map { "  - \($0)" }
    }
    section("Hosts that are reset, data lost", losses.map { "\($0.host) (\($0.machine))" })
    section("Permanent", permanent)
    section("Interruptions", interruptions)
    section("Obstacles", obstacles)
    section("Credentials", credentials)
    var order: [String] = []
    for step in steps where !order.contains(step.host) { order.append(step.host) }
    for host in order {
      lines.append("")
      lines.append("Host \(host)")
      for step in steps where step.host == host {
        let about = step.item == host ? "" : " \(step.item)"
        var line = "  \(pad("\(step.number)", 3, right: true)). \(pad(step.title + about, 44)) "
        line += "\(pad(step.verb.impact.words, Impact.width)) \(step.reason)"
        if !step.risk.isEmpty { line += "; \(step.risk)" }
        lines.append(line)
        if let text = step.text {
          lines += text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : "       | \($0)"
          }
        }
      }
    }
    lines.append("")
    let count = "\(steps.count) step\(steps.count == 1 ? "" : "s") on \(order.count) host\(order.count == 1 ? "" : "s")"
    lines.append("\(count), about \(duration(expectedSeconds))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let blank = String(repeating: " ", count: max(0, width - text.count))
    return right ? blank + text : text + blank
  }

  private func duration(_ seconds: Int) -> String {
    seconds < 120 ? "\(seconds) s" : "\((seconds + 30) / 60) min"
  }
}
