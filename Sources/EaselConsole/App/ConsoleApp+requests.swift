internal import EaselModel
internal import EaselTerminal

extension ConsoleApp {
  /// Does what a screen asked for.
  mutating func run(_ requests: [Request], from number: Int) -> [ConsoleEffect] {
    var effects: [ConsoleEffect] = []
    for request in requests {
      switch request {
      case .open(let screen): effects += open(screen)
      case .replace(let screen):
        if stack.count > 1 { keepDraft(of: stack.removeLast().screen) } else { stack.removeAll() }
        effects += open(screen)
      case .back: effects += back()
      case .root(let tab): effects += root(tab)
      case .submit(let changes): effects += submit(changes, from: number)
      case .ask(let dialog, let then): question = Question(dialog, then, from: number, in: feed?.view)
      case .menu(let menu): self.menu = menu
      case .say(let text, let isProblem): note = (text, isProblem)
      case .perform(let work): effects.append(.perform { .reply(await work(), to: number) })
      case .effect(let effect): effects.append(effect)
      case .runProgram(let arguments):
        effects.append(.runProgram(arguments) { status in .reply(.ran(status), to: number) })
      case .settings(let settings): effects += take(settings)
      case .connect(let site, let screens):
        environment.site = site
        feed = nil
        stack = [Entry(number: take(), screen: OverviewScreen())]
        (forward, past, future, note) = ([], [], [], nil)
        effects += look()
        for screen in screens { effects += open(screen) }
      case .startEngine: effects += startEngine()
      case .command(let text): prompt.begin(text)
      }
    }
    return effects
  }

  /// The theme in use is loaded again when its file was written; with a fault in it, the one that was loaded stays.
  mutating func themeChanged(_ name: String) -> [ConsoleEffect] {
    guard name == environment.settings.theme, let theme = loadTheme(name) else { return [] }
    note = (tr("the theme \(name) was read again"), false)
    return [.setTheme(theme)]
  }

  /// A theme by its name; nil, and why on the message line, when there is none or a fault in it.
  private mutating func loadTheme(_ name: String) -> Theme? {
    let load = environment.theme
    switch Result(doing: tr("loading the theme \(name)"), { try load(name) }) {
    case .success(let theme): return theme
    case .failure(let error):
      note = (error.message, true)
      return nil
    }
  }

  /// Applies settings at once and keeps them.
  mutating func take(_ settings: ConsoleSettings) -> [ConsoleEffect] {
    let before = environment.settings
    environment.settings = settings
    var effects: [ConsoleEffect] = []
    if let mouse = settings.mouse, mouse != hasMouse {
      hasMouse = mouse
      effects.append(.setMouse(mouse))
    }
    if let name = settings.theme, name != before.theme {
      guard let theme = loadTheme(name) else {
        environment.settings.theme = before.theme
        return effects
      }
      effects.append(.setTheme(theme))
    }
    refresh()
    let kept = environment
    return effects + [
      .perform {
        await kept.onThread {
          switch Result(doing: tr("keeping the settings"), { try kept.keepSettings(kept.settings) }) {
          case .success: nil
          case .failure(let error): .note(error.message + error.advice.prefixed("; "), isProblem: true)
          }
        }
      }
    ]
  }

  private mutating func take() -> Int {
    defer { nextNumber += 1 }
    return nextNumber
  }

  mutating func open(_ screen: any ConsoleScreen) -> [ConsoleEffect] {
    var screen = screen
    if var page = screen as? any FormScreen, page.restore(environment.draft) {
      screen = page
      let key = surroundings.keys["form"].keys(for: "form.anew").first?.label ?? ":anew"
      note = (tr("what you typed before is kept: \(key) begins anew"), false)
    }
    stack.append(Entry(number: take(), screen: screen))
    // A history that grows for weeks is no use to anybody.
    if stack.count > 50 { stack.remove(at: 1) }
    (forward, future) = ([], [])
    menu = nil
    return begin()
  }

  /// Leaves the open screen; on a main tab nothing happens.
  mutating func back() -> [ConsoleEffect] {
    guard stack.count > 1 else { return [] }
    let left = stack.removeLast()
    keepDraft(of: left.screen)
    if !left.screen.isFlow { forward.append(left) }
    return run(left.screen.left(surroundings), from: left.number) + begin()
  }

  /// Back in the history: to the page below, or to where one was before a main tab was opened.
  mutating func historyBack() -> [ConsoleEffect] {
    if stack.count > 1 { return back() }
    guard let last = past.popLast() else {
      note = (tr("the history begins here"), false)
      return []
    }
    future.append(stack)
    stack = last
    return begin()
  }

  mutating func historyForward() -> [ConsoleEffect] {
    if let next = forward.popLast() {
      stack.append(next)
      return begin()
    }
    guard let next = future.popLast() else {
      note = (tr("the history ends here"), false)
      return []
    }
    past.append(stack)
    stack = next
    return begin()
  }

