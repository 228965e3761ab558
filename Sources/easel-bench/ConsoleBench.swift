import CSys
import Glibc

/// The console on a pseudo terminal of 80x24, as an operator has it: `bin/easel` on a simulated site.
enum ConsoleBench {
  private static let starts = 9
  private static let presses = 200

  static func run() throws -> Report {
    var report = Report("Console: bin/easel on an 80x24 terminal, \(starts) starts, \(presses) key presses")
    let easel = try program()
    try withTemporaryFolder { folder in
      let small = folder + "/small"
      try make(small, ["site", "init", "--simulated", "6"], easel)
      let cold = try (0..<starts).map { _ in
        let console = try ConsoleProcess(easel, state: small)
        defer { console.end() }
        return try console.waitForFirstPaint()
      }
      report.row(
        "cold start to first paint", seconds(median(cold)), beside: "target 50 ms, ratio \(short(median(cold) / 0.05))")
      let large = folder + "/large"
      try make(large, ["site", "load", "--simulated", "--clusters", "1000", "--machines", "10"], easel)
      let console = try ConsoleProcess(easel, state: large)
      defer { console.end() }
      _ = try console.waitForFirstPaint()
      console.press("3")
      _ = console.drain(quietMilliseconds: 2000)
      try measureKeys(console, &report)
      report.row(
        "memory with 1000 clusters, 10000 machines", mebibytes(console.residentBytes()), beside: "target 25 MiB")
      let idle = console.drain(quietMilliseconds: 5000)
      report.row("bytes written by itself in the 5 s after", String(idle.bytes))
    }
    return report
  }

  private static func measureKeys(_ console: ConsoleProcess, _ report: inout Report) throws {
    var latencies: [Double] = []
    var bytes: [Double] = []
    let before = console.writeCalls()
    for index in 0..<presses {
      let start = monotonicSeconds()
      console.press(index % 20 < 10 ? "j" : "k")
      guard let answer = console.waitForBytes(milliseconds: 5000) else {
        throw BenchError("the console did not answer a key")
      }
      latencies.append(answer.at - start)
      bytes.append(Double(answer.bytes + console.drain(quietMilliseconds: 20).bytes))
    }
    let writes = Double(console.writeCalls() - before) / Double(presses)
    report.row("key to first byte, median", seconds(median(latencies)), beside: "target 1 ms")
    report.row("key to first byte, 99th percentile", seconds(percentile99(latencies)), beside: "target 5 ms")
    report.row("bytes a cursor move, median", short(median(bytes)), beside: "target 120")
    report.row("write calls a key, wake-ups of threads included", short(writes))
  }

  private static func program() throws -> String {
    let path = "bin/easel"
    guard access(path, X_OK) == 0 else { throw BenchError("there is no bin/easel here: run make build") }
    return path
  }

  private static func make(_ state: String, _ arguments: [String], _ easel: String) throws {
    let status = try runProgram([easel, "--state", state] + arguments, output: "/dev/null")
    guard status == 0 else { throw BenchError("easel \(arguments.joined(separator: " ")) ended with status \(status)") }
  }
}
