internal import EaselModel
internal import EaselTerminal

/// The plans of what sends hosts down or empties them: what is lost is said above them.
enum HostPlanPages {
  static func reboot(_ hosts: [Host]) -> PlanScreen {
    let isMember = hosts[0].status.cluster != nil
    let preface: [[Span]] =
      [
        [Span(tr("\(HostActions.names(hosts)) will be away for some minutes."), .warning)],
        [
          Span(
            isMember
              ? tr("  Its pods move away first and do not come back by themselves; data in emptyDir volumes is lost.")
              : tr("  What runs on it outside of Kubernetes ends."))
        ], [Span(tr("  A host that does not start again needs somebody at its console."))],
      ] + thisMachine(hosts) + [[]]
    return PlanScreen(
      .host(.reboot, names: hosts.map(\.name)), title: tr("Reboot \(HostActions.names(hosts))"), confirm: tr("Reboot"),
      tab: .hosts, preface: preface)
  }

  static func shutDown(_ hosts: [Host]) -> PlanScreen {
    let cluster = hosts[0].status.cluster
    var preface: [[Span]] = [
      [Span(tr("\(HostActions.names(hosts)) will be off until somebody powers it on."), .critical)],
      [
        Span(
          hosts.allSatisfy { $0.spec.transport == .simulated }
            ? tr("  Easel can power it on again, because it is simulated; a real host takes its power button.")
            : tr("  Easel cannot power a host on: it takes its power button, or its management controller."))
      ],
    ]
    if cluster != nil {
      preface.append([
        Span(tr("  Its pods move away first. When it is back: uncordon it (X), so that it takes pods again."))
      ])
    }
    preface += thisMachine(hosts) + [[]]
    return PlanScreen(
      .host(.shutDown, names: hosts.map(\.name)), title: tr("Shut down \(HostActions.names(hosts))"),
      confirm: tr("Shut down"), tab: .hosts, typedName: hosts.count == 1 ? hosts[0].name : cluster, preface: preface)
  }

  static func powerOn(_ hosts: [Host]) -> PlanScreen {
    let preface: [[Span]] = [
      [Span(tr("Presses the power button of \(HostActions.names(hosts)), which is simulated."))],
      [Span(tr("  Real hosts are powered on by somebody else. Nodes stay cordoned: uncordon them (X)."))], [],
    ]
    return PlanScreen(
      .host(.powerOn, names: hosts.map(\.name)), title: tr("Power on \(HostActions.names(hosts))"),
      confirm: tr("Power on"),
      tab: .hosts, preface: preface)
  }

  private static func thisMachine(_ hosts: [Host]) -> [[Span]] {
    guard let own = hosts.first(where: { $0.spec.transport == .local }) else { return [] }
    return [
      [
        Span(
          tr("  \(own.name) is this machine: Easel goes down with it, and goes on when it is started again."), .warning)
      ]
    ]
  }

  static func reset(_ host: Host) -> PlanScreen {
    var preface: [[Span]] = [[Span(tr("Resetting \(host.name) cannot be undone."), .critical)]]
    if let owner = host.status.leftover {
      preface.append([
        Span(tr("  It says that it is a member of cluster \(owner), which this site does not have on it."), .warning)
      ])
    }
    preface += [
      [Span(tr("  Whatever a Kubernetes left on it is lost:"))],
      [Span(tr("  etcd data and keys, containers, images, pod volumes, kubelet, network and packet filter rules."))],
      [Span(tr("  The agent, the host's own system and its other data stay."))], [],
    ]
    return PlanScreen(
      .host(.reset, names: [host.name]), title: tr("Reset \(host.name)"), confirm: tr("Reset"), tab: .hosts,
      typedName: host.name, preface: preface)
  }
}
