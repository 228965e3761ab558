internal import EaselEngine
internal import EaselModel
internal import EaselTerminal

/// What can be said to an operation that stopped or runs.
enum OperationActions {
  /// Whether an action can do something with an operation as it is.
  static func offers(_ action: ActionID, _ operation: Operation?) -> Bool {
    guard let operation else { return !action.rawValue.hasPrefix("operation.") }
    switch action {
    case "operation.retry": return operation.status.phase == .stopped
    case "operation.skip":
      return operation.status.phase == .stopped
        && operation.stepsAtWork.contains { $0.state == .stopped && $0.skippable }
    case "operation.abort": return !operation.status.phase.isFinal && !operation.isAborting
    case "operation.compare": return operation.spec.before != nil
    // Whether an engine runs, the operation does not say.
    case "operation.engine": return false
    default: return true
    }
  }

  /// - Parameter line: the step and item that are selected, if one is.
  static func requests(
    _ action: ActionID, operation: Operation, line: (step: String, item: String?)?, _ surroundings: Surroundings
  ) -> [Request] {
    let name = operation.name
    switch action {
    case "operation.retry", "operation.skip", "operation.abort":
      if operation.status.phase.isFinal {
        return [.say(ended(operation, action, surroundings.site), isProblem: false)]
      }
    default: break
    }
    switch action {
    case "operation.engine":
      guard let site = surroundings.site, Standstill(of: operation, site) != nil else {
        return [.say(tr("\(name) needs no engine now"), isProblem: false)]
      }
      return Attention.Place.engine.requests
    case "operation.retry":
      guard operation.status.phase == .stopped else {
        return [.say(tr("\(name) has not stopped: there is nothing to retry"), isProblem: false)]
      }
      let part = stopped(operation, line)
      let what =
        part.map { part in
          part.item.map { tr("\($0), step \"\(part.title)\"") } ?? tr("step \"\(part.title)\"")
        } ?? tr("everything that stopped")
      let body: [[Span]] = [[Span(tr("Try again: \(what). Attempts are counted anew."))], []]
      return [
        .ask(
          Dialog(tr("Retry \(name)"), body: body, confirm: tr("Retry")),
          [.submit(ChangeSet(.retry(operation: name, step: part?.step, item: part?.item)))])
      ]
    case "operation.skip":
      if let named = line?.item, let step = operation.stepsAtWork.first(where: { $0.name == line?.step }),
        step.items.first(where: { $0.name == named })?.state != .stopped
      {
        return [.say(tr("\(named) has not stopped at \"\(step.title)\": there is nothing to skip"), isProblem: true)]
      }
      guard let part = stopped(operation, line), let item = part.item else {
        return [.say(tr("select the host that stopped, then skip it"), isProblem: false)]
      }
      guard let step = operation.stepsAtWork.first(where: { $0.name == part.step }), step.skippable else {
        return [.say(tr("\"\(part.title)\" cannot be skipped: what follows depends on it"), isProblem: true)]
      }
      let stage = step.items.first { $0.name == item }?.stage
      let skip = stage.flatMap { WorkflowIndex.skip(part.step, stage: $0, of: operation.spec.verb) }
      let body = skipping(skip, part.title, on: item)
      return [
        .ask(
          Dialog(tr("Skip on \(item)"), body: body, confirm: tr("Skip")),
          [.submit(ChangeSet(.skip(operation: name, step: part.step, item: item)))])
      ]
    case "operation.abort":
      guard !operation.isAborting else { return [.say(tr("\(name) is being aborted already"), isProblem: false)] }
      let left = operation.status.steps.flatMap { step -> [String] in
        if step.state == .waiting { return [step.title] }
        let items = step.items.filter { $0.state == .waiting || $0.state == .stopped || $0.state == .blocked }
        return items.isEmpty ? [] : ["\(step.title): \(items.map(\.name).joined(separator: ", "))"]
      }
      var body: [[Span]] = [[Span(abortion(operation))]]
      if !left.isEmpty {
        body.append([])
        body.append([Span(tr("Not done then:"), .heading)])
        body += left.map { [Span("  "), Span($0)] }
      }
      body.append([])
      return [
        .ask(
          Dialog(tr("Abort \(name)"), body: body, confirm: tr("Abort"), cancel: tr("Let it go on")),
          [.submit(ChangeSet(.abort(operation: name)))])
      ]
    case "operation.compare":
      guard let site = surroundings.site, operation.spec.before != nil else {
        return [.say(tr("\(name) changes no definition that stood before"), isProblem: false)]
      }
      guard let cluster = site.cluster(operation.spec.target.name), cluster.uid == operation.spec.target.uid else {
        return [.say(tr("cluster \(operation.spec.target.name) is not there any more"), isProblem: false)]
      }
      return [.open(CompareScreen(cluster, site: site, operation: name))]
    case "operation.target":
      return operation.spec.target.kind == .cluster
        ? [.open(ClusterDetailScreen(operation.spec.target.name))]
        : [.open(HostDetailScreen(operation.spec.target.name))]
    default: return []
    }
  }

