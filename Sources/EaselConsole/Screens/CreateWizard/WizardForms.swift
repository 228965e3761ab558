internal import EaselModel
internal import EaselTerminal

/// The pages of the wizard as forms, and back from the forms into the draft.
enum WizardForms {
  static let titles = ["Basics", "Network", "Control plane", "Workers"]

  static let paths = FieldPaths(fields: [
    ("metadata.name", "name"), ("spec.profile", "profile"), ("spec.kubernetesVersion", "version"),
    ("spec.network.podCIDR", "podCIDR"), ("spec.network.serviceCIDR", "serviceCIDR"),
    ("spec.controlPlane.endpoint", "endpoint"), ("spec.controlPlane.hosts", "controlHosts"),
    ("spec.controlPlane.replicas", "controlPlane"), ("spec.pools[0].name", "pool"),
    ("spec.pools[0].hosts", "workerHosts"), ("spec.pools[0]", "workers"),
  ])

  /// Which page a path is on.
  static func step(of path: String) -> Int {
    if path.hasPrefix("spec.network") || path.hasPrefix("spec.controlPlane.endpoint") { return 1 }
    if path.hasPrefix("spec.controlPlane") { return 2 }
    return path.hasPrefix("spec.pools") ? 3 : 0
  }

  static func form(_ draft: WizardDraft, versions: [KubernetesVersion], site: SiteSnapshot?) -> Form {
    switch draft.step {
    case 0: basics(draft, versions, site)
    case 1: network(draft)
    case 2: controlPlane(draft, site)
    default: workers(draft, site)
    }
  }

  private static func basics(_ draft: WizardDraft, _ versions: [KubernetesVersion], _ site: SiteSnapshot?) -> Form {
    let profiles = (site?.profiles ?? []).map {
      Option(
        $0.name, $0.name,
        detail: "\($0.spec.version), Kubernetes v1.\($0.spec.oldestMinor) to v1.\($0.spec.newestMinor)")
    }
    let version: FieldValue =
      versions.isEmpty
      ? .text(TextField(draft.version, limit: 40))
      : .choice(Choice(versions.map { Option($0.description, $0.description) }, chosen: [draft.version]))
    return Form([
      Field(
        "name", "Name", .text(TextField(draft.name, limit: 60)),
        help: "What the cluster is called everywhere: in screens, commands, machine names and its endpoint.",
        placeholder: "edge-1", isPermanent: true),
      Field(
        "profile", "Profile", .choice(Choice(profiles, chosen: [draft.profile])),
        help: "What the cluster consists of. The profile fixes the distribution and the versions that it allows."),
      Field(
        "version", "Kubernetes ", version,
        help: "Upgrades later go one minor version at a time; going back is not possible.", placeholder: "v1.31.4"),
    ])
  }

  private static func network(_ draft: WizardDraft) -> Form {
    Form([
      Field(
        "podCIDR", "Pod network", .text(TextField(draft.podCIDR, limit: 60)),
        help:
          "Addresses of pods, a /24 for each machine. It must overlap neither the hosts' networks nor the services'.",
        isPermanent: true),
      Field(
        "serviceCIDR", "Service network", .text(TextField(draft.serviceCIDR, limit: 60)),
        help: "Addresses of services. Used inside of the cluster only.", isPermanent: true),
      Field(
        "endpoint", "Endpoint", .text(TextField(draft.endpoint, limit: 260)),
        help:
          "host:port in front of the API servers. Leave it empty to let Easel keep a name in /etc/hosts of all members.",
        placeholder: "api.\(draft.name.isEmpty ? "NAME" : draft.name).easel.internal:6443", isPermanent: true),
    ])
  }

  private static func hosts(_ site: SiteSnapshot?, without taken: [String]) -> [Option] {
    (site?.hosts ?? []).filter { $0.status.cluster == nil }.map { host in
      let inventory = host.status.inventory.map {
        "\(Words.count($0.cpuCount, "core")), \(Words.bytes($0.memoryBytes))"
      }
      let reason =
        host.spec.maintenance ? "in maintenance" : taken.contains(host.name) ? "chosen for the other role" : nil
      return Option(host.name, host.name, detail: inventory ?? host.spec.address, disabledReason: reason)
    }
  }

  private static func controlPlane(_ draft: WizardDraft, _ site: SiteSnapshot?) -> Form {
    let free = hosts(site, without: []).filter { $0.disabledReason == nil }.count
    let sizes = [
      ("1", "no loss survived; fine to try things out"), ("3", "survives the loss of one"),
      ("5", "survives the loss of two"),
    ]
    let options = sizes.map { size, detail in
      Option(
        size, size, detail: detail,
        disabledReason: (Int(size) ?? 0) > free ? "only \(Words.count(free, "host")) free" : nil)
    }
    return Form([
      Field(
        "controlPlane", "Machines ", .choice(Choice(options, chosen: [draft.controlPlane])),
        help: "An odd number, because etcd needs more than half of its members. It can be scaled later."),
      Field(
        "controlHosts", "Hosts",
        .choice(Choice(hosts(site, without: draft.workerHosts), chosen: Set(draft.controlHosts), allowsSeveral: true)),
        help:
          "Space marks hosts to use first. Those not named are chosen by name from the free ones; the plan shows them."),
    ])
  }

  private static func workers(_ draft: WizardDraft, _ site: SiteSnapshot?) -> Form {
    Form([
      Field(
        "pool", "Pool", .text(TextField(draft.pool, limit: 60)),
        help: "Workers of one kind. More pools, labels and taints can be added later in the definition."),
      Field(
        "workers", "Machines", .text(TextField(draft.workers, limit: 6)),
        help: "How many; 0 makes a cluster whose control plane does all the work."),
      Field(
        "workerHosts", "Hosts",
        .choice(Choice(hosts(site, without: draft.controlHosts), chosen: Set(draft.workerHosts), allowsSeveral: true)),
        help: "Space marks hosts to use first. Those not named are chosen by name from the free ones."),
    ])
  }

  /// Takes the fields of a page over into the draft.
  static func take(_ form: Form, into draft: inout WizardDraft) {
    for field in form.fields {
      let text = field.text
      let list = text.split(separator: ",").map(String.init)
      switch field.id {
      case "name": draft.name = text
      case "profile": draft.profile = text
      case "version": draft.version = text
      case "podCIDR": draft.podCIDR = text
      case "serviceCIDR": draft.serviceCIDR = text
      case "endpoint": draft.endpoint = text
      case "controlPlane": draft.controlPlane = text
      case "controlHosts": draft.controlHosts = list
      case "pool": draft.pool = text
      case "workers": draft.workers = text
      case "workerHosts": draft.workerHosts = list
      default: break
      }
    }
  }
}
