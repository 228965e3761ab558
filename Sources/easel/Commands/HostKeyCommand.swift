import EaselHosts
import EaselModel
import EaselRuntime

private let hostName = ArgumentDefinition(name: "NAME", help: "The host's name", completes: .hosts)

/// The site's own key on hosts: offered, never put there silently.
let hostKeyCommand = CommandDefinition(
  name: "key", summary: "Let this site log in to a host by a key of its own, or no more",
  discussion:
    "The key is the site's: its private half stays in the state directory. On the host it is tied to the agent: whoever has it can\n"
    + "start easel-agent there and nothing else. With it, operations go on when you and your ssh agent have gone.",
  subcommands: [
    CommandDefinition(
      name: "install", summary: "Put the site's key on a host", arguments: [hostName],
      options: [.flag("yes", "Do not ask", short: "y")]
    ) { try installSiteKey($0) },
    CommandDefinition(
      name: "revoke", summary: "Take the site's key off a host", arguments: [hostName],
      options: [.flag("yes", "Do not ask", short: "y")]
    ) { try revokeSiteKey($0) },
    CommandDefinition(
      name: "show", summary: "Print the site's public key and the hosts that have it", formats: OutputFormat.structures
    ) { invocation in
      let snapshot = try SiteOpening.open(invocation, startsEngine: false).snapshot()
      let directory = SiteOpening.directory(invocation)
      let found = try blocking { try await SiteKey.existing(in: directory.path) }
      let hosts = snapshot.hosts.filter { $0.spec.siteKey == true }.map(\.name)
      let format = OutputFormat(invocation)
      if format.isStructured {
        return try printValue(
          KeyOfSite(fingerprint: found?.fingerprint, publicKey: found?.publicHalf, hosts: hosts), format: format)
      }
      guard let key = found else {
        return Terminal.out("this site has no key yet; easel host key install HOST makes one")
      }
      Terminal.out(
        "\(key.fingerprint)\n\(key.publicHalf)\non \(hosts.isEmpty ? "no host" : hosts.joined(separator: ", "))")
    },
  ])

private struct KeyOfSite: Encodable {
  var kind = "SiteKey"
  /// Absent while the site has none.
  var fingerprint: String?
  var publicKey: String?
  var hosts: [String]
}

/// What is asked before a key goes to a host.
func siteKeyQuestion(_ name: String, user: String?) -> String {
  """
  Put a key of this site on \(name), for \(user ?? "the login user")? It can start easel-agent there and nothing else. With it operations
  go on when you have logged out; without it they wait for you. It is taken off with: easel host key revoke \(name) [y/N] 
  """
}

func isYes(_ answer: String?) -> Bool { ["y", "yes"].contains(answer?.lowercased() ?? "") }

private func sshHost(_ invocation: Invocation) throws -> (SiteGate, Host) {
  let gate = try SiteOpening.open(invocation, startsEngine: false)
  let snapshot = try gate.snapshot()
  guard let host = snapshot.hosts.first(named: invocation.arguments[0]) else {
    throw notFound(.host, invocation.arguments[0], in: snapshot)
  }
  guard host.spec.transport == .ssh else {
    throw EaselError(.refused, "NotOverSSH", "\(host.name) is not reached over ssh, so there is nothing to log in to")
  }
  return (gate, host)
}

private func confirm(_ question: String, _ invocation: Invocation) throws {
  if invocation.has("yes") { return }
  guard Terminal.canAsk else {
    throw EaselError(
      .usage, "NotConfirmed", "there is no terminal to ask for a confirmation on", advice: "give --yes")
  }
  guard isYes(Terminal.ask(question)) else {
    throw EaselError(.interrupted, "NotConfirmed", "not confirmed; nothing was changed")
  }
}

private func installSiteKey(_ invocation: Invocation) throws {
  let (gate, host) = try sshHost(invocation)
  try confirm(siteKeyQuestion(host.name, user: host.spec.user), invocation)
  let ways = try HostWays(SiteOpening.directory(invocation))
  let fingerprint = try blocking { try await ways.installSiteKey(on: host) }
  _ = try gate.submit(.setSiteKey(host: host.name, on: true), as: Actor.current())
  Terminal.out("\(host.name) takes the site's key \(fingerprint) for the agent, and for nothing else")
}

/// The line goes first: a host that still takes the key must not be shown as one that does not.
private func revokeSiteKey(_ invocation: Invocation) throws {
  let (gate, host) = try sshHost(invocation)
  try confirm(
    "Take this site's key off \(host.name)? Operations wait then when you have logged out. [y/N] ", invocation)
  let ways = try HostWays(SiteOpening.directory(invocation))
  try blocking { try await ways.removeSiteKey(from: host) }
  _ = try gate.submit(.setSiteKey(host: host.name, on: false), as: Actor.current())
  Terminal.out("\(host.name) takes the site's key no more")
}
