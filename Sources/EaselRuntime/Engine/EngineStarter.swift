import CSys
package import EaselModel
import FoundationEssentials
import Glibc

/// Makes sure that an engine runs for a site: whoever submits an intent calls it after the intent is on disk.
///
/// The engine is a process in a session of its own, so nothing that happens to the caller's terminal reaches it. Two callers at
/// once may start two: the second finds the lease held by a living process and ends.
package struct EngineStarter: Sendable {
  package var directory: StateDirectory
  /// The program to start; nil means this one.
  package var program: String?
  /// Added to `easel engine --until-idle`.
  package var options: [String]

  package init(directory: StateDirectory, program: String? = nil, options: [String] = []) {
    (self.directory, self.program, self.options) = (directory, program, options)
  }

  /// Starts an engine when the lease is free or its holder is gone.
  ///
  /// - Returns: whether one was started.
  /// - Throws: `EngineNotStarted` when the program cannot be started.
  @discardableResult
  package func ensure(_ lease: Lease) throws -> Bool {
    if lease.isHeld(at: .wallClock()), LeaseHolder(lease.holder)?.isCertainlyGone != true { return false }
    try start()
    return true
  }

  private func start() throws {
    let program = self.program ?? Self.thisProgram()
    let arguments = [program, "--state", directory.path, "engine", "--until-idle"] + options
    let log = csys_open_append(directory.engineLog, 0o600)
    defer { if log >= 0 { close(log) } }
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    let status = Self.withCStrings(arguments) { argv in
      Self.withCStrings(environment) { envp in
        program.withCString { path in
          "/".withCString { root in
            var pid: Int32 = 0
            var exitFD: Int32 = -1
            var options = csys_spawn_options(
              path: path, argv: argv, envp: envp, directory: root, fds: (-1, log, log), search: false,
              new_session: true, new_group: false)
            let status = csys_spawn(&options, &pid, &exitFD)
            if exitFD >= 0 { close(exitFD) }
            return status
          }
        }
      }
    }
    guard status == 0 else {
      throw EaselError(
        .failed, "EngineNotStarted", "starting the engine (\(program)): \(String(cString: strerror(status)))",
        advice: "the change is stored; start one with: easel --state \(directory.path) engine")
    }
  }

  /// The running program's own file.
  package static func thisProgram() -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return CommandLine.arguments.first ?? "easel" }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return body(copies)
  }
}