  mutating func root(_ tab: RootTab) -> [ConsoleEffect] {
    var effects: [ConsoleEffect] = []
    // A change that was being put together is not come back to.
    let left = Array(stack.prefix { !$0.screen.isFlow })
    // A list is come back to as it was left: what was selected there still is. The overview begins with what is most urgent.
    let kept =
      tab == .overview ? nil : ([left] + past.reversed()).lazy.compactMap(\.first?.screen).first { $0.tab == tab }
    if left.count > 1 || left.first?.screen.tab != tab {
      past = (past + [left]).suffix(20)
      future = []
    }
    for entry in stack.reversed() {
      keepDraft(of: entry.screen)
      effects += run(entry.screen.left(surroundings), from: entry.number)
    }
    stack = [Entry(number: take(), screen: kept ?? tab.screen)]
    forward = []
    return effects + begin()
  }

  private func submit(_ changes: ChangeSet, from number: Int) -> [ConsoleEffect] {
    guard let site = environment.site, !environment.isReadOnly else {
      let error = EaselError(
        .refused, "ReadOnly", tr("this console is read-only"), advice: tr("start it without --read-only"))
      return [.perform { .submitted(.failure(error), command: "", from: number) }]
    }
    let command = CommandText.text(changes, site: feed?.view.snapshot, definition: environment.definition)
    let environment = environment
    return [
      .perform {
        let result = await environment.onThread {
          Result(doing: tr("handing in the change")) {
            try site.submit(changes.intents, as: environment.actor, placing: changes.placing)
          }
        }
        return .submitted(result, command: command, from: number)
      }
    ]
  }

  mutating func submitted(
    _ result: Result<[Submission], EaselError>, _ command: String, _ number: Int
  ) -> [ConsoleEffect] {
    let at = feed?.view.now ?? .zero
    switch result {
    case .failure(let refused):
      let error = refused.naming(environment.program)
      commands.append(CommandLogEntry(at: at, command: command, result: "\(error.code): \(error.message)"))
      note = (error.message + error.advice.prefixed("; "), true)
      guard let index = stack.firstIndex(where: { $0.number == number }) else { return [] }
      return run(stack[index].screen.receive(.refused(error), surroundings), from: number)
    case .success(let submissions):
      let messages = submissions.map(\.message).joined(separator: "; ")
      commands.append(CommandLogEntry(at: at, command: command, result: messages))
      let lines = command.split(whereSeparator: \.isNewline)
      note = ("$ \(lines.first ?? "")" + (lines.count > 1 ? tr(" ...  (@ shows all of it)") : ""), false)
      var effects = look()
      if let asker = stack.firstIndex(where: { $0.number == number }) {
        timing = timing.filter { name, _ in feed?.view.operation(name)?.status.phase.isFinal != true }
        for (submission, plan) in zip(submissions, stack[asker].screen.timings) {
          if let operation = submission.operation { timing[operation.name] = plan }
        }
        forgetMarks(of: asker)
      }
      guard stack.last?.number == number, top.isFlow else { return effects }
      while stack.count > 1, top.isFlow {
        if let draft = top.draft { environment.keepDraft(draft.name, nil) }
        stack.removeLast()
      }
      forgetMarks(of: stack.count - 1)
      let operations = submissions.compactMap(\.operation)
      switch operations.count {
      case 0: effects += begin()
      case 1: effects += open(OperationDetailScreen(operations[0].name))
      default: effects += root(.operations)
      }
      return effects
    }
  }

  /// What was marked for an action is marked no longer once that was handed in.
  private mutating func forgetMarks(of place: Int) {
    if stack[place].screen.plainList?.table.marked.isEmpty == false {
      stack[place].screen.plainList?.table.marked = []
    }
  }

  /// Makes sure that somebody observes the hosts of a real site while it is looked at: what is seen here would only grow old.
  mutating func watchOver(_ site: SiteView) -> [ConsoleEffect] {
    guard !site.isSimulated, site.snapshot.lacksEngine, !environment.isReadOnly, !isEngineAsked,
      environment.startEngine != nil
    else { return [] }
    isEngineAsked = true
    return startEngine(quietly: true) + [.startTimer("engine", after: .seconds(10))]
  }

  private func startEngine(quietly: Bool = false) -> [ConsoleEffect] {
    guard let start = environment.startEngine else {
      let text = tr("start one with: \(environment.program) engine")
      return [.perform { .note(text, isProblem: true) }]
    }
    let environment = environment
    return [
      .perform {
        await environment.onThread {
          switch Result(doing: tr("starting an engine"), { try start() }) {
          case .success: .note(quietly ? "" : Self.engineStarted, isProblem: false)
          case .failure(let error): .note(error.message, isProblem: true)
          }
        }
      }
    ]
  }
}
