import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc

/// Puts the agent on a host over ssh, upgrades it, and takes it away again.
///
/// The binary goes to a temporary file of the login user, is compared by SHA-256, and is moved into place by root; the new binary then
/// sets itself up (`install-unit`). A runner of an older build restarts only between plans. Doing it twice changes nothing.
package struct AgentInstaller: Sendable {
  package struct Result: Sendable, Hashable {
    /// False when the same binary was there already.
    package var copied: Bool
    /// What `install-unit` printed.
    package var said: String
  }

  package var target: SSHTarget
  package var settings: SSHSettings
  /// The agent's binary here.
  package var binary: String
  /// Of sudo, typed by the operator; it goes to sudo's standard input and is kept nowhere.
  package var password: Secret?
  /// Lets the login user start exactly `easel-agent serve` and `easel-agent receive -` by sudo without a password from now on. Only with the
  /// operator's consent; without it, a host whose sudo asks can be used only while somebody types the password.
  package var authorizeLoginUser = false
  /// Put before every path on the host; empty on a real one.
  package var prefix = ""

  package init(_ target: SSHTarget, _ settings: SSHSettings, binary: String, password: Secret? = nil) {
    (self.target, self.settings, self.binary, self.password) = (target, settings, binary, password)
  }

  private var installed: String { "\(prefix)/usr/local/lib/easel/easel-agent" }

  /// Installs or upgrades.
  ///
  /// - Throws: `WrongArchitecture`, `SudoPasswordNeeded`, `SudoPasswordWrong`, `DiskFull`, ... before anything of the host is changed.
  package func install() async throws -> Result {
    let facts = try await probe()
    guard facts.machine == "x86_64" else {
      throw HostFailure.wrongArchitecture.error(target.host, "uname -m says \(facts.machine)")
    }
    let bytes = try Data(contentsOf: URL(filePath: binary))
    let digest = SHA256.hex(bytes)
    if facts.digest == digest {
      return Result(copied: false, said: try await asRoot(setUp(user: facts.user), "set up the agent"))
    }
    let temporary = try await upload(bytes, digest)
    let folder = "\(prefix)/usr/local/lib/easel"
    let script = """
      set -e
      trap 'rm -f \(ShellWord.quote(temporary))' EXIT
      mkdir -p \(ShellWord.quote(folder))
      cat \(ShellWord.quote(temporary)) > \(ShellWord.quote(installed + ".new"))
      chmod 0755 \(ShellWord.quote(installed + ".new"))
      echo '\(digest)  \(installed).new' | sha256sum -c - > /dev/null
      mv -f \(ShellWord.quote(installed + ".new")) \(ShellWord.quote(installed))
      \(setUp(user: facts.user))
      """
    return Result(copied: true, said: try await asRoot(script, "install the agent"))
  }

  /// Takes the agent away; with `purge` also its owner record, journals and content.
  package func dismiss(purge: Bool) async throws {
    let words = [installed, "uninstall"] + (purge ? ["--purge"] : []) + (prefix.isEmpty ? [] : ["--prefix", prefix])
    _ = try await asRoot("test ! -e \(ShellWord.quote(installed)) || \(ShellWord.line(words))", "remove the agent")
  }

  // MARK: Steps

  private func setUp(user: String) -> String {
    var words = [installed, "install-unit"]
    if authorizeLoginUser && target.privilege != .root { words += ["--authorize", user] }
    if !prefix.isEmpty { words += ["--prefix", prefix] }
    return ShellWord.line(words)
  }

  /// What the host is, asked without root.
  private func probe() async throws -> (machine: String, user: String, digest: String) {
    let script = """
      echo machine=$(uname -m); echo user=$(id -un); echo digest=$(sha256sum \(ShellWord.quote(installed)) 2>/dev/null | cut -c1-64)
      """
    let said = try await run(script, input: [])
    var values: [String: String] = [:]
    for line in said.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    guard let machine = values["machine"], !machine.isEmpty else {
      throw HostFailure.agentError.error(target.host, "its shell did not answer: \(said.prefix(200))")
    }
    return (machine, values["user"] ?? "", values["digest"] ?? "")
  }

  /// Returns the path of the copy on the host.
  private func upload(_ bytes: Data, _ digest: String) async throws -> String {
    let script = """
      umask 077; f=$(mktemp /tmp/easel-agent.XXXXXXXX) && cat > "$f" && \
      if [ "$(sha256sum "$f" | cut -c1-64)" = \(digest) ]; then echo "$f"; else rm -f "$f"; echo differs; fi
      """
    let said = try await run(script, input: Array(bytes)).split(separator: "\n").map(String.init)
    guard let path = said.last, path.hasPrefix("/tmp/easel-agent.") else {
      throw HostFailure.agentError.error(target.host, "the agent's binary did not arrive whole")
    }
    return path
  }

  /// Runs a script as root. It must not read standard input: that is the password's.
  private func asRoot(_ script: String, _ doing: String) async throws -> String {
    let shell = ShellWord.line(["sh", "-c", script])
    switch target.privilege {
    case .root: return try await run("\(shell) < /dev/null", input: [])
    case .sudo: return try await run("sudo -n -- \(shell) < /dev/null", input: [])
    case .sudoPassword:
      guard let password else { throw HostFailure.sudoPasswordNeeded.error(target.host, "to \(doing)") }
      return try await run("sudo -k -S -p '' -- \(shell)", input: password.withBytes { $0 } + [10])
    }
  }

  private func run(_ command: String, input: [UInt8]) async throws -> String {
    let process = try await HostProcess(try settings.launch(target, [], command), host: target.host)
    let writer = Task.detached {
      // Who does not read to the end says why in its last words.
      try? await process.input.write(input)
      process.input.close()
    }
    var said: [UInt8] = []
    while let bytes = try? await process.output.read(), !bytes.isEmpty { said = (said + bytes).suffix(65_536) }
    let (status, complaints) = await process.finish(graceSeconds: 60)
    writer.cancel()
    guard status == .exited(0) else {
      let output = String(decoding: said, as: UTF8.self)
      let why = HostFailure.classify(status, complaints + output)
      let summary = HostFailure.summary(complaints.isEmpty ? output : complaints)
      // Ended with a status of its own: neither ssh nor sudo, so the script itself failed.
      let real = why == .connectionLost || (why == .agentMissing && status != .exited(127)) ? .agentError : why
      throw real.error(target.host, "\(summary) (\(status))")
    }
    return String(decoding: said, as: UTF8.self)
  }
}
