package import EaselModel

/// The distributions that this build knows.
package enum Distributions {
  package static let all: [any Distribution] = [KubeadmDistribution()]

  /// The distribution that a profile names.
  ///
  /// - Throws: `DistributionUnknown`, with the known ones.
  package static func named(_ name: String) throws(EaselError) -> any Distribution {
    guard let found = all.first(where: { $0.name == name }) else {
      throw EaselError(
        .refused, "DistributionUnknown", "there is no distribution \"\(name)\" in this build",
        advice: "use one of: \(all.map(\.name).joined(separator: ", "))", field: "spec.profile")
    }
    return found
  }
}
