import EaselModel
import FoundationEssentials
import Glibc

/// The folder that holds all of a site: database, keys, logs. Its owner alone opens it.
package struct StateDirectory: Sendable, Hashable {
  /// Absolute.
  package var path: String

  /// `given`, or `/var/lib/easel` for root, or `$XDG_STATE_HOME/easel`, or `.local/state/easel` in the home directory: `$HOME` where
  /// that is an absolute path, else what the user's account says.
  package init(given: String?, environment: [String: String] = ProcessInfo.processInfo.environment) {
    var chosen: String
    if let given, !given.isEmpty {
      chosen = given
    } else if geteuid() == 0 {
      chosen = "/var/lib/easel"
    } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      chosen = state + "/easel"
    } else {
      let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      let account = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) }
      chosen = (home ?? account ?? "") + "/.local/state/easel"
    }
    if !chosen.hasPrefix("/") { chosen = FileManager.default.currentDirectoryPath + "/" + chosen }
    while chosen.count > 1, chosen.hasSuffix("/") { chosen.removeLast() }
    path = chosen
  }

  package var database: String { path + "/state.db" }
  package var engineLog: String { path + "/engine.log" }
  /// A folder with one file for each task.
  package var taskLogs: String { path + "/logs" }

  /// Whether there is a database.
  package var holdsSite: Bool {
    var status = stat()
    return stat(database, &status) == 0 && status.st_size > 0
  }

  /// Whether a site was made here, of which the database may be gone: opening it says what is wrong.
  package var heldSite: Bool { holdsSite || access(path + "/audit.head", F_OK) == 0 }

  /// - Throws: `NoSite` (not found) with what to do next, when no site was made here.
  package func requireSite() throws {
    guard !heldSite else { return }
    throw EaselError(
      .notFound, "NoSite", "there is no site in \(path)",
      advice: "make one with: easel --state \(path) site init, or: site init --simulated 6")
  }
}

extension Actor {
  /// Who runs this process: the Unix user (through sudo, who called it), and where from when SSH says so. The environment is
  /// believed only where the kernel knows no better.
  package static func current(environment: [String: String] = ProcessInfo.processInfo.environment) -> Actor {
    let account = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
    let caller = getuid() == 0 ? environment["SUDO_USER"] : nil
    let user = caller ?? account ?? environment["USER"] ?? "uid \(getuid())"
    let from = (environment["SSH_CONNECTION"] ?? environment["SSH_CLIENT"])?.split(separator: " ").first
    return Actor(name: from.map { "\(user) (\($0))" } ?? user)
  }
}
