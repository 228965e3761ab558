internal import EaselModel
internal import EaselTerminal

/// The linear mode: the same screens as numbered lines that are only ever added, for screen readers, slow lines and
/// terminals that can do nothing else. What was typed is answered by itself; a page is said again only where it has changed.
package final class PlainConsole {
  /// The longest line that is taken, in bytes: a name, an address or a path is far shorter, and what is longer was not typed.
  static let longestLine = 1000
  /// The line that stands for Ctrl-C.
  package static let interruption = "\u{03}"

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
  /// What was said of the pages below it.
  var left: [PlainPage] = []
  private let output: (String) -> Void
  private let prompt: (String) -> Void
  private var last = ContinuousClock.now
  /// The line before was Ctrl-C.
  private var isInterrupted = false

  /// - Parameters:
  ///   - input: the next line that was typed, nil at its end, `interruption` for Ctrl-C; may block, it is called off Swift's threads.
  ///   - output: takes a line without its end. What comes is sanitised.
  ///   - prompt: takes what stands before the place where a line is typed; nil gives it to `output`.
  package init(
    _ environment: ConsoleEnvironment, input: @escaping @Sendable () -> String?, output: @escaping (String) -> Void,
    prompt: ((String) -> Void)? = nil
  ) {
    var environment = environment
    environment.hasTerminal = environment.runProgram != nil
    environment.isLinear = true
    lines = LineReader(environment, input)
    self.output = output
    self.prompt = prompt ?? output
    user = ScriptedUser(ConsoleApp(environment), size: Size(width: 76, height: 60), glyphs: .ascii)
    let runs = environment.runProgram
    user.runs = { program in
      guard let runs else { return -1 }
      output(CellText.sanitised("  " + Self.announcement(of: program)))
      return runs(program)
    }
  }

  /// Runs until the operator quits or the input ends; returns the exit status.
  package func run() async -> Int32 {
    say(tr("Easel, linear mode. Type a number to open, a key or word to act, help for help, quit to leave."))
    if let why = user.app.environment.copyReason?.words { say(why) }
    await settle()
    show(.page)
    while user.status == nil, let line = await read("> ") {
      if line == Self.interruption {
        await interrupt()
        continue
      }
      isInterrupted = false
      await settle()
      let commands = user.app.commands.count
      let operations = Set(user.app.feed?.view.snapshot.operations.map(\.name) ?? [])
      var outcome = await answer(line)
      await settle()
      if user.app.commands.count != commands {
        await followUp(commands: commands, operations: operations)
        outcome = .changes
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
    guard let line = await read("  \(question): "), line != Self.interruption else { return nil }
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

  /// How many looks, half a second apart, an engine has to take up what was handed in.
  private static let looksForEngine = 4

  /// Says what was accepted, once the console has looked at the site again and an engine has taken it up: a page that still says what
  /// was so before a change reads as if nothing had come of it.
  ///
  /// - Parameters:
  ///   - commands: how many there were before it was handed in.
  ///   - operations: the names of those that there were before.
  private func followUp(commands: Int, operations: Set<String>) async {
    user.advance(by: .milliseconds(1100))
    await user.settle()
    func begun() -> [Operation] {
      user.app.feed?.view.snapshot.operations.filter { !operations.contains($0.name) } ?? []
    }
    /// What has a page of its own is watched there; anything else is waited for.
    func isOnPage(_ operation: Operation) -> Bool {
      (user.app.top as? OperationDetailScreen)?.name == operation.name || user.app.top is OperationsScreen
    }
    func isAwaited(_ operation: Operation) -> Bool {
      isOnPage(operation) ? operation.status.phase == .pending : !operation.status.phase.isFinal
    }
    for _ in 0..<Self.looksForEngine where begun().contains(where: isAwaited) {
      await pauseForEngine()
      user.advance(by: .milliseconds(500))
      await settle()
    }
    if user.app.note?.isProblem != true {
      for entry in user.app.commands.dropFirst(commands) { say("  " + entry.result) }
    }
    for operation in begun() where !isOnPage(operation) {
      let state = "\(operation.name): \(operation.phaseWord)" + operation.status.message.prefixed("; ")
      say("  " + (operation.status.phase.isFinal ? state : tr("\(state); see it with: operation \(operation.name)")))
    }
  }

  /// Ctrl-C: takes back what is asked, and says how to leave; twice, it leaves.
  private func interrupt() async {
    if isInterrupted {
      await press(.interrupt, .interrupt)
      return
    }
    isInterrupted = true
    if user.app.question != nil || user.app.menu != nil {
      await press(.escape)
      say("  " + tr("nothing was done"))
    }
    say("  " + tr("quit leaves, Ctrl-C once more does too; operations go on"))
  }

  /// What is said before a program takes the whole screen: which, and how it is left.
  private static func announcement(of program: [String]) -> String {
    let name = program.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
    let leaving: [String: String] = [
      "vi": tr("Escape, then :wq and Enter saves, :q! and Enter leaves it as it was"),
      "nano": tr("Ctrl-X leaves it"), "emacs": tr("Ctrl-X Ctrl-C leaves it"), "less": tr("q leaves it"),
      "more": tr("q leaves it"),
    ]
    let kind = ["vim", "nvim", "view", "vim.tiny", "vim.basic"].contains(name) ? "vi" : name
    return tr("\(name) begins, on the whole screen") + (leaving[kind]?.prefixed("; ") ?? "")
  }

  func say(_ text: String) { output(CellText.sanitised(text)) }

  // Answering

  private func answer(_ line: String) async -> Outcome {
    if isTooLong(line) { return .said }
    let words = line.split(separator: " ").joined(separator: " ")
    let app = user.app
    if words.isEmpty { return .page }
    if words == "help" || words == "?" { return explain() }
    if words.hasPrefix("help ") { return explain(String(words.dropFirst(5))) }
    if app.question != nil { return await answer(question: words) }
    if let menu = app.menu { return await choose(in: menu, words) }
    switch words {
    case "back" where app.stack.count == 1 && (app.top.tab == .overview || app.environment.site == nil):
      say("  " + tr("there is nothing to go back to; quit leaves"))
      return .said
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
      let (begun, error) = (user.app.prompt.text.split(separator: " ").joined(separator: " "), user.app.prompt.error)
      await press(.escape)
      if let error {
        say("  " + error)
        return .said
      }
      guard let text = await ask(begun.isEmpty ? tr("go to, or do") : begun), !text.isEmpty else { return .said }
      return await go(begun.isEmpty ? text : "\(begun) \(text)")
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

  /// How long to wait between two looks while something is watched.
  package var pause: @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(500)) }
  /// How long to wait between two looks whether an engine has taken up what was handed in.
  package var pauseForEngine: @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(500)) }
}
