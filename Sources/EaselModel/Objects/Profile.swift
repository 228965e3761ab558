/// A versioned definition of what a cluster consists of: today its distribution and the versions it allows; layers come later.
package struct Profile: Resource {
  package static let kind = Kind.profile
  package var metadata: Metadata
  package var spec: Spec
  package var scope: UID? { nil }

  package init(metadata: Metadata, spec: Spec) { (self.metadata, self.spec) = (metadata, spec) }

  package struct Spec: Codable, Sendable, Hashable {
    package var version: String
    /// The distribution's name, for example `kubeadm`.
    package var distribution: String
    /// The oldest and newest Kubernetes minor that the profile allows, for example `v1.20` and `v1.35`.
    package var oldestMinor: Int
    package var newestMinor: Int
    /// What lies above Kubernetes; empty until layers exist.
    package var layers: [Layer]

    package init(version: String, distribution: String, oldestMinor: Int, newestMinor: Int, layers: [Layer] = []) {
      self.version = version
      self.distribution = distribution
      self.oldestMinor = oldestMinor
      self.newestMinor = newestMinor
      self.layers = layers
    }
  }

  package struct Layer: Codable, Sendable, Hashable {
    package var name: String
    package var kind: String

    package init(name: String, kind: String) { (self.name, self.kind) = (name, kind) }
  }

  /// The profile that every site has from its first moment.
  package static func builtIn(at now: Timestamp) -> Profile {
    Profile(
      metadata: Metadata(name: "kubeadm", uid: "profile-kubeadm", createdAt: now),
      spec: Spec(version: "1.0.0", distribution: "kubeadm", oldestMinor: 20, newestMinor: 35))
  }
}
