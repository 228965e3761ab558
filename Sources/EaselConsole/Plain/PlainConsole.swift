internal import EaselModel
internal import EaselTerminal

/// The linear mode: the same screens as numbered lines that are only ever added, for screen readers, slow lines and
/// terminals that can do nothing else.
package final class PlainConsole {
  private let user: ScriptedUser<ConsoleApp>
  private let environment: ConsoleEnvironment
  private let input: @Sendable () -> String?
  private let output: (String) -> Void
  private let prompt: (String) -> Void
  private var last = ContinuousClock.now
  /// Texts for the clipboard that were told to be lost here.
  private var copies = 0

  /// - Parameters:
  ///   - input: the next line that was typed, nil at its end; may block, it is called off Swift's threads.
  ///   - output: takes a line without its end. What comes is sanitised.
  ///   - prompt: takes what stands before the place where a line is typed; nil gives it to `output`.
  package init(
    _ environment: ConsoleEnvironment, input: @escaping @Sendable () -> String?, output: @escaping (String) -> Void,
    prompt: ((String) -> Void)? = nil
  ) {
    self.environment = environment
    self.input = input
    self.output = output
    self.prompt = prompt ?? output
    user = ScriptedUser(ConsoleApp(environment), size: Size(width: 76, height: 60), glyphs: .ascii)
    user.runs = environment.runProgram ?? { _ in -1 }
  }

  /// Runs until the operator quits or the input ends; returns the exit status.
  package func run() async -> Int32 {
    say(tr("Easel, linear mode. Type a number to open, a key or word to act, help for help, quit to leave."))
    await settle()
    show()
    while user.status == nil, let line = await read("> ") {
      await settle()
      let changes = user.app.commands.count
      await answer(line)
      await settle()
      if user.app.commands.count != changes { await lookAgain() }
      if user.status == nil { show() }
    }
    if let farewell = user.farewell, !farewell.isEmpty { say(farewell) }
    return user.status ?? 0
  }

  private func read(_ question: String) async -> String? {
    prompt(CellText.sanitised(question))
    let input = input
    return await environment.onThread { input() }
  }

  /// Lets the time that has passed pass for the console, and its work end.
  private func settle() async {
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

  private func say(_ text: String) { output(CellText.sanitised(text)) }

  // Showing

  private func show() { TimeWords.$current.withValue(user.app.times) { showPage() } }

  private func showPage() {
    let app = user.app
    if user.copied.count > copies {
      copies = user.copied.count
      say("  " + tr("there is no clipboard here; write the page to a file with: save FILE"))
    }
    say("")
    if let asked = app.question {
      say(tr("QUESTION: \(asked.dialog.title)"))
      for line in asked.dialog.body where !line.isEmpty { say("  " + line.plainText) }
      let (confirm, cancel) = (asked.dialog.confirm, asked.dialog.cancel)
      let how =
        asked.dialog.typedName.map { tr("type \($0) to go ahead; anything else: \(cancel)") }
        ?? tr("yes: \(confirm); anything else: \(cancel)")
      return say("  " + (asked.dialog.obstacle == nil ? how : tr("anything: \(cancel)")))
    }
    if let menu = app.menu {
      say(tr("MENU: \(menu.title)"))
      for (number, item) in menu.items.enumerated() {
        let label = item.disabledReason.map { tr("\(item.label) (not now: \($0))") } ?? item.label
        say("  \(number + 1). \(label)")
      }
      return
    }
    let surroundings = app.surroundings
    var place: [String] = []
    if let site = surroundings.site {
      place.append(site.siteName)
      if site.isSimulated { place.append(tr("SIMULATED")) }
      place.append(Words.clockAndZone(site.now))
    }
    place.append(app.top.title)
    if let step = app.top.flowStep { place.append(step) }
    if let tabs = app.tabs { place.append(tr("tab \(tabs.titles[tabs.selected])")) }
    let page = place.joined(separator: ", ")
    say(tr("PAGE: \(page)"))
    if let stale = app.stale { say("  " + tr("WARNING: no fresh data: \(stale.why)")) }
    if let note = app.note { say("  " + (note.isProblem ? tr("PROBLEM: \(note.text)") : note.text)) }
    if let form = app.top.plainForm { show(form) } else { showLines(app, surroundings) }
    say("  " + tr("actions: \(actions(app))"))
  }

  private func showLines(_ app: ConsoleApp, _ surroundings: Surroundings) {
    var screen = app.top
    for line in screen.lines(surroundings) where !line.text.isEmpty {
      say(line.choice.map { "  \($0 + 1). \(line.text)" } ?? "  \(line.text)")
    }
  }

  private func show(_ form: Form) {
    for (number, field) in form.fields.enumerated() {
      let value =
        field.text.isEmpty
        ? field.placeholder.isEmpty
          ? isChoice(field) ? tr("none chosen") : tr("empty") : tr("empty, for example \(field.placeholder)")
        : words(of: field)
      let label = label(field)
      say("  \(number + 1). " + (field.isPermanent ? tr("\(label) (permanent): \(value)") : "\(label): \(value)"))
      if let error = field.error { say("     " + tr("WRONG: \(error)")) }
    }
  }

  /// Labels may end in blanks that set values apart on a screen.
  private func label(_ field: Field) -> String { field.label.split(separator: " ").joined(separator: " ") }

  /// The value as a screen names it.
  private func words(of field: Field) -> String {
    guard case .choice(let choice) = field.value else { return field.text }
    return choice.options.filter { choice.chosen.contains($0.id) }.map(\.label).joined(separator: ", ")
  }

  private func isChoice(_ field: Field) -> Bool { if case .choice = field.value { true } else { false } }

  private func actions(_ app: ConsoleApp) -> String {
    if let plan = app.top as? PlanScreen {
      return plan.typed.map { tr("\($0) to go ahead, back") } ?? tr("yes to go ahead, back")
    }
    var words: [String] = []
    if app.top.plainForm != nil {
      words = [tr("a number to fill in a field"), "next", "previous"]
    } else {
      words = app.offeredKeys.hints.map { "\($0.key) \($0.text)" }
      if let tabs = app.tabs {
        let titles = tabs.titles.map { $0.lowercased() }.joined(separator: " ")
        words.append(tr("tabs \(titles)"))
      }
      if app.top is OperationDetailScreen { words.append("watch") }
    }
    return (words + [app.stack.count > 1 ? "back" : "quit"]).joined(separator: ", ")
  }

  // Answering

  private func answer(_ line: String) async {
    let words = line.split(separator: " ").joined(separator: " ")
    let app = user.app
    if app.question != nil { return await answer(app, question: words) }
    if let menu = app.menu {
      guard let number = Int(words), menu.items.indices.contains(number - 1) else { return await press(.escape) }
      return await press([.home] + Array(repeating: .down, count: number - 1) + [.enter])
    }
    if let plan = app.top as? PlanScreen, words != "back" { return await confirm(plan, words) }
    switch words {
    case "": return
    case "help", "?": return explain(app)
    case "back": return await press(.escape)
    case "quit": return await press(.interrupt, .interrupt)
    case "next": return await press(.control("n"))
    case "previous": return await press(.control("p"))
    case "watch": return await watch()
    case "enter" where app.top.plainForm == nil: return await press(.enter)
    default: break
    }
    if let number = Int(words), number > 0 {
      if let form = app.top.plainForm { return await fill(form, number - 1) }
      return await press([.home] + Array(repeating: .down, count: number - 1) + [.enter])
    }
    if app.top.plainForm != nil { return say("  " + tr("type the number of a field, next, previous or back")) }
    if words.count == 1, let key = words.first { return await press(.character(key)) }
    if let tabs = app.tabs, let index = tabs.titles.firstIndex(where: { $0.lowercased() == words.lowercased() }),
      index < 9
    {
      return await press(.character(Character("\(index + 1)")))
    }
    await press(.character(":"))
    user.type(words)
    await press(.enter)
    if user.app.prompt.isOpen {
      await press(.escape)
      say("  " + tr("there is nothing of that name"))
    }
  }

  /// How lines are typed here, and what the page's own letters do.
  private func explain(_ app: ConsoleApp) {
    let rules =
      app.top.plainForm == nil
      ? [
        tr("a number opens what stands behind it"), tr("a letter does what stands behind it below"),
        tr("words go there or do it: hosts, cluster edge, upgrade edge, filter TEXT, sort COLUMN, save FILE"),
      ]
      : [
        tr("a number asks for the value of the field behind it"), tr("next goes on, previous goes a step back"),
        tr("back leaves; what was filled in is kept"),
      ]
    for rule in rules { say("  " + rule) }
    guard app.top.plainForm == nil else { return }
    for binding in app.offeredKeys.bindings {
      guard let key = binding.keys.first(where: { $0.typed != nil }) else { continue }
      say("  \(key.label): \(binding.help)")
    }
  }

  private func press(_ keys: Key...) async { await press(keys) }

  private func press(_ keys: [Key]) async {
    for key in keys {
      user.press(key)
      await user.settle()
    }
  }

  private func answer(_ app: ConsoleApp, question words: String) async {
    if let obstacle = app.question?.dialog.obstacle {
      say("  " + obstacle)
      return await press(.escape)
    }
    if let name = app.question?.dialog.typedName {
      guard words == name else { return await press(.escape) }
      user.type(name)
      return await press(.enter, .enter)
    }
    await press(words == "yes" ? [.tab, .enter] : [.escape])
  }

  private func confirm(_ plan: PlanScreen, _ words: String) async {
    if let name = plan.typed {
      guard words == name else { return say("  " + tr("nothing was done: type \(name) to go ahead, or back")) }
      user.type(name)
      return await press(.enter, .enter)
    }
    guard words == "yes" else { return say("  " + tr("nothing was done: type yes to go ahead, or back")) }
    await press(.tab, .enter)
  }

  private func fill(_ form: Form, _ index: Int) async {
    guard form.fields.indices.contains(index) else { return say("  " + tr("there is no field \(index + 1)")) }
    let field = form.fields[index]
    await press(Array(repeating: index < form.focus ? .backTab : .tab, count: abs(index - form.focus)))
    say("  \(field.help)")
    switch field.value {
    case .text:
      guard let value = await read("  \(label(field)): ") else { return }
      await press(.end, .control("u"))
      user.type(value)
      await user.settle()
    case .flag: await press(.space)
    case .choice(let choice):
      for (number, option) in choice.options.enumerated() {
        let mark = choice.chosen.contains(option.id) ? [tr("chosen")] : []
        let detail = option.disabledReason.map { tr("not possible: \($0)") } ?? option.detail
        let said = [option.label] + mark + (detail.isEmpty ? [] : [detail])
        say("    \(number + 1). " + said.joined(separator: ", "))
      }
      let label = label(field)
      let question = choice.allowsSeveral ? tr("\(label) (a number chooses or removes)") : label
      guard let text = await read("  \(question): ") else { return }
      guard let number = Int(text.filter(\.isNumber)), choice.options.indices.contains(number - 1) else {
        return say("  " + tr("nothing was changed: type a number from 1 to \(choice.options.count)"))
      }
      await press([.home] + Array(repeating: .down, count: number - 1) + [.space])
    }
  }

  /// Prints what changes until the operation has ended or needs somebody.
  private func watch() async {
    var said: Set<String> = []
    while let name = (user.app.top as? OperationDetailScreen)?.name {
      await settle()
      let app = user.app
      var screen = app.top
      for line in screen.lines(app.surroundings) where !line.text.isEmpty {
        let text = line.text.split(separator: " ").filter { !$0.allSatisfy { $0.isNumber || "smhd".contains($0) } }
          .joined(separator: " ")
        if said.insert(text).inserted { say("  \(line.text)") }
      }
      guard let phase = app.feed?.view.operation(name)?.status.phase, !phase.isFinal, phase != .stopped else { return }
      await pause()
    }
  }

  /// How long to wait between two looks while watching.
  package var pause: @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(500)) }
}
