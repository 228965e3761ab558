import EaselTerminal
import Foundation
import Testing

@testable import EaselConsole

/// The built program on terminals of all kinds, and on bad ones. In the name of the suite, "Cycle" has it run alone.
@Suite(.serialized) struct EmulatorTerminalCycleTests {
  private static let normal = Size(width: 80, height: 24)
  /// On the start page: a simulated site of six hosts, and yes.
  private static let make = "\r\r\t\r"

  private func open(
    term: String = "xterm-256color", size: Size = normal, environment: [String: String] = [:], hasInput: Bool = true,
    blocksSignals: Bool = false, _ body: (EmulatedTerminal) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-emulated-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let variables = ["HOME": folder, "XDG_CONFIG_HOME": folder].merging(environment) { $1 }
    let terminal = try EmulatedTerminal(
      [TmuxTerminal.easel, "--state", folder + "/state"], term: term, size: size, environment: variables,
      hasInput: hasInput, blocksSignals: blocksSignals)
    defer { terminal.signal(SIGKILL) }
    try body(terminal)
  }

  /// What a terminal of this name shows, as the console draws it in memory.
  static let terms: [(term: String, tier: ColourTier, glyphs: GlyphSet)] = [
    ("xterm-256color", .indexed, .unicode), ("xterm", .eight, .unicode), ("linux", .eight, .console),
    ("tmux-256color", .indexed, .unicode), ("vt100", .mono, .unicode), ("screen", .eight, .unicode),
  ]

  @Test(arguments: terms.map(\.term))
  func `each cell is shown as it was drawn, with its colours and attributes`(term: String) throws {
    let (_, tier, glyphs) = try #require(Self.terms.first { $0.term == term })
    let theme = ThemeLibrary.standard(term: term)
    for size in [Self.normal, Size(width: 40, height: 10)] {
      try open(term: term, size: size) { terminal in
        let user = Player(nil, size: size, glyphs: glyphs).user
        var said: String?
        func isSame() -> Bool {
          said = terminal.difference(from: user.grid, theme: theme, tier: tier)
          return said == nil
        }
        #expect(terminal.wait(until: isSame), "\(said ?? "")\n\(terminal.text)")
        let keys: [(Key, String)] = [
          (.down, "\u{1B}[B"), (.c("?"), "?"), (.pageDown, "\u{1B}[6~"), (.escape, "\u{1B}"), (.c(":"), ":"),
          (.c("t"), "t"),
          (.control("n"), "\u{0E}"),
        ]
        for (key, bytes) in keys {
          user.press(key)
          terminal.type(bytes)
          #expect(terminal.wait(until: isSame), "after \(key.label): \(said ?? "")\n\(terminal.text)")
        }
        terminal.type("\u{3}\u{3}\u{3}")
        #expect(terminal.end() == 0)
        #expect(terminal.isGivenBack)
      }
    }
  }

  @Test(arguments: ["no-such-terminal", "xterm-ghostty-of-tomorrow", ""])
  func `an unknown terminal gets a description that resembles it`(term: String) throws {
    try open(term: term) { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"), "\(terminal.text)")
      terminal.type("Q")
      #expect(terminal.end() == 0)
      #expect(terminal.isGivenBack)
    }
  }

  /// Also where the terminal says that it speaks UTF-8: who sets LC_ALL=C wants ASCII.
  @Test func `without UTF-8 no byte beyond ASCII is sent`() throws {
    try open(environment: ["LC_ALL": "C", "LANG": "C"]) { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      terminal.type(Self.make)
      #expect(terminal.waits(for: "6 ready"), "\(terminal.text)")
      terminal.type("23?")
      #expect(terminal.waits(for: "Help: Hosts"), "\(terminal.text)")
      terminal.type(":h\u{3}\u{3}\u{3}")
      #expect(terminal.end() == 0)
      #expect(!terminal.tail.contains { $0 >= 0x80 })
    }
  }

