import CSys
import EaselHostPlan
import EaselProcess
import Glibc

/// Where the agent keeps things: one folder, readable by its owner only.
package struct StateFolder: Sendable, Hashable {
  package let path: String

  package init(_ path: String) { self.path = path }

  /// The folder of an installed agent.
  package static let installed = StateFolder("/var/lib/easel-agent")

  var tasks: String { "\(path)/tasks" }
  var content: String { "\(path)/content" }
  var partial: String { "\(path)/partial" }
  var fence: String { "\(path)/owner.json" }
  var lock: String { "\(path)/lock" }

  /// The folder of one plan's journal and log; the key may hold any character, so its digest is the name.
  func task(_ key: String) -> String { "\(tasks)/\(SHA256.hex(key.utf8).prefix(40))" }

  /// Makes what is missing.
  package func prepare() throws(SystemError) {
    try Files.makeDirectories(path, mode: 0o700)
    for folder in [tasks, content, partial] { try Files.makeDirectories(folder, mode: 0o700) }
  }
}
