internal import EaselHostPlan
internal import EaselModel

/// Whether the host can take its role. Every step only reads; each has a code of its own and says what to do next.
extension KubeadmPlan {
  func preflight() -> [PlanStep] {
    platformChecks() + toolChecks() + stateChecks()
  }

  /// On a host that is already prepared for this very cluster, what lies there and listens there is ours.
  private var isOurs: StepCheck { .contains(path: Paths.member, text: "\"\(context.clusterUID)\"") }

  private func require(
    _ name: String, _ title: String, _ command: Command, _ code: String, _ message: String, check: StepCheck = .none
  ) -> PlanStep {
    PlanStep(
      "check-\(name)", title, .require(command, code: code, message: message), check: check, timeLimitSeconds: 30)
  }

  private func platformChecks() -> [PlanStep] {
    let machine = architecture == "arm64" ? "aarch64" : "x86_64"
    let skew = inventory?.clockSkewSeconds.map { $0.isFinite ? Int(min(abs($0), 1e9).rounded()) : 0 } ?? 0
    let memory = isControlPlane ? 1_700_000 : 900_000
    let processors = isControlPlane ? 2 : 1
    let needed = max(contentBytes / 1024, 2_000_000)
    return [
      require(
        "architecture", "The host's processor is the content's", Script.prints.reading([machine, "uname", "-m"]),
        "ArchitectureUnsupported",
        "the content is for \(machine), the host is another machine: use a host or content of the other architecture"),
      require(
        "systemd", "The host runs systemd", .reading(["test", "-d", "/run/systemd/system"]), "SystemdMissing",
        "the host was not started by systemd, which keeps the kubelet and containerd running: use a host with systemd"),
      require(
        "processors", "There are enough processors",
        Script(#"test "$(nproc)" -ge "$1""#).reading(["\(processors)"]), "TooFewProcessors",
        "a \(member.role.rawValue) machine needs \(processors) processors or more: use a larger host"),
      require(
        "memory", "There is enough memory",
        .reading(["awk", "-v", "need=\(memory)", "/^MemTotal:/ {exit !($2 >= need)}", "/proc/meminfo"]),
        "TooLittleMemory",
        "a \(member.role.rawValue) machine needs \(memory / 1000) MB of memory or more: use a larger host"),
      require(
        "disk", "There is enough free disk space", Self.freeKilobytes.reading(["\(needed)", "/var/lib"]), "DiskFull",
        "/var/lib needs \(needed / 1000) MB free for binaries, images and etcd: free space or use a larger disk"),
      require(
        "clock", "The clocks agree", .reading(["test", "\(skew)", "-le", "5"]), "ClockSkew",
        "the host's clock is \(skew) s off ours, and certificates and leases need 5 s or less: set up time "
          + "synchronisation on the host"),
      require(
        "machine-id", "The host has an identity", .reading(["test", "-s", "/etc/machine-id"]), "MachineIDMissing",
        "/etc/machine-id is empty, so the node would have no identity of its own: run systemd-machine-id-setup"),
      require(
        "default-route", "There is a default route",
        Script.printsSomething.reading(["ip", "-4", "route", "show", "default"]), "DefaultRouteMissing",
        "Kubernetes finds no address without a default route, also in an air gap: add one, on a dummy link if need be"),
    ]
  }

  private func toolChecks() -> [PlanStep] {
    let tools =
      [
        ("conntrack", "conntrack"), ("ip", "iproute2"), ("iptables", "iptables"), ("mount", "mount"),
        ("nsenter", "util-linux"), ("socat", "socat"), ("awk", "mawk"), ("sysctl", "procps"),
      ] + (rules.version.minor < 24 ? [("ebtables", "ebtables")] : [])
    var steps = tools.map { tool, package in
      require(
        "tool-\(tool)", "\(tool) is installed", Script(#"command -v "$1" >/dev/null"#).reading([tool]), "ToolMissing",
        "the kubelet or kube-proxy needs \(tool): install the package \(package) on the host")
    }
    steps.append(
      require(
        "containerd", "containerd is installed",
        Script(
          "command -v containerd >/dev/null && command -v ctr >/dev/null && systemctl cat containerd.service >/dev/null"
        )
        .reading(), "ContainerdMissing",
        "there is no containerd with its client and unit on the host: install the package containerd"))
    return steps
  }

  private func stateChecks() -> [PlanStep] {
    var steps = [
      require(
        "owner", "The host belongs to no other cluster",
        Script(#"test ! -e "$1" || grep -qF -e "$2" "$1""#).reading([Paths.member, "\"\(context.clusterUID)\""]),
        "HostInOtherCluster",
        "\(Paths.member) says that the host is a member of another cluster: remove it there, or reset the host"),
      require(
        "leftovers", "Nothing of another Kubernetes lies on the host", Self.leftovers.reading(), "HostHasLeftovers",
        "the host holds files of a Kubernetes that is not ours: look whether it is still wanted, else reset the host",
        check: isOurs),
    ]
    let ports = isControlPlane ? [6443, 2379, 2380, 10250, 10257, 10259] : [10250]
    steps += ports.map { port in
      require(
        "port-\(port)", "Port \(port) is free",
        Script.printsNothing.reading(["ss", "-Hltn", "sport = :\(port)"]), "PortInUse",
        "something on the host already listens on port \(port): stop it (ss -ltnp shows what it is)", check: isOurs)
    }
    return steps
  }

  /// At least `$1` KiB are free on the file system of `$2`.
  static let freeKilobytes = Script(
    #"test "$(df -Pk -- "$2" | awk 'NR == 2 {print $4}')" -ge "$1""#)

  /// Files of a Kubernetes of whatever distribution.
  static let leftovers = Script(
    #"""
    found=
    for path in /etc/kubernetes/manifests/* /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf /var/lib/etcd/member \
      /var/lib/kubelet/config.yaml /etc/rancher /var/lib/rancher/k3s /var/lib/rancher/rke2 /var/lib/k0s /etc/k0s; do
      if [ -e "$path" ]; then found="$found $path"; fi
    done
    test -z "$found" || { echo "there are$found" >&2; exit 1; }
    """#)
}
