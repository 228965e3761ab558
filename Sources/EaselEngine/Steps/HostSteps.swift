internal import EaselModel

/// The steps that take a host in and let it go.
extension WorkflowStep {
  /// The host that the operation is about.
  static func target(_ draft: Draft) -> [Item] {
    guard let target = draft.operation?.spec.target, draft.hosts[target.uid] != nil else { return [] }
    return [Item(name: target.name, host: target.uid)]
  }

  private static func request(_ verb: TaskVerb, _ draft: Draft, _ item: Item, limit: Int) -> Act {
    guard let uid = item.host, let host = draft.hosts[uid] else { return .done }
    return .task(TaskRequest(verb: verb, target: ObjectReference(host), context: nil, timeLimit: limit))
  }

  static let adoptHost = WorkflowStep(
    "adopt-host", "Install the agent and read the inventory", items: target,
    [
      Stage(
        name: "adopt", title: "installing the agent",
        isDone: { draft, item in draft.succeeded(item: item.name, stage: "adopt") },
        act: { draft, item in request(.adopt, draft, item, limit: 300) })
    ])

  static let dismissHost = WorkflowStep(
    "dismiss-host", "Take the agent off", items: target,
    [
      Stage(
        name: "dismiss", title: "taking the agent off",
        skip: .stage("the agent stays installed on the host"),
        isDone: { draft, item in
          draft.succeeded(item: item.name, stage: "dismiss")
            || item.host.flatMap { draft.hosts[$0] }?.metadata.annotations["easel.dev/force-removal"] == "true"
              && item.host.flatMap { draft.hosts[$0] }?.status.phase != .ready
        },
        act: { draft, item in request(.dismiss, draft, item, limit: 120) })
    ])

  static let forgetHost = WorkflowStep(
    "forget-host", "Forget the host", items: target,
    [
      Stage(
        name: "forget-host", title: "forgetting the host",
        isDone: { draft, item in item.host.map { draft.isDeleted(host: $0) } ?? true },
        act: { draft, item in
          if let uid = item.host { draft.deleteHost(uid) }
          return .done
        })
    ])
}
