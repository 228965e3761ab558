import EaselHosts
import EaselModel

/// One host as the executor knows it: its definition and its one connection.
actor HostSession {
  private(set) var host: Host
  nonisolated let ways: HostWays
  private var known: AgentClient?

  init(_ host: Host, ways: HostWays) { (self.host, self.ways) = (host, ways) }

  /// Takes a new definition; a changed way to the host ends the old connection.
  func update(_ host: Host) async {
    let moved = host.spec.way != self.host.spec.way
    self.host = host
    if moved { await close() }
  }

  /// The host's agent; it connects when it is first asked, and again when a connection broke.
  func client() throws -> AgentClient {
    if let known { return known }
    let client = try ways.client(for: host)
    known = client
    return client
  }

  func close() async {
    guard let old = known else { return }
    known = nil
    await old.close()
  }
}

extension Host.Spec {
  /// What of it decides how the host is reached, and as whom.
  var way: Host.Spec {
    var way = self
    way.maintenance = false
    return way
  }
}
