import EaselModel
import EaselProcess
import EaselRuntime

/// Runs programs and waits for them on the calling thread, which is never one of Swift's pool.
enum Children {
  struct Ended: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// - Throws: `SystemError` when the program cannot be started.
  static func run(_ arguments: [String]) throws -> Ended {
    try blocking {
      var launch = ChildProcess.Launch(arguments)
      launch.output = .pipe
      launch.errors = .pipe
      let child = try ChildProcess(launch)
      async let output = text(of: child.output)
      async let errors = text(of: child.errors)
      let (out, err) = try await (output, errors)
      return switch await child.wait() {
      case .exited(let status): Ended(status: status, output: out, errors: err)
      case .signalled(let signal): Ended(status: 128 + signal, output: out, errors: err)
      }
    }
  }

  private static func text(of channel: ByteChannel?) async throws -> String {
    var bytes: [UInt8] = []
    while let channel {
      let more = try await channel.read()
      if more.isEmpty { break }
      bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
