internal import EaselModel
internal import EaselTerminal

/// The linear mode: the same screens as numbered lines that are only ever added, for screen readers, slow lines and
/// terminals that can do nothing else. What was typed is answered by itself; a page is said again only where it has changed.
package final class PlainConsole {
  /// The longest line that is taken, in bytes: a name, an address or a path is far shorter, and what is longer was not typed.
  static let longestLine = 1000

  /// What there is to say after a line was answered.
  enum Outcome {
    /// The page, whatever it says.
    case page
    /// The page where it has changed, else only what there is to say about the line.
    case changes
    /// Nothing more.
    case said
  }

  let user: ScriptedUser<ConsoleApp>
  let lines: LineReader
  var page = PlainPage()
  private let output: (String) -> Void
  private let prompt: (String) -> Void
  private var last = ContinuousClock.now

  /// - Parameters:
  ///   - input: the next line that was typed, nil at its end; may block, it is called off Swift's threads.
  ///   - output: takes a line without its end. What comes is sanitised.
  ///   - prompt: takes what stands before the place where a line is typed; nil gives it to `output`.
  package init(
    _ environment: ConsoleEnvironment, input: @escaping @Sendable () -> String?, output: @escaping (String) -> Void,
    prompt: ((String) -> Void)? = nil
  ) {
    var environment = environment
    environment.hasTerminal = environment.runProgram != nil
    lines = LineReader(environment, input)
    self.output = output
    self.prompt = prompt ?? output
    user = ScriptedUser(ConsoleApp(environment), size: Size(width: 76, height: 60), glyphs: .ascii)
    user.runs = environment.runProgram ?? { _ in -1 }
  }

  /// Runs until the operator quits or the input ends; returns the exit status.
  package func run() async -> Int32 {
    say(tr("Easel, linear mode. Type a number to open, a key or word to act, help for help, quit to leave."))
    if let why = user.app.environment.copyReason?.words { say(why) }
    await settle()
    show(.page)
    while user.status == nil, let line = await read("> ") {
      await settle()
      let changes = user.app.commands.count
      var outcome = await answer(line)
      await settle()
      if user.app.commands.count != changes {
        await lookAgain()
        outcome = .page
      }
      if user.status == nil { show(outcome) }
    }
    // An operation goes on too when the input has ended without a word.
    let farewell = user.farewell ?? user.app.farewell
    if !farewell.isEmpty { say(farewell) }
    return user.status ?? 0
  }

  /// Asks for a line; nil at the end of the input.
  func read(_ question: String) async -> String? {
    prompt(CellText.sanitised(question))
    return await lines.next()
  }

  /// Asks for a value; nil where none was given that can be taken.
  func ask(_ question: String) async -> String? {
    guard let line = await read("  \(question): ") else { return nil }
    return isTooLong(line) ? nil : line
  }

  /// Refuses what nobody types, before anything else is done with it.
  private func isTooLong(_ line: String) -> Bool {
    let length = line.utf8.count
    guard length > Self.longestLine else { return false }
    say("  " + tr("nothing was done: that line has \(length) bytes, and at most \(Self.longestLine) are taken"))
    return true
  }

  /// Lets the time that has passed pass for the console, and its work end.
  func settle() async {
    let now = ContinuousClock.now
    user.advance(by: now - last)
    last = now
    await user.settle()
  }

  /// Lets the console look at the site once more: a page that still says what was so before a change reads as if nothing had come of it.
  private func lookAgain() async {
    user.advance(by: .milliseconds(1100))
    await user.settle()
  }

  func say(_ text: String) { output(CellText.sanitised(text)) }

  // Answering

  private func answer(_ line: String) async -> Outcome {
    if isTooLong(line) { return .said }
    let words = line.split(separator: " ").joined(separator: " ")
    let app = user.app
    if words.isEmpty { return .page }
    if words == "help" || words == "?" { return explain() }
    if app.question != nil { return await answer(question: words) }
    if let menu = app.menu { return await choose(in: menu, words) }
    switch words {
    case "back":
      await press(.escape)
      return .changes
    case "quit":
      await press(.interrupt, .interrupt)
      return .changes
    case "more", "less": return turn(words == "more" ? 1 : -1)
    case "watch": return await watch()
    default: break
    }
    if let plan = app.top as? PlanScreen { return await confirm(plan, words) }
    if let form = app.top.plainForm { return await answer(form, words) }
    if words.isDigits { return await open(words) }
    if let outcome = await act(words.split(separator: " ").map(String.init)) { return outcome }
    if let tabs = app.tabs, let index = tabs.titles.firstIndex(where: { $0.lowercased() == words.lowercased() }),
      index < 9
    {
      await press(.character(Character("\(index + 1)")))
      return .changes
    }
    return await go(words)
  }

  /// Goes where the words say, or does it.
  func go(_ words: String) async -> Outcome {
    await press(.character(":"))
    user.paste(words)
    await press(.enter)
    return await finishTyping()
  }

  func press(_ keys: Key...) async { await press(keys) }

  func press(_ keys: [Key]) async {
    for key in keys {
      user.press(key)
      await user.settle()
    }
  }

  /// What a key has begun to ask for is asked for as a field is: a line that is typed on a screen cannot be seen here.
  func finishTyping() async -> Outcome {
    if user.app.prompt.isOpen {
      if user.app.prompt.error == nil {
        let begun = user.app.prompt.text.split(separator: " ").joined(separator: " ")
        guard let text = await ask(begun.isEmpty ? tr("go to, or do") : begun), !text.isEmpty else {
          await press(.escape)
          return .said
        }
        user.paste(text)
        await press(.enter)
      }
      guard user.app.prompt.isOpen else { return .changes }
      let near = user.app.prompt.offered.prefix(3).joined(separator: ", ")
      await press(.escape)
      say("  " + tr("there is nothing of that name") + near.prefixed("; " + tr("near it:") + " "))
      return .said
    }
    let top = user.app.top
    guard top.isTyping, top.plainForm == nil, !(top is PlanScreen) else { return .changes }
    guard let text = await ask(tr("text to look for (nothing shows all)")) else {
      await press(.escape)
      return .said
    }
    await press(.end, .control("u"))
    user.paste(text)
    await press(.enter)
    return .page
  }

  // Watching

  /// How many looks at an operation that waits for something, and tells nothing new, are enough: half a minute.
  private static let patience = 60

  /// Prints what changes until the operation has ended or needs somebody, or somebody has had enough.
  private func watch() async -> Outcome {
    guard user.app.top is OperationDetailScreen else {
      say("  " + tr("watch is for the page of an operation: go there with operation NAME"))
      return .said
    }
    var said: Set<String> = []
    var passing = lines.passing
    var idle = 0
    while let name = (user.app.top as? OperationDetailScreen)?.name {
      await settle()
      let app = user.app
      var screen = app.top
      idle += 1
      for line in screen.lines(app.surroundings) where !line.text.isEmpty {
        let text = line.text.split(separator: " ").filter { !$0.allSatisfy { $0.isNumber || "smhd".contains($0) } }
          .joined(separator: " ")
        if said.insert(text).inserted {
          say("  \(line.text)")
          idle = 0
        }
      }
      guard let phase = app.feed?.view.operation(name)?.status.phase, !phase.isFinal, phase != .stopped else { break }
      if passing.isInterrupted() {
        lines.dropEmpty()
        say("  " + tr("\(name) goes on; watch looks again"))
        return .said
      }
      if phase == .blocked, idle >= Self.patience {
        say("  " + tr("\(name) still waits, perhaps for you; watch looks again"))
        return .said
      }
      await pause()
    }
    return .page
  }

  /// How long to wait between two looks while watching.
  package var pause: @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(500)) }
}
