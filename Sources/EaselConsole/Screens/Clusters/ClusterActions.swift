internal import EaselModel
internal import EaselTerminal

/// What can be done with a cluster: the same from the list, the detail and the command line.
enum ClusterActions {
  /// Whether an action can do something with a cluster as it is.
  static func offers(_ action: ActionID, _ cluster: Cluster?) -> Bool {
    if action == "cluster.create" || action == "cluster.apply" { return true }
    guard let cluster else { return false }
    switch action {
    case "cluster.scale", "cluster.upgrade", "cluster.edit", "cluster.delete": return cluster.status.operation == nil
    default: return true
    }
  }

  static func requests(_ action: ActionID, cluster: Cluster?, _ surroundings: Surroundings) -> [Request] {
    guard let site = surroundings.site else { return [] }
    if action == "cluster.create" { return [.open(CreateWizardScreen(surroundings))] }
    if action == "cluster.apply" { return [.open(ApplyScreen())] }
    guard let cluster else { return [.say(tr("no cluster is selected"), isProblem: false)] }
    switch action {
    case "cluster.scale": return whenIdle(cluster, site) { [.open(ScaleScreen(cluster))] }
    case "cluster.upgrade": return whenIdle(cluster, site) { [.open(UpgradeScreen(cluster, surroundings))] }
    case "cluster.edit": return whenIdle(cluster, site) { [.open(EditScreen(cluster.name))] }
    case "cluster.compare":
      if SpecHistory.versions(of: cluster, site: site).count < 2 {
        return [.say(tr("\(cluster.name) has had one definition only"), isProblem: false)]
      }
      return [.open(CompareScreen(cluster, site: site))]
    case "cluster.delete": return whenIdle(cluster, site) { [.open(DeleteScreen.page(cluster))] }
    case "cluster.operation":
      guard let name = cluster.status.operation ?? site.operations(on: cluster.uid).first?.name else {
        return [.say(tr("\(cluster.name) has had no operation"), isProblem: false)]
      }
      return [.open(OperationDetailScreen(name))]
    default: return []
    }
  }

  /// A cluster has at most one operation that changes it.
  private static func whenIdle(_ cluster: Cluster, _ site: SiteView, _ requests: () -> [Request]) -> [Request] {
    guard let operation = cluster.status.operation else { return requests() }
    let hasStopped = site.operation(operation)?.status.phase == .stopped
    return [
      .say(
        hasStopped
          ? tr("\(operation) has stopped halfway: o opens it, and there r tries again and A aborts it")
          : tr("\(operation) is changing \(cluster.name): wait for it, or open it with o and abort it with A"),
        isProblem: true)
    ]
  }
}
