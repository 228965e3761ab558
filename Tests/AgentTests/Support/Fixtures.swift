import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselHosts
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import EaselAgent

/// A folder below /tmp that goes away with its owner.
final class TestFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/easel-test-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ name: String, _ text: String, mode: UInt32 = 0o644) {
    try! Data(text.utf8).write(to: URL(filePath: self(name)))
    chmod(self(name), mode)
  }

  func read(_ name: String) -> String? {
    (try? Data(contentsOf: URL(filePath: self(name)))).map { String(decoding: $0, as: UTF8.self) }
  }

  func exists(_ name: String) -> Bool { Files.status(self(name)) != nil }

  /// Whether any file below holds the bytes.
  func anyFileHolds(_ text: String) -> Bool {
    let all = FileManager.default.enumerator(at: path)
    return all.contains { name in
      (try? Data(contentsOf: URL(filePath: "\(path)/\(name)"))).map { Array($0).holds(Array(text.utf8)) } ?? false
    }
  }
}

extension FileManager {
  fileprivate func enumerator(at path: String) -> [String] {
    guard let names = try? contentsOfDirectory(atPath: path) else { return [] }
    return names.flatMap { name in [name] + enumerator(at: "\(path)/\(name)").map { "\(name)/\($0)" } }
  }
}

/// The programs of this build.
enum Built {
  /// The agent's binary, beside the test bundle.
  static let agent: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, 4095)
    let executable = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let beside = Files.parent(of: executable) + "/easel-agent"
    if Files.status(beside) != nil { return beside }
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    return Files.parent(of: bundle) + "/easel-agent"
  }()
}

let site = Fence(site: "site-a", epoch: 1)

func request(
  _ key: String, _ steps: [PlanStep], fence: Fence = site, secrets: [String: String] = [:]
) throws -> RunRequest {
  let plan = try HostPlan(title: "test \(key)", steps: steps)
  return RunRequest(
    key: key, digest: try plan.digest(), fence: fence, plan: plan,
    secrets: secrets.mapValues { Data($0.utf8).base64EncodedString() })
}

/// A step that runs a shell script, always.
func script(_ name: String, _ text: String, check: StepCheck = .idempotent(because: "a test"), limit: Int = 60)
  -> PlanStep
{
  PlanStep(name, "Run \(name)", .run(Command(["sh", "-c", text])), check: check, timeLimitSeconds: limit)
}

extension Runner {
  /// Runs a plan to its end.
  func finish(_ request: RunRequest) async throws -> RunReport {
    let task = try run(request)
    await untilIdle()
    return task.report
  }
}

/// Waits for events that come from closures.
final class Events<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func add(_ value: Value) { continuation.yield(value) }

  /// The first value that passes, skipping others.
  func first(where passes: (Value) -> Bool) async -> Value? {
    for await value in stream where passes(value) { return value }
    return nil
  }
}

/// A client of an agent that runs as a process of its own.
func localClient(_ folder: TestFolder) -> AgentClient {
  AgentClient(LocalTransport(host: "here", agent: Built.agent, state: folder("agent")))
}
