package import EaselModel

extension ContentIndex {
  /// The versions that a simulated site offers: several patches of every minor from v1.20 to v1.35.
  package static let syntheticVersions: [KubernetesVersion] = {
    let patches: [Int: [Int]] = [
      20: [2, 4], 24: [16, 17], 28: [5, 15], 31: [0, 4, 6], 32: [0, 1, 3], 33: [0, 2, 5], 34: [0, 1, 2], 35: [0, 1],
    ]
    return (20...35).flatMap { minor in
      (patches[minor] ?? [0, 3]).map { KubernetesVersion(major: 1, minor: minor, patch: $0) }
    }
  }()

  /// An index as a real content directory would have it, with made-up digests and sizes: what simulated sites run on.
  package static func synthetic(versions: [KubernetesVersion] = syntheticVersions) -> ContentIndex {
    var items: [Item] = []
    func add(_ role: String, _ name: String, _ version: String, path: String, size: Int64, images: [String] = []) {
      items.append(
        Item(
          path: path, sha256: fakeDigest(path), size: size, role: role, name: name, version: version, images: images))
    }
    add("binary", "crictl", "v1.35.0", path: "bin/crictl", size: 40_000_000)
    add("binary", "etcdctl", "v3.6.6", path: "bin/etcdctl", size: 18_000_000)
    for plugin in networkPlugins { add("cni", plugin, "v1.5.1", path: "cni/\(plugin)", size: 4_000_000) }
    for version in Set(versions).sorted() {
      let rules = KubeadmRules(version: version)
      let repository = rules.defaultImageRepository
      for name in versionedBinaries {
        add("binary", name, "\(version)", path: "bin/\(version)/\(name)", size: 60_000_000)
      }
      let images = [
        ("pause", "\(repository)/pause:\(rules.pauseTag)", 700_000),
        ("etcd", "\(repository)/etcd:\(rules.etcdTag)", 60_000_000),
        ("coredns", "\(repository)/\(rules.coreDNSImage)", 20_000_000),
        ("kube-apiserver", "\(repository)/kube-apiserver:\(version)", 90_000_000),
        ("kube-controller-manager", "\(repository)/kube-controller-manager:\(version)", 80_000_000),
        ("kube-scheduler", "\(repository)/kube-scheduler:\(version)", 60_000_000),
        ("kube-proxy", "\(repository)/kube-proxy:\(version)", 80_000_000),
      ]
      for (name, image, size) in images {
        add("image", name, "\(version)", path: "images/\(version)/\(name).tar", size: Int64(size), images: [image])
      }
    }
    return ContentIndex(items: items)
  }

  /// 64 hex digits that depend on the text alone (FNV-1a, four times over); no digest of anything.
  private static func fakeDigest(_ text: String) -> String {
    var digits = ""
    for round in UInt64(1)...4 {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325 &+ round
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      let part = String(hash, radix: 16)
      digits += String(repeating: "0", count: 16 - part.count) + part
    }
    return digits
  }
}
