/// Where things lie on a host. Everything of ours that is not Kubernetes' own lies under /etc/easel, /run/easel-plans or
/// the directories of staged files, so that a reset can take it all away.
enum Paths {
  static let binaries = "/usr/local/bin"
  static let kubeadm = "/usr/local/bin/kubeadm"
  static let kubectl = "/usr/local/bin/kubectl"
  static let etcdctl = "/usr/local/bin/etcdctl"
  static let kubelet = "/usr/local/bin/kubelet"
  static let plugins = "/opt/cni/bin"

  /// Which cluster the host belongs to; agents report its uid as the host's owner.
  static let member = "/etc/easel/member.json"
  /// Present once kubeadm init or join has come to its end; holds the cluster's uid.
  static let complete = "/etc/easel/member-complete"
  /// The cluster's definition as it was last published from this host, as the API takes it: it stays for when the API is down and the
  /// site is lost.
  static let definition = "/etc/easel/definition.json"
  static let kubeadmConfig = "/etc/easel/kubeadm.yaml"
  /// Arguments of `ip -batch`.
  static let routes = "/etc/easel/routes"
  static let networkScript = "/etc/easel/network.sh"
  /// Says which containerd configuration the running containerd was started with.
  static let containerdStamp = "/etc/easel/containerd-running"

  /// Short-lived files of plans; not the directory of the agent, which runs them.
  static let run = "/run/easel-plans"
  static let joinConfig = "/run/easel-plans/kubeadm-join.yaml"
  static let mintConfig = "/run/easel-plans/kubeadm-mint.yaml"
  static let kubectlCache = "/run/easel-plans/kubectl-cache"

  static let staged = "/usr/local/lib/easel/kubernetes"
  static let archives = "/var/lib/easel-images"
  static let backups = "/var/lib/easel-backup"

  static let containerdConfig = "/etc/containerd/config.toml"
  static let containerdSaved = "/etc/containerd/config.toml.easel-saved"
  static let kubeletUnit = "/etc/systemd/system/kubelet.service"
  static let kubeletDropIn = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"
  static let routesUnit = "/etc/systemd/system/easel-routes.service"
  static let sysctls = "/etc/sysctl.d/90-easel.conf"
  static let modules = "/etc/modules-load.d/easel.conf"
  static let network = "/etc/cni/net.d/10-easel.conflist"

  static let adminConfig = "/etc/kubernetes/admin.conf"
  static let kubeletConfig = "/etc/kubernetes/kubelet.conf"
  static let manifests = "/etc/kubernetes/manifests"
}
