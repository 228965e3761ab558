internal import EaselModel
internal import EaselTerminal

/// What can be done with hosts: the same from the list, for marked ones, and from the detail.
enum HostActions {
  /// Whether an action can do something with a host as it is.
  static func offers(_ action: ActionID, _ host: Host?) -> Bool {
    if action == "host.add" { return true }
    guard let host else { return false }
    switch action {
    case "host.cordon", "host.uncordon", "host.drain", "host.cluster": return host.status.machine != nil
    case "host.reset", "host.remove": return host.status.cluster == nil
    case "host.reboot": return host.status.absence == nil
    // Easel has no other power button.
    case "host.shutdown": return !host.isOff || host.canBePoweredOn
    // Who is off writes no log.
    case "host.logs": return !host.isOff
    default: return true
    }
  }

  /// What the key does with a host as it is, where that is not always the same.
  static func hint(_ action: ActionID, _ host: Host?) -> String? {
    action == "host.shutdown" && host?.isOff == true ? tr("power on") : nil
  }

  static func requests(_ action: ActionID, hosts: [Host], _ surroundings: Surroundings) -> [Request] {
    if action == "host.add" { return [.open(AddHostScreen())] }
    guard let first = hosts.first else { return [.say(tr("no host is selected"), isProblem: false)] }
    switch action {
    case "host.maintenance": return maintenance(hosts, on: !first.spec.maintenance)
    case "host.remove": return remove(hosts, surroundings)
    case "host.cluster":
      guard let cluster = first.status.cluster else { return [.say(tr("\(first.name) is free"), isProblem: false)] }
      return [.open(ClusterDetailScreen(cluster))]
    case "host.cordon": return nodes(.cordon, hosts, surroundings)
    case "host.uncordon": return nodes(.uncordon, hosts, surroundings)
    case "host.drain": return nodes(.drain, hosts, surroundings)
    case "host.reboot":
      if let off = hosts.first(where: \.isOff) {
        return [.say(tr("\(off.name) is shut down: it starts when it is powered on"), isProblem: false)]
      }
      return together(hosts) { [.open(HostPlanPages.reboot(hosts))] }
    case "host.shutdown":
      // The same key presses the power button, where there is one.
      if hosts.allSatisfy(\.canBePoweredOn) { return together(hosts) { [.open(HostPlanPages.powerOn(hosts))] } }
      if let off = hosts.first(where: \.isOff) {
        return [
          .say(
            off.canBePoweredOn
              ? tr("\(off.name) is shut down already: mark hosts that are on, or hosts that are off")
              : tr("\(off.name) is shut down already; only somebody at its power button brings it back"),
            isProblem: false)
        ]
      }
      return together(hosts) { [.open(HostPlanPages.shutDown(hosts))] }
    case "host.reset":
      if let member = hosts.first(where: { $0.status.cluster != nil }) {
        let machine = member.status.machine ?? ""
        return [
          .say(
            tr("\(member.name) carries \(machine): remove that machine first, which resets its host"), isProblem: true)
        ]
      }
      return together(hosts) { [.open(HostPlanPages.reset(first))] }
    case "host.logs": return [.open(HostDetailScreen(first.name, tab: .logs))]
    default: return []
    }
  }

  /// One operation is about members of one cluster, or one free host.
  private static func together(_ hosts: [Host], _ requests: () -> [Request]) -> [Request] {
    let clusters = Set(hosts.map { $0.status.cluster })
    if clusters.count > 1 { return [.say(tr("mark hosts of one cluster at a time"), isProblem: true)] }
    if hosts.count > 1, clusters == [nil] { return [.say(tr("free hosts are taken one at a time"), isProblem: true)] }
    return requests()
  }

  static func names(_ hosts: [Host]) -> String {
    hosts.count == 1
      ? hosts[0].name
      : tr("\(hosts.count) hosts (\(hosts.prefix(4).map(\.name).joined(separator: ", "))")
        + (hosts.count > 4 ? ", ...)" : ")")
  }

