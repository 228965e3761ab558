internal import EaselHostPlan

/// The two clients that are run on control-plane hosts. Each call has a time limit of its own besides the step's.
enum Client {
  /// kubectl as administrator, talking to the API server of the host itself: that needs neither name resolution nor the endpoint.
  static func kubectl(_ arguments: [String], at address: String, timeoutSeconds: Int = 30) -> [String] {
    [
      Paths.kubectl, "--kubeconfig=\(Paths.adminConfig)", "--server=https://\(address):6443",
      "--cache-dir=\(Paths.kubectlCache)", "--request-timeout=\(timeoutSeconds)s",
    ] + arguments
  }

  /// kubectl as administrator by way of the credentials' own server, for who does not know the host's address.
  static func kubectlHere(_ arguments: [String]) -> [String] {
    [
      Paths.kubectl, "--kubeconfig=\(Paths.adminConfig)", "--cache-dir=\(Paths.kubectlCache)", "--request-timeout=20s",
    ] + arguments
  }

  /// kubectl with the kubelet's credentials, which may read the host's own node; goes through the endpoint.
  static func kubectlAsNode(_ arguments: [String]) -> [String] {
    [
      Paths.kubectl, "--kubeconfig=\(Paths.kubeletConfig)", "--cache-dir=\(Paths.kubectlCache)",
      "--request-timeout=30s",
    ] + arguments
  }

  /// etcdctl against the host's own member, with the credentials that kubeadm makes for health checks.
  static func etcdctl(_ arguments: [String], commandTimeoutSeconds: Int = 10) -> [String] {
    [
      Paths.etcdctl, "--endpoints=https://127.0.0.1:2379", "--cacert=/etc/kubernetes/pki/etcd/ca.crt",
      "--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt",
      "--key=/etc/kubernetes/pki/etcd/healthcheck-client.key",
      "--dial-timeout=5s", "--command-timeout=\(commandTimeoutSeconds)s",
    ] + arguments
  }

  static let readyStatus = #"jsonpath={.status.conditions[?(@.type=="Ready")].status}"#

  /// Whether a node says that it is Ready.
  static func nodeIsReady(_ node: String, kubectl: [String]) -> Command {
    Script.prints.reading(["True"] + kubectl + ["get", "node", node, "-o", readyStatus])
  }

  /// A started member of that name that votes, as `etcdctl member list` prints it: id, status, name, peers, clients, learner.
  static let memberVotes = Script(
    #"""
    name=$1; shift
    "$@" | awk -F', ' -v name="$name" '$2 == "started" && $3 == name && $6 == "false" {found = 1} END {exit !found}'
    """#)
}
