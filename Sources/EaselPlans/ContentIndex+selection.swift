package import EaselModel

extension ContentIndex {
  /// Tools that carry versions of their own: the newest one serves every Kubernetes version.
  static let tools = ["crictl", "etcdctl"]
  /// Binaries that belong to one Kubernetes version.
  static let versionedBinaries = ["kubeadm", "kubelet", "kubectl"]
  /// The plugins that the `bridge-routes` network needs.
  static let networkPlugins = ["bridge", "host-local", "loopback", "portmap"]
  static let workerImages = ["pause", "kube-proxy"]
  static let controlPlaneImages = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"]

  /// The items of that name which serve a Kubernetes version: those of the version itself, else those of no version.
  func items(role: String, name: String, for version: KubernetesVersion, arch: String) -> [Item] {
    let named = items.filter { $0.role == role && $0.name == name && $0.arch == arch }
    let exact = named.filter { $0.version == version.description }
    return exact.isEmpty ? named.filter { $0.version.isEmpty } : exact
  }

  /// A tool or network plugin: the newest of that name.
  func newest(role: String, name: String, arch: String) -> Item? {
    items.filter { $0.role == role && $0.name == name && $0.arch == arch }.max { a, b in
      switch (KubernetesVersion(a.version), KubernetesVersion(b.version)) {
      case (let one?, let other?): one < other
      case (nil, .some): true
      case (_, nil): false
      }
    }
  }

  /// The pause image of a Kubernetes version: by the tag that its kubeadm names, else the only one there is.
  func pause(for version: KubernetesVersion, arch: String) -> Item? {
    let found = items(role: "image", name: "pause", for: version, arch: arch)
    let tag = ":" + KubeadmRules(version: version).pauseTag
    return found.first { $0.images.contains { $0.hasSuffix(tag) } } ?? found.last
  }

  /// The image archives that a host of a role needs, in a fixed order, without what the index lacks.
  func images(for role: Machine.Role, version: KubernetesVersion, arch: String) -> [Item] {
    var found: [Item] = []
    if let pause = pause(for: version, arch: arch) { found.append(pause) }
    let names = ["kube-proxy", "coredns"] + (role == .controlPlane ? Self.controlPlaneImages : [])
    for name in names { found += items(role: "image", name: name, for: version, arch: arch) }
    return found
  }

  /// Whether the index brings CoreDNS; without it the add-on's phase is left out and its checks are ignored.
  func hasCoreDNS(for version: KubernetesVersion, arch: String) -> Bool {
    !items(role: "image", name: "coredns", for: version, arch: arch).isEmpty
  }

  /// Where the control plane's images say that they come from: what kubeadm must be told as `imageRepository`.
  func imageRepository(for version: KubernetesVersion, arch: String) -> String {
    for item in items(role: "image", name: "kube-apiserver", for: version, arch: arch) {
      for image in item.images {
        if let range = image.firstRange(ofText: "/kube-apiserver:") { return String(image[..<range]) }
      }
    }
    return KubeadmRules(version: version).defaultImageRepository
  }

  /// The word that content uses for what `uname -m` says; x86-64 where nothing is known.
  package static func architecture(of machine: String?) -> String {
    switch machine {
    case "aarch64", "arm64": "arm64"
    case nil, "", "x86_64", "amd64": "amd64"
    case let other?: other
    }
  }

  /// What a Kubernetes version needs and the index lacks, each named as `image kube-proxy v1.31.4`; empty when all is there.
  ///
  /// CoreDNS is not among it: a cluster without it is made when the index has none.
  package func missing(for version: KubernetesVersion, role: Machine.Role = .controlPlane, arch: String = "amd64")
    -> [String]
  {
    var missing: [String] = []
    for name in Self.versionedBinaries where items(role: "binary", name: name, for: version, arch: arch).isEmpty {
      missing.append("binary \(name) \(version)")
    }
    for name in Self.tools where newest(role: "binary", name: name, arch: arch) == nil {
      missing.append("binary \(name)")
    }
    for name in Self.networkPlugins where newest(role: "cni", name: name, arch: arch) == nil {
      missing.append("cni \(name)")
    }
    if pause(for: version, arch: arch) == nil {
      missing.append("image pause:\(KubeadmRules(version: version).pauseTag)")
    }
    let images = ["kube-proxy"] + (role == .controlPlane ? Self.controlPlaneImages : [])
    for name in images where items(role: "image", name: name, for: version, arch: arch).isEmpty {
      missing.append(name == "etcd" ? "image etcd" : "image \(name) \(version)")
    }
    return missing
  }
}

extension String {
  /// The index at which a text first occurs.
  func firstRange(ofText text: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { return index }
      index = self.index(after: index)
    }
    return nil
  }
}
