package import EaselEngine
package import EaselModel
internal import FoundationEssentials

/// Hosts, agents, etcd and Kubernetes in memory on a virtual clock. A value: copying it copies the world.
///
/// Everything that happens follows from the seed and the calls made; nothing reads a clock.
package struct SimulatedWorld: Sendable {
  package let seed: UInt64
  package var faultRate: Double
  /// Whether running tasks say how far they are; benchmarks turn it off.
  package var tellsProgress = true
  /// etcd's `--strict-reconfig-check`, which is on by default; a test turns it off to see the engine's own test alone.
  package var checksReconfiguration = true
  /// Whether agents refuse a site that is not their owner; a test turns it off to see that the invariant notices.
  package var checksOwner = true
  package internal(set) var now: Timestamp
  package internal(set) var hosts: [UID: SimulatedHost] = [:]
  package internal(set) var clusters: [UID: SimulatedCluster] = [:]
  var queue = EventQueue()
  var changed: Set<String> = []
  var looking: Set<Look> = []
  var sequence: Int64 = 0

  /// - Parameter parts: what `takeChangedParts` gave before, from the store; empty for a new world.
  /// - Throws: `BadWorld` when a part cannot be read.
  package init(seed: UInt64, faultRate: Double = 0, parts: [String: [UInt8]] = [:], now: Timestamp = .zero) throws {
    (self.seed, self.faultRate, self.now) = (seed, faultRate, now)
    let decoder = JSONDecoder()
    for (key, bytes) in parts {
      do {
        if key.hasPrefix("host/") {
          let host = try decoder.decode(SimulatedHost.self, from: Data(bytes))
          hosts[host.uid] = host
        } else if key.hasPrefix("cluster/") {
          let cluster = try decoder.decode(SimulatedCluster.self, from: Data(bytes))
          clusters[cluster.uid] = cluster
        }
      } catch {
        throw EaselError(.failed, "BadWorld", "reading part \(key) of the simulated world: \(error)")
      }
    }
    for host in hosts.values.sorted(by: { $0.name < $1.name }) {
      for task in host.running where task.remaining == nil { schedule(task, on: host.uid) }
      if let up = host.upAt { queue.add(.powerOn(host.uid), at: up) }
      if host.answers { hearAgain(host.uid, at: now) }
    }
  }

  // MARK: Hosts

  /// Makes the host exist, as a machine that was just racked; nothing happens if it is there.
  package mutating func ensureHost(_ host: Host) {
    guard hosts[host.uid] == nil else { return }
    update(host.uid, SimulatedHost(uid: host.uid, name: host.name, address: host.spec.address))
  }

  package mutating func forgetHost(_ uid: UID) {
    hosts[uid] = nil
    changed.insert("host/\(uid)")
  }

  // MARK: Tasks

  /// Hands a task to its host's agent, which answers a known key with its recorded outcome, attaches to a running one, and
  /// refuses an older epoch and every site but its owner.
  package mutating func start(_ task: DurableTask, from sender: HostOwner, now time: Timestamp) {
    move(to: time)
    guard case .host(let target) = task.spec.target else { return }
    if task.spec.verb == .powerOn, var host = hosts[target.uid], !host.alive, refusal(task, from: sender, host) == nil {
      accept(task, from: sender, &host)
      pressPowerButton(of: &host, for: task, in: sender.site)
      update(host.uid, host)
      return
    }
    guard var host = hosts[target.uid], host.answers else {
      queue.add(
        .refuse(
          task: task.uid,
          DurableTask.Failure(
            code: "HostUnreachable", message: "no answer from \(target.name) within 10 seconds", retryable: true)),
        at: now.adding(seconds: 10))
      return
    }
    if let refusal = refusal(task, from: sender, host) {
      host.refused += 1
      update(host.uid, host)
      if let refusal { queue.add(.refuse(task: task.uid, refusal), at: now.adding(seconds: 1)) }
      return
    }
    accept(task, from: sender, &host)
    defer { update(host.uid, host) }
    if let entry = host.journal[task.name], entry.site != sender.site { host.journal[task.name] = nil }
    if host.journal[task.name] != nil {
      queue.add(.reply(host: host.uid, key: task.name, task: task.uid), at: now.adding(seconds: 1))
      return
    }
    if host.running.contains(where: { $0.key == task.name && $0.site == sender.site }) { return }
    var random = RandomSource(seed: seed, for: task.name)
    let fault = fault(for: task, on: host, &random)
    var seconds = Durations.seconds(of: task.spec.verb, role: role(of: task), &random)
    if fault == .slow { seconds *= 4 }
    // What a former owner started ends first.
    let rest = host.running.filter { $0.site != sender.site }.map { $0.endsAt.seconds(since: now) }.max() ?? 0
    if task.spec.verb == .takeOver { seconds += max(0, rest) }
    let running = SimulatedHost.Running(
      key: task.name, uid: task.uid, verb: task.spec.verb, item: task.spec.item, site: sender.site,
      cluster: task.spec.context?.clusterUID, version: task.spec.context?.version,
      node: task.spec.context?.subject?.nodeName ?? task.spec.context?.member.nodeName ?? host.name,
      role: role(of: task), startedAt: now, endsAt: now.adding(seconds: seconds), fault: fault,
      bootID: task.spec.context?.bootID)
    host.running.append(running)
    schedule(running, on: host.uid)
    if fault == .reboot { queue.add(.boot(host.uid), at: now.adding(seconds: seconds / 2)) }
  }

  /// Why an agent does not take a task: an old epoch is not even answered, since its engine is gone. Nil when it does.
  private func refusal(
    _ task: DurableTask, from sender: HostOwner, _ host: SimulatedHost
  ) -> DurableTask.Failure?? {
    guard checksOwner, let owner = host.site, owner.site != sender.site else {
      return checksOwner && sender.epoch < host.fence ? .some(nil) : nil
    }
    if task.spec.verb == .takeOver {
      guard sender.epoch <= host.fence else { return nil }
      return DurableTask.Failure(
        code: "StaleEpoch", message: "\(host.name): \(owner.adoptionText), under epoch \(host.fence)", retryable: false)
    }
    return DurableTask.Failure(
      code: "OwnedByAnotherSite", message: "\(host.name) takes changes from another site: \(owner.adoptionText)",
      retryable: false)
  }

  private mutating func accept(_ task: DurableTask, from sender: HostOwner, _ host: inout SimulatedHost) {
    if task.spec.verb.isReadOnly || !checksOwner { return }
    host.fence = sender.epoch
    guard host.site?.site != sender.site else { return }
    // The next time that they look, sites hear who the owner is now.
    if host.site != nil { queue.add(.tellHost(host.uid), at: now.adding(seconds: 15)) }
    host.site = sender
    host.site?.since = now
  }

  /// Gives a task up: its host stops it before it takes effect, if it can be reached.
  package mutating func cancel(_ task: UID, now time: Timestamp) {
    move(to: time)
    for (uid, host) in hosts where host.answers && host.running.contains(where: { $0.uid == task }) {
      var host = host
      host.running.removeAll { $0.uid == task }
      update(uid, host)
    }
  }

  /// A new leader asks what became of a task: running is attached, finished is told, never seen is started.
  package mutating func ask(_ task: DurableTask, from sender: HostOwner, now time: Timestamp) {
    move(to: time)
    guard case .host(let target) = task.spec.target, let host = hosts[target.uid], host.answers else { return }
    start(task, from: sender, now: time)
  }

  /// Asks a question; the answer is an observation a second later. The same question twice at once is one.
  package mutating func look(_ look: Look, now time: Timestamp) {
    move(to: time)
    let key = Self.key(look)
    guard looking.insert(key).inserted else { return }
    queue.add(.look(look), at: now.adding(seconds: 1))
  }

  static func key(_ look: Look) -> Look {
    if case .cluster(let uid, _, let context) = look { .cluster(uid, via: [], context: bare(context)) } else { look }
  }

  private static func bare(_ context: TaskContext) -> TaskContext {
    TaskContext(
      clusterName: context.clusterName, clusterUID: context.clusterUID, distribution: "", version: context.version,
      endpoint: "", clusterPodCIDR: "", serviceCIDR: "",
      member: TaskContext.Member(nodeName: "", address: "", podCIDR: "", role: .worker), endpointAddress: "")
  }

  // MARK: Time

  /// When the next thing happens; nil when nothing is under way.
  package func nextEvent() -> Timestamp? { queue.first?.at }

  /// Lets the world go on to a time and returns what was observed on the way, in order.
  package mutating func advance(to time: Timestamp) -> [Observation] {
    var seen: [Observation] = []
    while let event = queue.first, event.at <= time {
      _ = queue.pop()
      move(to: event.at)
      happen(event.kind, at: event.at, &seen)
    }
    move(to: time)
    return seen
  }

  mutating func move(to time: Timestamp) { if time > now { now = time } }

  // MARK: Persistence

  /// The parts that have changed since the last call; nil for one that is gone.
  package mutating func takeChangedParts() -> [String: [UInt8]?] {
    var parts: [String: [UInt8]?] = [:]
    for key in changed {
      let uid = UID(String(key.drop { $0 != "/" }.dropFirst()))
      // Encoding plain values of our own cannot fail.
      let bytes =
        key.hasPrefix("host/")
        ? hosts[uid].flatMap { try? JSONWriter.encode($0) } : clusters[uid].flatMap { try? JSONWriter.encode($0) }
      parts.updateValue(bytes, forKey: key)
    }
    changed = []
    return parts
  }

  mutating func update(_ uid: UID, _ host: SimulatedHost) {
    hosts[uid] = host
    changed.insert("host/\(uid)")
  }

  mutating func update(_ cluster: SimulatedCluster) {
    clusters[cluster.uid] = cluster
    changed.insert("cluster/\(cluster.uid)")
  }

  mutating func forgetCluster(_ uid: UID) {
    clusters[uid] = nil
    changed.insert("cluster/\(uid)")
  }

  mutating func schedule(_ task: SimulatedHost.Running, on host: UID) {
    queue.add(.end(host: host, task: task.uid), at: task.endsAt)
    guard tellsProgress, task.endsAt > now else { return }
    let length = task.endsAt.milliseconds - task.startedAt.milliseconds
    let parts = Durations.titles(of: task.verb).count
    for part in 0..<parts {
      let at = Timestamp(milliseconds: task.startedAt.milliseconds + length * Int64(part) / Int64(parts))
      if at >= now { queue.add(.progress(host: host, task: task.uid, part: part), at: at) }
    }
  }

  private func role(of task: DurableTask) -> Machine.Role {
    task.spec.context?.subject?.role ?? task.spec.context?.member.role ?? .worker
  }

  private func fault(for task: DurableTask, on host: SimulatedHost, _ random: inout RandomSource) -> SimulatedFault? {
    let verb = task.spec.verb
    if host.diskFull, verb == .stage || verb == .prepare { return .diskFull }
    let cluster = task.spec.context.flatMap { clusters[$0.clusterUID] }
    if verb == .drain, let node = task.spec.context?.subject?.nodeName, cluster?.budgets[node] != nil {
      return .drainBlocked
    }
    guard faultRate > 0, random.chance() < faultRate else { return nil }
    let possible = SimulatedFault.allCases.filter { fault in
      switch fault {
      case .diskFull: verb == .stage || verb == .prepare
      case .secretsExpired: verb == .join
      case .drainBlocked: verb == .drain
      // A host that is told to go down, or up, does that and nothing else: a boot of its own would bring it back.
      case .reboot: verb != .reboot && verb != .powerOff && verb != .powerOn
      default: true
      }
    }
    return possible[random.below(possible.count)]
  }
}