  private static func maintenance(_ hosts: [Host], on: Bool) -> [Request] {
    let body: [[Span]] = [
      [
        Span(
          on ? tr("No new work is placed on \(names(hosts)).") : tr("New work may be placed on \(names(hosts)) again."))
      ],
      [Span(tr("What runs there goes on."))], [],
    ]
    let dialog = Dialog(
      on ? tr("Maintenance on") : tr("Maintenance off"), body: body, confirm: on ? tr("Turn on") : tr("Turn off"))
    return [.ask(dialog, hosts.map { .submit(ChangeSet(.setMaintenance(host: $0.name, on: on))) })]
  }

  private static func remove(_ hosts: [Host], _ surroundings: Surroundings) -> [Request] {
    if let member = hosts.first(where: { $0.status.cluster != nil }) {
      let cluster = member.status.cluster ?? ""
      return [.say(tr("\(member.name) is a member of \(cluster): scale \(cluster) down first"), isProblem: true)]
    }
    let open = surroundings.site?.unfinished.first { operation in
      hosts.contains { $0.uid == operation.spec.target.uid }
    }
    if let open {
      return [
        .say(
          open.status.phase == .stopped
            ? tr("\(open.name) has stopped: abort it first, with A on its page")
            : tr("\(open.name) is at work on \(open.spec.target.name): wait for it, or abort it"), isProblem: true)
      ]
    }
    let isThere = hosts.allSatisfy { $0.status.phase == .ready }
    let body: [[Span]] = [
      [Span(tr("The site forgets \(names(hosts)): inventory, conditions and the pinned host key."))],
      [
        Span(
          isThere
            ? tr("Easel's agent is taken off it; all else stays as it is. It can be added again.")
            : tr("Who does not answer keeps Easel's agent. It can be added again."))
      ], [],
    ]
    let dialog = Dialog(
      tr("Remove from the site"), body: body, confirm: tr("Remove"), typedName: hosts.count == 1 ? hosts[0].name : nil)
    return [
      .ask(dialog, hosts.map { .submit(ChangeSet(.removeHost(name: $0.name, force: $0.status.phase != .ready))) })
    ]
  }

  private static func nodes(_ action: HostAction, _ hosts: [Host], _ surroundings: Surroundings) -> [Request] {
    if let free = hosts.first(where: { $0.status.machine == nil }) {
      return [.say(tr("\(free.name) is in no cluster"), isProblem: false)]
    }
    if action != .drain, let site = surroundings.site,
      hosts.allSatisfy({ site.isSurelyCordoned($0) == (action == .cordon) })
    {
      return [
        .say(
          action == .cordon
            ? hosts.count == 1 ? tr("\(hosts[0].name) is cordoned already") : tr("all of them are cordoned already")
            : hosts.count == 1 ? tr("\(hosts[0].name) is not cordoned") : tr("none of them is cordoned"),
          isProblem: false)
      ]
    }
    return together(hosts) {
      let effect =
        switch action {
        case .cordon: tr("No new pods are placed on \(names(hosts)); running ones stay.")
        case .uncordon: tr("New pods may be placed on \(names(hosts)) again.")
        default:
          tr(
            """
            The pods of \(names(hosts)) are moved away, with respect to disruption budgets, one host after another; \
            the nodes are cordoned.
            """)
        }
      let title = "\(action.rawValue.prefix(1).uppercased())\(action.rawValue.dropFirst()) \(names(hosts))"
      let word = hosts.count == 1 ? title : String(title.prefix { $0 != " " })
      return [
        .ask(Dialog(title, body: [[Span(effect)], []], confirm: word), [.submit(ChangeSet(intent(action, hosts)))])
      ]
    }
  }

  /// One host goes by its machine, as the command line names it.
  private static func intent(_ action: HostAction, _ hosts: [Host]) -> Intent {
    guard hosts.count == 1, let cluster = hosts[0].status.cluster, let machine = hosts[0].status.machine else {
      return .host(action, names: hosts.map(\.name))
    }
    switch action {
    case .cordon: return .cordon(cluster: cluster, machine: machine)
    case .uncordon: return .uncordon(cluster: cluster, machine: machine)
    case .drain: return .drain(cluster: cluster, machine: machine)
    default: return .host(action, names: [hosts[0].name])
    }
  }
}
