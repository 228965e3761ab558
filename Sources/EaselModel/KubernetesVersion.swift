/// A Kubernetes release such as `v1.31.4`, optionally with a pre-release part (`v1.32.0-rc.1`).
///
/// Build metadata (`+k3s1`) is kept and printed but does not take part in ordering.
package struct KubernetesVersion: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package var major: Int
  package var minor: Int
  package var patch: Int
  package var prerelease: String
  package var build: String

  package init(major: Int, minor: Int, patch: Int, prerelease: String = "", build: String = "") {
    (self.major, self.minor, self.patch, self.prerelease, self.build) = (major, minor, patch, prerelease, build)
  }

  /// Reads `v1.2.3[-pre][+build]`; the leading `v` is required, as everywhere in Kubernetes. Nil for anything else.
  package init?(_ text: String) {
    guard text.hasPrefix("v") else { return nil }
    var rest = text.dropFirst()
    var build = ""
    if let plus = rest.firstIndex(of: "+") {
      build = String(rest[rest.index(after: plus)...])
      rest = rest[..<plus]
      if build.isEmpty { return nil }
    }
    var prerelease = ""
    if let dash = rest.firstIndex(of: "-") {
      prerelease = String(rest[rest.index(after: dash)...])
      rest = rest[..<dash]
      if prerelease.isEmpty { return nil }
    }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var numbers: [Int] = []
    for part in parts {
      guard !part.isEmpty, part.count <= 4, part.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(part)
      else { return nil }
      if part.count > 1 && part.hasPrefix("0") { return nil }
      numbers.append(number)
    }
    self.init(major: numbers[0], minor: numbers[1], patch: numbers[2], prerelease: prerelease, build: build)
  }

  package var description: String {
    "v\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-\(prerelease)") + (build.isEmpty ? "" : "+\(build)")
  }

  package static func < (a: KubernetesVersion, b: KubernetesVersion) -> Bool {
    if (a.major, a.minor, a.patch) != (b.major, b.minor, b.patch) {
      return (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
    }
    // A pre-release comes before its release (Semantic Versioning 2.0, 11).
    if a.prerelease.isEmpty || b.prerelease.isEmpty { return !a.prerelease.isEmpty && b.prerelease.isEmpty }
    return a.prerelease < b.prerelease
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let version = KubernetesVersion(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is not a Kubernetes version such as v1.31.4")
    }
    self = version
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
