import EaselHostPlan
import EaselModel

/// How ssh reaches a host, and how the login user becomes root there.
package struct SSHTarget: Sendable, Hashable {
  /// The host's name in messages.
  package var host: String
  /// What ssh is given: a name of ssh_config, a host name or an address.
  package var destination: String
  package var port: Int?
  package var user: String?
  /// An ssh_config to use instead of the operator's own.
  package var config: String?
  package var privilege: Host.Privilege
  /// The file of the site's own key, where the host takes it; nil to log in as the operator does.
  package var siteKey: String?

  package init(
    host: String, destination: String, port: Int? = nil, user: String? = nil, config: String? = nil,
    privilege: Host.Privilege = .root
  ) {
    self.host = host
    self.destination = destination
    self.port = port
    self.user = user
    self.config = config
    self.privilege = privilege
  }

  /// The target of a host object.
  package init(_ host: Host) {
    self.init(
      host: host.metadata.name, destination: host.spec.sshHost ?? host.spec.address, port: host.spec.port,
      user: host.spec.user, config: host.spec.sshConfig, privilege: host.spec.privilege)
  }

  /// Options that say which host is meant, without the destination itself.
  var selection: [String] {
    (config.map { ["-F", $0] } ?? []) + (port.map { ["-p", String($0)] } ?? []) + (user.map { ["-l", $0] } ?? [])
  }

  /// Options that make ssh log in by the site's key, before what is configured besides, and without an agent's keys.
  var credentials: [String] {
    guard let siteKey else { return [] }
    return ["-o", "IdentityFile=\"\(siteKey)\"", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
  }

  /// Refuses what ssh would take for an option.
  func check() throws {
    for value in [destination, user ?? "x"] where value.isEmpty || value.hasPrefix("-") {
      throw EaselError(
        .usage, "BadHostName", "\"\(value)\" cannot be given to ssh as a host or user", field: "spec.sshHost")
    }
  }

  /// Twelve characters that stand for this target in a control socket's name.
  var tag: String {
    // A connection that was opened with the site's key can start the agent only: it is never shared with the operator's.
    let parts = [destination, port.map(String.init) ?? "", user ?? "", config ?? "", siteKey ?? ""]
    return String(SHA256.hex(parts.joined(separator: "\n").utf8).prefix(12))
  }
}

/// Words for a remote shell.
enum ShellWord {
  /// The word in single quotes unless it is plain.
  static func quote(_ word: String) -> String {
    let plain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || "/._-+:=@,".utf8.contains(byte)
      }
    guard !plain else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  static func line(_ words: [String]) -> String { words.map(quote).joined(separator: " ") }
}
