/// `content.json` of a content directory: what can be staged on hosts, by digest.
package struct ContentIndex: Codable, Sendable, Hashable {
  package struct Item: Codable, Sendable, Hashable {
    /// Relative to the content directory.
    package var path: String
    /// Lower-case hexadecimal.
    package var sha256: String
    /// Bytes.
    package var size: Int64
    /// `binary`, `image`, or `cni` for a plugin of the pod network.
    package var role: String
    /// `kubelet`, `kubeadm`, `etcdctl`, ...; for an image its short name.
    package var name: String
    /// The Kubernetes version it belongs to; a tool's or plugin's own version; empty when it serves all.
    package var version: String
    package var arch: String
    /// The image references that an image archive holds.
    package var images: [String]

    package init(
      path: String, sha256: String, size: Int64, role: String, name: String, version: String, arch: String = "amd64",
      images: [String] = []
    ) {
      self.path = path
      self.sha256 = sha256
      self.size = size
      self.role = role
      self.name = name
      self.version = version
      self.arch = arch
      self.images = images
    }
  }

  package var version: Int
  package var items: [Item]

  package init(version: Int = 1, items: [Item] = []) { (self.version, self.items) = (version, items) }

  /// The Kubernetes versions for which there is a kubelet, sorted as text.
  package var kubernetesVersions: [String] {
    Set(items.filter { $0.name == "kubelet" && !$0.version.isEmpty }.map(\.version)).sorted()
  }
}
