import EaselModel
import EaselPlans
import Synchronization

@testable import EaselConsole

/// A site that does what it is asked, one step of an operation at each `advance`: enough behaviour to play the whole cycle.
final class PlaySite: SiteAccess {
  private struct State {
    var snapshot: SiteSnapshot
    var events: [Event] = []
    var audit: [AuditRecord] = []
    var wanted: [UID: Cluster.Spec] = [:]
    var number = 0
  }

  private let state: Mutex<State>
  /// A machine on which the next step stops; cleared by a retry.
  let trouble = Mutex<String?>(nil)

  init(hosts: Int, isSimulated: Bool = true) {
    var snapshot = Fixture.emptySnapshot(hosts: hosts)
    if !isSimulated { snapshot.site.spec.simulation = nil }
    state = Mutex(State(snapshot: snapshot))
  }

  func snapshot() throws -> SiteSnapshot { state.withLock { $0.snapshot } }
  func log(ofTask name: String, from line: Int) throws -> [String] { [] }

  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    state.withLock { state in Array(state.events.filter { $0.sequence > sequence }.prefix(limit)) }
  }

  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    state.withLock { state in Array(state.audit.filter { $0.sequence > sequence }.prefix(limit)) }
  }

  static func check(_ intent: Intent, _ site: SiteSnapshot) throws {
    switch intent {
    case .createCluster(let name, let spec, _):
      if let error = ClusterValidation.check(name: name, spec: spec, profile: site.profiles.first).first { throw error }
      if site.clusters.contains(where: { $0.name == name }) {
        throw EaselError(.conflict, "Exists", "there is a cluster \(name) already")
      }
    case .changeCluster(let name, let spec, _):
      guard let cluster = site.clusters.first(where: { $0.name == name }) else {
        throw EaselError(.notFound, "NotFound", "there is no cluster \(name)")
      }
      if let error = ClusterValidation.checkChange(from: cluster.spec, to: spec).first { throw error }
      if let running = cluster.status.operation { throw EaselError(.conflict, "Busy", "\(running) is changing it") }
    default: break
    }
  }

  func submit(_ intent: Intent, as actor: Actor) throws -> Submission {
    try state.withLock { state in
      try Self.check(intent, state.snapshot)
      state.number += 1
      state.snapshot.version += 1
      switch intent {
      case .createCluster(let name, let spec, _):
        var cluster = Cluster(
          metadata: Metadata(name: name, uid: UID("c\(state.number)"), createdAt: state.snapshot.now), spec: spec)
        cluster.status.phase = .provisioning
        state.snapshot.clusters.append(cluster)
        state.wanted[cluster.uid] = spec
        return start(
          .createCluster, "create-\(name)-\(state.number)", cluster, actor, &state,
          steps: ["Check the hosts", "Start the first control plane", "Join the workers"])
      case .changeCluster(let name, let spec, _):
        guard let index = state.snapshot.clusters.firstIndex(where: { $0.name == name }) else { break }
        let upgrades = state.snapshot.clusters[index].spec.kubernetesVersion != spec.kubernetesVersion
        state.snapshot.clusters[index].spec = spec
        state.snapshot.clusters[index].status.phase = upgrades ? .upgrading : .scaling
        state.wanted[state.snapshot.clusters[index].uid] = spec
        return start(
          upgrades ? .upgradeCluster : .scaleControlPlane, "\(upgrades ? "upgrade" : "scale")-\(name)-\(state.number)",
          state.snapshot.clusters[index], actor, &state,
          steps: ["Check that it is possible", upgrades ? "Upgrade machines" : "Change members"])
      case .deleteCluster(let name):
        guard let index = state.snapshot.clusters.firstIndex(where: { $0.name == name }) else { break }
        state.snapshot.clusters[index].status.phase = .deleting
        return start(
          .deleteCluster, "delete-\(name)-\(state.number)", state.snapshot.clusters[index], actor, &state,
          steps: ["Reset the hosts"])
      case .setMaintenance(let name, let on):
        if let index = state.snapshot.hosts.firstIndex(where: { $0.name == name }) {
          state.snapshot.hosts[index].spec.maintenance = on
        }
        return Submission(operation: nil, message: "maintenance of \(name) is \(on ? "on" : "off")")
      case .addHost(let name, let spec, _):
        var host = Fixture.host(9)
        host.metadata.name = name
        host.metadata.uid = UID("host-\(name)")
        host.spec = spec
        state.snapshot.hosts.append(host)
        return Submission(operation: nil, message: "added \(name)")
      case .removeHost(let name, _):
        state.snapshot.hosts.removeAll { $0.name == name }
        return Submission(operation: nil, message: "forgot \(name)")
      case .retry(let name, _, _):
        trouble.withLock { $0 = nil }
        if let index = state.snapshot.operations.firstIndex(where: { $0.name == name }) {
          state.snapshot.operations[index].status.phase = .running
          for step in state.snapshot.operations[index].status.steps.indices
          where state.snapshot.operations[index].status.steps[step].state == .stopped {
            state.snapshot.operations[index].status.steps[step].state = .doing
          }
        }
        return Submission(operation: nil, message: "tries again")
      case .abort(let name):
        if let index = state.snapshot.operations.firstIndex(where: { $0.name == name }) {
          state.snapshot.operations[index].status.phase = .aborted
        }
        return Submission(operation: nil, message: "aborts")
      default: break
      }
      throw EaselError(.notFound, "NotFound", "there is no such thing")
    }
  }

  private func start(
    _ verb: Operation.Verb, _ name: String, _ cluster: Cluster, _ actor: Actor, _ state: inout State, steps: [String]
  ) -> Submission {
    var operation = Operation(
      metadata: Metadata(name: name, uid: UID(name), createdAt: state.snapshot.now),
      spec: Operation.Spec(
        verb: verb, target: ObjectReference(cluster), targetGeneration: 1, actor: actor.name,
        requestedAt: state.snapshot.now))
    operation.status.phase = .running
    operation.status.startedAt = state.snapshot.now
    operation.status.steps = steps.map { title in
      var step = Operation.Step(name: title.lowercased().split(separator: " ").joined(separator: "-"), title: title)
      step.items = [Operation.Item(name: "\(cluster.name)-cp-1", state: .waiting)]
      return step
    }
    state.snapshot.operations.append(operation)
    state.snapshot.engineRuns = true
    if let index = state.snapshot.clusters.firstIndex(where: { $0.uid == cluster.uid }) {
      state.snapshot.clusters[index].status.operation = name
    }
    state.audit.append(
      AuditRecord(
        sequence: Int64(state.audit.count + 1), at: state.snapshot.now, actor: actor.name, verb: verb.rawValue,
        object: ObjectReference(cluster), detail: ""))
    return Submission(operation: ObjectReference(operation), message: "\(name) was started")
  }

  /// Ends the running step of every operation, ten seconds later.
  func advance() {
    let trouble = trouble.withLock { $0 }
    state.withLock { state in
      state.snapshot.version += 1
      state.snapshot.now = state.snapshot.now.adding(seconds: 10)
      for index in state.snapshot.operations.indices where state.snapshot.operations[index].status.phase == .running {
        advance(&state.snapshot.operations[index], trouble, state.snapshot.now)
        if state.snapshot.operations[index].status.phase == .succeeded {
          finish(state.snapshot.operations[index], &state)
        }
      }
    }
  }

  private func advance(_ operation: inout Operation, _ trouble: String?, _ now: Timestamp) {
    guard let index = operation.status.steps.firstIndex(where: { $0.state != .done }) else {
      operation.status.phase = .succeeded
      operation.status.finishedAt = now
      return
    }
    var step = operation.status.steps[index]
    if step.state == .waiting {
      step.state = .doing
      step.startedAt = now
      step.items[0].state = .doing
    } else if trouble == step.items[0].name {
      step.state = .stopped
      step.items[0].state = .stopped
      step.items[0].message = "it is not possible"
      operation.status.phase = .stopped
      operation.status.message = "stopped on \(step.items[0].name)"
    } else {
      step.state = .done
      step.finishedAt = now
      step.items[0].state = .done
    }
    operation.status.steps[index] = step
  }

  private func finish(_ operation: Operation, _ state: inout State) {
    guard let index = state.snapshot.clusters.firstIndex(where: { $0.uid == operation.spec.target.uid }) else { return }
    let cluster = state.snapshot.clusters[index]
    for host in state.snapshot.hosts.indices where state.snapshot.hosts[host].status.cluster == cluster.name {
      state.snapshot.hosts[host].status.cluster = nil
      state.snapshot.hosts[host].status.machine = nil
    }
    state.snapshot.machines.removeAll { $0.spec.cluster.uid == cluster.uid }
    if operation.spec.verb == .deleteCluster {
      state.snapshot.clusters.remove(at: index)
      return
    }
    state.snapshot.clusters[index].status.phase = .running
    state.snapshot.clusters[index].status.operation = nil
    state.snapshot.clusters[index].status.kubernetesVersion = cluster.spec.kubernetesVersion
    state.snapshot.clusters[index].status.controlPlaneReady = cluster.spec.controlPlane.replicas
    state.snapshot.clusters[index].status.workersReady = cluster.workersWanted
    for number in 0..<min(cluster.spec.machineCount, state.snapshot.hosts.count) {
      let isControl = number < cluster.spec.controlPlane.replicas
      let name = isControl ? "\(cluster.name)-cp-\(number + 1)" : "\(cluster.name)-workers-\(number)"
      state.snapshot.hosts[number].status.cluster = cluster.name
      state.snapshot.hosts[number].status.machine = name
      state.snapshot.machines.append(
        Fixture.machine(
          name, cluster: state.snapshot.clusters[index], host: state.snapshot.hosts[number],
          role: isControl ? .controlPlane : .worker))
    }
  }

  /// A plan of the same shape as the engine's.
  static func preview(_ intent: Intent, _ site: SiteSnapshot) throws -> PlanText {
    try check(intent, site)
    switch intent {
    case .deleteCluster:
      return PlanText(phases: [
        .init(title: "Reset the hosts", lines: [.init(host: "sim-1", action: "reset", effect: .repave)])
      ])
    case .createCluster(_, let spec, _):
      let lines = (0..<spec.machineCount).map {
        PlanText.Line(
          host: "sim-\($0 + 1)",
          action: $0 < spec.controlPlane.replicas ? "becomes a control plane" : "joins as worker", effect: .restart,
          reason: "first free host by name")
      }
      return PlanText(
        phases: [
          .init(
            title: "Check the hosts", lines: lines.map { .init(host: $0.host, action: "preflight", effect: .none) }),
          .init(title: "Build the cluster", lines: lines),
        ],
        permanent: ["name, endpoint, pod network \(spec.network.podCIDR), service network \(spec.network.serviceCIDR)"],
        seconds: 240)
    default:
      return PlanText(
        phases: [.init(title: "Change members", lines: [.init(host: "sim-2", action: "changes", effect: .restart)])],
        interruptions: ["the API pauses for about 20s while etcd goes from 1 to 2 members"])
    }
  }
}
