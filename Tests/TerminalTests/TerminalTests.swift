import CSys
import Glibc
import Testing

@testable import EaselTerminal

/// A list with a count of keys, which can be made to go wrong in several ways.
private struct Probe: Application {
  var table = TableState()
  var keys = 0
  var note = "ready"
  var lines: [String] = []

  mutating func handle(_ event: Event<String>) -> [Effect<String>] {
    switch event {
    case .key(let key):
      keys += 1
      // No two notes share a letter in a place, so that each is sent whole.
      note = String(repeating: "\(keys)", count: 6)
      switch key {
      case .character("q"): return [.quit(status: 0, farewell: "farewell")]
      case .character("!"):
        let empty: [Int] = []
        note = "\(empty[keys])"
      case .character("#"): raise(SIGSEGV)
      case .character("&"):
        return [
          .perform { [keys] in
            let empty: [Int] = []
            return "\(empty[keys])"
          }
        ]
      case .character("p"): return [.perform { await Self.fromTheLoop() }]
      case .character("v"): return [.runProgram(["/bin/sh", "-c", "echo child; exit 4"], then: { "child \($0)" })]
      case .character("T"): kill(getpid(), SIGTERM)
      default: _ = table.handle(key, count: 10_000, identity: { "\($0)" })
      }
    case .paste(let text): note = "Pasted \(text.utf8.count)"
    case .message(let text): note = "Got: \(text)"
    case .resized(let size): note = "size \(size.width)x\(size.height)"
    default: break
    }
    return []
  }

  /// Runs on the thread of the loop, or traps.
  @UIActor private static func fromTheLoop() -> String { UIActor.assumeIsolated { "from afar" } }

  mutating func draw(on canvas: Canvas) {
    let parts = canvas.rows(.flex(1), .fixed(1))
    Table([Column("n", "NAME", ideal: 20, flex: 1), Column("s", "STATE", ideal: 8)], count: 10_000) { row in
      [TableCell("host-\(row)"), TableCell("Ready", .ok)]
    }.draw(&table, on: parts[0])
    parts[1].text(note)
  }

  /// Runs on the terminal at a path and ends the process with the exit status; traps when a frame took several writes.
  static func run(_ path: String, term: String = "xterm-256color", _ check: (ScreenStatistics) -> Bool = { _ in true })
    throws -> Never
  {
    PseudoTerminal.adopt(path)
    let options = TerminalOptions(environment: ["TERM": term])
    let outcome = try UILoop.run(Probe(), mailbox: Mailbox(), options: options)
    let numbers = outcome.statistics
    precondition(numbers.writes == UInt64(numbers.frames), "one write per frame: \(numbers)")
    precondition(check(numbers), "\(numbers)")
    fflush(nil)
    exit(outcome.status)
  }
}

