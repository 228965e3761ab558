internal import EaselModel
internal import EaselTerminal

/// All that is wrong with a text.
struct DefinitionProblems: Error {
  var errors: [EaselError]
}

/// What an edited text asks for, or all that is wrong with it, by line and column.
enum EditedDefinition {
  static func spec(
    _ reading: DefinitionReading, of cluster: Cluster, site: SiteView?
  ) -> Result<Cluster.Spec, DefinitionProblems> {
    if !reading.problems.isEmpty { return .failure(DefinitionProblems(errors: reading.problems)) }
    guard reading.objects.count == 1, let object = reading.objects.first, case .cluster(let edited) = object.record
    else {
      return .failure(
        DefinitionProblems(errors: [
          EaselError(
            .usage, "NotOneCluster", tr("the text must hold cluster \(cluster.name) and nothing else"),
            advice: tr("put it back, or begin anew"))
        ]))
    }
    var problems: [EaselError] = []
    if edited.name != cluster.name {
      problems.append(
        EaselError(
          .refused, "Permanent", tr("a cluster's name cannot be changed"), advice: tr("put back \(cluster.name)"),
          field: "metadata.name"))
    }
    let spec = edited.spec.keepingDefaults(of: cluster.spec)
    problems += ClusterValidation.check(
      name: cluster.name, spec: spec, insteadOf: cluster.spec, profile: site?.profile(spec.profile))
    if problems.isEmpty { return .success(spec) }
    return .failure(DefinitionProblems(errors: problems.map(object.placed)))
  }
}
