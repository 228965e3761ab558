internal import EaselModel

/// What differs between Kubernetes versions in how kubeadm is spoken to. One place; each rule names the release that changed it.
struct KubeadmRules: Sendable {
  var version: KubernetesVersion
  private var minor: Int { version.minor }

  init(version: KubernetesVersion) { self.version = version }

  enum ConfigAPI: String, Sendable {
    case v1beta2 = "kubeadm.k8s.io/v1beta2"
    case v1beta3 = "kubeadm.k8s.io/v1beta3"
    case v1beta4 = "kubeadm.k8s.io/v1beta4"
  }

  /// v1beta3 came with 1.22, v1beta4 with 1.31; each release reads the one before it as well.
  var configAPI: ConfigAPI { minor >= 31 ? .v1beta4 : minor >= 22 ? .v1beta3 : .v1beta2 }

  /// Extra arguments are a list of name and value from v1beta4 on (so that a flag may be given twice), a map before.
  var argumentsAreLists: Bool { configAPI == .v1beta4 }

  /// Time limits moved from `apiServer.timeoutForControlPlane` and `discovery.timeout` to `timeouts` in v1beta4.
  var hasTimeouts: Bool { configAPI == .v1beta4 }

  /// `skipPhases` in the file came with v1beta3; v1beta2 takes only the flag.
  var hasSkipPhases: Bool { configAPI != .v1beta2 }

  /// `imagePullPolicy` came with v1beta3; v1beta2 always pulls only what is not there.
  var hasImagePullPolicy: Bool { configAPI != .v1beta2 }

  /// kubeadm hands the socket to the kubelet as it is given; a URL is expected from 1.24 on, a path was usual before.
  var criSocket: String {
    minor >= 24 ? "unix:///run/containerd/containerd.sock" : "/run/containerd/containerd.sock"
  }

  /// Whether kubeadm gives the kubelet `--container-runtime=remote` (until the docker shim left in 1.24). kubeadm adds it by itself.
  var kubeletNeedsRemoteRuntime: Bool { minor < 24 }

  /// The taints that kubeadm puts on control-plane nodes: `master` until 1.23, both in 1.24, `control-plane` from 1.25 on.
  var controlPlaneTaints: [String] {
    let (old, new) = ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane")
    return minor >= 25 ? [new] : minor == 24 ? [old, new] : [old]
  }

  /// The label of control-plane nodes that all supported versions set: 1.20 set it beside `master`, which went away in 1.24.
  var controlPlaneLabel: String { "node-role.kubernetes.io/control-plane" }

  /// k8s.gcr.io was frozen; kubeadm names registry.k8s.io from 1.25 on.
  var defaultImageRepository: String { minor >= 25 ? "registry.k8s.io" : "k8s.gcr.io" }

  /// From 1.31 on the kubelet can be told to start on cgroups v1, and from 1.35 on it must be.
  var hasFailCgroupV1: Bool { minor >= 31 }

  /// From 1.35 on kubeadm's system check refuses cgroups v1.
  var systemCheckRefusesCgroupV1: Bool { minor >= 35 }

  /// `PauseVersion` of kubeadm's constants.
  var pauseTag: String {
    switch minor {
    case ...20: "3.2"
    case 21: "3.4.1"
    case 22: "3.5"
    case 23: "3.6"
    case 24: "3.7"
    case 25: "3.8"
    case 26...30: "3.9"
    case 31...33: "3.10"
    default: "3.10.1"
    }
  }

  /// About what kubeadm's `SupportedEtcdVersion` says; only made-up content is named after it.
  var etcdTag: String {
    switch minor {
    case ...21: "3.4.13-0"
    case 22...26: "3.5.6-0"
    case 27...29: "3.5.10-0"
    case 30, 31: "3.5.15-0"
    case 32: "3.5.16-0"
    case 33: "3.5.21-0"
    case 34: "3.6.4-0"
    default: "3.6.6-0"
    }
  }

  /// Path and tag below the repository; only made-up content is named after it.
  var coreDNSImage: String {
    switch minor {
    case ...20: "coredns:1.7.0"
    case 21...24: "coredns/coredns:v1.8.6"
    case 25, 26: "coredns/coredns:v1.9.3"
    case 27, 28: "coredns/coredns:v1.10.1"
    case 29...32: "coredns/coredns:v1.11.3"
    case 33: "coredns/coredns:v1.12.0"
    case 34: "coredns/coredns:v1.12.1"
    default: "coredns/coredns:v1.13.1"
    }
  }
}
