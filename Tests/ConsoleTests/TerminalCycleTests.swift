import Foundation
import Testing

/// The program itself, on a real terminal, by keys alone.
@Suite(
  .serialized,
  .enabled(if: TmuxTerminal.tmux != nil, "tmux is missing: install it to test on a real terminal"))
struct TerminalCycleTests {
  private func open(
    _ name: String, height: Int = 24, command: (String) -> String = { $0 }, first: String = "Welcome to Easel",
    _ body: (TmuxTerminal) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-console-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let easel =
      "TERM=xterm-256color XDG_CONFIG_HOME=\(folder.path) \(TmuxTerminal.easel) --state \(folder.path)/state"
    let terminal = try TmuxTerminal(width: 80, height: height, command: command(easel), name: name)
    defer {
      terminal.end()
      try? FileManager.default.removeItem(at: folder)
    }
    try expect(terminal, first)
    try body(terminal)
  }

  private func expect(
    _ terminal: TmuxTerminal, _ text: String, seconds: Double = 60, at place: SourceLocation = #_sourceLocation
  ) throws {
    let seen = try terminal.wait(for: text, seconds: seconds)
    try #require(seen == text, sourceLocation: place)
  }

  private func create(_ terminal: TmuxTerminal) throws {
    try terminal.press("c")
    try expect(terminal, "Step 1 of 4")
    try terminal.type("edge")
    try terminal.press("C-n", "C-n", "C-n", "C-n")
    try expect(terminal, "Effect on each host")
    try terminal.press("Tab", "Enter")
    try expect(terminal, "create cluster edge")
    try expect(terminal, "Prepare hosts")
  }

  @Test func `a simulated site is made and a cluster created, watched and deleted by keys`() throws {
    try open("cycle") { terminal in
      try terminal.press("Enter", "Enter", "Tab", "Enter")
      try expect(terminal, "6 ready")
      try create(terminal)
      try expect(terminal, "Succeeded", seconds: 240)
      try terminal.type(":delete edge")
      try terminal.press("Enter")
      try expect(terminal, "cannot be undone")
      try expect(terminal, "data lost  3")
      try terminal.type("edge")
      try terminal.press("Enter", "Enter")
      try expect(terminal, "delete cluster edge")
      try expect(terminal, "Succeeded", seconds: 240)
      try terminal.press("Q")
      try expect(terminal, "ENDED WITH 0")
    }
  }

  @Test func `what was left running goes on, is named, and is found again`() throws {
    try open("again", command: { "\($0); echo WAS LEFT; read -r line; \($0)" }) { terminal in
      try terminal.press("Enter", "Enter", "Tab", "Enter")
      try expect(terminal, "6 ready")
      try create(terminal)
      try terminal.press("Q")
      try expect(terminal, "operation create-edge-1 goes on")
      try expect(terminal, "WAS LEFT")
      try terminal.press("Enter")
      try expect(terminal, "[1 Overview]")
      try terminal.press("4")
      try expect(terminal, "create-edge-1")
      try terminal.press("Enter")
      try expect(terminal, "Succeeded", seconds: 240)
      try terminal.press("Q")
      try expect(terminal, "ENDED WITH 0")
    }
  }

  @Test func `in lines a cluster is created with words and numbers`() throws {
    try open("plain", height: 60, command: { $0 + " --plain" }, first: "Try it: a simulated site") { terminal in
      for (line, answer) in [
        ("1", "1. Hosts: 6"), ("next", "yes: Make it"), ("yes", "6 ready"), ("create cluster", "1. Name"),
        ("1", "its endpoint."), ("edge", "(permanent): edge"),
        ("next", "Pod network"), ("next", "1. Machines: 1"), ("next", "1. Pool: workers"), ("next", "yes to go ahead"),
        ("yes", "PAGE: site, SIMULATED"), ("watch", "create-edge-1: Succeeded"),
      ] {
        try terminal.type(line)
        try terminal.press("Enter")
        try expect(terminal, answer, seconds: 120)
      }
      try terminal.type("quit")
      try terminal.press("Enter")
      try expect(terminal, "ENDED WITH 0")
    }
  }

  @Test func `without a terminal it reads lines, and ends where they end`() throws {
    try open("pipe", command: { "printf '1\\nnext\\nyes\\nhosts\\n' | \($0) | cat; echo OVER" }, first: "6. name host6")
    {
      terminal in
      try expect(terminal, "OVER")
    }
  }

  @Test func `the window changes its size and the console follows`() throws {
    try open("size") { terminal in
      try terminal.press("Enter", "Enter", "Tab", "Enter")
      try expect(terminal, "6 ready")
      for (width, height) in [(40, 10), (10, 2), (200, 50), (1, 1), (80, 24)] {
        try terminal.resize(width: width, height: height)
      }
      try expect(terminal, "[1 Overview]")
      try terminal.press("C-c", "C-c")
      try expect(terminal, "ENDED WITH 0")
    }
  }
}
