package import EaselModel
package import EaselPlans

/// What an accepted intent writes; committed in one transaction by who submits.
package struct Admitted: Sendable {
  package var writes: [Record] = []
  package var deletes: [(kind: Kind, uid: UID)] = []
  package var newClaims: [Claim] = []
  /// Hosts whose claims go, before new ones come.
  package var releasedClaims: [UID] = []
  /// Whoever leads gives way to an engine that reads all anew, claims too, and leads under a higher epoch than this; nil for no change.
  package var leastEpoch: Int64?
  package var events: [Event] = []
  /// For the audit log: what was asked for, in words; never a secret.
  package var auditVerb: String = ""
  package var auditObject: ObjectReference
  package var auditDetail: String = ""
  package var submission: Submission

  package init(auditObject: ObjectReference, submission: Submission) {
    (self.auditObject, self.submission) = (auditObject, submission)
  }
}

/// The rules at the door: whether an intent is accepted, and what it becomes. Pure.
package enum Admission {
  /// - Parameters:
  ///   - content: what can be staged; nil where there is none to check against, as on a simulated site.
  ///   - newUID: gives a fresh identity at each call.
  /// - Throws: `EaselError`; nothing has changed then.
  package static func admit(
    _ intent: Intent, as actor: Actor, in site: SiteSnapshot, content: ContentIndex? = nil, now: Timestamp,
    newUID: () -> UID
  ) throws -> Admitted {
    let door = Door(site: site, actor: actor, content: content, now: now)
    switch intent {
    case .createCluster(let name, let spec, let labels):
      return try door.create(name, spec, labels, clusterUID: newUID(), operationUID: newUID())
    case .changeCluster(let name, let spec, let expecting):
      return try door.change(name, to: spec, expecting: expecting, operationUID: newUID())
    case .removeMachine(let cluster, let machine):
      return try door.remove(machine, from: cluster, operationUID: newUID())
    case .deleteCluster(let name): return try door.delete(name, operationUID: newUID())
    case .addHost(let name, let spec, let labels):
      return try door.add(host: name, spec, labels, hostUID: newUID(), operationUID: newUID())
    case .removeHost(let name, let force): return try door.remove(host: name, force: force, operationUID: newUID())
    case .adoptCluster(let adoption): return try door.adopt(adoption, operationUID: newUID(), newUID: newUID)
    case .adoptHost(let name, let spec, let labels, let epoch):
      return try door.adopt(
        host: name, spec, labels, ownerEpoch: epoch, hostUID: newUID(), operationUID: newUID())
    case .forgetCluster(let name): return try door.forget(name)
    case .setSiteKey(let host, let on): return try door.setSiteKey(host, on)
    case .setMaintenance(let host, let on): return try door.setMaintenance(host, on)
    case .setContent(let folder): return try door.setContent(folder)
    case .setHostKey(let host, let key): return try door.setHostKey(host, key)
    case .cordon(let cluster, let machine):
      return try door.about(machine, in: cluster, .cordonMachine, "cordon", operationUID: newUID())
    case .uncordon(let cluster, let machine):
      return try door.about(machine, in: cluster, .uncordonMachine, "uncordon", operationUID: newUID())
    case .drain(let cluster, let machine):
      return try door.about(machine, in: cluster, .drainMachine, "drain", operationUID: newUID())
    case .host(let action, let names): return try door.hosts(names, action, operationUID: newUID())
    case .retry(let operation, let step, let item): return try door.retry(operation, step: step, item: item)
    case .skip(let operation, let step, let item): return try door.skip(operation, step: step, item: item)
    case .abort(let operation): return try door.abort(operation)
    }
  }
}

extension Admitted {
  /// Writes all of it in the transaction of `writer`; the audit record is the caller's.
  ///
  /// A higher epoch ends whoever leads now: it is refused at its next commit.
  package func commit(to writer: any StoreWriter) throws {
    for host in releasedClaims { try writer.deleteClaim(host: host) }
    for claim in newClaims { try writer.insert(claim) }
    for record in writes { try writer.put(record, expecting: record.version) }
    for (kind, uid) in deletes { try writer.delete(kind, uid: uid) }
    for event in events { try writer.append(event) }
    if let leastEpoch {
      let epoch = max(try writer.lease().epoch + 1, leastEpoch)
      try writer.setLease(Lease(epoch: epoch, holder: "", expiresAt: .zero))
    }
  }
}

/// One intent at the door: what every rule looks at.
struct Door {
  let site: SiteSnapshot
  let actor: Actor
  let content: ContentIndex?
  let now: Timestamp

  func cluster(_ name: String) throws -> Cluster {
    if let cluster = site.clusters.first(named: name) { return cluster }
    throw EaselError(
      .notFound, "UnknownCluster", "there is no cluster \"\(name)\"",
      advice: site.clusters.isEmpty ? "create one first" : "there is \(list(site.clusters.names))")
  }

