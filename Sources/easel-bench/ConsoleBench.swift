import CSys
import Glibc

/// The console beside htop and btop, on the same pseudo terminals in the same run: `bin/easel` on a simulated site.
enum ConsoleBench {
  private static let sizes = [
    TerminalProcess.Size(columns: 80, rows: 24), TerminalProcess.Size(columns: 200, rows: 50),
  ]
  private static let stormSeconds = 10.0
  private static let clusters = 1000
  private static let machines = 10

  static func run() throws -> Report {
    var report = Report(
      "Console: bin/easel with \(clusters) clusters and \(clusters * machines) hosts, htop and btop with this machine's processes"
    )
    let easel = try program()
    try withTemporaryFolder { folder in
      let (small, large, real) = (folder + "/small", folder + "/large", folder + "/real")
      try make(small, ["site", "init", "--simulated", "6"], easel)
      try make(large, ["site", "load", "--simulated", "--clusters", "\(clusters)", "--machines", "\(machines)"], easel)
      try make(real, ["site", "init"], easel)
      let subjects = [
        ConsoleMeasures.Subject(
          name: "easel", cold: [easel, "--state", small], loaded: [easel, "--state", large], prelude: "3",
          repaint: "\u{0C}"),
        ConsoleMeasures.Subject(name: "htop", cold: ["htop"], loaded: ["htop"], prelude: "", repaint: "\u{0C}"),
        ConsoleMeasures.Subject(name: "btop", cold: ["btop"], loaded: ["btop"], prelude: "", repaint: nil),
      ]
      for size in sizes {
        let measured = try subjects.map { try ConsoleMeasures($0, size: size, folder: folder) }
        report.header(size.name, ["target"] + subjects.map(\.name))
        for row in ConsoleMeasures.rows {
          report.row(row.what, [row.target[size.name] ?? row.target[""] ?? "-"] + measured.map(row.text))
        }
        try bare(size, folder, &report)
        try storm(size, easel, large, folder, &report)
      }
      try clock(easel, real, folder, &report)
    }
    return report
  }

  /// What the terminal and the machine alone take: a key that comes back from cat.
  private static func bare(_ size: TerminalProcess.Size, _ folder: String, _ report: inout Report) throws {
    let echo = try TerminalProcess(["sh", "-c", "stty raw -echo; echo; exec cat"], size: size, home: folder)
    defer { echo.end() }
    _ = echo.waitForBytes(milliseconds: 5000)
    echo.drain(quietMilliseconds: 300, atMost: 1)
    let moves = try ConsoleMeasures.keys(echo, [String](repeating: "j", count: ConsoleMeasures.presses))
    report.header("\(size.name), no program", ["target", "cat"])
    report.row("key to first byte, median of \(ConsoleMeasures.presses)", ["-", seconds(median(moves.times))])
    report.row("key to first byte, 99th percentile", ["-", seconds(percentile99(moves.times))])
  }

  /// The same console while another process changes a thousand objects a second in its store.
  private static func storm(
    _ size: TerminalProcess.Size, _ easel: String, _ state: String, _ folder: String, _ report: inout Report
  ) throws {
    let console = try TerminalProcess([easel, "--state", state], size: size, home: folder)
    defer { console.end() }
    _ = try console.waitForFirstPaint()
    console.drain(quietMilliseconds: 2000, atMost: 6)
    console.press("3")
    console.drain(quietMilliseconds: 500, atMost: 2)
    let output = folder + "/storm"
    let file = open(output, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    let writer = try start(
      ["/proc/self/exe", "--storm-run", state, "\(Int(stormSeconds * 2) + 3)"], descriptors: (-1, file, 2),
      newSession: false)
    defer { close(writer.exit) }
    console.drain(quietMilliseconds: 1000, atMost: 2)
    let before = console.usage
    let seen = console.watch(seconds: stormSeconds)
    let after = console.usage
    let presses = 100
    let moves = try ConsoleMeasures.keys(console, (0..<presses).map { $0 % 20 < 10 ? "j" : "k" })
    var end = csys_exit()
    _ = csys_reap(writer.pid, true, &end)
    let rate = Double(try readFile(output).split(separator: "\n").first ?? "") ?? 0
    func share(_ used: Double) -> String { short(used / stormSeconds * 100, "%") }
    report.header("\(size.name), \(short(rate)) changes/s arriving", ["target", "easel"])
    report.row("pictures a second", ["10", short(Double(seen.pictures) / stormSeconds)])
    report.row("processor, drawing thread", ["5 %", share(after.firstThread - before.firstThread)])
    report.row("processor, whole console", ["-", share(after.processor - before.processor)])
    report.row("key to first byte, median of \(presses)", ["1 ms", seconds(median(moves.times))])
    report.row("key to first byte, 99th percentile", ["5 ms", seconds(percentile99(moves.times))])
    report.row("resident memory", ["25 MiB", mebibytes(console.residentBytes)])
  }

  /// A real site has a clock that goes on.
  private static func clock(_ easel: String, _ state: String, _ folder: String, _ report: inout Report) throws {
    let console = try TerminalProcess([easel, "--state", state], size: sizes[0], home: folder)
    defer { console.end() }
    _ = try console.waitForFirstPaint()
    // Until the start is over, with the engine that it brings.
    _ = console.watch(seconds: 3)
    let before = console.usage
    let seen = console.watch(seconds: ConsoleMeasures.idleSeconds)
    let used = console.usage.processor - before.processor
    report.header("80x24, a real site with its clock on", ["target", "easel"])
    report.row("idle: bytes a second", ["100", short(Double(seen.bytes) / ConsoleMeasures.idleSeconds)])
    report.row("idle: processor", ["0.1 %", short(used / ConsoleMeasures.idleSeconds * 100, "%")])
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
