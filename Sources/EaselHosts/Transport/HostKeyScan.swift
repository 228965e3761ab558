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
    guard fields.count >= 3, !line.hasPrefix("#"), !line.hasPrefix("@"),
      let key = Data(base64Encoded: String(fields[2]))
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
    try change { lines in
      lines.removeAll { line in new.contains { line.split(separator: " ").prefix(2) == $0.1 } }
      lines += keys.map(\.line)
    }
  }

  /// Forgets what was confirmed for a host.
  package func forget(_ keys: [HostKey]) throws {
    let old = Set(keys.map(\.line))
    try change { lines in lines.removeAll { old.contains($0) } }
  }

  /// Edits the site's file under a lock: several hosts are taken in at once, by this process and by others.
  private func change(_ edit: (inout [String]) -> Void) throws {
    let lock = open(settings.knownHosts + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw SystemError("lock \(settings.knownHosts)") }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0 {
      guard csys_errno() == EINTR else { throw SystemError("lock \(settings.knownHosts)") }
    }
    var lines = LocalFile.text(settings.knownHosts).split(separator: "\n").map(String.init)
    edit(&lines)
    try LocalFile.replace(settings.knownHosts, lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n")
  }
}
