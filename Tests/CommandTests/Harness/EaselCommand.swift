import CSys
import EaselModel
import EaselProcess
import FoundationEssentials
import Glibc
import Testing

/// What a run of the program came to.
struct Run: Sendable {
  var status: Int32
  var output: String
  var errors: String
}

/// A state directory of a test with the program that was built beside the tests. Everything that it started is ended with it.
final class TestSite: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/easel-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("make a test directory") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/site"
  }

  /// One with simulated hosts.
  static func simulated(hosts: Int) async throws -> TestSite {
    let site = try TestSite()
    let made = try await site.easel("site", "init", "--simulated", "\(hosts)")
    try #require(made.status == 0, "\(made.errors)")
    return site
  }

  deinit {
    // An engine of this site that still runs is named by the lease and has this directory among its arguments.
    for pid in enginePIDs() {
      kill(pid, SIGCONT)
      kill(pid, SIGKILL)
    }
    try? FileManager.default.removeItem(atPath: String(path.dropLast("/site".count)))
  }

  /// The processes whose arguments are `--state <this directory> engine`.
  func enginePIDs() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { pid in
      guard let bytes = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else { return false }
      let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.count >= 4 && words[1] == "--state" && words[2] == path && words[3] == "engine"
    }
  }

  static let program: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/easel"
  }()

  static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["USER"] = "tester"
    for name in ["SUDO_USER", "SSH_CONNECTION", "SSH_CLIENT"] { environment[name] = nil }
    return environment
  }

  /// Starts `easel --state <this site> ...` with its streams in pipes.
  func start(_ arguments: [String], input: ChildProcess.Stream = .null) throws -> ChildProcess {
    var launch = ChildProcess.Launch([TestSite.program, "--state", path] + arguments)
    launch.environment = TestSite.environment
    launch.input = input
    launch.output = .pipe
    launch.errors = .pipe
    return try ChildProcess(launch)
  }

  /// Runs `easel --state <this site> ...` to its end.
  @discardableResult
  func easel(_ arguments: String...) async throws -> Run { try await easel(arguments) }

  func easel(_ arguments: [String], input: String? = nil) async throws -> Run {
    let child = try start(arguments, input: input == nil ? .null : .pipe)
    if let input {
      try await child.input?.write(Array(input.utf8))
      child.input?.close()
    }
    return try await TestSite.end(of: child)
  }

  /// Reads a child's streams to their ends and waits for it.
  static func end(of child: ChildProcess) async throws -> Run {
    async let output = text(of: child.output)
    async let errors = text(of: child.errors)
    let (out, err) = try await (output, errors)
    let status: Int32 =
      switch await child.wait() {
      case .exited(let status): status
      case .signalled(let signal): 128 + signal
      }
    return Run(status: status, output: out, errors: err)
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

  /// Waits until something is so; the bound is only there so that a broken program does not hang the tests.
  func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<3000 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw EaselError(.timedOut, "TestTimedOut", "never came about: \(what)")
  }
}
