internal import EaselEngine
internal import EaselModel

extension Preview {
  /// What must be at hand while the plan runs: how its hosts are reached, and which secrets travel to them.
  static func credentials(for steps: [PlanPreview.Step], hosts: PackedList<Host>) -> [String] {
    let touched = Set(steps.map(\.host))
    var ways: [String: [String]] = [:]
    for host in hosts where touched.contains(host.name) { ways[way(to: host.spec), default: []].append(host.name) }
    let access = ways.keys.sorted().map { way in
      "\(way): \((ways[way] ?? []).sorted(by: NaturalOrder.precedes).joined(separator: ", "))"
    }
    var receivers: [String: [String]] = [:]
    for step in steps {
      for secret in step.secrets where receivers[secret]?.contains(step.host) != true {
        receivers[secret, default: []].append(step.host)
      }
    }
    return access
      + receivers.keys.sorted().map { secret in
        let names = (receivers[secret] ?? []).sorted(by: NaturalOrder.precedes).joined(separator: ", ")
        return "\(secret), minted by the cluster when it is due, for: \(names)"
      }
  }

  private static func way(to host: Host.Spec) -> String {
    let user = host.user.map { "as \($0)" } ?? "as your ssh configuration says"
    let key = host.siteKey == true ? ", and by the site's own key, which starts the agent and nothing else" : ""
    return switch (host.transport, host.privilege) {
    case (.simulated, _): "none, the hosts are simulated"
    case (.local, _): "root on this machine"
    case (.ssh, .root): "ssh \(user)\(key)"
    case (.ssh, .sudo): "ssh \(user), sudo without a password\(key)"
    case (.ssh, .sudoPassword): "ssh \(user), who may start the agent by sudo\(key)"
    }
  }
}
