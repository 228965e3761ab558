internal import EaselModel

/// The command that does on the command line what was just done here: what the command log shows.
enum CommandText {
  static func text(_ intent: Intent, site: SiteSnapshot?) -> String {
    switch intent {
    case .createCluster(let name, let spec, _):
      needsFile(spec) ? "easel apply -f \(name).yaml" : "easel create cluster \(name)" + create(spec)
    case .changeCluster(let name, let spec, _):
      change(name, from: site?.clusters.first { $0.name == name }?.spec, to: spec)
    case .removeMachine(_, let machine): "easel remove machine \(machine)"
    case .deleteCluster(let name): "easel delete cluster \(name)"
    case .addHost(let name, let spec, _): "easel host add \(name)" + host(spec)
    case .removeHost(let name, let force): "easel host remove \(name)" + (force ? " --force" : "")
    case .adoptCluster(let adoption):
      "easel adopt cluster \(adoption.cluster.name)"
        + adoption.cluster.members.filter { $0.role == .controlPlane }.map { " --via \($0.host.name)" }.joined()
    case .adoptHost(let name, let spec, _, _): "easel adopt host \(name)" + host(spec)
    case .forgetCluster(let name): "easel forget cluster \(name)"
    case .setContent(let folder): "easel site set --content \(folder)"
    case .setSiteKey(let host, let on): "easel host key \(on ? "install" : "revoke") \(host)"
    case .setHostKey(let host, let key): "easel host trust \(host) --host-key \(key)"
    case .setMaintenance(let host, let on): "easel host maintenance \(host) \(on ? "on" : "off")"
    case .cordon(_, let machine): "easel cordon \(machine)"
    case .uncordon(_, let machine): "easel uncordon \(machine)"
    case .drain(_, let machine): "easel drain \(machine)"
    case .host(let action, let names):
      switch action {
      case .reboot, .shutDown, .reset, .powerOn:
        "easel host \(action == .shutDown ? "shutdown" : action.rawValue) \(names.joined(separator: " "))"
      case .cordon, .uncordon, .drain: "easel \(action.rawValue) \(machines(names, site))"
      }
    case .retry(let operation, let step, let item): "easel retry \(operation)" + part(step, item)
    case .skip(let operation, let step, let item): "easel skip \(operation)" + part(step, item)
    case .abort(let operation): "easel abort \(operation)"
    }
  }

  /// The machines that hosts carry, as the verbs about nodes name them.
  private static func machines(_ hosts: [String], _ site: SiteSnapshot?) -> String {
    hosts.map { name in site?.hosts.first(named: name)?.status.machine ?? name }.joined(separator: " ")
  }

  private static func part(_ step: String?, _ item: String?) -> String {
    (step.map { " --step \($0)" } ?? "") + (item.map { " --item \($0)" } ?? "")
  }

  /// Labels, taints and rollout of pools have no options: they are written in a file.
  private static func needsFile(_ spec: Cluster.Spec) -> Bool {
    spec.pools.contains { !$0.labels.isEmpty || !$0.taints.isEmpty || $0.rollout != Cluster.Rollout() }
  }

  private static func create(_ spec: Cluster.Spec) -> String {
    var text = " --version \(spec.kubernetesVersion) --control-plane \(spec.controlPlane.replicas)"
    for pool in spec.pools { text += self.pool(pool) }
    if !spec.controlPlane.hosts.isEmpty {
      text += " --control-plane-hosts \(spec.controlPlane.hosts.joined(separator: ","))"
    }
    for pool in spec.pools where !pool.hosts.isEmpty {
      let hosts = pool.hosts.joined(separator: ",")
      text += pool.name == "workers" ? " --worker-hosts \(hosts)" : " --pool-hosts \(pool.name)=\(hosts)"
    }
    let standard = Cluster.Network()
    if spec.network.podCIDR != standard.podCIDR { text += " --pod-cidr \(spec.network.podCIDR)" }
    if spec.network.serviceCIDR != standard.serviceCIDR { text += " --service-cidr \(spec.network.serviceCIDR)" }
    if let endpoint = spec.controlPlane.endpoint { text += " --endpoint \(endpoint)" }
    return text
  }

  private static func pool(_ pool: Cluster.Pool) -> String {
    pool.name == "workers" ? " --workers \(pool.replicas)" : " --pool \(pool.name)=\(pool.replicas)"
  }

  private static func change(_ name: String, from old: Cluster.Spec?, to new: Cluster.Spec) -> String {
    guard let old else { return "easel apply -f \(name).yaml" }
    var probe = old
    if new.kubernetesVersion != old.kubernetesVersion {
      probe.kubernetesVersion = new.kubernetesVersion
      if probe == new { return "easel upgrade cluster \(name) --version \(new.kubernetesVersion)" }
      return "easel apply -f \(name).yaml"
    }
    probe.controlPlane = new.controlPlane
    probe.pools = new.pools
    guard probe == new else { return "easel apply -f \(name).yaml" }
    var text = ""
    if new.controlPlane.replicas != old.controlPlane.replicas {
      text += " --control-plane \(new.controlPlane.replicas)"
    }
    for pool in new.pools where old.pools.first(where: { $0.name == pool.name })?.replicas != pool.replicas {
      text += self.pool(pool)
    }
    for pool in old.pools where !new.pools.contains(where: { $0.name == pool.name }) {
      text += " --pool \(pool.name)=0"
    }
    return text.isEmpty ? "easel apply -f \(name).yaml" : "easel scale cluster \(name)\(text)"
  }

  private static func host(_ spec: Host.Spec) -> String {
    switch spec.transport {
    case .local: return " --local"
    case .simulated: return " --address \(spec.address)"
    case .ssh:
      return " --address \(spec.address)" + (spec.user.map { " --user \($0)" } ?? "")
        + (spec.port.map { " --port \($0)" } ?? "") + (spec.hostKey.map { " --host-key \($0)" } ?? "")
        + (spec.privilege == .sudo ? " --sudo" : spec.privilege == .sudoPassword ? " --ask-sudo-password" : "")
    }
  }
}
