import EaselAgentProtocol
import EaselHosts
import EaselModel
import EaselSimulation
import FoundationEssentials
import Synchronization

/// Reads units and logs of hosts over connections of its own: they stay open while somebody reads, and are closed a while after.
final class HostReading: Sendable {
  /// Seconds that an unused connection stays open.
  static let patience = 30.0

  private struct Open {
    var client: AgentClient
    var spec: Host.Spec
    /// Grows with each use, so that the closing of an old one leaves a new one alone.
    var uses = 0
  }

  private let directory: StateDirectory
  private let open = Mutex<[UID: Open]>([:])

  init(_ directory: StateDirectory) { self.directory = directory }

  deinit {
    let clients = open.withLock { $0.values.map(\.client) }
    Task.detached { for client in clients { await client.close() } }
  }

  func units(of host: Host) throws -> [HostUnit] {
    try ask(host) { client in
      try await client.units().map { unit in
        HostUnit(
          name: unit.name, title: unit.title, state: unit.state, detail: unit.detail,
          since: unit.sinceMilliseconds.map { Timestamp(milliseconds: $0) })
      }
    }
  }

  func log(of unit: String, on host: Host, after cursor: String?, lines: Int) throws -> HostLogPage {
    let request =
      unit.hasPrefix("/")
      ? LogsRequest(path: unit, lines: lines, after: cursor) : LogsRequest(unit: unit, lines: lines, after: cursor)
    return try ask(host) { client in
      let reply = try await client.logs(request)
      return HostLogPage(lines: reply.lines, cursor: reply.cursor)
    }
  }

  private func ask<T: Sendable>(
    _ host: Host, _ question: @escaping @Sendable (AgentClient) async throws -> T
  ) throws -> T {
    let client = try client(for: host)
    defer { closeLater(host.uid) }
    return try blocking { try await question(client) }
  }

  private func client(for host: Host) throws -> AgentClient {
    let (known, old) = open.withLock { open -> (AgentClient?, AgentClient?) in
      guard let entry = open[host.uid] else { return (nil, nil) }
      if entry.spec == host.spec { return (entry.client, nil) }
      open[host.uid] = nil
      return (nil, entry.client)
    }
    if let old { Task.detached { await old.close() } }
    if let known { return known }
    let client = try HostWays(directory).client(for: host)
    return open.withLock { open in
      // Somebody else may have been as fast.
      if let entry = open[host.uid] { return entry.client }
      open[host.uid] = Open(client: client, spec: host.spec)
      return client
    }
  }

  private func closeLater(_ host: UID) {
    let uses = open.withLock { open -> Int in
      open[host]?.uses += 1
      return open[host]?.uses ?? 0
    }
    Task.detached { [weak self] in
      try await Task.sleep(for: .seconds(Self.patience))
      await self?.closeUnused(host, uses)
    }
  }

  private func closeUnused(_ host: UID, _ uses: Int) async {
    let idle = open.withLock { open -> AgentClient? in
      guard let entry = open[host], entry.uses == uses else { return nil }
      open[host] = nil
      return entry.client
    }
    await idle?.close()
  }
}

extension SiteGate {
  package func units(ofHost name: String) throws -> [HostUnit] {
    let host = try host(named: name)
    guard host.spec.transport == .simulated else { return try reading.units(of: host) }
    return try simulated(host).hostUnits
  }

  package func log(
    ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int
  ) throws -> HostLogPage {
    let host = try host(named: name)
    guard host.spec.transport == .simulated else {
      return try reading.log(of: unit, on: host, after: cursor, lines: lines)
    }
    return try simulated(host).logPage(of: unit, after: cursor, lines: lines)
  }

  private func host(named name: String) throws -> Host {
    if let host = try store.read({ try $0.record(.host, name: name) })?.asHost { return host }
    throw EaselError(.notFound, "UnknownHost", "there is no host \"\(name)\"")
  }

  /// The host as the simulated world has it on disk.
  private func simulated(_ host: Host) throws -> SimulatedHost {
    guard let bytes = try store.read({ try $0.worldPart("host/\(host.uid)") }) else {
      return SimulatedHost(uid: host.uid, name: host.name, address: host.spec.address)
    }
    do {
      return try JSONDecoder().decode(SimulatedHost.self, from: Data(bytes))
    } catch {
      throw EaselError(.failed, "BadWorld", "reading host \(host.name) of the simulated world: \(error)")
    }
  }
}
