internal import EaselHostPlan
internal import EaselModel

/// Everything of a version change, in the order in which the engine asks for it: stage, backup, components, kubelet.
extension KubeadmPlan {
  private var stagedDirectory: String { "\(Paths.staged)/\(context.version)" }

  /// Binaries beside the running ones, images into containerd. Must be done on every member before the first one is upgraded,
  /// because that changes the proxy's image on all nodes at once.
  func stage() throws -> [PlanStep] {
    try requireContent()
    let needed = contentBytes / 1024 + 500_000
    var steps = [
      PlanStep(
        "check-disk", "There is enough free disk space",
        .require(
          Self.freeKilobytes.reading(["\(needed)", "/var/lib"]), code: "DiskFull",
          message: "staging \(context.version) needs \(needed / 1000) MB free below /var/lib: free space, then retry"),
        timeLimitSeconds: 30)
    ]
    for name in ContentIndex.versionedBinaries {
      steps.append(place(try binary(name), at: "\(stagedDirectory)/\(name)", step: "stage-\(name)"))
    }
    return steps + importImages()
  }

  /// The newest three are kept. The copy holds the cluster's keys: the directory is root's alone.
  func backup() -> [PlanStep] {
    [
      PlanStep("make-backups", "Make the directory of backups", .directory(path: Paths.backups, mode: 0o700)),
      PlanStep(
        "check-disk", "There is room for a snapshot",
        .require(
          Script(
            #"""
            need=$(du -sk /var/lib/etcd/member/snap | awk '{print $1 + 100000}')
            test "$(df -Pk -- "$1" | awk 'NR == 2 {print $4}')" -ge "$need"
            """#
          ).reading([Paths.backups]), code: "DiskFull",
          message: "\(Paths.backups) has no room for a snapshot of etcd: free space, then retry"),
        timeLimitSeconds: 60),
      PlanStep(
        "save", "Save a snapshot of etcd and the keys",
        .run(
          Self.saveBackup.command(
            [Paths.backups, context.clusterName] + Client.etcdctl([], commandTimeoutSeconds: 240))),
        check: .idempotent(because: "each run saves a snapshot of its moment, and only the newest three stay"),
        timeLimitSeconds: 300),
      PlanStep(
        "read-backup", "Note where the backup lies",
        .capture(
          Script(#"ls -1 "$1" | grep -v '^\.' | sort | tail -n 1"#).reading([Paths.backups]), output: "backup",
          secret: false)),
    ]
  }

  static let saveBackup = Script(
    #"""
    umask 077
    directory=$1; cluster=$2; shift 2
    new="$directory/.new"
    rm -rf "$new" && mkdir -p "$new" || exit 1
    "$@" snapshot save "$new/etcd.db" && cp -a /etc/kubernetes/pki "$new/pki" && chmod 600 "$new/etcd.db" || exit 1
    sync "$new/etcd.db" && mv "$new" "$directory/$(date -u +%Y%m%dT%H%M%SZ)-$cluster" || exit 1
    ls -1 "$directory" | grep -- "-$cluster\$" | sort -r | tail -n +4 | while read -r old; do
      rm -rf "${directory:?}/$old"
    done
    """#)

  // MARK: - Components

  func upgradeComponents() throws -> [PlanStep] {
    try requireContent()
    let ignored = ignoredUpgradeChecks
    let ignore = ignored.isEmpty ? [] : ["--ignore-preflight-errors=\(ignored.joined(separator: ","))"]
    var steps = [try place(binary: "kubeadm")]
    if isControlPlane {
      // kubeadm goes through the endpoint, which is this very host on a control plane.
      steps.append(
        PlanStep(
          "wait-for-api", "Wait until the machine's API server is ready",
          .wait(.reading(kubectl(["get", "--raw", "/readyz"])), everySeconds: 2), timeLimitSeconds: 300))
    }
    if context.isFirst && isControlPlane {
      steps.append(
        PlanStep(
          "apply", "Upgrade the control plane to \(context.version)",
          .run(Command([Paths.kubeadm, "upgrade", "apply", "\(context.version)", "-y"] + ignore)),
          check: Self.applied.check(["\(context.version)"] + kubectl([])), timeLimitSeconds: 1500))
    } else {
      steps.append(
        PlanStep(
          "upgrade-node", "Upgrade the machine's components to \(context.version)",
          .run(Command([Paths.kubeadm, "upgrade", "node"] + (isControlPlane ? ignore : []))),
          check: .idempotent(because: "kubeadm leaves components alone that have their manifest already"),
          timeLimitSeconds: 1200))
    }
    guard isControlPlane else { return steps }
    return steps + [
      PlanStep(
        "check-manifests", "The static pods are of the new version",
        .require(
          Self.manifests.reading(["\(context.version)"]), code: "UpgradeIncomplete",
          message:
            "kubeadm came to its end, but not all static pods are of \(context.version): look at its output, retry"),
        timeLimitSeconds: 30),
      PlanStep(
        "wait-for-components", "Wait until the machine's API server runs the new version",
        .wait(Self.serverVersion.reading(["\(context.version)"] + kubectl([])), everySeconds: 2),
        timeLimitSeconds: 600),
      PlanStep(
        "wait-for-ready", "Wait until the machine's API server is ready",
        .wait(.reading(kubectl(["get", "--raw", "/readyz"])), everySeconds: 2), timeLimitSeconds: 600),
      PlanStep(
        "wait-for-etcd", "Wait until every member of etcd is healthy",
        .wait(.reading(Client.etcdctl(["endpoint", "health", "--cluster"])), everySeconds: 3), timeLimitSeconds: 600),
    ]
  }

  private static let manifestsText = #"""
    for name in kube-apiserver kube-controller-manager kube-scheduler; do
      grep -qE "image: .*/$name:$version\$" "/etc/kubernetes/manifests/$name.yaml" || exit 1
    done

    """#

  private static let manifests = Script("version=$1; shift\n" + manifestsText)

  /// kubeadm writes its ConfigMap after the static pods and the proxy's DaemonSet last.
  private static let applied = Script(
    "version=$1; shift\n" + manifestsText + #"""
      "$@" -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' |
        grep -qxF "kubernetesVersion: $version" || exit 1
      "$@" -n kube-system get daemonset kube-proxy -o 'jsonpath={.spec.template.spec.containers[0].image}' |
        grep -qE ":$version\$"
      """#)

  private static let serverVersion = Script(
    #"version=$1; shift; "$@" get --raw /version | grep -qF "\"gitVersion\": \"$version\"""#)

  // MARK: - Kubelet

  /// Containers go on while the kubelet restarts; the node is NotReady for a few seconds.
  func upgradeKubelet() throws -> [PlanStep] {
    try requireContent()
    let client = isControlPlane ? kubectl([]) : Client.kubectlAsNode([])
    return [
      try place(binary: "kubelet"), try place(binary: "kubectl"), try place(binary: "kubeadm"),
      PlanStep("reload-units", "Tell systemd about its units", .reloadUnits),
      PlanStep(
        "restart-kubelet", "Restart the kubelet", .unit(name: "kubelet.service", state: .restarted),
        check: Self.runsPlacedKubelet.check(), timeLimitSeconds: 180),
      PlanStep(
        "wait-for-version", "Wait until the node reports \(context.version)",
        .wait(
          Script.prints.reading(
            ["\(context.version)"] + client + [
              "get", "node", member.nodeName, "-o", "jsonpath={.status.nodeInfo.kubeletVersion}",
            ]), everySeconds: 2), timeLimitSeconds: 600),
      waitForNode(kubectl: client),
      PlanStep("remove-staged", "Remove the staged binaries", .remove([stagedDirectory])),
    ]
  }

  /// The running kubelet's file is the one in place: after a rename, the link of a process started before says "(deleted)".
  private static let runsPlacedKubelet = Script(
    #"""
    pid=$(systemctl show -p MainPID --value kubelet.service) && test "${pid:-0}" -gt 0 &&
      test "$(readlink "/proc/$pid/exe")" = /usr/local/bin/kubelet
    """#)
}
