internal import EaselEngine
package import EaselModel
package import EaselPlans

/// Runs an intent against a copy of a site, in the simulated world, until its operation ends or waits.
package enum Preview {
  /// - Parameter tellsPlans: each task's plan comes along in full, which may be long.
  /// - Throws: what the door would throw for the intent itself: nothing is changed either way.
  package static func of(
    _ intent: Intent, as actor: Actor, in site: SiteSnapshot, content: ContentIndex? = nil, tellsPlans: Bool = false
  ) throws -> PlanPreview {
    var rehearsal = Rehearsal(of: site)
    return try of(intent, as: actor, after: &rehearsal, content: content, tellsPlans: tellsPlans)
  }

  /// Several intents, each on what those before it lead to.
  ///
  /// - Parameters:
  ///   - content: what an intent is checked against.
  ///   - placing: gives the error of the intent at an index its place, for example in a file.
  /// - Throws: what the door would throw for the first of them that it refuses.
  package static func of(
    _ intents: [Intent], as actor: Actor, in site: SiteSnapshot,
    content: (Intent) throws -> ContentIndex? = { _ in nil },
    tellsPlans: Bool = false, placing: (Int, EaselError) -> EaselError
  ) throws -> [PlanPreview] {
    var rehearsal = Rehearsal(of: site)
    return try intents.enumerated().map { index, intent in
      do {
        return try of(intent, as: actor, after: &rehearsal, content: try content(intent), tellsPlans: tellsPlans)
      } catch let error as EaselError { throw placing(index, error) }
    }
  }

  /// The same on what the intents before it lead to.
  package static func of(
    _ intent: Intent, as actor: Actor, after rehearsal: inout Rehearsal, content: ContentIndex? = nil,
    tellsPlans: Bool = false
  ) throws -> PlanPreview {
    let site = try rehearsal.site()
    let admitted = try Admission.admit(
      intent, as: actor, in: site, content: content, now: site.now, newUID: { rehearsal.newUID() })
    guard let reference = admitted.submission.operation, isNew(intent) else {
      return PlanPreview(
        summary: "at once, without an operation; it would say: \(admitted.submission.message)", operation: nil,
        steps: [], permanent: [], interruptions: [], obstacles: [], hosts: [], credentials: [], expectedSeconds: 0,
        completes: true, timing: [], losses: [], machines: [:])
    }
    let copy = try self.copy(of: site)
    try copy.store.write(epoch: nil) { writer in
      for host in admitted.releasedClaims { try writer.deleteClaim(host: host) }
      for claim in admitted.newClaims { try writer.insert(claim) }
      for (kind, uid) in admitted.deletes { try writer.delete(kind, uid: uid) }
      for record in admitted.writes {
        let known = try writer.record(record.kind, uid: record.uid)
        try writer.put(record, expecting: known?.version ?? 0)
      }
    }
    for case .host(let host) in admitted.writes { copy.world.ensureHost(host) }
    // A cluster that is taken over stands already.
    if case .adoptCluster = intent {
      copy.world.mirror(try copy.snapshot())
      try copy.replaceLeader()
    }
    var operation = try copy.run(reference.name, limit: 7200)
    var obstacles = self.obstacles(of: operation)
    // What stands in the way is passed over where that may be, so that what would follow is told as well.
    for _ in 0..<8 where operation.status.phase == .stopped {
      guard try passOver(operation, copy) else { break }
      operation = try copy.run(reference.name, limit: 7200)
      obstacles += self.obstacles(of: operation).filter { !obstacles.contains($0) }
    }
    rehearsal.leads(to: copy)
    return try describe(
      operation, copy, from: site, message: admitted.submission.message, obstacles: obstacles, content: content,
      tellsPlans: tellsPlans)
  }

  /// What an operation has stopped or waits at, each in a sentence.
  private static func obstacles(of operation: Operation) -> [String] {
    guard !operation.status.phase.isFinal else {
      return operation.status.phase == .succeeded ? [] : [operation.status.message]
    }
    let items = operation.status.steps.flatMap(\.items).filter { $0.state == .stopped || $0.state == .blocked }
    guard !items.isEmpty else { return [operation.status.message] }
    return items.map { item in
      let text = item.message.withoutSkipping
      return item.name == operation.spec.target.name || text.hasPrefix("host ") ? text : "\(item.name): \(text)"
    }
  }

  /// Skips what an operation has stopped at in the copy; false where it may not be skipped.
  private static func passOver(_ operation: Operation, _ copy: SimulatedSite) throws -> Bool {
    var hasSkipped = false
    for step in operation.status.steps where step.skippable {
      for item in step.items where item.state == .stopped {
        do {
          try copy.submit(.skip(operation: operation.name, step: step.name, item: item.name))
          hasSkipped = true
        } catch let error as EaselError where error.code == "NotSkippable" { continue }
      }
    }
    return hasSkipped
  }

  private static func isNew(_ intent: Intent) -> Bool {
    switch intent {
    case .retry, .skip, .abort, .setMaintenance, .setHostKey, .setSiteKey, .setContent, .forgetCluster: false
    default: true
    }
  }

  /// The part of the site that the engine needs, in a store of its own, on simulated hosts without faults.
  private static func copy(of site: SiteSnapshot) throws -> SimulatedSite {
    let store = MemoryStore()
    var simulated = site.site
    if simulated.spec.simulation == nil { simulated.spec.simulation = Site.Simulation() }
    simulated.spec.simulation?.faultRate = 0
    try store.write(epoch: nil) { writer in
      try writer.put(.site(simulated), expecting: 0)
      for object in site.profiles { try writer.put(.profile(object), expecting: 0) }
      for object in site.hosts { try writer.put(.host(object), expecting: 0) }
      for object in site.clusters { try writer.put(.cluster(object), expecting: 0) }
      for object in site.machines { try writer.put(.machine(object), expecting: 0) }
      for object in site.operations where object.status.phase.isFinal {
        try writer.put(.operation(object), expecting: 0)
      }
      for claim in site.claims.values { try writer.insert(claim) }
    }
    var world = try SimulatedWorld(seed: simulated.spec.simulation?.seed ?? 1, now: site.now)
    world.tellsProgress = false
    world.mirror(site)
    let copy = try SimulatedSite(store: store, world: world, now: site.now)
    copy.keepsTranscript = false
    copy.remembersTasks = true
    copy.decidesTwice = false
    return copy
  }

  private static func describe(
    _ operation: Operation, _ copy: SimulatedSite, from site: SiteSnapshot, message: String, obstacles: [String],
    content: ContentIndex?, tellsPlans: Bool
  ) throws -> PlanPreview {
    let hosts = try copy.snapshot().hosts
    let tasks = copy.handedOut.filter { $0.spec.operation.uid == operation.uid }
    let titles = Dictionary(
      operation.status.steps.flatMap { step in step.items.map { ("\(step.name)/\($0.name)", step.title) } },
      uniquingKeysWith: { first, _ in first })
    var planes = site.machines.filter { $0.spec.cluster.uid == operation.spec.target.uid && $0.isControlPlane }.count
    var interruptions: [String] = []
    var steps: [PlanPreview.Step] = []
    for (index, task) in tasks.enumerated() {
      guard case .host(let host) = task.spec.target else { continue }
      let ended = copy.ended[task.uid] ?? copy.now
      let pause = interruption(task, planes: planes)
      if let pause { interruptions.append(pause.message) }
      if task.spec.context?.member.role == .controlPlane, task.spec.verb == .join || task.spec.verb == .initialize {
        planes += 1
      }
      if task.spec.verb == .removeEtcdMember { planes -= 1 }
      let plan = TaskPlan(
        task.spec.verb, context: task.spec.context,
        inventory: hosts.first(host.uid)?.status.inventory, content: content)
      steps.append(
        PlanPreview.Step(
          number: index + 1, host: host.name, item: task.spec.item, verb: task.spec.verb,
          title: task.spec.verb.words, reason: reason(task, titles), effect: task.spec.verb.effect,
          risk: risk(task, planes: planes), interruptionSeconds: pause?.seconds,
          secrets: task.spec.secrets.map { String($0.split(separator: "/").last ?? "") },
          startsAfterSeconds: Int(task.metadata.createdAt.seconds(since: operation.spec.requestedAt)),
          lastsSeconds: Int(ended.seconds(since: task.metadata.createdAt)),
          inside: plan?.titles ?? [], text: tellsPlans ? plan?.text : nil))
    }
    let ended = operation.status.phase == .succeeded && obstacles.isEmpty
    return PlanPreview(
      summary: message, operation: operation.spec.verb, steps: steps, permanent: permanent(operation, copy, site),
      interruptions: interruptions, obstacles: obstacles,
      hosts: Set(steps.map(\.host)).sorted(by: NaturalOrder.precedes),
      credentials: credentials(for: steps, hosts: hosts),
      expectedSeconds: Int((operation.status.finishedAt ?? copy.now).seconds(since: operation.spec.requestedAt)),
      completes: ended, timing: timing(of: operation), losses: losses(steps, in: site),
      machines: Dictionary(
        (Array(site.machines) + Array(try copy.snapshot().machines)).compactMap { machine in
          machine.host.map { ($0.name, machine.name) }
        }, uniquingKeysWith: { _, new in new }))
  }

  private static func timing(of operation: Operation) -> [PlanPreview.Timing] {
    operation.status.steps.map { step in
      let end = step.finishedAt ?? operation.status.finishedAt
      let seconds = step.startedAt.flatMap { start in end.map { $0.seconds(since: start) } } ?? 0
      return PlanPreview.Timing(step: step.name, title: step.title, items: step.items.count, seconds: seconds)
    }
  }

  /// The hosts that are reset with what a member has kept on them.
  private static func losses(_ steps: [PlanPreview.Step], in site: SiteSnapshot) -> [PlanPreview.Loss] {
    let members = Dictionary(
      site.machines.filter { $0.status.joinedAt != nil }.compactMap { machine in
        machine.host.map { ($0.name, machine.name) }
      }, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    return steps.filter { $0.verb == .reset && seen.insert($0.host).inserted }.compactMap { step in
      members[step.host].map { PlanPreview.Loss(host: step.host, machine: $0) }
    }.sorted { NaturalOrder.precedes($0.host, $1.host) }
  }

  private static func permanent(_ operation: Operation, _ copy: SimulatedSite, _ site: SiteSnapshot) -> [String] {
    switch operation.spec.verb {
    case .createCluster:
      guard let cluster = try? copy.snapshot().clusters.first(where: { $0.uid == operation.spec.target.uid }) else {
        return []
      }
      return [
        "endpoint \(cluster.endpointOrDefault)", "pod network \(cluster.spec.network.podCIDR)",
        "service network \(cluster.spec.network.serviceCIDR)", "profile \(cluster.spec.profile.name)",
      ]
    case .upgradeCluster: return ["Kubernetes cannot be downgraded"]
    case .resetHost:
      let name = operation.spec.target.name
      return [
        "what lies on \(name) of a cluster is lost: etcd data, keys, containers, images, volumes below /var/lib/kubelet",
        "a cluster elsewhere that still has \(name) as a member loses it",
      ]
    case .deleteCluster:
      return ["everything in cluster \(operation.spec.target.name) is lost, etcd and its keys included"]
    default: return []
    }
  }

  /// Where etcd or the API must pause, with the expected length.
  private static func interruption(_ task: DurableTask, planes: Int) -> (seconds: Int, message: String)? {
    let host = task.spec.item
    switch task.spec.verb {
    case .join where task.spec.context?.member.role == .controlPlane && planes == 1:
      return (10, "etcd pauses for about 10 s while \(host) becomes its second member")
    case .removeEtcdMember where planes == 2:
      return (5, "etcd pauses for about 5 s while it goes from two members to one")
    case .upgradeComponents where task.spec.context?.member.role == .controlPlane && planes == 1:
      return (60, "the API does not answer for about 60 s while \(host), the only control plane, is upgraded")
    case .upgradeComponents where task.spec.context?.member.role == .controlPlane && planes == 2:
      return (60, "etcd has no quorum for about 60 s while \(host), one of two, is upgraded")
    case .reboot where isControlPlane(task) && planes == 1:
      return (120, "the API does not answer for about 2 min while \(host), the only control plane, reboots")
    case .reboot where isControlPlane(task) && planes == 2:
      return (120, "etcd has no quorum for about 2 min while \(host), one of two, reboots")
    case .powerOff where isControlPlane(task) && planes == 1:
      return (0, "the API does not answer from then on until \(host), the only control plane, is powered on again")
    case .powerOff where isControlPlane(task) && planes <= 4:
      // etcd goes on with more than half of its members, and these are just that.
      return (0, "no other control plane may fail from then on until \(host) is powered on again")
    default: return nil
    }
  }

  private static func isControlPlane(_ task: DurableTask) -> Bool {
    task.spec.context?.member.role == .controlPlane
  }

  /// - Parameter planes: the control planes that stand once the task is done.
  private static func risk(_ task: DurableTask, planes: Int) -> String {
    switch task.spec.verb {
    case .drain: "a disruption budget may hold it"
    case .reset: "what the cluster keeps on this host is lost"
    case .reboot: "a host that does not start needs somebody at its console"
    case .powerOff:
      "it stays off until somebody powers it on"
        + (task.spec.scope == nil ? "" : "; its node stays cordoned")
    case .removeEtcdMember:
      // etcd needs more than half of its members.
      (planes - 1) / 2 == 0
        ? (planes == 1 ? "the one that stays may not fail" : "none of the \(planes) that stay may fail")
        : "\((planes - 1) / 2) of the \(planes) that stay may fail"
    default: ""
    }
  }

  private static func reason(_ task: DurableTask, _ titles: [String: String]) -> String {
    titles.filter { $0.key.hasSuffix("/\(task.spec.item)") }
      .first { _, title in Self.steps[task.spec.step]?.contains(title) ?? false }?.value
      ?? Self.steps[task.spec.step]?.first ?? task.spec.step
  }

  /// The titles of the workflow steps that a stage may belong to.
  private static let steps: [String: [String]] = WorkflowIndex.titlesByStage
}
