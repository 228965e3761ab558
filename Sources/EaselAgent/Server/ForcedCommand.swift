import CSys
import EaselProcess
import FoundationEssentials
import Glibc

/// `easel-agent forced-command`: what sshd starts for a site's own key, whatever the client asked for.
///
/// The line in authorized_keys ties the key to this subcommand, and this subcommand to two words: relaying and receiving. What was
/// asked for is compared as a whole with the few texts that are allowed; it is never taken apart, and no shell sees it.
package enum ForcedCommand: String, Sendable, CaseIterable {
  case serve = "serve"
  case receive = "receive -"

  /// Exit status of a refusal.
  package static let refusedStatus: Int32 = 77
  package static let refusal = "this key may start `easel-agent serve` and `easel-agent receive -`, and nothing else"

  /// - Parameters:
  ///   - asked: SSH_ORIGINAL_COMMAND; nil when an interactive session was asked for.
  ///   - programs: the paths that the agent is known by.
  package init?(asked: String?, programs: [String]) {
    for command in ForcedCommand.allCases {
      for program in programs {
        let words = "\(program) \(command.rawValue)"
        if asked == words || asked == "sudo -n -- \(words)" {
          self = command
          return
        }
      }
    }
    return nil
  }

  /// As the agent's own arguments.
  package var arguments: [String] { rawValue.split(separator: " ").map(String.init) }

  /// The paths of this very program and of an installed agent.
  package static func programs() -> [String] {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, 4095)
    let own = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return [Installation.binary, Installation.link, own].filter { $0.hasPrefix("/") }
  }

  /// Becomes sudo, which starts the installed agent as root by the rule in sudoers, without asking.
  ///
  /// - Returns: only when that failed.
  package func becomeRoot() -> SystemError {
    let words = ["sudo", "-n", "--", Installation.binary] + arguments
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    for path in ["/usr/bin/sudo", "/bin/sudo"] { execv(path, &pointers) }
    return SystemError("start sudo")
  }
}
