internal import EaselModel

/// The configuration files that kubeadm reads, in the form that its version wants.
extension KubeadmPlan {
  /// kubeadm init: all four documents.
  var initConfiguration: String {
    documents([initDocument(), clusterDocument(), kubeletDocument(), proxyDocument()])
  }

  /// kubeadm init phase upload-certs: the version is fixed, or kubeadm asks the Internet for one.
  var mintConfiguration: String { documents([initDocument(), clusterDocument()]) }

  private func documents(_ documents: [[String]]) -> String {
    documents.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "---\n")
  }

  private func initDocument() -> [String] {
    // kubeadm makes a token whether one is wanted or not; its default end is a day away.
    var lines = [
      "apiVersion: \(rules.configAPI.rawValue)", "kind: InitConfiguration", "bootstrapTokens:", "- ttl: 15m0s",
    ]
    lines += nodeRegistration(taints: nil)
    lines += ["localAPIEndpoint:", "  advertiseAddress: \(member.address)", "  bindPort: 6443"]
    if !hasCoreDNS && rules.hasSkipPhases { lines += ["skipPhases:", "- addon/coredns"] }
    return lines + timeouts()
  }

  private func clusterDocument() -> [String] {
    var lines = [
      "apiVersion: \(rules.configAPI.rawValue)", "kind: ClusterConfiguration", "clusterName: \(context.clusterName)",
      "kubernetesVersion: \(context.version)", "controlPlaneEndpoint: \(context.endpoint)",
      "imageRepository: \(content.imageRepository(for: context.version, arch: architecture))",
      "networking:", "  podSubnet: \(context.clusterPodCIDR)", "  serviceSubnet: \(context.serviceCIDR)",
      "  dnsDomain: cluster.local", "apiServer:",
    ]
    if !rules.hasTimeouts { lines.append("  timeoutForControlPlane: 10m0s") }
    lines += ["  certSANs:", "  - \(endpointHost)", "  - 127.0.0.1", "controllerManager:", "  extraArgs:"]
    // The machines' pod networks are claims of the site's store; the controller must not give out others.
    return lines + extraArguments([("allocate-node-cidrs", "false")], indent: "  ")
  }

  private func kubeletDocument() -> [String] {
    var lines = [
      "apiVersion: kubelet.config.k8s.io/v1beta1", "kind: KubeletConfiguration",
      "cgroupDriver: \(usesSystemdCgroups ? "systemd" : "cgroupfs")", "failSwapOn: \(!hasSwap)",
    ]
    if rules.hasFailCgroupV1 && !usesSystemdCgroups { lines.append("failCgroupV1: false") }
    return lines
  }

  private func proxyDocument() -> [String] {
    var lines = [
      "apiVersion: kubeproxy.config.k8s.io/v1alpha1", "kind: KubeProxyConfiguration", "mode: iptables",
      "clusterCIDR: \(context.clusterPodCIDR)",
    ]
    if leavesConntrackAlone {
      lines += [
        "conntrack:", "  maxPerCore: 0", "  min: 0", "  tcpCloseWaitTimeout: 0s", "  tcpEstablishedTimeout: 0s",
      ]
    }
    return lines
  }

  /// kubeadm join: the token with the CA's pin and (for a control plane) the certificate key are put in on the host.
  var joinConfiguration: String {
    var lines = [
      "apiVersion: \(rules.configAPI.rawValue)", "kind: JoinConfiguration", "discovery:",
      "  bootstrapToken: {apiServerEndpoint: \"\(context.endpoint)\", {{secret:\(SecretName.joinToken)}}}",
    ]
    if !rules.hasTimeouts { lines.append("  timeout: 10m0s") }
    lines += nodeRegistration(taints: isControlPlane ? nil : context.taints, joining: true)
    if isControlPlane {
      lines += [
        "controlPlane:", "  certificateKey: \"{{secret:\(SecretName.certificateKey)}}\"", "  localAPIEndpoint:",
        "    advertiseAddress: \(member.address)", "    bindPort: 6443",
      ]
    }
    return (lines + timeouts()).joined(separator: "\n") + "\n"
  }

  /// Generous, because a host with two busy cores needs it, and explicit, so that nobody has to guess.
  private func timeouts() -> [String] {
    guard rules.hasTimeouts else { return [] }
    return [
      "timeouts:", "  controlPlaneComponentHealthCheck: 10m0s", "  discovery: 10m0s", "  etcdAPICall: 5m0s",
      "  kubeletHealthCheck: 10m0s", "  kubernetesAPICall: 2m0s", "  tlsBootstrap: 10m0s", "  upgradeManifests: 10m0s",
    ]
  }

  /// Nil taints leave kubeadm's own: on a control plane `NoSchedule` under the role's name.
  private func nodeRegistration(taints: [Cluster.Taint]?, joining: Bool = false) -> [String] {
    var lines = ["nodeRegistration:", "  name: \(member.nodeName)", "  criSocket: \(rules.criSocket)"]
    if rules.hasImagePullPolicy { lines.append("  imagePullPolicy: IfNotPresent") }
    if !ignoredChecks.isEmpty {
      lines.append("  ignorePreflightErrors:")
      lines += ignoredChecks.map { "  - \($0)" }
    }
    if let taints, !taints.isEmpty {
      lines.append("  taints:")
      for taint in taints {
        lines += [
          "  - key: \"\(taint.key)\"", "    value: \"\(taint.value ?? "")\"", "    effect: \(taint.effect.rawValue)",
        ]
      }
    }
    lines.append("  kubeletExtraArgs:")
    return lines + extraArguments(kubeletArguments(joining: joining), indent: "  ")
  }

  /// The node's own address, because a host may have several. The first host's kubelet settings became the cluster's; a host that
  /// joins says on its kubelet's command line what holds for itself.
  private func kubeletArguments(joining: Bool) -> [(String, String)] {
    var arguments: [(String, String)] = []
    if joining {
      arguments.append(("cgroup-driver", usesSystemdCgroups ? "systemd" : "cgroupfs"))
      if hasSwap { arguments.append(("fail-swap-on", "false")) }
    }
    return arguments + [("node-ip", member.address)]
  }

  private func extraArguments(_ arguments: [(name: String, value: String)], indent: String) -> [String] {
    if rules.argumentsAreLists {
      return arguments.flatMap { ["\(indent)- name: \($0.name)", "\(indent)  value: \"\($0.value)\""] }
    }
    return arguments.map { "\(indent)  \($0.name): \"\($0.value)\"" }
  }
}

/// The secrets of a cluster, by the names that plans refer to them by.
enum SecretName {
  /// The token and the pin of the cluster's CA as two entries of a YAML flow mapping, so that one never arrives without the other:
  /// `token: "abcdef.0123456789abcdef", caCertHashes: ["sha256:..."]`.
  static let joinToken = "join-token"
  static let certificateKey = "certificate-key"
  static let kubeconfig = "kubeconfig"
}
