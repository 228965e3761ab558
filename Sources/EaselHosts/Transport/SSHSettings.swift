import CSys
import EaselModel
import EaselProcess
import Glibc

/// What all ssh connections of a site share.
package struct SSHSettings: Sendable, Hashable {
  /// Keys that were confirmed for this site; trusted besides the operator's own known_hosts.
  package var knownHosts: String
  /// A folder for control sockets, mode 0700, with a short path; nil turns multiplexing off.
  package var controlFolder: String?
  package var connectSeconds = 10
  package var aliveSeconds = 5
  /// The ssh program.
  package var program = "ssh"

  package init(knownHosts: String, controlFolder: String?) {
    (self.knownHosts, self.controlFolder) = (knownHosts, controlFolder)
  }

  /// Settings whose files lie in a site's state folder; the control sockets lie where their path is short enough.
  package static func inState(_ folder: String) throws -> SSHSettings {
    SSHSettings(knownHosts: "\(folder)/known_hosts", controlFolder: try shortFolder(beside: folder))
  }

  /// Options for every call. The site's keys come in as a global file, so that whatever the operator set up as user files holds too.
  func options(_ target: SSHTarget) -> [String] {
    var options = [
      "BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no",
      "GlobalKnownHostsFile=\"\(knownHosts)\" /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2",
      "ConnectTimeout=\(connectSeconds)", "ServerAliveInterval=\(aliveSeconds)", "ServerAliveCountMax=3",
      "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "RequestTTY=no",
      "LogLevel=ERROR",
    ]
    if let controlFolder {
      options += ["ControlMaster=auto", "ControlPersist=60", "ControlPath=\(controlFolder)/\(target.tag)"]
    } else {
      options += ["ControlMaster=no", "ControlPath=none"]
    }
    return options.flatMap { ["-o", $0] }
  }

  func launch(_ target: SSHTarget, _ extra: [String], _ command: String) throws -> ChildProcess.Launch {
    try target.check()
    var launch = ChildProcess.Launch(
      [program, "-T"] + extra + options(target) + target.credentials + target.selection + [
        "--", target.destination, command,
      ])
    launch.environment = SSHSettings.environment()
    return launch
  }

  /// Ours, with messages in English.
  static func environment() -> [String: String] {
    ProcessEnvironment.current().merging(["LC_ALL": "C", "LANG": "C", "SSH_ASKPASS_REQUIRE": "never"]) { $1 }
  }

  /// A folder of mode 0700 that only this user owns. A socket's path has at most 107 bytes and ssh adds 17 while it makes one.
  private static func shortFolder(beside state: String) throws -> String {
    let runtime = ProcessEnvironment.current()["XDG_RUNTIME_DIR"].map { "\($0)/easel" }
    let candidates = [runtime, "\(state)/ssh", "/tmp/easel-ssh-\(geteuid())"].compactMap { $0 }
    for folder in candidates where folder.hasPrefix("/") && folder.utf8.count <= 70 {
      _ = mkdir(folder, 0o700)
      var status = csys_status()
      guard csys_status_of(folder, false, &status) == 0, status.is_directory, status.uid == geteuid(),
        status.mode & 0o077 == 0
      else { continue }
      return folder
    }
    throw EaselError(
      .failed, "NoControlFolder", "no folder of mode 0700 with a short path was found for ssh's control sockets",
      advice: "set XDG_RUNTIME_DIR")
  }
}
