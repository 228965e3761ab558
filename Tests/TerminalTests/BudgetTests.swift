import Glibc
import Testing

@testable import EaselTerminal

/// A long table of which two columns of three are the same in all rows, as lists of hosts are; `i` lets a number of timers pass that change nothing.
private struct Counter: Application {
  var timers: Int
  var table = TableState()
  var note = "ready"

  mutating func handle(_ event: Event<String>) -> [Effect<String>] {
    switch event {
    case .key(.character("q")): return [.quit()]
    case .key(.character("b")):
      note = "shown"
      return [.toggleBudget]
    case .key(.character("i")): return [.startTimer("t", after: .milliseconds(1))]
    case .key(let key):
      note = note == "moved" ? "again" : "moved"
      _ = table.handle(key, count: 10_000, identity: { "\($0)" })
    case .timer:
      timers -= 1
      if timers > 0 { return [.startTimer("t", after: .milliseconds(1))] }
      note = "waited"
    default: break
    }
    return []
  }

  mutating func draw(on canvas: Canvas) {
    let parts = canvas.rows(.flex(1), .fixed(1))
    let columns = (0..<max(1, canvas.width / 20)).map { Column("c\($0)", "COLUMN \($0)", ideal: 18) }
    Table(columns, count: 10_000) { row in
      columns.indices.map { TableCell($0 % 3 == 0 ? "value \(row * 7919 % 10_000).\($0)" : "Ready") }
    }
    .draw(&table, on: parts[0])
    parts[1].text(note)
  }

  /// Runs on the terminal at a path, and ends with success when the pictures cost what they may.
  static func run(_ path: String, timers: Int = 1, _ check: (ScreenStatistics) -> Bool) throws -> Never {
    PseudoTerminal.adopt(path)
    var options = TerminalOptions(environment: ["TERM": "xterm-256color", "SSH_CONNECTION": "far away"])
    options.dataFrame = .zero
    let numbers = try UILoop.run(Counter(timers: timers), mailbox: Mailbox(), options: options).statistics
    precondition(check(numbers), "\(numbers)")
    exit(0)
  }
}

/// What a picture may cost on the wire; nothing here looks at a clock.
@Suite(.serialized) struct BudgetTests {
  private static let down = "\u{1B}[B"
  private static let page = "\u{1B}[6~"

  @Test("a cursor move costs at most 120 bytes, the changed note included", arguments: [(80, 24), (200, 50)])
  func cursorMove(_ width: Int, _ height: Int) async {
    let pty = PseudoTerminal(
      width: width, height: height,
      steps: [.init("ready", type: Self.down), .init("moved", type: Self.down), .init("again", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in
      try Counter.run(path) { $0.lastFrameBytes > 0 && $0.lastFrameBytes <= 120 && $0.lastFrameWrites == 1 }
    }
    _ = pty.finish()
  }

  @Test("a page costs at most 4,500 bytes at 200x50, in one write")
  func pageDown() async {
    let pty = PseudoTerminal(
      width: 200, height: 50,
      steps: [.init("ready", type: Self.page), .init("moved", type: Self.page), .init("again", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in
      try Counter.run(path) { $0.lastFrameBytes > 500 && $0.lastFrameBytes <= 4500 && $0.lastFrameWrites == 1 }
    }
    _ = pty.finish()
  }

  @Test(
    "a full paint costs at most 2,000 bytes at 80x24 and 9,000 at 200x50", arguments: [(80, 24, 2000), (200, 50, 9000)])
  func fullPaint(_ width: Int, _ height: Int, _ limit: UInt64) async {
    let pty = PseudoTerminal(width: width, height: height, steps: [.init("ready", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String, limit] in
      try Counter.run(path) { $0.frames == 1 && $0.lastFrameBytes <= limit }
    }
    _ = pty.finish()
  }

  @Test("pictures in which nothing has changed cost nothing, however many there are", arguments: [2, 40])
  func nothingChanges(_ timers: Int) async {
    let pty = PseudoTerminal(
      width: 80, height: 24, steps: [.init("ready", type: "i"), .init("waited", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String, timers] in
      // The first paint and the note, each in one write; the pictures between them are none on the wire.
      try Counter.run(path, timers: timers) { $0.frames > timers && $0.writes == 2 }
    }
    _ = pty.finish()
  }

  @Test func theBudgetLineSaysWhatTheLastPictureCost() async {
    let pty = PseudoTerminal(width: 80, height: 24, steps: [.init("ready", type: "b"), .init("MiB", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in try Counter.run(path) { _ in true } }
    #expect(pty.finish().contains("1 writes"))
    var numbers = ScreenStatistics()
    numbers.lastFrame = .microseconds(431)
    numbers.lastFrameBytes = 56
    numbers.lastFrameWrites = 1
    #expect(
      BudgetLine.text(numbers, waiting: 2, residentKibibytes: 20_480)
        == " frame 431 us  56 bytes  1 writes  2 waiting  20 MiB ")
  }
}
