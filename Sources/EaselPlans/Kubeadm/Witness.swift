internal import EaselHostPlan
internal import EaselModel

/// What says that a machine is a member: the host's files and the cluster's own word, never the journal alone.
///
/// Every script takes the node's name and its address.
struct Witness: Sendable {
  private let script: Script
  private let arguments: [String]

  init(_ script: Script, for member: TaskContext.Member) {
    self.script = script
    arguments = [member.nodeName, member.address]
  }

  var check: StepCheck { script.check(arguments) }

  /// True when there is nothing to clear away: the machine was marked as a member, or nothing was begun, or it is a member by
  /// this witness. A machine that ever became a member is so never taken for a half-made one.
  var nothingHalfMade: StepCheck { Script(Self.prelude + script.text).check(arguments) }

  private static let kubectl = "\(Paths.kubectl) --cache-dir=\(Paths.kubectlCache) --request-timeout=30s"

  /// What kubeadm init writes last is there and the API answers: nothing less is "initialized".
  static let initialized = Script(
    """
    test -e \(Paths.adminConfig) || exit 1
    api() { \(kubectl) --kubeconfig=\(Paths.adminConfig) "--server=https://$address:6443" "$@" >/dev/null; }
    address=$2
    api get --raw /readyz && api -n kube-public get configmap cluster-info &&
      api -n kube-system get configmap kubeadm-config && api -n kube-system get daemonset kube-proxy

    """)

  /// The node carries the control plane's label, which kubeadm join sets last, and its etcd member votes.
  static let joinedControlPlane = Script(
    """
    test -e \(Paths.kubeletConfig) && test -e \(Paths.adminConfig) || exit 1
    node=$(\(kubectl) --kubeconfig=\(Paths.adminConfig) "--server=https://$2:6443" get nodes \\
      -l node-role.kubernetes.io/control-plane --field-selector "metadata.name=$1" -o name) && test -n "$node" &&
      \(Client.etcdctl(["member", "list"]).joined(separator: " ")) |
      awk -F', ' -v name="$1" '$2 == "started" && $3 == name && $6 == "false" {found = 1} END {exit !found}'

    """)

  /// The kubelet got its own credentials, and with them its node can be read.
  static let joinedWorker = Script(
    """
    test -e \(Paths.kubeletConfig) &&
      \(kubectl) --kubeconfig=\(Paths.kubeletConfig) get node "$1" -o name >/dev/null

    """)

  private static let prelude = """
    if [ -e \(Paths.complete) ]; then exit 0; fi
    begun=0
    for path in /etc/kubernetes/*.conf /etc/kubernetes/manifests/* /etc/kubernetes/pki/* /var/lib/etcd/member \\
      /var/lib/kubelet/config.yaml; do
      if [ -e "$path" ]; then begun=1; fi
    done
    if [ $begun = 0 ]; then exit 0; fi

    """
}