  func host(_ name: String) throws -> Host {
    if let host = site.hosts.first(named: name) { return host }
    throw EaselError(
      .notFound, "UnknownHost", "there is no host \"\(name)\"",
      advice: site.hosts.isEmpty ? "add one first" : "there is \(list(site.hosts.names))")
  }

  func machine(_ name: String, of cluster: Cluster) throws -> Machine {
    let own = site.machines.filter { $0.spec.cluster.uid == cluster.uid }
    if let machine = own.first(where: { $0.name == name || $0.spec.nodeName == name }) { return machine }
    throw EaselError(
      .notFound, "UnknownMachine", "cluster \(cluster.name) has no machine \"\(name)\"",
      advice: "there is \(list(own.map(\.name)))")
  }

  func operation(_ name: String) throws -> Operation {
    if let operation = site.operations.first(where: { $0.name == name }) { return operation }
    throw EaselError(.notFound, "UnknownOperation", "there is no operation \"\(name)\"")
  }

  func list(_ names: [String]) -> String {
    let sorted = names.sorted(by: NaturalOrder.precedes)
    let shown = sorted.prefix(8).joined(separator: ", ")
    return sorted.count > 8 ? "\(shown) and \(sorted.count - 8) more" : shown
  }

  func running(on target: UID) -> Operation? {
    site.operations.first { $0.spec.target.uid == target && !$0.status.phase.isFinal }
  }

  /// At most one operation changes a cluster, or a host, at a time.
  func requireIdle(_ target: ObjectReference) throws {
    guard let operation = running(on: target.uid) else { return }
    let hasStopped = operation.status.phase == .stopped
    throw EaselError(
      .refused, "OperationRunning",
      hasStopped
        ? "operation \(operation.name) has stopped and still holds \(target.name)"
        : "operation \(operation.name) is still changing \(target.name)",
      advice: "\(hasStopped ? "retry it" : "wait for it"), or abort it: easel abort \(operation.name)")
  }

  /// `create-edge-1`: what, whom, and a number that grows with each change of the same target.
  func operationName(_ word: String, _ target: String) -> String {
    var highest = 0
    for operation in site.operations where operation.spec.target.name == target {
      if let dash = operation.name.lastIndex(of: "-"),
        let number = Int(operation.name[operation.name.index(after: dash)...])
      {
        highest = max(highest, number)
      }
    }
    let taken = Set(site.operations.lazy.filter { $0.name.hasPrefix(word) }.map(\.name))
    repeat { highest += 1 } while taken.contains("\(word)-\(target)-\(highest)")
    return "\(word)-\(target)-\(highest)"
  }

  func makeOperation(
    _ verb: Operation.Verb, _ word: String, on target: ObjectReference, subjects: [ObjectReference] = [],
    generation: Int64, before: Cluster.Spec? = nil, uid: UID
  ) -> Operation {
    var operation = Operation(
      metadata: Metadata(name: operationName(word, target.name), uid: uid, createdAt: now),
      spec: Operation.Spec(
        verb: verb, target: target, subject: subjects.first, targetGeneration: generation, actor: actor.name,
        requestedAt: now, before: before))
    if subjects.count > 1 { operation.spec.subjects = subjects }
    return operation
  }

  /// A new operation.
  func accept(_ operation: Operation, _ verb: String, _ detail: String, writing: [Record]) -> Admitted {
    admit(
      operation, verb, detail, about: operation.spec.target, message: "\(detail) (operation \(operation.name))",
      writing: writing)
  }

  /// What the operator says about an operation that is there.
  func control(_ operation: Operation, _ verb: String, _ detail: String) -> Admitted {
    admit(operation, verb, detail, about: ObjectReference(operation), message: detail, writing: [])
  }

  private func admit(
    _ operation: Operation, _ verb: String, _ detail: String, about object: ObjectReference, message: String,
    writing: [Record]
  ) -> Admitted {
    var admitted = Admitted(
      auditObject: object, submission: Submission(operation: ObjectReference(operation), message: message))
    admitted.writes = writing + [.operation(operation)]
    admitted.auditVerb = verb
    admitted.auditDetail = detail
    admitted.events = [
      Event(
        at: now, reason: "Requested", message: "\(actor.name) asked to \(detail)", object: operation.spec.target,
        operation: operation.name)
    ]
    return admitted
  }

  /// Throws all that is wrong as one error; nothing when nothing is.
  func throwAll(_ problems: [EaselError]) throws { if let all = EaselError.all(problems) { throw all } }

  func nothing(_ object: ObjectReference, _ verb: String, _ message: String) -> Admitted {
    var admitted = Admitted(auditObject: object, submission: Submission(operation: nil, message: message))
    admitted.auditVerb = verb
    admitted.auditDetail = message
    return admitted
  }
}