  @Test func `NO_COLOR sends no colour`() throws {
    try open(environment: ["NO_COLOR": "1"]) { terminal in
      let user = Player(nil).user
      #expect(
        terminal.wait {
          terminal.difference(from: user.grid, theme: ThemeLibrary.standard(term: "xterm"), tier: .mono) == nil
        }, "\(terminal.text)")
      terminal.type("Q")
      #expect(terminal.end() == 0)
    }
  }

  @Test(arguments: [(1, 1), (20, 5), (2, 300), (1000, 300)])
  func `a window of any size is used and left`(width: Int, height: Int) throws {
    try open(size: Size(width: width, height: height)) { terminal in
      #expect(terminal.wait { terminal.received > 0 && !terminal.isGivenBack })
      terminal.type("jk?")
      terminal.type("\u{3}\u{3}\u{3}")
      #expect(terminal.end() == 0)
      #expect(terminal.isGivenBack)
    }
  }

  @Test func `Ctrl-C at any moment of the start is a key`() throws {
    for count in 1...12 {
      try open { terminal in
        // The first ones come while the screen is being opened; what comes before that ends any program.
        #expect(terminal.wait { terminal.received > 0 })
        terminal.type(String(repeating: "\u{3}", count: count))
        if count == 1 {
          #expect(terminal.waits(for: "press Ctrl-C again"))
          terminal.type("\u{3}")
        }
        terminal.type("\u{3}\u{3}")
        #expect(terminal.end() == 0)
        #expect(terminal.isGivenBack)
      }
    }
  }

  @Test func `a storm of sizes ends in the right picture`() throws {
    try open { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      var seed: UInt64 = 7
      for _ in 0..<300 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        terminal.resize(Size(width: 1 + Int(seed >> 33) % 200, height: 1 + Int(seed >> 45) % 80))
        terminal.read(waiting: 0)
      }
      terminal.resize(Self.normal)
      let user = Player(nil).user
      let theme = ThemeLibrary.standard(term: "xterm-256color")
      // An emulator keeps what it had; Ctrl-L is what somebody would press.
      terminal.type("\u{0C}")
      #expect(
        terminal.wait { terminal.difference(from: user.grid, theme: theme, tier: .indexed) == nil }, "\(terminal.text)")
      terminal.type("Q")
      #expect(terminal.end() == 0)
    }
  }

  @Test func `without standard input it goes on in lines, which end at once`() throws {
    try open(hasInput: false) { terminal in
      #expect(terminal.end() == 0)
      #expect(String(decoding: terminal.tail, as: UTF8.self).contains("Easel, linear mode"))
      #expect(terminal.isGivenBack)
    }
  }

  @Test(arguments: [SIGHUP, SIGTERM] as [Int32])
  func `a terminal that takes nothing neither stops it nor makes it grow, and it ends when told`(number: Int32) throws {
    try open(size: Size(width: 200, height: 60)) { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      let before = terminal.residentKiB
      // Nobody reads from here on: each key and each size wants a new picture.
      for round in 0..<400 {
        var window = winsize(
          ws_row: UInt16(40 + round % 20), ws_col: UInt16(150 + round % 50), ws_xpixel: 0, ws_ypixel: 0)
        terminal.resizeUnread(&window)
      }
      #expect(terminal.residentKiB < before + 20_000, "\(before) KiB, then \(terminal.residentKiB) KiB")
      terminal.signal(number)
      #expect(terminal.end() == 128 + number)
    }
  }

  @Test func `a paste of 100 KB is text`() throws {
    try open { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      terminal.type("\u{1B}[200~" + String(repeating: "Q\r:quit\r", count: 12_500) + "\u{1B}[201~")
      #expect(terminal.waits(for: "never taken as keys"), "\(terminal.text)")
      terminal.type("Q")
      #expect(terminal.end() == 0)
    }
  }

  @Test func `stopped and continued from outside, it paints again`() throws {
    try open { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      terminal.signal(SIGSTOP)
      var status: Int32 = 0
      #expect(waitpid(terminal.process, &status, WUNTRACED) == terminal.process)
      while terminal.read(waiting: 0) {}
      let before = terminal.received
      terminal.signal(SIGCONT)
      #expect(terminal.wait { terminal.received > before + 100 && terminal.text.contains("Welcome to Easel") })
      terminal.type("Q")
      #expect(terminal.end() == 0)
      #expect(terminal.isGivenBack)
    }
  }

  @Test(arguments: [SIGHUP, SIGTERM] as [Int32], [false, true])
  func `told to end, it gives the terminal back`(number: Int32, blocksSignals: Bool) throws {
    try open(blocksSignals: blocksSignals) { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      terminal.signal(number)
      #expect(terminal.end() == 128 + number)
      #expect(terminal.isGivenBack)
      #expect(String(decoding: terminal.tail, as: UTF8.self).contains("\u{1B}[?1049l"))
    }
  }

  @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE] as [Int32])
  func `a crash gives the terminal back, stays a crash, and shows the end of the log`(number: Int32) throws {
    try open { terminal in
      #expect(terminal.waits(for: "Welcome to Easel"))
      terminal.type(Self.make)
      #expect(terminal.waits(for: "6 ready"))
      terminal.type("Q")
      #expect(terminal.end() == 0)
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-crash-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for isFirst in [true, false] {
      let terminal = try EmulatedTerminal(
        [TmuxTerminal.easel, "--state", folder + "/state"], term: "xterm-256color", size: Self.normal,
        environment: ["HOME": folder, "XDG_CONFIG_HOME": folder])
      defer { terminal.signal(SIGKILL) }
      if isFirst {
        #expect(terminal.waits(for: "Welcome to Easel"))
        terminal.type(Self.make)
        #expect(terminal.waits(for: "6 ready"))
        terminal.type("Q")
        #expect(terminal.end() == 0)
        continue
      }
      #expect(terminal.waits(for: "6 ready"))
      // What anything in the process writes to standard error meanwhile lands in the log.
      let log = folder + "/state/console.log"
      let file = try #require(FileHandle(forWritingAtPath: log), "the log is open while the screen is up")
      try file.seekToEnd()
      try file.write(contentsOf: Data("Fatal error: \u{1B}[2Jwhat went wrong\n".utf8))
      try file.close()
      terminal.signal(number)
      #expect(terminal.end() == 1000 + number)
      #expect(terminal.isGivenBack)
      let said = String(decoding: terminal.tail, as: UTF8.self)
      let after = said.components(separatedBy: "\u{1B}[?1049l").last ?? ""
      #expect(after.contains("what went wrong") && after.contains("console.log"), "\(after)")
      #expect(!after.contains("\u{1B}[2J"), "the log cannot drive the terminal")
    }
  }

  /// What the command line says, without a console.
  private func said(_ state: String, _ words: String) -> String {
    TmuxTerminal.output(of: "'\(TmuxTerminal.easel)' --state '\(state)' \(words) 2>&1 </dev/null")
  }

  @Test(arguments: [SIGHUP, SIGTERM, SIGKILL] as [Int32])
  func `ended while an operation runs, that goes on to its end, and a new console shows it`(number: Int32) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-ended-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func console() throws -> EmulatedTerminal {
      try EmulatedTerminal(
        [TmuxTerminal.easel, "--state", folder + "/state"], term: "xterm-256color", size: Self.normal,
        environment: ["HOME": folder, "XDG_CONFIG_HOME": folder])
    }
    let first = try console()
    defer { first.signal(SIGKILL) }
    for (keys, shown) in [
      ("", "Welcome to Easel"), (Self.make, "6 ready"), (":create cluster\r", "Step 1 of 4"), ("edge", "edge"),
      ("\u{0E}", "Step 2 of 4"), ("\u{0E}", "Step 3 of 4"), ("\u{0E}", "Step 4 of 4"),
      ("\u{0E}", "Effect on each host"), ("\t", "> Create <"), ("\r", "Prepare hosts"),
    ] {
      first.type(keys)
      #expect(first.waits(for: shown), "\(shown): \(first.text)")
    }
    #expect(first.text.contains("Running"))
    first.signal(number)
    #expect(first.end() == (number == SIGKILL ? 1000 : 128) + number)
    // Nobody can put the terminal back after SIGKILL.
    if number != SIGKILL { #expect(first.isGivenBack) }
    var state = ""
    for _ in 0..<600 {
      state = said(folder + "/state", "get operations")
      if state.contains("Succeeded") { break }
      usleep(100_000)
    }
    #expect(state.contains("create-edge-1") && state.contains("Succeeded"), "\(state)")
    let second = try console()
    defer { second.signal(SIGKILL) }
    for (keys, shown) in [("", "6 ready"), (":operation create-edge-1\r", "Succeeded")] {
      second.type(keys)
      #expect(second.waits(for: shown), "\(second.text)")
    }
    second.type("Q")
    #expect(second.end() == 0)
    #expect(second.isGivenBack)
  }

  @Test func `killed outright, it is simply opened again`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-killed-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (first, isKilled) in [("Welcome to Easel", true), ("6 ready", false)] {
      let terminal = try EmulatedTerminal(
        [TmuxTerminal.easel, "--state", folder + "/state"], term: "xterm-256color", size: Self.normal,
        environment: ["HOME": folder, "XDG_CONFIG_HOME": folder])
      defer { terminal.signal(SIGKILL) }
      #expect(terminal.waits(for: first), "\(terminal.text)")
      if isKilled {
        terminal.type(Self.make)
        #expect(terminal.waits(for: "6 ready"))
        terminal.signal(SIGKILL)
        #expect(terminal.end() == 1000 + SIGKILL)
      } else {
        terminal.type("Q")
        #expect(terminal.end() == 0)
        #expect(terminal.isGivenBack)
      }
    }
  }
}

extension EmulatedTerminal {
  /// Changes the size without reading what the program sends for it.
  fileprivate func resizeUnread(_ window: inout winsize) { setWindow(&window) }
}
