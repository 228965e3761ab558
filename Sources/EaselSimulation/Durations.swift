internal import EaselModel

/// How long things take in the simulated world, and what a running task says of itself. Seconds of virtual time.
enum Durations {
  static func seconds(of verb: TaskVerb, role: Machine.Role, _ random: inout RandomSource) -> Double {
    let (least, spread): (Int, Int) =
      switch verb {
      case .adopt: (4, 2)
      case .takeOver: (2, 2)
      case .dismiss: (2, 1)
      case .preflight: (2, 1)
      case .prepare: (20, 5)
      case .initialize: (20, 5)
      case .mintJoinSecrets: (2, 1)
      case .join: role == .controlPlane ? (25, 5) : (15, 5)
      case .connect, .describeNode, .publish, .cordon, .uncordon, .deleteNode, .checkCertificates, .readCredentials:
        (1, 2)
      case .stage: (30, 10)
      case .backup: (5, 2)
      case .upgradeComponents: role == .controlPlane ? (30, 10) : (8, 3)
      case .upgradeKubelet: (10, 4)
      case .drain: (10, 10)
      case .removeEtcdMember: (3, 2)
      case .reset: (8, 4)
      case .reboot, .powerOff, .powerOn: (3, 2)
      }
    return Double(least + random.below(spread))
  }

  static func titles(of verb: TaskVerb) -> [String] {
    switch verb {
    case .takeOver: ["become the owner", "read the inventory"]
    case .adopt: ["install the agent", "read the inventory"]
    case .prepare: ["set up the kernel", "place binaries", "import images", "start containerd"]
    case .initialize: ["write the kubeadm configuration", "kubeadm init", "wait for the API", "mint join secrets"]
    case .join: ["write the kubeadm configuration", "kubeadm join", "wait for the node"]
    case .stage: ["verify what is there", "place binaries", "import images"]
    case .upgradeComponents: ["swap kubeadm", "kubeadm upgrade", "wait for the components"]
    case .upgradeKubelet: ["swap the kubelet", "restart it"]
    case .drain: ["cordon", "evict pods"]
    case .reboot: ["stop the units"]
    case .powerOff: ["stop the units"]
    case .reset: ["kubeadm reset", "remove leftovers"]
    default: [verb.words]
    }
  }
}
