internal import EaselHostPlan
internal import EaselModel

/// Runtime, kernel settings, binaries, images, pod network and endpoint: everything before kubeadm is run.
extension KubeadmPlan {
  func prepare() throws -> [PlanStep] {
    try requireContent()
    var steps = [
      PlanStep(
        "check-owner", "The host belongs to no other cluster",
        .require(
          Script(#"test ! -e "$1" || grep -qF -e "$2" "$1""#).reading([Paths.member, "\"\(context.clusterUID)\""]),
          code: "HostInOtherCluster",
          message: "\(Paths.member) says that the host is a member of another cluster: remove it there, or reset it"),
        timeLimitSeconds: 30),
      PlanStep(
        "write-member", "Record the cluster that the host belongs to",
        .write(FileSpec(path: Paths.member, text: memberFile)), undo: .remove([Paths.member])),
    ]
    steps += kernel()
    steps += try runtime()
    for name in ContentIndex.versionedBinaries + ContentIndex.tools { steps.append(try place(binary: name)) }
    steps += kubeletUnit()
    steps += importImages()
    steps += network()
    steps += routes()
    steps += hosts()
    return steps
  }

  /// JSON of one line; every value was checked to need no escaping.
  private var memberFile: String {
    "{\"cluster\":\"\(context.clusterUID)\",\"name\":\"\(context.clusterName)\",\"node\":\"\(member.nodeName)\"}\n"
  }

  /// A module that is built in, or whose effect is there, is not loaded; a sysctl that has its value is not written. So hosts that
  /// may change neither (containers) pass when their settings are right, and fail by name when not.
  private func kernel() -> [PlanStep] {
    let settings = [
      "net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables",
    ]
    return [
      PlanStep(
        "write-modules", "Load the modules at each boot",
        .write(FileSpec(path: Paths.modules, text: "overlay\nbr_netfilter\n")), undo: .remove([Paths.modules])),
      PlanStep(
        "load-overlay", "Load the overlay file system", .run(Command(["modprobe", "overlay"])),
        check: .command(["grep", "-qw", "overlay", "/proc/filesystems"])),
      PlanStep(
        "load-br-netfilter", "Load the bridge's packet filter", .run(Command(["modprobe", "br_netfilter"])),
        check: .exists("/proc/sys/net/bridge/bridge-nf-call-iptables")),
      PlanStep(
        "write-sysctls", "Set the kernel's parameters at each boot",
        .write(
          FileSpec(
            path: Paths.sysctls,
            text: settings.map { "\($0.split(separator: "/").joined(separator: ".")) = 1\n" }.joined())),
        undo: .remove([Paths.sysctls])),
      PlanStep(
        "apply-sysctls", "Set the kernel's parameters now", .run(Command(["sysctl", "-q", "-p", Paths.sysctls])),
        check: .all(settings.map { Script.prints.check(["1", "cat", "/proc/sys/\($0)"]) })),
    ]
  }

  // MARK: - containerd

  /// Version 2 of the file: containerd 1.3 to 1.7 read it as it is, 2.x migrates it when it starts.
  var containerdConfiguration: String {
    let pause = content.pause(for: context.version, arch: architecture)
    let image =
      pause?.images.first ?? "\(rules.defaultImageRepository)/pause:\(rules.pauseTag)"
    return """
      # Written by easel.
      version = 2

      [plugins."io.containerd.grpc.v1.cri"]
        sandbox_image = "\(image)"
      \(restrictsOOMScore ? "  restrict_oom_score_adj = true\n" : "")
        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = "\(Paths.plugins)"
          conf_dir = "/etc/cni/net.d"

        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"

          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            SystemdCgroup = \(usesSystemdCgroups)

      """
  }

  /// containerd is restarted only when the running one was started with another configuration: the stamp holds the whole text.
  func runtime() throws -> [PlanStep] {
    var steps = [
      PlanStep(
        "save-containerd-config", "Keep containerd's own configuration",
        .run(
          Script(#"test ! -e "$1" || cp -a -- "$1" "$2""#).command([Paths.containerdConfig, Paths.containerdSaved])),
        check: Script(##"test -e "$2" || test ! -e "$1" || grep -q '^# Written by easel' "$1""##).check([
          Paths.containerdConfig, Paths.containerdSaved,
        ])),
      PlanStep(
        "write-containerd-config", "Write containerd's configuration",
        .write(FileSpec(path: Paths.containerdConfig, text: containerdConfiguration))),
      PlanStep(
        "enable-containerd", "Start containerd at each boot",
        .unit(name: "containerd.service", state: .enabledAndStarted)),
      PlanStep(
        "restart-containerd", "Restart containerd with its configuration",
        .unit(name: "containerd.service", state: .restarted),
        check: Script(#"cmp -s "$1" "$2" && systemctl is-active -q containerd.service"#).check([
          Paths.containerdConfig, Paths.containerdStamp,
        ]), timeLimitSeconds: 120),
      PlanStep(
        "wait-for-containerd", "Wait until containerd answers",
        .wait(.reading(["ctr", "-n", "k8s.io", "version"]), everySeconds: 1), timeLimitSeconds: 60),
      PlanStep(
        "stamp-containerd", "Record what containerd runs with",
        .write(FileSpec(path: Paths.containerdStamp, text: containerdConfiguration))),
    ]
    for name in ContentIndex.networkPlugins {
      guard let item = content.newest(role: "cni", name: name, arch: architecture) else { continue }
      steps.append(place(item, at: "\(Paths.plugins)/\(name)", step: "place-plugin-\(name)"))
    }
    return steps
  }

  // MARK: - kubelet

  /// The unit is enabled and not started: kubeadm starts it when it has written its configuration.
  private func kubeletUnit() -> [PlanStep] {
    [
      PlanStep(
        "write-kubelet-unit", "Write the kubelet's unit", .write(FileSpec(path: Paths.kubeletUnit, text: Self.unit)),
        undo: .remove([Paths.kubeletUnit])),
      PlanStep(
        "write-kubelet-drop-in", "Write how kubeadm configures the kubelet",
        .write(FileSpec(path: Paths.kubeletDropIn, text: Self.dropIn)), undo: .remove([Paths.kubeletDropIn])),
      // kubeadm makes it on control planes alone; where it is missing the kubelet complains of that for ever.
      PlanStep(
        "make-manifests", "Make the directory of static pods", .directory(path: Paths.manifests, mode: 0o755)),
      PlanStep("reload-units", "Tell systemd about the units", .reloadUnits),
      PlanStep(
        "enable-kubelet", "Start the kubelet at each boot", .run(Command(["systemctl", "enable", "kubelet.service"])),
        check: .command(["systemctl", "is-enabled", "--quiet", "kubelet.service"]),
        undo: .unit(name: "kubelet.service", state: .stoppedAndDisabled)),
    ]
  }

  private static let unit = """
    [Unit]
    Description=kubelet: The Kubernetes Node Agent
    Documentation=https://kubernetes.io/docs/
    Wants=network-online.target
    After=network-online.target containerd.service easel-routes.service

    [Service]
    ExecStart=/usr/local/bin/kubelet
    Restart=always
    StartLimitInterval=0
    RestartSec=2

    [Install]
    WantedBy=multi-user.target

    """

  private static let dropIn = """
    [Service]
    Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
    Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
    EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
    EnvironmentFile=-/etc/default/kubelet
    ExecStart=
    ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS

    """
}
