import Foundation
import Testing

/// The program itself, on a real terminal, by keys alone.
@Suite(
  .serialized,
  .enabled(if: TmuxTerminal.tmux != nil, "tmux is missing: install it to test on a real terminal"),
  .enabled(if: TmuxTerminal.easel != nil, "the program easel is not built"))
struct TerminalCycleTests {
  private func open(_ name: String, width: Int = 80, height: Int = 24, _ body: (TmuxTerminal) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "easel-console-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let easel = try #require(TmuxTerminal.easel)
    let terminal = try TmuxTerminal(
      width: width, height: height, command: "\(easel) --state \(folder.path)/state", name: name)
    defer { terminal.end() }
    let first = try terminal.wait(for: "Welcome to Easel", "the console is not built yet")
    if first == "the console is not built yet" { try Test.cancel("this build of easel does not open the console") }
    #expect(first == "Welcome to Easel")
    try body(terminal)
  }

  @Test func `a simulated site is made and a cluster created, watched and deleted by keys`() throws {
    try open("cycle") { terminal in
      try terminal.press("Enter")
      #expect(try terminal.wait(for: "6 ready") == "6 ready")
      try terminal.press("c")
      #expect(try terminal.wait(for: "Step 1 of 4") == "Step 1 of 4")
      try terminal.type("edge")
      try terminal.press("C-n", "C-n", "C-n", "C-n")
      #expect(try terminal.wait(for: "Steps, in this order") == "Steps, in this order")
      try terminal.press("Tab", "Enter")
      #expect(try terminal.wait(for: "create cluster edge") == "create cluster edge")
      #expect(try terminal.wait(for: "Succeeded", seconds: 240) == "Succeeded")
      try terminal.type(":delete edge")
      try terminal.press("Enter")
      #expect(try terminal.wait(for: "cannot be undone") == "cannot be undone")
      #expect(try terminal.wait(for: "Steps, in this order") == "Steps, in this order")
      try terminal.type("edge")
      try terminal.press("Enter", "Enter")
      #expect(try terminal.wait(for: "delete cluster edge") == "delete cluster edge")
      #expect(try terminal.wait(for: "Succeeded", seconds: 240) == "Succeeded")
      try terminal.press("Q")
      #expect(try terminal.wait(for: "ENDED WITH 0") == "ENDED WITH 0")
    }
  }

  @Test func `the window changes its size and the console follows`() throws {
    try open("size") { terminal in
      try terminal.press("Enter")
      #expect(try terminal.wait(for: "6 ready") == "6 ready")
      for (width, height) in [(40, 10), (10, 2), (200, 50), (1, 1), (80, 24)] {
        try terminal.resize(width: width, height: height)
      }
      #expect(try terminal.wait(for: "[1 Overview]") == "[1 Overview]")
      try terminal.press("C-c", "C-c")
      #expect(try terminal.wait(for: "ENDED WITH 0") == "ENDED WITH 0")
    }
  }
}
