extension ClusterValidation {
  /// All that is wrong with a spec, and with putting it in the place of the one that stands, if there is one.
  ///
  /// An even control plane that stands already, after a removal or an abort, must not stop other changes.
  package static func check(
    name: String, spec: Cluster.Spec, insteadOf standing: Cluster.Spec?, profile: Profile?
  ) -> [EaselError] {
    guard let standing else { return check(name: name, spec: spec, profile: profile) }
    let change = checkChange(from: standing, to: spec)
    let isAsLarge = spec.controlPlane.replicas == standing.controlPlane.replicas
    return change
      + check(name: name, spec: spec, profile: profile).filter { problem in
        !(isAsLarge && problem.code == "ControlPlaneSize") && !change.contains { $0.field == problem.field }
      }
  }

  /// What is wrong with changing one spec to another: permanent fields and version steps.
  ///
  /// An endpoint that is not given means the one that is; see `Cluster.Spec.keepingDefaults(of:)`.
  package static func checkChange(from old: Cluster.Spec, to new: Cluster.Spec) -> [EaselError] {
    var findings = Findings()
    func permanent(_ field: String, _ before: String, _ after: String) {
      if before == after { return }
      findings.add(
        field, "Permanent", "it is fixed for the life of the cluster: \"\(before)\" cannot become \"\(after)\"",
        advice: "put back \"\(before)\", or create another cluster with \"\(after)\"")
    }
    permanent("spec.mode", old.mode.rawValue, new.mode.rawValue)
    permanent("spec.profile.name", old.profile.name, new.profile.name)
    permanent("spec.network.podCIDR", old.network.podCIDR, new.network.podCIDR)
    permanent("spec.network.serviceCIDR", old.network.serviceCIDR, new.network.serviceCIDR)
    if let endpoint = new.controlPlane.endpoint {
      permanent("spec.controlPlane.endpoint", old.controlPlane.endpoint ?? "", endpoint)
    }
    checkVersions(from: old.kubernetesVersion, to: new.kubernetesVersion, &findings)
    return findings.errors
  }

  private static func checkVersions(
    from old: KubernetesVersion, to new: KubernetesVersion, _ findings: inout Findings
  ) {
    let field = "spec.kubernetesVersion"
    if new < old {
      // Kubernetes' version skew policy: no component may be newer than the API server, so nothing can be taken back.
      findings.add(
        field, "Downgrade", "\(new) is older than \(old), and Kubernetes cannot be downgraded",
        advice: "stay at \(old), or create another cluster with \(new)")
    } else if new.major != old.major || new.minor > old.minor + 1 {
      findings.add(
        field, "SkipsMinor", "from \(old) to \(new) skips a minor release; upgrades go one minor at a time",
        advice: "upgrade to a release of v\(old.major).\(old.minor + 1) first")
    }
  }
}

extension Cluster.Spec {
  /// This spec with what it leaves open taken from the spec that stands: the endpoint, the profile's version.
  package func keepingDefaults(of standing: Cluster.Spec) -> Cluster.Spec {
    var spec = self
    if spec.controlPlane.endpoint == nil { spec.controlPlane.endpoint = standing.controlPlane.endpoint }
    if spec.profile.version.isEmpty { spec.profile.version = standing.profile.version }
    return spec
  }
}
