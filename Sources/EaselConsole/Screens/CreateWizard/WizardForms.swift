internal import EaselModel
internal import EaselTerminal

/// The pages of the wizard as forms, and back from the forms into the draft.
enum WizardForms {
  /// The page of the first pool; each further pool has one of its own.
  static let firstPool = 3

  static func titles(_ draft: WizardDraft) -> [String] {
    [tr("Basics"), tr("Network"), tr("Control plane"), tr("Workers")]
      + draft.pools.indices.dropFirst().map { tr("Pool \($0 + 1)") }
  }

  static let paths = FieldPaths(fields: [
    ("metadata.name", "name"), ("spec.profile", "profile"), ("spec.kubernetesVersion", "version"),
    ("spec.network.podCIDR", "podCIDR"), ("spec.network.serviceCIDR", "serviceCIDR"),
    ("spec.controlPlane.endpoint", "endpoint"), ("spec.controlPlane.hosts", "controlHosts"),
    ("spec.controlPlane.replicas", "controlPlane"),
  ])

  /// Where on the page of a pool its errors belong.
  static func paths(pool index: Int) -> FieldPaths {
    let path = "spec.pools[\(index)]"
    return FieldPaths(fields: [
      ("\(path).name", "pool"), ("\(path).hosts", "workerHosts"), ("\(path).labels", "labels"),
      ("\(path).taints", "taints"), ("\(path).rollout.maxUnavailable", "maxUnavailable"),
      ("\(path).rollout.drainTimeoutSeconds", "drainSeconds"), (path, "workers"),
    ])
  }

  /// Which page a path is on.
  static func step(of path: String) -> Int {
    if path.hasPrefix("spec.network") || path.hasPrefix("spec.controlPlane.endpoint") { return 1 }
    if path.hasPrefix("spec.controlPlane") { return 2 }
    guard path.hasPrefix("spec.pools") else { return 0 }
    let index = path.dropFirst("spec.pools[".count).prefix { $0.isNumber }
    return firstPool + (Int(index) ?? 0)
  }

  static func form(_ draft: WizardDraft, versions: [KubernetesVersion], site: SiteSnapshot?) -> Form {
    switch draft.step {
    case 0: basics(draft, versions, site)
    case 1: network(draft)
    case 2: controlPlane(draft, site)
    default: workers(draft, min(draft.step - firstPool, draft.pools.count - 1), site)
    }
  }

  private static func basics(_ draft: WizardDraft, _ versions: [KubernetesVersion], _ site: SiteSnapshot?) -> Form {
    let profiles = (site?.profiles ?? []).map {
      Option(
        $0.name, $0.name,
        detail: tr("\($0.spec.version), Kubernetes v1.\($0.spec.oldestMinor) to v1.\($0.spec.newestMinor)"))
    }
    let version: FieldValue =
      versions.isEmpty
      ? .text(TextField(draft.version, limit: 40))
      : .choice(Choice(versions.map { Option($0.description, $0.description) }, chosen: [draft.version]))
    return Form([
      Field(
        "name", tr("Name"), .text(TextField(draft.name, limit: 60)),
        help: tr("What the cluster is called everywhere: in screens, commands, machine names and its endpoint."),
        placeholder: "edge-1", isPermanent: true),
      Field(
        "profile", tr("Profile"), .choice(Choice(profiles, chosen: [draft.profile])),
        help: tr("What the cluster consists of. The profile fixes the distribution and the versions that it allows.")),
      Field(
        "version", tr("Kubernetes "), version,
        help: tr("Upgrades later go one minor version at a time; going back is not possible."), placeholder: "v1.31.4"),
    ])
  }

  private static func network(_ draft: WizardDraft) -> Form {
    Form([
      Field(
        "podCIDR", tr("Pod network"), .text(TextField(draft.podCIDR, limit: 60)),
        help:
          tr(
            """
            Addresses of pods, a /24 for each machine. \
            It must overlap neither the hosts' networks nor the services'.
            """),
        standard: Cluster.Network().podCIDR, isPermanent: true),
      Field(
        "serviceCIDR", tr("Service network"), .text(TextField(draft.serviceCIDR, limit: 60)),
        help: tr("Addresses of services. Used inside of the cluster only."), standard: Cluster.Network().serviceCIDR,
        isPermanent: true),
      Field(
        "endpoint", tr("Endpoint"), .text(TextField(draft.endpoint, limit: 260)),
        help:
          tr(
            """
            host:port in front of the API servers. \
            Leave it empty to let Easel keep a name in /etc/hosts of all members.
            """
          ),
        standard: "api.\(draft.name.isEmpty ? "NAME" : draft.name).easel.internal:6443", isPermanent: true),
    ])
  }

  private static func hosts(_ site: SiteSnapshot?, chosen: [String], without taken: [String]) -> [Option] {
    let busy = site?.busyHosts ?? []
    return (site?.hosts ?? []).filter { $0.status.cluster == nil || chosen.contains($0.name) }.map { host in
      let inventory = host.status.inventory.map {
        tr(
          $0.cpuCount, one: "\($0.cpuCount) core, \(Words.bytes($0.memoryBytes))",
          other: "\($0.cpuCount) cores, \(Words.bytes($0.memoryBytes))")
      }
      let reason =
        site?.refusal(of: host, busy: busy) ?? (taken.contains(host.name) ? tr("chosen for the other role") : nil)
      return Option(host.name, host.name, detail: inventory ?? host.spec.address, disabledReason: reason)
    }
  }

