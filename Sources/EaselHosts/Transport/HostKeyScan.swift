import CSys
import EaselHostPlan
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc

/// A host's key as it was seen, not yet trusted.
package struct HostKey: Codable, Sendable, Hashable {
  /// `ssh-ed25519` and the like.
  package var type: String
  /// `SHA256:...`, as ssh-keygen shows it.
  package var fingerprint: String
  /// The line for known_hosts.
  package var line: String

  /// Reads a line of known_hosts; nil for comments and what is none.
  package init?(knownHostsLine line: String) {
    let fields = line.split(separator: " ")
    guard fields.count >= 3, !line.hasPrefix("#"), !line.hasPrefix("@"), let key = Data(base64Encoded: String(fields[2]))
    else { return nil }
    type = String(fields[1])
    let digest = Data(SHA256.digest(key)).base64EncodedString()
    fingerprint = "SHA256:" + digest.prefix { $0 != "=" }
    self.line = line
  }
}

/// Fetches the key of a host that nobody knows yet with the operator's own ssh, so that jump hosts and proxies are used; no login is
/// tried and nothing is trusted by it.
package struct HostKeyScan: Sendable {
  package var settings: SSHSettings

  package init(_ settings: SSHSettings) { self.settings = settings }

  /// The keys that the host shows; at least one.
  package func scan(_ target: SSHTarget) async throws -> [HostKey] {
    try target.check()
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = "\(folder.path)/known_hosts"
    let options = [
      "BatchMode=yes", "PreferredAuthentications=none", "StrictHostKeyChecking=accept-new",
      "UserKnownHostsFile=\"\(file)\"", "GlobalKnownHostsFile=/dev/null", "HashKnownHosts=no", "UpdateHostKeys=no",
      "CheckHostIP=no", "ControlMaster=no", "ControlPath=none", "ConnectTimeout=\(settings.connectSeconds)",
      "ClearAllForwardings=yes", "PermitLocalCommand=no",
    ]
    var launch = ChildProcess.Launch(
      [settings.program, "-T"] + options.flatMap { ["-o", $0] } + target.selection + ["--", target.destination, "true"])
    launch.environment = SSHSettings.environment()
    let process = try await HostProcess(launch, host: target.host)
    let end = await process.finish(graceSeconds: Double(settings.connectSeconds) + 10)
    let keys = LocalFile.text(file).split(separator: "\n").compactMap { HostKey(knownHostsLine: String($0)) }
    guard keys.isEmpty else { return keys }
    throw HostFailure.classify(end.status, end.said).error(target.host, HostFailure.summary(end.said))
  }

  /// Keeps keys that an operator has confirmed in the site's file; older keys of the same host and type go.
  package func trust(_ keys: [HostKey]) throws {
    let new = keys.map { key in (key, key.line.split(separator: " ").prefix(2)) }
    var lines = LocalFile.text(settings.knownHosts).split(separator: "\n").map(String.init)
    lines.removeAll { line in new.contains { line.split(separator: " ").prefix(2) == $0.1 } }
    lines += keys.map(\.line)
    try LocalFile.replace(settings.knownHosts, lines.joined(separator: "\n") + "\n")
  }

  /// Forgets what was confirmed for a host.
  package func forget(_ keys: [HostKey]) throws {
    let old = Set(keys.map(\.line))
    let lines = LocalFile.text(settings.knownHosts).split(separator: "\n").map(String.init).filter { !old.contains($0) }
    try LocalFile.replace(settings.knownHosts, lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n")
  }
}
