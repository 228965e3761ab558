internal import EaselModel
internal import EaselTerminal

/// One field of two definitions beside each other.
struct ComparedField: Sendable, Hashable {
  enum Difference: Sendable, Hashable { case same, added, removed, changed }

  /// As the file names it, without `spec`.
  var path: String
  /// Nil where that side does not have the field.
  var before: String?
  var after: String?

  var difference: Difference {
    if before == after { return .same }
    return before == nil ? .added : after == nil ? .removed : .changed
  }
}

/// Two definitions, field by field.
enum SpecComparison {
  typealias Fields = [(path: String, value: String)]

  static func compare(_ before: Fields, _ after: Fields) -> [ComparedField] {
    let old = Dictionary(before.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
    var paths = after.map(\.path)
    var previous: String?
    for (path, _) in before {
      if new[path] == nil {
        let place = previous.flatMap { paths.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        paths.insert(path, at: place)
      }
      previous = path
    }
    return paths.map { ComparedField(path: $0, before: old[$0], after: new[$0]) }
  }

  static func fields(_ spec: Cluster.Spec) -> Fields {
    var fields: Fields = [
      ("mode", spec.mode.rawValue), ("profile.name", spec.profile.name), ("profile.version", spec.profile.version),
      ("kubernetesVersion", spec.kubernetesVersion.description), ("network.podCIDR", spec.network.podCIDR),
      ("network.serviceCIDR", spec.network.serviceCIDR), ("controlPlane.replicas", "\(spec.controlPlane.replicas)"),
    ]
    if !spec.controlPlane.hosts.isEmpty {
      fields.append(("controlPlane.hosts", spec.controlPlane.hosts.joined(separator: ", ")))
    }
    if let endpoint = spec.controlPlane.endpoint { fields.append(("controlPlane.endpoint", endpoint)) }
    for pool in spec.pools {
      let path = "pools[\(pool.name)]"
      fields.append(("\(path).replicas", "\(pool.replicas)"))
      if !pool.hosts.isEmpty { fields.append(("\(path).hosts", pool.hosts.joined(separator: ", "))) }
      for (key, value) in pool.labels.sorted(by: { $0.key < $1.key }) {
        fields.append(("\(path).labels.\(key)", value))
      }
      for taint in pool.taints { fields.append(("\(path).taints[\(taint.key)]", TaintText.text(taint))) }
      fields.append(("\(path).rollout.maxUnavailable", "\(pool.rollout.maxUnavailable)"))
      fields.append(("\(path).rollout.drainTimeoutSeconds", "\(pool.rollout.drainTimeoutSeconds)"))
    }
    return fields
  }

  static func fields(_ spec: Profile.Spec) -> Fields {
    [
      ("version", spec.version), ("distribution", spec.distribution), ("oldestMinor", "v1.\(spec.oldestMinor)"),
      ("newestMinor", "v1.\(spec.newestMinor)"),
    ] + spec.layers.map { ("layers[\($0.name)]", $0.kind) }
  }
}

/// Taints as people write them: `key=value:NoSchedule`.
enum TaintText {
  static func text(_ taint: Cluster.Taint) -> String {
    taint.key + (taint.value.map { "=\($0)" } ?? "") + ":\(taint.effect.rawValue)"
  }

  /// Nil for what is no taint.
  static func taint(_ text: some StringProtocol) -> Cluster.Taint? {
    guard let colon = text.lastIndex(of: ":"),
      let effect = Cluster.Taint.Effect(rawValue: String(text[text.index(after: colon)...]))
    else { return nil }
    let parts = String(text[..<colon]).split(separator: "=" as Character, maxSplits: 1).map(String.init)
    guard let key = parts.first, !key.isEmpty else { return nil }
    return Cluster.Taint(key: key, value: parts.count > 1 ? parts[1] : nil, effect: effect)
  }
}

/// The definitions that a cluster has had, as far as its operations remember them.
enum SpecHistory {
  struct Version: Sendable {
    var label: String
    /// The operation that ended it; nil for the one that stands.
    var operation: String?
    var spec: Cluster.Spec
  }

  /// The oldest first; the last one is what is wanted now.
  static func versions(of cluster: Cluster, site: SiteView) -> [Version] {
    var versions = site.operations(on: cluster.uid).reversed().compactMap { operation in
      operation.spec.before.map {
        Version(label: tr("before \(operation.name)"), operation: operation.name, spec: $0)
      }
    }
    let now = cluster.status.operation.map { tr("wanted now, by \($0)") } ?? tr("now")
    versions.append(Version(label: now, operation: nil, spec: cluster.spec))
    // What an operation did not change, such as a drain, is no version of its own.
    return versions.indices.filter { $0 == versions.count - 1 || versions[$0].spec != versions[$0 + 1].spec }
      .map { versions[$0] }
  }
}
