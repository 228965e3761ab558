internal import EaselModel
internal import EaselTerminal

/// The lines of a log that came, for following it in lines.
struct PlainLog {
  /// How many lines are said before those that come.
  static let first = 10

  var lines: [String]
  /// The number of the last line that has come so far.
  var last: Int
  /// Whether no more can come.
  var isOver = false
}

/// `watch`: what changes is said as it comes.
extension PlainConsole {
  /// How many looks at what tells nothing new are enough: half a minute.
  private static let patience = 60

  func watch() async -> Outcome {
    if user.app.top.plainLog(after: nil) != nil { return await followLog() }
    guard let name = (user.app.top as? OperationDetailScreen)?.name else {
      say("  " + tr("watch is for an operation or a log: go there with operation NAME or logs HOST"))
      return .said
    }
    return await watch(name)
  }

  /// Says what changes until the operation has ended or needs somebody, or somebody has had enough.
  private func watch(_ name: String) async -> Outcome {
    func state() -> Operation? { user.app.feed?.view.operation(name) }
    await settle()
    if let phase = state()?.status.phase, phase.isFinal {
      say("  " + tr("\(name) has ended: \(Words.word(phase))"))
      return .changes
    }
    say("  " + tr("watching \(name); Enter ends that"))
    var said = Set(page.texts.map(Self.withoutTimes))
    var passing = lines.passing
    var idle = 0
    while (user.app.top as? OperationDetailScreen)?.name == name {
      idle += 1
      for line in TimeWords.$current.withValue(user.app.times, operation: currentLines) where !line.text.isEmpty {
        if said.insert(Self.withoutTimes(line.text)).inserted {
          say("  \(line.text)")
          idle = 0
        }
      }
      guard let operation = state() else { return .page }
      let phase = operation.status.phase
      if phase.isFinal {
        say("  " + tr("\(name) has ended: \(Words.word(phase)); Enter says the page"))
        return .said
      }
      // What can be done now takes the numbers of rows.
      if phase == .stopped { return .page }
      if passing.isInterrupted() {
        lines.dropEmpty()
        let stands = user.app.feed.flatMap { Standstill(of: operation, $0.view) } != nil
        let key = user.app.keys.keys(for: "operation.engine").first?.label ?? ""
        say(
          "  "
            + (stands ? tr("\(name) stands still: \(key) starts an engine") : tr("\(name) goes on; watch looks again")))
        return .said
      }
      if phase == .blocked, idle >= Self.patience {
        say("  " + tr("\(name) still waits, perhaps for you; watch looks again"))
        return .said
      }
      await pause()
      await settle()
    }
    return .page
  }

  /// A line without the times in it, which change by themselves.
  private static func withoutTimes(_ text: String) -> String {
    text.split(separator: " ").filter { !$0.allSatisfy { $0.isNumber || "smhd".contains($0) } }.joined(separator: " ")
  }

  /// Says the lines of a log as they come. A unit's log has no end: it is left as soon as a line is there, or can come no more.
  private func followLog() async -> Outcome {
    say("  " + tr("following; Enter ends that"))
    let first = user.app.top.plainLog(after: nil)
    let said = Set(page.texts)
    // What the page has said already is not said again.
    for line in first?.lines ?? [] where !said.contains(line) { say("  \(line)") }
    var last = first?.last
    var passing = lines.passing
    var idle = 0
    while true {
      await pause()
      await settle()
      guard let log = user.app.top.plainLog(after: last) else { return .page }
      last = log.last
      for line in log.lines { say("  \(line)") }
      idle = log.lines.isEmpty ? idle + 1 : 0
      if log.isOver {
        say("  " + tr("that was the last line"))
        return .said
      }
      let isUnit = user.app.top is HostDetailScreen
      if passing.isInterrupted() || lines.hasNext && (isUnit || idle >= Self.patience) {
        lines.dropEmpty()
        say("  " + tr("not following any more; watch goes on"))
        return .said
      }
    }
  }
}
