/// A Kubernetes release such as `v1.31.4`, optionally with a pre-release part (`v1.32.0-rc.1`).
///
/// Build metadata (`+k3s1`) is kept and printed but does not take part in ordering.
package struct KubernetesVersion: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  // Small: a machine holds several.
  private var numbers: (major: UInt16, minor: UInt16, patch: UInt16)
  /// `-prerelease+build`, either of which may be missing.
  private var suffix: String

  /// Numbers of at most 65535.
  package init(major: Int, minor: Int, patch: Int, prerelease: String = "", build: String = "") {
    numbers = (UInt16(clamping: major), UInt16(clamping: minor), UInt16(clamping: patch))
    suffix = (prerelease.isEmpty ? "" : "-\(prerelease)") + (build.isEmpty ? "" : "+\(build)")
  }

  package var major: Int { Int(numbers.major) }
  package var minor: Int { Int(numbers.minor) }
  package var patch: Int { Int(numbers.patch) }

  package var prerelease: String {
    get { String(suffix.prefix { $0 != "+" }.dropFirst()) }
    set { self = Self(major: major, minor: minor, patch: patch, prerelease: newValue, build: build) }
  }

  package var build: String { String(suffix.drop { $0 != "+" }.dropFirst()) }

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
    "v\(numbers.major).\(numbers.minor).\(numbers.patch)" + suffix
  }

  package static func == (a: KubernetesVersion, b: KubernetesVersion) -> Bool {
    a.numbers == b.numbers && a.suffix == b.suffix
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(numbers.major)
    hasher.combine(numbers.minor)
    hasher.combine(numbers.patch)
    hasher.combine(suffix)
  }

  package static func < (a: KubernetesVersion, b: KubernetesVersion) -> Bool {
    if a.numbers != b.numbers { return a.numbers < b.numbers }
    if a.suffix == b.suffix { return false }
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

extension KubernetesVersion: Packable {
  package func pack(into writer: inout PackedWriter) {
    writer.add(major)
    writer.add(minor)
    writer.add(patch)
    writer.add(word: suffix)
  }

  package init(packed reader: inout PackedReader) {
    numbers = (UInt16(reader.count()), UInt16(reader.count()), UInt16(reader.count()))
    suffix = reader.word()
  }
}
