internal import EaselModel
internal import EaselTerminal

/// What can be done with hosts: the same from the list, for marked ones, and from the detail.
enum HostActions {
  static func requests(_ action: ActionID, hosts: [Host], _ surroundings: Surroundings) -> [Request] {
    if action == "host.add" { return [.open(AddHostScreen())] }
    guard let first = hosts.first else { return [.say("no host is selected", isProblem: false)] }
    switch action {
    case "host.maintenance": return maintenance(hosts, on: !first.spec.maintenance)
    case "host.remove": return remove(hosts)
    case "host.cluster":
      guard let cluster = first.status.cluster else { return [.say("\(first.name) is free", isProblem: false)] }
      return [.open(ClusterDetailScreen(cluster))]
    case "host.cordon", "host.uncordon", "host.drain": return node(action, first, surroundings)
    default: return []
    }
  }

  private static func names(_ hosts: [Host]) -> String {
    hosts.count == 1
      ? hosts[0].name
      : "\(hosts.count) hosts (\(hosts.prefix(4).map(\.name).joined(separator: ", "))"
        + (hosts.count > 4 ? ", ...)" : ")")
  }

  private static func maintenance(_ hosts: [Host], on: Bool) -> [Request] {
    let body: [[Span]] = [
      [Span(on ? "No new work is placed on \(names(hosts))." : "New work may be placed on \(names(hosts)) again.")],
      [Span("What runs there goes on.")], [],
    ]
    let dialog = Dialog(
      on ? "Maintenance on" : "Maintenance off", body: body, confirm: on ? "Turn on" : "Turn off")
    return [.ask(dialog, hosts.map { .submit(.setMaintenance(host: $0.name, on: on)) })]
  }

  private static func remove(_ hosts: [Host]) -> [Request] {
    if let member = hosts.first(where: { $0.status.cluster != nil }) {
      let cluster = member.status.cluster ?? ""
      return [.say("\(member.name) is a member of \(cluster): scale \(cluster) down first", isProblem: true)]
    }
    let body: [[Span]] = [
      [Span("The site forgets \(names(hosts)): inventory, conditions and the pinned host key.")],
      [Span("Nothing on the host itself is touched. It can be added again.")], [],
    ]
    let dialog = Dialog(
      "Remove from the site", body: body, confirm: "Remove", typedName: hosts.count == 1 ? hosts[0].name : nil)
    return [.ask(dialog, hosts.map { .submit(.removeHost(name: $0.name, force: $0.status.phase != .ready)) })]
  }

  private static func node(_ action: ActionID, _ host: Host, _ surroundings: Surroundings) -> [Request] {
    guard let cluster = host.status.cluster, let machine = host.status.machine else {
      return [.say("\(host.name) is in no cluster", isProblem: false)]
    }
    let (intent, title, effect): (Intent, String, String) =
      switch action {
      case "host.cordon":
        (
          .cordon(cluster: cluster, machine: machine), "Cordon \(host.name)",
          "No new pods are placed on it; running ones stay."
        )
      case "host.uncordon":
        (.uncordon(cluster: cluster, machine: machine), "Uncordon \(host.name)", "New pods may be placed on it again.")
      default:
        (
          .drain(cluster: cluster, machine: machine), "Drain \(host.name)",
          "Its pods are moved away, with respect to disruption budgets, and it is cordoned."
        )
      }
    return [.ask(Dialog(title, body: [[Span(effect)], []], confirm: title), [.submit(intent)])]
  }
}