  private static func controlPlane(_ draft: WizardDraft, _ site: SiteSnapshot?) -> Form {
    let free = site?.freeHosts.count ?? 0
    let sizes = [
      ("1", tr("no loss survived; fine to try things out")), ("3", tr("survives the loss of one")),
      ("5", tr("survives the loss of two")),
    ]
    let options = sizes.map { size, detail in
      Option(
        size, size, detail: detail,
        disabledReason: (Int(size) ?? 0) > free
          ? tr(free, one: "only \(free) host free", other: "only \(free) hosts free") : nil)
    }
    return Form([
      Field(
        "controlPlane", tr("Machines "), .choice(Choice(options, chosen: [draft.controlPlane])),
        help: tr("An odd number, because etcd needs more than half of its members. It can be scaled later.")),
      Field(
        "controlHosts", tr("Hosts"),
        .choice(
          Choice(
            hosts(site, chosen: draft.controlHosts, without: draft.pools.flatMap(\.hosts)),
            chosen: Set(draft.controlHosts), allowsSeveral: true)),
        help: tr("Hosts to use first. The rest are chosen by name from the free ones; the plan shows them."),
        keys: tr("Space marks.")),
    ])
  }

  private static func workers(_ draft: WizardDraft, _ index: Int, _ site: SiteSnapshot?) -> Form {
    let pool = draft.pools[index]
    let others = draft.pools.indices.filter { $0 != index }.flatMap { draft.pools[$0].hosts }
    let isLast = index == draft.pools.count - 1
    var fields = [
      Field(
        "pool", tr("Pool"), .text(TextField(pool.name, limit: 60)),
        help: tr("Workers of one kind: same labels, taints and rollout."),
        standard: index == 0 ? WizardDraft.Pool().name : "pool-\(index + 1)"),
      Field(
        "workers", tr("Machines"), .text(TextField(pool.machines, limit: 6)),
        help: index == 0
          ? tr("How many; 0 makes a cluster whose control plane does all the work.")
          : tr("How many; 0 takes this pool away again."),
        standard: Int(pool.machines) == nil ? "1" : pool.machines),
      Field(
        "workerHosts", tr("Hosts"),
        .choice(
          Choice(
            hosts(site, chosen: pool.hosts, without: draft.controlHosts + others), chosen: Set(pool.hosts),
            allowsSeveral: true)),
        help: tr("Hosts to use first. The rest are chosen by name from the free ones."), keys: tr("Space marks.")),
      Field(
        "labels", tr("Labels"), .text(TextField(pool.labels, limit: 400)),
        help: tr("Labels of the nodes, for node selectors. Several with commas between."),
        placeholder: tr("tier=web, zone=a")),
      Field(
        "taints", tr("Taints"), .text(TextField(pool.taints, limit: 400)),
        help: tr("Only pods that tolerate them run here. Effects: NoSchedule, PreferNoSchedule, NoExecute."),
        placeholder: "dedicated=web:NoSchedule"),
      Field(
        "maxUnavailable", tr("Out at once"), .text(TextField(pool.maxUnavailable, limit: 4)),
        help: tr("Rollout: how many machines of the pool may be out of service at the same time in an upgrade."),
        standard: WizardDraft.Pool().maxUnavailable),
      Field(
        "drainSeconds", tr("Drain limit, s"), .text(TextField(pool.drainSeconds, limit: 6)),
        help: tr(
          "Seconds that moving the pods of one machine away may take before the operation says that it is held up."),
        standard: WizardDraft.Pool().drainSeconds),
    ]
    if isLast {
      fields.append(
        Field(
          "more", tr("Another pool"), .flag(false), help: tr("With yes the next page is one more pool."),
          keys: tr("Space changes it.")))
    }
    return Form(fields)
  }

  /// Takes the fields of a page over into the draft.
  static func take(_ form: Form, into draft: inout WizardDraft) {
    let index = min(max(0, draft.step - firstPool), draft.pools.count - 1)
    var pool = draft.pools[index]
    defer { draft.pools[index] = pool }
    for field in form.fields {
      let text = field.text
      let list = text.split(separator: ",").map(String.init)
      switch field.id {
      case "name": draft.name = text
      case "profile": draft.profile = text
      case "version": draft.version = text
      case "podCIDR": draft.podCIDR = text
      case "serviceCIDR": draft.serviceCIDR = text
      case "endpoint": draft.endpoint = field.typed
      case "controlPlane": draft.controlPlane = text
      case "controlHosts": draft.controlHosts = list
      case "pool": pool.name = text
      case "workers": pool.machines = text
      case "workerHosts": pool.hosts = list
      case "labels": pool.labels = text
      case "taints": pool.taints = text
      case "maxUnavailable": pool.maxUnavailable = text
      case "drainSeconds": pool.drainSeconds = text
      default: break
      }
    }
  }
}
