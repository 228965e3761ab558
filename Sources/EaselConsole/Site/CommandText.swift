internal import EaselModel

/// The command that does on the command line what was just done here: what the command log shows.
enum CommandText {
  static func text(_ changes: ChangeSet, site: SiteSnapshot?, definition: (Cluster) -> String) -> String {
    if let file = changes.file { return "easel apply -f \(file.shellWord)" }
    return changes.intents.map { text($0, site: site, definition: definition) }.joined(separator: "\n")
  }

  /// - Parameter definition: a cluster as the file that `easel apply` takes, for what has no options: the command then has
  ///   further lines with it.
  static func text(_ intent: Intent, site: SiteSnapshot?, definition: (Cluster) -> String) -> String {
    switch intent {
    case .createCluster(let name, let spec, let labels):
      needsFile(spec) || !labels.isEmpty
        ? apply(Metadata(name: name, uid: "", createdAt: .zero, labels: labels), spec, definition)
        : "easel create cluster \(name)" + create(spec)
    case .changeCluster(let name, let spec, _):
      if let old = site?.clusters.first(named: name) {
        options(from: old.spec, to: spec).map { "easel \($0.verb) cluster \(name)\($0.options)" }
          ?? apply(old.metadata, spec, definition)
      } else {
        apply(Metadata(name: name, uid: "", createdAt: .zero), spec, definition)
      }
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

  /// The definition goes along: nobody has it as a file. It takes the input on which a question would be answered.
  private static func apply(
    _ metadata: Metadata, _ spec: Cluster.Spec, _ definition: (Cluster) -> String
  ) -> String {
    let text = definition(Cluster(metadata: metadata, spec: spec))
    var end = "EOF"
    while text.split(whereSeparator: \.isNewline).contains(where: { $0 == end }) { end += "F" }
    return "easel apply -f - --yes <<'\(end)'\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(end)"
  }

  /// What a change is on the command line; nil where it has no options for it.
  private static func options(from old: Cluster.Spec, to new: Cluster.Spec) -> (verb: String, options: String)? {
    var probe = old
    if new.kubernetesVersion != old.kubernetesVersion {
      probe.kubernetesVersion = new.kubernetesVersion
      return probe == new ? ("upgrade", " --version \(new.kubernetesVersion)") : nil
    }
    probe.controlPlane.replicas = new.controlPlane.replicas
    var text = ""
    if new.controlPlane.replicas != old.controlPlane.replicas {
      text += " --control-plane \(new.controlPlane.replicas)"
    }
    for pool in new.pools {
      guard let place = probe.pools.firstIndex(where: { $0.name == pool.name }) else {
        probe.pools.append(Cluster.Pool(name: pool.name, replicas: pool.replicas))
        text += self.pool(pool)
        continue
      }
      if probe.pools[place].replicas != pool.replicas { text += self.pool(pool) }
      probe.pools[place].replicas = pool.replicas
    }
    for pool in old.pools where !new.pools.contains(where: { $0.name == pool.name }) {
      probe.pools.removeAll { $0.name == pool.name }
      text += " --pool \(pool.name)=0"
    }
    return probe == new && !text.isEmpty ? ("scale", text) : nil
  }

  private static func host(_ spec: Host.Spec) -> String {
    switch spec.transport {
    case .local: return " --local"
    case .simulated: return " --address \(spec.address)"
    case .ssh:
      return " --address \(spec.address)" + (spec.user.map { " --user \($0)" } ?? "")
        + (spec.port.map { " --port \($0)" } ?? "") + (spec.hostKey.map { " --host-key \($0)" } ?? "")
        + (spec.privilege == .sudoPassword ? " --ask-sudo-password" : "")
    }
  }
}

extension String {
  /// The text as one word of a shell.
  fileprivate var shellWord: String {
    let plain = "/._-+,:@%=~"
    if !isEmpty, allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || plain.contains($0) }) { return self }
    return "'" + replacing("'", with: "'\\''") + "'"
  }
}
