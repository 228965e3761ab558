import Glibc

/// What is measured of one program on a terminal, each number a median or a sum as its name in the table says.
struct ConsoleMeasures {
  var coldStart = 0.0
  var keyMedian = 0.0
  var key99 = 0.0
  var cursorBytes = 0.0
  var pageBytes = 0.0
  var paintBytes = 0.0
  var writesPerPicture: Double?
  var idleBytes = 0.0
  var idleWakeups = 0.0
  var idleProcessor = 0.0
  var resident: Int64 = 0
  var ownMemory: Int64 = 0

  static let starts = 9
  static let presses = 200
  static let idleSeconds = 15.0

  /// A program and how it is asked for the same things.
  struct Subject {
    var name: String
    /// Started cold.
    var cold: [String]
    /// With everything loaded.
    var loaded: [String]
    /// Typed before the list is there to move in.
    var prelude: String
    /// Paints everything anew; nil where there is no such key, and then the first paint is counted.
    var repaint: String?
  }

  private static let (down, up, pageDown, pageUp) = ("\u{1B}[B", "\u{1B}[A", "\u{1B}[6~", "\u{1B}[5~")

  init(_ subject: Subject, size: TerminalProcess.Size, folder: String) throws {
    var firstPaints: [Double] = []
    coldStart = median(
      try (0..<Self.starts).map { _ in
        let program = try TerminalProcess(subject.cold, size: size, home: folder)
        defer { program.end() }
        let time = try program.waitForFirstPaint()
        firstPaints.append(Double(400 + program.drain(quietMilliseconds: 150, atMost: 0.5)))
        return time
      })
    let program = try TerminalProcess(subject.loaded, size: size, home: folder)
    defer { program.end() }
    _ = try program.waitForFirstPaint()
    program.drain(quietMilliseconds: 2000, atMost: 6)
    if !subject.prelude.isEmpty { program.press(subject.prelude) }
    program.drain(quietMilliseconds: 500, atMost: 3)
    let moves = try Self.keys(program, (0..<Self.presses).map { $0 % 20 < 10 ? Self.down : Self.up })
    (keyMedian, key99, cursorBytes) = (median(moves.times), percentile99(moves.times), median(moves.bytes))
    pageBytes = median(try Self.keys(program, (0..<20).map { $0 % 4 < 2 ? Self.pageDown : Self.pageUp }).bytes)
    if let repaint = subject.repaint {
      paintBytes = median(try Self.keys(program, [String](repeating: repaint, count: 7)).bytes)
    } else {
      paintBytes = median(firstPaints)
    }
    idle(program)
    (resident, ownMemory) = (program.residentBytes, program.privateBytes)
    let pictures = 20
    let writes = try program.countWrites(in: folder) {
      for index in 0..<pictures {
        program.press(index % 2 == 0 ? Self.pageDown : Self.pageUp)
        program.drain(quietMilliseconds: 30, atMost: 1)
      }
    }
    writesPerPicture = writes.map { Double($0) / Double(pictures) }
  }

  private mutating func idle(_ program: TerminalProcess) {
    program.drain(quietMilliseconds: 300, atMost: 1)
    let before = program.usage
    let seen = program.watch(seconds: Self.idleSeconds)
    let after = program.usage
    let minutes = Self.idleSeconds / 60
    idleBytes = Double(seen.bytes) / minutes
    idleWakeups = Double(after.wakeups - before.wakeups) / minutes
    idleProcessor = (after.processor - before.processor) / Self.idleSeconds * 100
  }

  /// Presses keys one by one and waits for what each brings, at most so long that a program that draws all the time is not
  /// charged for more than a few of its own pictures.
  static func keys(_ program: TerminalProcess, _ keys: [String]) throws -> (times: [Double], bytes: [Double]) {
    var result: (times: [Double], bytes: [Double]) = ([], [])
    for key in keys {
      let start = monotonicSeconds()
      program.press(key)
      guard let answer = program.waitForBytes(milliseconds: 5000) else { throw BenchError("a key brought nothing") }
      result.times.append(answer.at - start)
      result.bytes.append(Double(answer.bytes + program.drain(quietMilliseconds: 15, atMost: 0.06)))
    }
    return result
  }

  static let rows: [(what: String, target: [String: String], text: @Sendable (ConsoleMeasures) -> String)] = [
    ("cold start to first paint, median of \(starts)", ["": "50 ms"], { seconds($0.coldStart) }),
    ("key to first byte, median of \(presses)", ["": "1 ms"], { seconds($0.keyMedian) }),
    ("key to first byte, 99th percentile", ["": "5 ms"], { seconds($0.key99) }),
    ("bytes a cursor move, median", ["": "120"], { short($0.cursorBytes) }),
    ("bytes a page, median", ["200x50": "4500"], { short($0.pageBytes) }),
    ("bytes a full paint, median", ["80x24": "2000", "200x50": "9000"], { short($0.paintBytes) }),
    ("write(2) calls a picture", ["": "1"], { $0.writesPerPicture.map { short($0) } ?? "unknown" }),
    ("idle: bytes a minute", ["": "0"], { short($0.idleBytes) }),
    ("idle: wake-ups a minute", [:], { short($0.idleWakeups) }),
    ("idle: processor", ["": "0.1 %"], { short($0.idleProcessor, "%") }),
    ("resident memory", ["": "25 MiB"], { mebibytes($0.resident) }),
    ("  of it not shared with the program's file", [:], { mebibytes($0.ownMemory) }),
  ]
}
