import EaselAgentProtocol
import EaselHosts
import EaselModel
import EaselPlans
import EaselProcess
import EaselRuntime
import FoundationEssentials
import Glibc

/// Makes sure that the host's key is one that somebody has confirmed, before anything is sent to it.
///
/// - Returns: the fingerprint that was confirmed; nil when the operator's own known_hosts has the key already.
/// - Throws: `HostKeyUnknown` or `HostKeyDiffers` (refused); nothing is changed then.
func confirmedKey(of spec: Host.Spec, name: String, _ invocation: Invocation) throws -> String? {
  let host = Host(metadata: Metadata(name: name, uid: "new", createdAt: .wallClock()), spec: spec)
  let ways = try HostWays(SiteOpening.directory(invocation))
  if let wanted = spec.hostKey {
    try blocking { try await ways.trust(host) }
    return wanted
  }
  let settings = ways.connection.settings
  if try blocking({ try await isKnown(SSHTarget(host), settings) }) { return nil }
  return try keyFromOperator(of: host, ways)
}

/// Shows the keys that a host answers with, and keeps the first one once somebody has said that it is the host's own.
///
/// - Throws: `HostKeyUnknown` (refused) when nobody says so; nothing is changed then.
func keyFromOperator(of host: Host, _ ways: HostWays) throws -> String? {
  let keys = try blocking { try await ways.keys(of: host) }
  let shown = keys.map { "\($0.type) \($0.fingerprint)" }.joined(separator: "\n  ")
  let before = host.spec.hostKey.map { "It was confirmed with another one:\n  \($0)\n" } ?? ""
  guard Terminal.canAsk else {
    throw EaselError(
      .refused, "HostKeyUnknown",
      "the key of \(host.name) is not known: \(keys.map(\.fingerprint).joined(separator: ", "))",
      advice: "compare it on the host itself, then give it with --host-key")
  }
  let answer = Terminal.ask(
    "\(host.name) shows this key, which is not known yet:\n  \(shown)\n\(before)Is it the host's own? [yes/no] ")
  guard answer == "yes" else {
    throw EaselError(.refused, "HostKeyUnknown", "the key of \(host.name) was not confirmed; nothing was changed")
  }
  var confirmed = host
  confirmed.spec.hostKey = keys.first?.fingerprint
  try blocking { [confirmed] in try await ways.trust(confirmed) }
  return confirmed.spec.hostKey
}

/// Whether ssh takes the host's key as it is: the login may still be refused.
private func isKnown(_ target: SSHTarget, _ settings: SSHSettings) async throws -> Bool {
  var nothing = SSHTransport.Agent()
  nothing.path = "true"
  var plain = target
  plain.privilege = .root
  let process = try await SSHTransport(plain, settings, agent: nothing).start([])
  let (status, said) = await process.finish(graceSeconds: 20)
  if status == .exited(0) { return true }
  switch HostFailure.classify(status, said) {
  case .hostKeyUnknown: return false
  case .authenticationFailed: return true
  case let other: throw other.error(target.host, HostFailure.summary(said))
  }
}

/// For a host whose sudo asks: installs the agent now, while somebody who knows the password is here. It is sent to sudo's standard
/// input and kept nowhere.
func installWithPassword(_ name: String, _ spec: Host.Spec, _ invocation: Invocation) throws {
  let host = Host(metadata: Metadata(name: name, uid: "new", createdAt: .wallClock()), spec: spec)
  let typed: String?
  if invocation.has("sudo-password-stdin") {
    typed = readLine(strippingNewline: true)
  } else {
    guard Terminal.canAsk else {
      throw EaselError(
        .usage, "NoTerminal", "there is no terminal to ask for sudo's password on",
        advice: "give it on standard input with --sudo-password-stdin")
    }
    typed = Terminal.askSecret("sudo's password on \(name): ")
  }
  guard let typed, !typed.isEmpty else {
    throw EaselError(.usage, "NoPassword", "no password of sudo was given for \(name)")
  }
  let password = Secret(typed)
  let ways = try HostWays(SiteOpening.directory(invocation))
  try blocking { try await ways.install(on: host, password: password) }
  Terminal.err(
    "From now on \(spec.user ?? "the login user") may start easel-agent, and nothing else, by sudo on \(name) without a password."
  )
}

/// Prints what a unit on a host has logged, as its agent reads it.
func printUnitLog(host: String, unit: String, in gate: SiteGate, _ invocation: Invocation) throws {
  let lines = try invocation.integer("tail", in: 1...5000) ?? 200
  var page = try gate.log(ofUnit: unit, onHost: host, after: nil, lines: lines)
  for line in page.lines { Terminal.out(line) }
  guard invocation.has("follow") else { return }
  Interrupts.catchThem()
  var isLost = false
  while !Interrupts.pending {
    pause(milliseconds: 500)
    guard page.cursor != nil else {
      throw EaselError(
        .failed, "NotFollowed", "\(host) cannot say where the log of \(unit) ends, so it cannot be followed",
        advice: "upgrade its agent: easel host add does so")
    }
    do {
      let more = try gate.log(ofUnit: unit, onHost: host, after: page.cursor, lines: 5000)
      if isLost { Terminal.err("-- \(host) answers again --") }
      isLost = false
      for line in more.lines { Terminal.out(line) }
      page.cursor = more.cursor ?? page.cursor
    } catch let error as EaselError where error.category == .failed {
      // The log goes on where it ended once the host is back.
      if !isLost { Terminal.err("-- \(error.message); waiting for \(host) --") }
      isLost = true
      pause(milliseconds: 1500)
    }
  }
  throw Ending(status: 130)
}

/// The content folder that `--content` names, as an absolute path, once its index was read.
func contentFolder(_ invocation: Invocation) throws -> String? {
  guard let folder = invocation.value("content") else { return nil }
  let path = OperatorFile.absolute(folder)
  let (result, message) = try checkContent(path)
  // Files may still be on their way; what needs one of them is stopped until it is there.
  if result != .fine { Terminal.err("note: \(message)") }
  return path
}

/// What a content folder holds, for people.
func checkContent(_ folder: String) throws -> (Checkup.Finding.Result, String) {
  let content = try ContentFolder(path: folder)
  var missing: [String] = []
  for item in content.index.items {
    var status = stat()
    if stat("\(folder)/\(item.path)", &status) != 0 || Int64(status.st_size) != item.size { missing.append(item.path) }
  }
  guard missing.isEmpty else {
    return (.wrong, "\(folder): missing or of another size: \(missing.prefix(5).joined(separator: ", "))")
  }
  let versions = content.index.kubernetesVersions.joined(separator: ", ")
  return (.fine, "\(folder): \(content.index.items.count) files, Kubernetes \(versions)")
}

enum Executables {
  /// The first executable of that name on the PATH.
  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }
}

func currentDirectory() -> String { FileManager.default.currentDirectoryPath }
