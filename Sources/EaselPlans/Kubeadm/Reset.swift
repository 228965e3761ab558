internal import EaselHostPlan
internal import EaselModel

/// Takes everything of the cluster off a host. `kubeadm reset` leaves much behind: pod network files and links, packet filter
/// chains, routes, images, mounts, logs, keys and etcd backups below /etc/kubernetes/tmp, the kubelet's unit. Needs neither the API
/// nor etcd: member and node were removed from another host before.
extension KubeadmPlan {
  func reset() -> [PlanStep] {
    let plugins = ContentIndex.networkPlugins.flatMap { name in
      content.items.filter { $0.role == "cni" && $0.name == name }.map { "\($0.sha256)  \(Paths.plugins)/\(name)" }
    }
    var kubeadm = resetCommand
    kubeadm.append("--skip-phases=remove-etcd-member")
    let binaries = (ContentIndex.versionedBinaries + ContentIndex.tools).map { "\(Paths.binaries)/\($0)" }
    var steps = [
      PlanStep(
        "stop-kubelet", "Stop the kubelet",
        .run(
          Script(
            "systemctl disable --now kubelet.service 2>/dev/null; systemctl stop kubelet.service 2>/dev/null; true"
          ).command()),
        check: Script(
          "! systemctl is-active -q kubelet.service && ! systemctl is-enabled -q kubelet.service 2>/dev/null"
        ).check(), timeLimitSeconds: 120),
      PlanStep(
        "remove-own-kubeconfig", "Remove root's copy of the administrator's credentials",
        .run(
          Script(#"if cmp -s "$1" /root/.kube/config; then rm -f /root/.kube/config; fi"#).command([Paths.adminConfig])),
        check: Script(#"! cmp -s "$1" /root/.kube/config"#).check([Paths.adminConfig])),
      PlanStep(
        "kubeadm-reset", "Let kubeadm undo what it did", .run(Command(kubeadm)),
        check: Self.nothingToReset.check(), timeLimitSeconds: 300),
      PlanStep(
        "stop-containers", "Stop and remove the containers", .run(Self.removeContainers.command()),
        check: Script.printsNothing.check(["ctr", "-n", "k8s.io", "containers", "ls", "-q"]), timeLimitSeconds: 300),
      PlanStep(
        "unmount", "Unmount what pods had mounted", .run(Self.unmount.command()),
        check: Script.printsNothing.check(["/bin/sh", "-c", Self.podMounts]), timeLimitSeconds: 120),
      PlanStep(
        "remove-images", "Remove the images",
        .run(
          Script(
            "command -v ctr >/dev/null || exit 0\nctr -n k8s.io images ls -q | xargs -r ctr -n k8s.io images rm --sync"
          ).command()),
        check: Script.printsNothing.check(["ctr", "-n", "k8s.io", "images", "ls", "-q"]), timeLimitSeconds: 300),
    ]
    steps += networkReset() + fileReset(binaries: binaries, plugins: plugins) + containerdReset()
    return steps + [
      PlanStep(
        "remove-member", "Forget the cluster",
        .remove([
          Paths.complete, Paths.definition, Paths.kubeadmConfig, Paths.routes, Paths.networkScript,
          Paths.containerdStamp, Paths.run,
          Paths.member,
        ])),
      PlanStep(
        "remove-directories", "Remove directories that are empty now",
        .run(
          Command(
            ["rmdir", "--ignore-fail-on-non-empty", "/etc/easel", Paths.plugins, "/opt/cni"], successStatuses: [0, 1])),
        check: .absent("/etc/easel")),
      PlanStep(
        "check-clean", "Nothing of the cluster is left",
        .require(
          Self.leftBehind.reading(), code: "ResetIncomplete",
          message: "the host still holds what is listed: remove it by hand or reboot the host, then retry the reset"),
        timeLimitSeconds: 60),
    ]
  }

  private func networkReset() -> [PlanStep] {
    [
      PlanStep(
        "remove-chains", "Remove Kubernetes' packet filter rules", .run(Self.removeChains.command()),
        check: Script("! \(Self.chains)").check(), timeLimitSeconds: 120),
      PlanStep(
        "remove-links", "Remove the pod network's links", .run(Self.removeLinks.command()),
        check: Script.printsNothing.check(["/bin/sh", "-c", Self.podLinks]), timeLimitSeconds: 60),
      PlanStep(
        "remove-routes", "Remove the routes to the other members",
        .run(Command(["ip", "-4", "route", "flush", "proto", Self.routeProtocol])),
        check: Script.printsNothing.check(["ip", "-4", "route", "show", "proto", Self.routeProtocol])),
      PlanStep(
        "disable-routes", "Lay no routes at boot",
        .run(
          Script(
            "systemctl disable easel-routes.service 2>/dev/null; systemctl stop easel-routes.service 2>/dev/null; true"
          ).command()),
        check: Script("! systemctl is-enabled -q easel-routes.service 2>/dev/null").check()),
      PlanStep(
        "remove-names", "Remove the cluster's names from /etc/hosts",
        .block(path: "/etc/hosts", marker: "easel", text: "")),
    ]
  }

  /// The directories of kubelet and etcd may be mount points, so they are emptied and stay.
  private func fileReset(binaries: [String], plugins: [String]) -> [PlanStep] {
    [
      PlanStep(
        "empty-directories", "Empty the directories of kubelet and etcd",
        .run(Self.emptyDirectories.command(["/var/lib/kubelet", "/var/lib/etcd"])),
        check: Script(#"test -z "$(ls -A /var/lib/kubelet /var/lib/etcd 2>/dev/null | grep -v -e ':$' -e '^$')""#)
          .check(),
        timeLimitSeconds: 120),
      PlanStep(
        "remove-plugins", "Remove the network plugins that we placed",
        .run(Self.removeOwnFiles.command(plugins)), check: Self.ownFilesAreGone.check(plugins)),
      PlanStep(
        "remove-files", "Remove the cluster's files",
        .remove(
          [
            "/etc/kubernetes", Paths.network, "/var/lib/cni", "/run/kubernetes", "/run/flannel", "/var/log/pods",
            "/var/log/containers", "/usr/libexec/kubernetes", Paths.kubeletUnit,
            "/etc/systemd/system/kubelet.service.d", Paths.routesUnit, Paths.sysctls, Paths.modules, Paths.staged,
            Paths.archives, Paths.backups,
          ] + binaries), timeLimitSeconds: 120),
      PlanStep("reload-units", "Tell systemd that the units are gone", .reloadUnits),
      PlanStep(
        "forget-failures", "Forget the units' failures",
        .run(Command(["systemctl", "reset-failed"], successStatuses: [0, 1])),
        check: .idempotent(because: "it only forgets what is recorded about units that failed")),
      PlanStep(
        "remove-cgroups", "Remove the pods' control groups",
        .run(
          Script("find /sys/fs/cgroup -depth -type d -path '*kubepods*' -exec rmdir {} \\; 2>/dev/null; true").command()
        ),
        check: .idempotent(because: "only empty groups can be removed")),
    ]
  }

  private func containerdReset() -> [PlanStep] {
    [
      PlanStep(
        "restore-containerd-config", "Put containerd's own configuration back",
        .run(
          Script(#"if [ -e "$1" ]; then mv -f "$1" "$2"; else rm -f "$2"; fi"#).command([
            Paths.containerdSaved, Paths.containerdConfig,
          ])),
        check: Script(#"test ! -e "$1" && { test ! -e "$2" || ! cmp -s "$2" "$3"; }"#).check([
          Paths.containerdSaved, Paths.containerdConfig, Paths.containerdStamp,
        ])),
      PlanStep(
        "restart-containerd", "Restart containerd with it", .unit(name: "containerd.service", state: .restarted),
        check: .absent(Paths.containerdStamp), timeLimitSeconds: 120),
    ]
  }

  // MARK: - Scripts

  private static let nothingToReset = Script(
    #"""
    test -x /usr/local/bin/kubeadm || exit 0
    for path in /etc/kubernetes/*.conf /etc/kubernetes/manifests/* /etc/kubernetes/pki/* /var/lib/kubelet/config.yaml \
      /var/lib/etcd/member; do
      if [ -e "$path" ]; then exit 1; fi
    done
    """#)

  /// Three rounds: a container that is just being started is found by the next one.
  private static let removeContainers = Script(
    #"""
    command -v ctr >/dev/null || exit 0
    for round in 1 2 3; do
      ctr -n k8s.io tasks ls -q | xargs -r -n 1 ctr -n k8s.io tasks rm -f
      ctr -n k8s.io containers ls -q | xargs -r -n 1 ctr -n k8s.io containers rm
      if [ -z "$(ctr -n k8s.io containers ls -q)" ]; then exit 0; fi
      sleep 1
    done
    exit 1
    """#)

  private static let listPodMounts = #"""
    awk '{print $2}' /proc/self/mounts | grep -E -e '^/var/lib/kubelet/' -e '^/(var/)?run/netns/cni-' \
      -e '^/run/containerd/io.containerd.grpc.v1.cri/sandboxes/' | sort -r
    """#

  private static let podMounts = listPodMounts + "; true"
  private static let unmount = Script(listPodMounts + " | xargs -r -n 1 umount -l\n")

  private static let chains = #"""
    for tool in iptables ip6tables iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft; do
      command -v "$tool-save" >/dev/null && "$tool-save" 2>/dev/null; done | grep -qE 'KUBE-|CNI-|easel-masquerade'
    """#

  /// Rules of others in the same tables stay, with their counters.
  private static let removeChains = Script(
    #"""
    for tool in iptables ip6tables iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft; do
      command -v "$tool-save" >/dev/null || continue
      rules=$("$tool-save" -c 2>/dev/null) || continue
      echo "$rules" | grep -qE 'KUBE-|CNI-|easel-masquerade' || continue
      echo "$rules" | grep -vE 'KUBE-|CNI-|easel-masquerade' | "$tool-restore" -c || exit 1
    done
    if command -v nft >/dev/null; then
      nft delete table ip kube-proxy 2>/dev/null
      nft delete table ip6 kube-proxy 2>/dev/null
    fi
    true
    """#)

  private static let podLinks = "ls -1 /sys/class/net | grep -xE 'cni0|kube-ipvs0|flannel\\.1|kube-bridge'; true"

  private static let removeLinks = Script(
    #"""
    for link in cni0 kube-ipvs0 flannel.1 kube-bridge; do
      if [ -e "/sys/class/net/$link" ]; then ip link delete "$link" || exit 1; fi
    done
    for path in /run/netns/cni-*; do
      if [ -e "$path" ]; then ip netns delete "${path##*/}" || rm -f "$path"; fi
    done
    """#)

  static let emptyDirectories = Script(
    #"""
    for directory in "$@"; do
      awk -v top="$directory/" 'index($2, top) == 1 {print $2}' /proc/self/mounts | sort -r | xargs -r -n 1 umount -l
      if [ -d "$directory" ]; then find "$directory" -mindepth 1 -delete || exit 1; fi
    done
    """#)

  /// Each argument is a line of sha256sum: a file that is not as we placed it is not ours to remove.
  static let removeOwnFiles = Script(
    #"""
    for line in "$@"; do
      if echo "$line" | sha256sum -c --status 2>/dev/null; then rm -f "${line#*  }"; fi
    done
    """#)

  private static let ownFilesAreGone = Script(
    #"""
    for line in "$@"; do
      if echo "$line" | sha256sum -c --status 2>/dev/null; then exit 1; fi
    done
    """#)

  /// Lists what is left; exits 0 when that is nothing.
  private static let leftBehind = Script(
    #"""
    left=$(
      for path in /etc/kubernetes /etc/easel/member.json /etc/cni/net.d/10-easel.conflist /var/lib/cni /var/log/pods \
        /usr/local/bin/kubeadm /usr/local/bin/kubelet /usr/local/bin/kubectl /etc/systemd/system/kubelet.service \
        /etc/systemd/system/easel-routes.service /sys/class/net/cni0 /etc/containerd/config.toml.easel-saved; do
        if [ -e "$path" ]; then echo "file $path"; fi
      done
      ls -A /var/lib/etcd 2>/dev/null | sed 's/^/etcd data /'
      ls -A /var/lib/kubelet 2>/dev/null | sed 's/^/kubelet data /'
      if command -v ctr >/dev/null; then ctr -n k8s.io containers ls -q | sed 's/^/container /'; fi
      iptables-save | grep -E 'KUBE-|CNI-' | head -n 3 | sed 's/^/packet filter /'
      awk '$2 ~ "^/var/lib/kubelet/" {print "mount " $2}' /proc/self/mounts
      ss -Hltn 'sport = :6443 or sport = :2379 or sport = :10250' | sed 's/^/listening /'
    )
    if [ -n "$left" ]; then echo "$left" | head -n 20 | paste -sd ';' >&2; exit 1; fi
    """#)
}
