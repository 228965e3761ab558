package import EaselModel

extension ContentIndex {
  /// The roles that an item may have.
  package static let roles = ["binary", "cni", "image"]

  /// The largest file that is believed, in bytes: sizes are added up.
  private static let mostBytes: Int64 = 1 << 44

  /// What is wrong with the index itself: duplicates, malformed digests, unknown roles, paths that leave the directory.
  ///
  /// - Returns: one error for each fault, with the path of its field; empty when the index is sound.
  package func problems() -> [EaselError] {
    var problems: [EaselError] = []
    func report(_ index: Int, _ field: String, _ message: String) {
      problems.append(
        EaselError(
          .refused, "ContentInvalid", "content.json: \(message)", advice: "make the content directory again",
          field: "items[\(index)].\(field)"))
    }
    if version != 1 {
      problems.append(
        EaselError(
          .refused, "ContentInvalid", "content.json has version \(version), and this build reads version 1",
          advice: "use a content directory made for this build", field: "version"))
    }
    var paths: Set<String> = []
    var identities: Set<[String]> = []
    for (index, item) in items.enumerated() {
      if !paths.insert(item.path).inserted { report(index, "path", "\(item.path) is listed twice") }
      let identity = [item.role, item.name, item.version, item.arch] + item.images.sorted()
      if !identities.insert(identity).inserted {
        report(index, "name", "there are two of \(item.role) \(item.name) \(item.version) for \(item.arch)")
      }
      if !Self.roles.contains(item.role) {
        report(index, "role", "\"\(item.role)\" is no role; known are \(Self.roles.joined(separator: ", "))")
      }
      if !Self.isDigest(item.sha256) {
        report(index, "sha256", "\(item.path): \"\(item.sha256)\" is not a SHA-256 digest of 64 lower-case hex digits")
      }
      if item.size <= 0 { report(index, "size", "\(item.path) has no size") }
      if item.size > Self.mostBytes { report(index, "size", "\(item.path) has \(item.size) bytes, which no file has") }
      if !Self.staysInside(item.path) {
        report(index, "path", "\"\(item.path)\" is not a path inside the content directory")
      }
      if item.role == "image" && item.images.isEmpty {
        report(index, "images", "\(item.path) does not say which image references it holds")
      }
      for image in item.images where !Argument.isImageReference(image) {
        report(index, "images", "\"\(image)\" is not an image reference such as registry/name:tag")
      }
      if !Argument.isFileName(item.name) {
        report(index, "name", "\"\(item.name)\" is not a name of letters, digits, dot, dash and underscore")
      }
      if !item.version.isEmpty && KubernetesVersion(item.version) == nil {
        report(index, "version", "\"\(item.version)\" is not a version such as v1.31.4")
      }
    }
    return problems
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func staysInside(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/") && !path.utf8.contains(0)
      && !path.split(separator: "/", omittingEmptySubsequences: false).contains {
        $0.isEmpty || $0 == ".." || $0 == "."
      }
  }
}
