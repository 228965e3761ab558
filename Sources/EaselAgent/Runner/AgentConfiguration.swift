/// What differs between an installed agent and one in a test.
package struct AgentConfiguration: Sendable {
  package var state: StateFolder
  /// Folders of the programs that plans run, separated by colons.
  package var searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/cni/bin"
  /// Between SIGTERM and SIGKILL for what is over its time limit.
  package var graceSeconds = 5.0
  /// How many ended plans are remembered.
  package var keptTasks = 50
  /// Read for the owner of the host.
  package var memberFile = "/etc/easel/member.json"

  package init(state: StateFolder) { self.state = state }
}
