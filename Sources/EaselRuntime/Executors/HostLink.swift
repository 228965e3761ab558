import EaselAgentProtocol
import EaselHostPlan
import EaselModel

/// A connection to one host's agent. One at a time for each host; it carries many requests at once.
protocol HostLink: Sendable {
  func hello() async throws -> HelloReply
  func observe() async throws -> HostObservation
  /// Runs a plan, or attaches to it, and answers when it has ended.
  func run(_ request: RunRequest, progress: @escaping @Sendable (ProgressNote) -> Void) async throws -> RunReport
  func query(_ plan: HostPlan) async throws -> RunReport
  func taskLog(key: String, from line: Int) async throws -> [String]
  /// Makes sure that the host has these files; `say` is called as they get there.
  func supply(_ content: [ContentReference], from folder: ContentFolder, say: @escaping @Sendable (String) -> Void)
    async throws
  func close() async
}

/// Makes connections to hosts, puts the agent on them and takes it off.
protocol HostDoor: Sendable {
  func connect(to host: Host) async throws -> any HostLink
  /// Installs or upgrades the agent, says what the host is.
  func adopt(_ host: Host, fence: Fence, say: @escaping @Sendable (String) -> Void) async throws -> HostObservation
  func dismiss(_ host: Host, fence: Fence, say: @escaping @Sendable (String) -> Void) async throws
}
