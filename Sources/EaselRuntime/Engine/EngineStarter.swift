import CSys
import EaselModel
import EaselProcess
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
    if lease.isLed { return false }
    try start()
    return true
  }

  private func start() throws {
    let program = self.program ?? Self.thisProgram()
    let log = csys_open_append(directory.engineLog, 0o600)
    defer { if log >= 0 { close(log) } }
    var launch = ChildProcess.Launch([program, "--state", directory.path, "engine", "--until-idle"] + options)
    launch.directory = "/"
    launch.newSession = true
    if log >= 0 { (launch.output, launch.errors) = (.descriptor(log), .descriptor(log)) }
    do {
      _ = try ChildProcess(launch)
    } catch {
      throw EaselError(
        .failed, "EngineNotStarted", "starting the engine: \(error)",
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
}
