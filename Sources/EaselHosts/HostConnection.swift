import EaselModel

/// Chooses the way to a host from its specification.
package struct HostConnection: Sendable {
  /// The agent's binary here, for hosts that are this machine.
  package var agentBinary: String
  /// The state folder of an agent that we start ourselves on this machine; nil to relay to the installed runner.
  package var localState: String?
  package var settings: SSHSettings
  /// The file of the site's own key, used for the hosts whose definition says that they take it.
  package var siteKey: String?
  /// How the agent is called over ssh.
  package var agent = SSHTransport.Agent()

  package init(agentBinary: String, localState: String?, settings: SSHSettings) {
    (self.agentBinary, self.localState, self.settings) = (agentBinary, localState, settings)
  }

  /// The transport for a host.
  ///
  /// - Parameter password: of sudo, for hosts that ask, while somebody who typed it is there.
  /// - Throws: `EaselError` with the code `HostSimulated` for a host that has no transport.
  package func transport(for host: Host, password: Secret? = nil) throws -> any HostTransport {
    switch host.spec.transport {
    case .local: return LocalTransport(host: host.metadata.name, agent: agentBinary, state: localState)
    case .ssh:
      var target = SSHTarget(host)
      if host.spec.siteKey == true, password == nil { target.siteKey = siteKey }
      return SSHTransport(target, settings, agent: agent, password: password)
    case .simulated:
      throw EaselError(.refused, "HostSimulated", "\(host.metadata.name) is simulated and cannot be connected to")
    }
  }
}