@Suite(.serialized) struct TerminalTests {
  @Test(arguments: ["xterm-256color", "linux", "vt100", "screen", "no-such-terminal", ""])
  func eachFrameIsOneWriteAndTheTerminalIsGivenBack(_ term: String) async {
    let pty = PseudoTerminal(
      width: 80, height: 24,
      steps: [
        .init("ready", type: "\u{1B}[B"), .init("111111", type: "\u{1B}[6~"), .init("222222", type: "\u{1B}"),
        .init("333333", type: "p"), .init("afar", type: "q"),
      ])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String, term] in
      try Probe.run(path, term: term) { $0.frames >= 5 && $0.lastFrameBytes < 200 }
    }
    let shown = pty.finish()
    #expect(shown.contains("farewell"))
    #expect(pty.isCooked)
    if term == "xterm-256color" {
      let left = shown.indices.filter { shown[$0...].hasPrefix("\u{1B}[?1049l") }
      #expect(left.count == 2, "left once for the flush fix and once at the end")
      #expect(left.last.map { shown[$0...].contains("host-") } == false)
      #expect(shown.contains("\u{1B}[?2004h") && shown.contains("\u{1B}[?2004l"))
    }
  }

  @Test func aTrapGivesTheTerminalBack() async {
    let pty = PseudoTerminal(width: 80, height: 24, steps: [.init("ready", type: "!")])
    await #expect(processExitsWith: .failure) { [path = pty.path as String] in try Probe.run(path) }
    #expect(pty.finish().contains("\u{1B}[?1049l"))
    #expect(pty.isCooked)
  }

  @Test func aTrapOnAnotherThreadGivesTheTerminalBack() async {
    let pty = PseudoTerminal(width: 80, height: 24, steps: [.init("ready", type: "&")])
    await #expect(processExitsWith: .failure) { [path = pty.path as String] in try Probe.run(path) }
    #expect(pty.finish().contains("\u{1B}[?1049l"))
    #expect(pty.isCooked)
  }

  @Test func aFatalSignalGivesTheTerminalBackAndStaysFatal() async {
    let pty = PseudoTerminal(width: 80, height: 24, steps: [.init("ready", type: "#")])
    await #expect(processExitsWith: .signal(SIGSEGV)) { [path = pty.path as String] in try Probe.run(path) }
    #expect(pty.finish().contains("\u{1B}[?1049l"))
    #expect(pty.isCooked)
  }

  @Test func aHangUpEndsTheProgram() async {
    let pty = PseudoTerminal(width: 80, height: 24, hangsUpAt: "ready")
    await #expect(processExitsWith: .exitCode(129)) { [path = pty.path as String] in
      signal(SIGHUP, SIG_IGN)
      try Probe.run(path)
    }
    _ = pty.finish()
  }

  @Test func aPasteOf100KBIsOneEventAndAProgramCanHaveTheTerminal() async {
    let paste = "\u{1B}[200~" + String(repeating: "q\r", count: 1000) + "\u{1B}[201~"
    let pty = PseudoTerminal(
      width: 60, height: 15,
      steps: [.init("ready", type: paste), .init("Pasted 2000", type: "v"), .init("Got: child 4", type: "q")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in try Probe.run(path) }
    #expect(pty.finish().contains("child"))
  }

  @Test(arguments: [(1, 1), (20, 5), (1000, 300)])
  func everySizeOfTerminalWorks(_ width: Int, _ height: Int) async {
    let pty = PseudoTerminal(width: width, height: height, steps: [.init("\u{1B}[?1049h", type: "jjGq")])
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in
      PseudoTerminal.adopt(path)
      let outcome = try UILoop.run(
        Probe(), mailbox: Mailbox(), options: TerminalOptions(environment: ["TERM": "xterm-256color"]))
      exit(outcome.status)
    }
    _ = pty.finish()
    #expect(pty.isCooked)
  }
}

@Suite struct SignalTests {
  @Test func aTerminationSignalIsOrderlyWhicheverThreadItMeets() async {
    let pty = PseudoTerminal(width: 80, height: 24, steps: [.init("ready", type: "T")])
    await #expect(processExitsWith: .exitCode(143)) { [path = pty.path as String] in try Probe.run(path) }
    #expect(pty.finish().contains("\u{1B}[?1049l"))
    #expect(pty.isCooked)
  }

  @Test func aTerminalThatTakesNothingDoesNotKeepTheProgramFromEnding() async {
    // Nobody reads: the backlog fills up, then the keys come that end it.
    let pty = PseudoTerminal(width: 200, height: 60, reads: false)
    _ = write(pty.descriptor, "fq", 2)
    await #expect(processExitsWith: .exitCode(0)) { [path = pty.path as String] in
      PseudoTerminal.adopt(path)
      let mailbox = Mailbox<String>()
      Task.detached {
        for number in 0... { mailbox.post(newest: String(repeating: "\(number)", count: 40), topic: "storm") }
      }
      var options = TerminalOptions(environment: ["TERM": "xterm-256color"])
      options.dataFrame = .milliseconds(1)
      let outcome = try UILoop.run(Stalled(), mailbox: mailbox, options: options)
      exit(outcome.status)
    }
    #expect(pty.isCooked)
    close(pty.descriptor)
  }
}

/// Fills the screen with something else at every message, and quits at the key `q` once 500 have come.
private struct Stalled: Application {
  var messages = 0
  var text = ""
  var wantsEnd = false

  mutating func handle(_ event: Event<String>) -> [Effect<String>] {
    switch event {
    case .message(let text):
      self.text = text
      messages += 1
    case .key(.character("q")): wantsEnd = true
    default: break
    }
    return wantsEnd && messages > 500 ? [.quit()] : []
  }

  func draw(on canvas: Canvas) {
    for y in 0..<canvas.height { canvas.text(text + "\(y)", y: y) }
  }
}