  /// What is left out, and what that means.
  ///
  /// - Parameter skip: nil where the engine that leads knows a stage that this build does not.
  private static func skipping(_ skip: WorkflowIndex.Skip?, _ title: String, on item: String) -> [[Span]] {
    guard let skip else { return [[Span(tr("Go on without \"\(title)\" on \(item)."))], []] }
    let what =
      skip.leavesItem
      ? tr("\"\(title)\" is left out on \(item), where it stopped at \(skip.doing).")
      : tr("\(item) goes on without \(skip.doing); the rest of \"\(title)\" is done.")
    return [[Span(what)], [Span(tr("That means: \(skip.means)."))], []]
  }

  /// That nothing can be said to it any more, and what to do instead where something is left undone.
  static func ended(_ operation: Operation, _ action: ActionID, _ site: SiteView?) -> String {
    let (name, phase) = (operation.name, operation.status.phase)
    let text = tr("\(name) has ended: \(Words.word(phase))")
    guard phase != .succeeded, action == "operation.retry" else { return text }
    let target = operation.spec.target
    let isThere = target.kind == .cluster ? site?.cluster(target.name) != nil : site?.host(target.name) != nil
    return isThere
      ? tr("\(text). Ask for the change anew: c opens \(target.name)") : tr("\(text). Ask for it anew")
  }

  /// What an abort does, as far as it depends on what the operation is about.
  private static func abortion(_ operation: Operation) -> String {
    let target = operation.spec.target
    switch operation.spec.verb {
    case .createCluster, .scaleControlPlane, .scalePool, .changeCluster:
      return tr(
        """
        It stops after the running step. What stands stays; hosts that have not joined are cleaned and free again; \
        the definition of \(target.name) is set to what stands.
        """)
    case .upgradeCluster, .removeMachine, .deleteCluster:
      return tr(
        "It stops after the running step. What is done stays; the definition of \(target.name) is set to what stands.")
    default: return tr("It stops after the running step. What is done on \(target.name) stays.")
    }
  }

  /// The same for several operations: one question for all of them.
  static func requests(
    _ action: ActionID, operations: [Operation], _ surroundings: Surroundings
  ) -> [Request] {
    guard operations.count > 1 else {
      return operations.first.map { requests(action, operation: $0, line: nil, surroundings) } ?? []
    }
    func ask(_ title: String, _ body: String, _ confirm: String, _ chosen: [Operation], _ intent: (String) -> Intent)
      -> [Request]
    {
      guard !chosen.isEmpty else {
        return [.say(tr("none of the marked operations can be told that"), isProblem: false)]
      }
      let names = chosen.map { [Span("  \($0.name)")] }
      return [
        .ask(
          Dialog(
            tr(
              chosen.count, one: "\(title) \(chosen.count) operation", other: "\(title) \(chosen.count) operations"),
            body: [[Span(body)]] + names + [[]], confirm: confirm),
          chosen.map { .submit(ChangeSet(intent($0.name))) })
      ]
    }
    switch action {
    case "operation.retry":
      return ask(
        tr("Retry"), tr("Try again everything that stopped in:"), tr("Retry"),
        operations.filter { $0.status.phase == .stopped }
      ) { .retry(operation: $0, step: nil, item: nil) }
    case "operation.abort":
      return ask(
        tr("Abort"), tr("They stop after the running step; nothing is undone:"), tr("Abort"),
        operations.filter { !$0.status.phase.isFinal && !$0.isAborting }
      ) { .abort(operation: $0) }
    default: return requests(action, operation: operations[0], line: nil, surroundings)
    }
  }

  private static func stopped(
    _ operation: Operation, _ line: (step: String, item: String?)?
  ) -> (step: String, title: String, item: String?)? {
    let steps = operation.stepsAtWork.filter { $0.state == .stopped }
    guard let step = steps.first(where: { $0.name == line?.step }) ?? steps.first else { return nil }
    let items = step.items.filter { $0.state == .stopped }
    let item =
      line?.step == step.name
      ? items.first { $0.name == line?.item } ?? (items.count == 1 ? items.first : nil)
      : items.count == 1 ? items.first : nil
    return (step.name, step.title, item?.name)
  }
}
