internal import EaselModel

/// Intents about hosts.
extension Door {
  func add(
    host name: String, _ spec: Host.Spec, _ labels: [String: String], hostUID: UID, operationUID: UID
  ) throws -> Admitted {
    try checkNew(host: name, spec, labels)
    let host = Host(metadata: Metadata(name: name, uid: hostUID, createdAt: now, labels: labels), spec: spec)
    let operation = makeOperation(.addHost, "add", on: ObjectReference(host), generation: 1, uid: operationUID)
    return accept(operation, "host-add", "add host \(name) at \(spec.address)", writing: [.host(host)])
  }

  /// What every host that is new to the site must keep.
  func checkNew(host name: String, _ spec: Host.Spec, _ labels: [String: String] = [:]) throws {
    try throwAll(HostValidation.check(name: name, spec: spec) + LabelValidation.check(labels))
    if site.hosts.first(named: name) != nil {
      throw EaselError(.conflict, "HostExists", "there is a host \"\(name)\" already")
    }
    let taken = site.hosts.packed.first { other in
      let known = other.spec
      return known.address == spec.address && known.transport == spec.transport
    }
    if let other = taken {
      throw EaselError(
        .conflict, "AddressTaken", "host \(other.name) has the address \(spec.address) already", field: "spec.address")
    }
    if (spec.transport == .simulated) != (site.site.spec.simulation != nil) {
      throw EaselError(
        .refused, "WrongTransport",
        site.site.spec.simulation == nil
          ? "a simulated host cannot be added to a real site" : "a real host cannot be added to a simulated site",
        field: "spec.transport")
    }
  }

  func remove(host name: String, force: Bool, operationUID: UID) throws -> Admitted {
    var host = try self.host(name)
    if site.claims[host.uid] != nil {
      throw EaselError(
        .refused, "HostInUse",
        "host \(name) carries machine \(host.status.machine ?? "?") of cluster "
          + "\(host.status.cluster ?? "?")", advice: "remove that machine first")
    }
    try requireIdle(ObjectReference(host))
    if host.status.phase != .ready, !force {
      throw EaselError(
        .refused, "HostUnreachable", "host \(name) does not answer, so the agent cannot be taken off it",
        advice: "repeat it with --force to forget the host and leave the agent where it is")
    }
    if force { host.metadata.annotations["easel.dev/force-removal"] = "true" }
    let operation = makeOperation(
      .removeHost, "remove", on: ObjectReference(host), generation: host.metadata.generation, uid: operationUID)
    return accept(operation, "host-remove", "remove host \(name)", writing: force ? [.host(host)] : [])
  }

  func setSiteKey(_ name: String, _ on: Bool) throws -> Admitted {
    var host = try self.host(name)
    let reference = ObjectReference(host)
    let state = on ? "takes the site's key" : "takes the site's key no more"
    if (host.spec.siteKey == true) == on { return nothing(reference, "site-key", "host \(name) already \(state)") }
    host.spec.siteKey = on ? true : nil
    try throwAll(HostValidation.check(name: name, spec: host.spec))
    host.metadata.generation += 1
    host.status.conditions.removeAll { $0.type == Host.siteKeyInstalled }
    var admitted = nothing(reference, "site-key", "host \(name) \(state)")
    admitted.writes = [.host(host)]
    admitted.events = [Event(at: now, reason: "SiteKey", message: "host \(name) \(state)", object: reference)]
    return admitted
  }

  func setHostKey(_ name: String, _ key: String) throws -> Admitted {
    var host = try self.host(name)
    let reference = ObjectReference(host)
    guard host.spec.transport == .ssh else {
      throw EaselError(.refused, "NoHostKey", "host \(name) is not reached over ssh: it has no key to confirm")
    }
    let before = host.spec.hostKey
    if before == key { return nothing(reference, "host-trust", "host \(name) is known by that key already") }
    host.spec.hostKey = key
    if let wrong = HostValidation.check(name: name, spec: host.spec).first { throw wrong }
    host.metadata.generation += 1
    var admitted = nothing(
      reference, "host-trust", "host \(name) is known by \(key) now" + (before.map { ", and no more by \($0)" } ?? ""))
    admitted.writes = [.host(host)]
    admitted.events = [
      Event(at: now, reason: "HostKey", message: "\(actor.name) confirmed the key \(key) of \(name)", object: reference)
    ]
    return admitted
  }

  func setMaintenance(_ name: String, _ on: Bool) throws -> Admitted {
    var host = try self.host(name)
    let reference = ObjectReference(host)
    let state = on ? "in maintenance" : "out of maintenance"
    if host.spec.maintenance == on { return nothing(reference, "maintenance", "host \(name) is already \(state)") }
    host.spec.maintenance = on
    host.metadata.generation += 1
    var admitted = nothing(reference, "maintenance", "host \(name) is now \(state)")
    admitted.writes = [.host(host)]
    admitted.events = [
      Event(at: now, reason: "Maintenance", message: "host \(name) is now \(state)", object: reference)
    ]
    return admitted
  }
}
