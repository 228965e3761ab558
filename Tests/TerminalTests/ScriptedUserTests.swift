import Testing

@testable import EaselTerminal

/// Writes down everything that it is told.
private struct Diary: Application {
  enum Message: Sendable, Equatable { case done(Int), snapshot(Int), edited(Int32) }
  var lines: [String] = []

  mutating func handle(_ event: Event<Message>) -> [Effect<Message>] {
    switch event {
    case .started(let size): lines.append("started \(size.width)x\(size.height)")
    case .key(let key):
      lines.append("key \(key.name)")
      switch key {
      case .character("w"): return (1...3).map { number in .perform { .done(number) } }
      case .character("n"): return [.perform { nil }]
      case .character("t"): return [.startTimer("slow", after: .seconds(5)), .startTimer("fast", after: .seconds(2))]
      case .character("s"): return [.stopTimer("slow")]
      case .character("e"): return [.runProgram(["vi", "f"], then: { .edited($0) })]
      case .character("c"): return [.copy("text")]
      case .character("q"): return [.quit(status: 3, farewell: "bye")]
      default: break
      }
    case .paste(let text): lines.append("paste \(text)")
    case .timer(let name):
      lines.append("timer \(name)")
      if name == "fast" { return [.startTimer("fast", after: .seconds(2))] }
    case .message(let message): lines.append("\(message)")
    case .resized(let size): lines.append("resized \(size.width)x\(size.height)")
    case .resumed: lines.append("resumed")
    case .ending(let ending): lines.append("ending \(ending)")
    case .mouse: lines.append("mouse")
    }
    return []
  }

  func draw(on canvas: Canvas) {
    for (y, line) in lines.suffix(canvas.height).enumerated() { canvas.text(line, y: y) }
  }
}

@Suite struct ScriptedUserTests {
  @Test func theScreenShowsWhatTheUserDid() {
    let user = ScriptedUser(Diary(), size: Size(width: 20, height: 4))
    user.press(.down)
    user.type("ab")
    #expect(user.screen == "started 20x4\nkey down\nkey a\nkey b")
    user.resize(Size(width: 10, height: 1))
    #expect(user.screen == "resized 1…")
  }

  @Test func theIdleBarrierWaitsForAllWork() async {
    let user = ScriptedUser(Diary())
    user.type("wn")
    await user.settle()
    #expect(Set(user.app.lines.suffix(3)) == ["done(1)", "done(2)", "done(3)"])
    await user.settle()
    #expect(user.app.lines.count == 6)
  }

  @Test func resultsKeepTheirOrderAndOnlyTheNewestSnapshotComes() {
    let user = ScriptedUser(Diary())
    for number in 1...3 {
      user.mailbox.post(newest: .snapshot(number), topic: "site")
      user.mailbox.post(newest: .snapshot(number * 10), topic: "hosts")
      user.mailbox.post(.done(number))
    }
    #expect(user.deliverMail())
    #expect(user.app.lines.dropFirst() == ["done(1)", "done(2)", "done(3)", "snapshot(3)", "snapshot(30)"])
    #expect(!user.deliverMail())
  }

  @Test func timersFireInTheOrderOfTheirTime() {
    let user = ScriptedUser(Diary())
    user.type("t")
    user.advance(by: .seconds(6))
    #expect(user.app.lines.dropFirst(2) == ["timer fast", "timer fast", "timer slow", "timer fast"])
    user.type("ts")
    user.advance(by: .seconds(1))
    #expect(!user.app.lines.dropFirst(6).contains("timer slow"))
  }

  @Test func programsClipboardAndTheEndAreSeen() {
    let user = ScriptedUser(Diary())
    user.programStatus = 7
    user.type("ecq")
    #expect(user.programs == [["vi", "f"]] && user.copied == ["text"])
    #expect(user.app.lines.contains("resumed") && user.app.lines.contains("edited(7)"))
    #expect(user.status == 3 && user.farewell == "bye")
    let before = user.app.lines
    user.type("more")
    #expect(user.app.lines == before)
  }

  @Test func aHangUpIsToldBeforeTheEnd() {
    let user = ScriptedUser(Diary())
    user.end(.hangUp)
    #expect(user.app.lines.last == "ending hangUp" && user.status == 129)
  }
}
