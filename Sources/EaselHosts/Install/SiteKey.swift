import CSys
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc

/// The key pair of a site: the private half in its state folder, for its owner alone; the public half on hosts, where it may start the
/// agent and nothing else. Made when it is first needed.
package struct SiteKey: Sendable, Hashable {
  /// The file of the private half.
  package let file: String
  /// `ssh-ed25519` and the key, without a comment.
  package let publicHalf: String
  /// `SHA256:...`, as ssh-keygen shows it.
  package let fingerprint: String

  package static func file(in state: String) -> String { "\(state)/site_key" }

  /// The key of a state folder; made there if there is none.
  ///
  /// - Throws: `SSHMissing` without ssh-keygen; `SiteKeyOpen` (refused) when others may read the private half.
  package static func ensure(in state: String) async throws -> SiteKey {
    let file = file(in: state)
    if access(file, F_OK) != 0 { try await make(file) }
    return try await read(file)
  }

  /// The key of a state folder; nil when none was ever made.
  package static func existing(in state: String) async throws -> SiteKey? {
    access(file(in: state), F_OK) == 0 ? try await read(file(in: state)) : nil
  }

  private static func read(_ file: String) async throws -> SiteKey {
    var status = csys_status()
    guard csys_status_of(file, false, &status) == 0, !status.is_directory, status.uid == geteuid(),
      status.mode & 0o077 == 0
    else {
      throw EaselError(
        .refused, "SiteKeyOpen", "the site's key \(file) is not a file of yours alone",
        advice: "remove it if others may have read it, and install a new one on each host: easel host key install HOST")
    }
    let said = try await keygen(["-y", "-P", "", "-f", file])
    let words = said.split(separator: "\n").first?.split(separator: " ").map(String.init) ?? []
    guard words.count >= 2, let key = HostKey(knownHostsLine: "site \(words[0]) \(words[1])") else {
      throw EaselError(.failed, "SiteKeyUnreadable", "reading the site's key \(file): ssh-keygen printed no key")
    }
    return SiteKey(file: file, publicHalf: "\(words[0]) \(words[1])", fingerprint: key.fingerprint)
  }

  /// Two processes at once make one key: the name is given only once.
  private static func make(_ file: String) async throws {
    let folder = try TemporaryFolder(in: String(file.dropLast("/site_key".count)))
    defer { folder.remove() }
    _ = try await keygen(["-q", "-t", "ed25519", "-N", "", "-C", "easel", "-f", "\(folder.path)/key"])
    guard link("\(folder.path)/key", file) == 0 || csys_errno() == EEXIST else {
      throw EaselError(.failed, "FileNotWritten", SystemError("write \(file)").description)
    }
  }

  private static func keygen(_ arguments: [String]) async throws -> String {
    var launch = ChildProcess.Launch(["ssh-keygen"] + arguments)
    launch.environment = SSHSettings.environment()
    let process = try await HostProcess(launch, host: "this machine")
    process.input.close()
    var said: [UInt8] = []
    while let bytes = try? await process.output.read(), !bytes.isEmpty { said = (said + bytes).suffix(16_384) }
    let (status, complaints) = await process.finish(graceSeconds: 20)
    guard status == .exited(0) else {
      throw EaselError(
        .failed, "SiteKeyFailed", "ssh-keygen \(arguments.first ?? "") failed: \(HostFailure.summary(complaints))")
    }
    return String(decoding: said, as: UTF8.self)
  }
}

/// Puts a site's key among the login user's authorized keys on a host, tied to the agent, and takes it out again. The login is the
/// operator's own.
package struct SiteKeyInstaller: Sendable {
  package var target: SSHTarget
  package var settings: SSHSettings
  package var key: SiteKey
  /// What the line ties the key to.
  package var command = "/usr/local/lib/easel/easel-agent forced-command"
  /// The file, as a word of the remote shell.
  package var authorizedKeys = "$HOME/.ssh/authorized_keys"

  package init(_ target: SSHTarget, _ settings: SSHSettings, key: SiteKey) {
    self.target = target
    self.target.siteKey = nil
    (self.settings, self.key) = (settings, key)
  }

  /// `restrict` turns off forwarding, terminals and ~/.ssh/rc (sshd(8)).
  var line: String { "restrict,command=\"\(command)\" \(key.publicHalf) easel" }

  /// Puts the line there, and sees that sshd takes the key and allows it nothing else.
  ///
  /// - Throws: `SiteKeyRefused` when the host's sshd does not take it; the line is gone again then.
  package func install() async throws {
    try await edit(adding: line)
    do { try await verify() } catch {
      try? await remove()
      throw error
    }
  }

  package func remove() async throws { try await edit(adding: nil) }

  /// Writes the file anew without any line of the key, and with ours if one is given; whole or not at all.
  private func edit(adding line: String?) async throws {
    let blob = key.publicHalf.split(separator: " ").last.map(String.init) ?? ""
    let add = line.map { "printf '%s\\n' \(ShellWord.quote($0)) >> \"$t\"" } ?? ":"
    let script = """
      set -e; umask 077
      f="\(authorizedKeys)"; mkdir -p "$(dirname "$f")"; f=$(readlink -f "$f" || echo "$f")
      t=$(mktemp "$f.XXXXXX"); trap 'rm -f "$t"' EXIT
      if [ -e "$f" ]; then
        grep -vF -- \(ShellWord.quote(blob)) "$f" > "$t" || [ $? = 1 ]
        chmod --reference="$f" "$t" 2>/dev/null || chmod 600 "$t"
      fi
      \(add)
      sync "$t" 2>/dev/null || :
      mv -f "$t" "$f"
      """
    let (status, said, _) = try await run(ShellWord.line(["sh", "-c", script]), target)
    guard status == .exited(0) else {
      throw HostFailure.classify(status, said).error(target.host, HostFailure.summary(said))
    }
  }

  /// With the site's key alone anything but the agent is refused in the agent's words: so the key is taken, and tied.
  private func verify() async throws {
    var alone = target
    alone.siteKey = key.file
    let (status, said, printed) = try await run("echo untied", alone)
    if status == .exited(77), said.contains("this key may start") { return }
    let why =
      printed.contains("untied")
      ? "it lets another key in first, or the line does not tie it" : HostFailure.summary(said)
    throw EaselError(
      .failed, "SiteKeyRefused", "\(target.host) does not take the site's key as it was put there: \(why)",
      advice: "see AuthorizedKeysFile and PubkeyAuthentication in sshd_config there; the line was taken out again")
  }

  private func run(_ command: String, _ target: SSHTarget) async throws -> (ExitStatus, said: String, printed: String) {
    var settings = settings
    settings.controlFolder = nil
    let process = try await HostProcess(try settings.launch(target, [], command), host: target.host)
    process.input.close()
    var printed: [UInt8] = []
    while let bytes = try? await process.output.read(), !bytes.isEmpty { printed = (printed + bytes).suffix(16_384) }
    let (status, said) = await process.finish(graceSeconds: 30)
    return (status, said, String(decoding: printed, as: UTF8.self))
  }
}
