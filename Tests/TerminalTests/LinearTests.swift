import FoundationEssentials
import Glibc
import Testing

@testable import EaselTerminal

/// Two hosts and a question.
private struct Rooms: LinearApplication {
  var state = "Ready"
  var asks = false
  var said = ""

  var page: LinearPage {
    if asks { return LinearPage("Delete edge", lines: ["3 hosts are wiped."], prompt: "Type edge to delete it") }
    return LinearPage(
      "Hosts", lines: ["host-1 is \(state).", "host-2 is \u{1B}[31mReady."],
      choices: [LinearChoice("delete", "Delete edge"), LinearChoice("drain", "Drain", disabledReason: "one host only")])
  }

  mutating func handle(_ event: Event<String>) -> [Effect<String>] {
    if case .message(let text) = event { state = text }
    return []
  }
  mutating func choose(_ choice: String) -> [Effect<String>] {
    asks = choice == "delete"
    return []
  }
  mutating func answer(_ text: String) -> [Effect<String>] {
    said = text
    asks = false
    return text == "edge" ? [.quit(status: 5, farewell: "Deleted.")] : []
  }
  func draw(on canvas: Canvas) {}
}

@Suite struct LinearTests {
  @Test func aPageIsSaidOnceAndThenOnlyWhatChanges() {
    var painter = LinearPainter()
    var rooms = Rooms()
    #expect(
      painter.lines(for: rooms.page) == [
        "", "== Hosts", "host-1 is Ready.", "host-2 is Ready.", "1. Delete edge",
        "2. Drain (not now: one host only)", "Type a number, or q to leave:",
      ])
    #expect(painter.lines(for: rooms.page).isEmpty)
    rooms.state = "NotReady"
    #expect(painter.lines(for: rooms.page) == ["Now: host-1 is NotReady."])
    #expect(painter.lines(for: rooms.page, everything: true).count == 7)
  }

  @Test func typedLinesAreUnderstoodOrExplained() {
    let painter = LinearPainter()
    var rooms = Rooms()
    #expect(painter.read(" 1 ", on: rooms.page) == .choose("delete"))
    #expect(painter.read("", on: rooms.page) == .again)
    #expect(painter.read("q", on: rooms.page) == .quit)
    #expect(painter.read("9", on: rooms.page) == .unclear("Type a number from 1 to 2."))
    #expect(painter.read("2", on: rooms.page) == .unclear("Drain is not possible now: one host only"))
    rooms.asks = true
    #expect(painter.read("edge", on: rooms.page) == .answer("edge"))
    #expect(painter.read("1", on: rooms.page) == .answer("1"))
  }

  @Test func theLoopReadsLinesAndAppendsPages() async {
    let pty = PseudoTerminal(
      width: 80, height: 24,
      steps: [.init("to leave:", type: "7\n"), .init("from 1 to 2", type: "1\n"), .init("delete it:", type: "edge\n")])
    await #expect(processExitsWith: .exitCode(5)) { [path = pty.path as String] in
      PseudoTerminal.adopt(path)
      exit(LinearLoop.run(Rooms(), mailbox: Mailbox()).status)
    }
    let shown = pty.finish()
    #expect(shown.contains("Deleted."))
    #expect(!shown.contains("\u{1B}"))
  }

  @Test func aWrittenThemeFileIsTold() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (names, continuation) = AsyncStream.makeStream(of: String.self)
    ThemeWatch.start(ThemeLibrary(directories: [directory.path])) { continuation.yield($0) }
    try Data("not a theme".utf8).write(to: directory.appending(path: "notes.txt"))
    try Data("name = X".utf8).write(to: directory.appending(path: "mine.theme"))
    for await name in names {
      #expect(name == "mine")
      break
    }
  }
}
