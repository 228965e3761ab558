internal import EaselModel
internal import EaselTerminal

extension ConsoleApp {
  mutating func handle(_ key: Key) -> [ConsoleEffect] {
    if key == .interrupt { return interrupt() }
    if keys.action(for: key) != "leave" { isQuitArmed = false }
    if key == .control("l") { return [] }
    if question != nil { return answer(key) }
    if menu != nil { return choose(key) }
    if prompt.isOpen { return handlePrompt(key) }
    note = nil
    let number = stack[stack.count - 1].number
    let surroundings = surroundings
    if top.isTyping {
      if let requests = top.handle(key, surroundings) { return run(requests, from: number) }
      if key.typed != nil, top.takesText { return [] }
    }
    if let digit = key.typed?.wholeNumberValue, digit > 0, !top.isTyping, let tabs {
      guard tabs.titles.indices.contains(digit - 1) else {
        note = (tr("there is no tab \(digit)"), false)
        return []
      }
      return openTab(digit - 1)
    }
    if let action = keys.action(for: key) {
      return noticed(key, action) { app in
        let own = app.book[app.top.keyMap.name].bindings.contains { $0.action == action }
        if !own, let effects = app.global(action) { return effects }
        return app.run(app.top.perform(action, surroundings), from: number)
      }
    }
    if book.effective(top.keyMap.name).action(for: key) != nil {
      note = (tr("this console is read-only"), true)
      return []
    }
    let isPlain = key == .space || key.typed?.isNumber == true
    guard let standard = book.movement(key) ?? (isPlain ? key : nil) else { return unknown(key) }
    if let requests = top.handle(standard, surroundings) { return run(requests, from: number) }
    switch standard {
    // Nobody leaves a form by a slip to the side.
    case _ where top.isTyping: return unknown(key)
    case .left: return stack.count > 1 ? back() : unknown(key)
    case .right: return noticed(key, "open") { $0.run($0.top.perform("open", surroundings), from: number) }
    default: return mainTab(standard)
    }
  }

  /// A number on a page without tabs goes where it goes on the main pages. A change that is being put together is not left by a slip.
  private mutating func mainTab(_ key: Key) -> [ConsoleEffect] {
    let shown = RootTab.shown(feed?.view)
    guard environment.site != nil, !top.isFlow, let number = key.typed?.wholeNumberValue,
      shown.indices.contains(number - 1)
    else { return unknown(key) }
    return root(shown[number - 1])
  }

  /// Does an action; where nothing of it can be noticed, that is said: no key that help lists is ever silent.
  private mutating func noticed(
    _ key: Key, _ action: ActionID, _ act: (inout ConsoleApp) -> [ConsoleEffect]
  ) -> [ConsoleEffect] {
    let before = stack[stack.count - 1]
    let effects = act(&self)
    guard effects.isEmpty, note == nil, question == nil, menu == nil, !prompt.isOpen,
      stack[stack.count - 1].number == before.number, looksSame(before.screen, top)
    else { return effects }
    note = (idleWords(key, action), false)
    return []
  }

  /// Why an action has changed nothing.
  private func idleWords(_ key: Key, _ action: ActionID) -> String {
    let isOwn = book[top.keyMap.name].bindings.contains { $0.action == action }
    return switch action {
    case "open": tr("there is nothing to open here")
    case "back": tr("this is the first page")
    case "tab.next" where !isOwn, "tab.previous" where !isOwn: tr("this page has no tabs")
    case "form.previous": tr("there is no step before")
    default: tr("\(key.label) has nothing to do here now")
    }
  }

  /// A key that is not bound here is answered too: a page that stays as it is might have been thought to hang.
  private mutating func unknown(_ key: Key) -> [ConsoleEffect] {
    let global = top.takesText ? book["global"].untyped : book["global"]
    guard let help = global.keys(for: "help").first?.label else { return [] }
    note = (tr("\(key.label) does nothing here; \(help) lists the keys"), false)
    return []
  }

  private func looksSame(_ one: any ConsoleScreen, _ other: any ConsoleScreen) -> Bool {
    guard one.footnote == other.footnote, one.tabs?.selected == other.tabs?.selected, one.isTyping == other.isTyping
    else { return false }
    let grids = [one, other].map { screen in
      var screen = screen
      let grid = Grid(size: size)
      screen.draw(on: grid.canvas, surroundings)
      return grid
    }
    return grids[0].isSame(as: grids[1])
  }

  /// Ctrl-C: closes what is over the screen; then asks for a second press.
  private mutating func interrupt() -> [ConsoleEffect] {
    if question != nil || menu != nil || prompt.isOpen {
      (question, menu) = (nil, nil)
      prompt.close()
      return []
    }
    return quit(confirming: "Ctrl-C")
  }

  /// Quits when a key is pressed a second time: the first may have been one too many on the way back.
  private mutating func quit(confirming key: String) -> [ConsoleEffect] {
    if isQuitArmed { return quit() }
    isQuitArmed = true
    let goesOn = feed?.view.snapshot.lacksEngine == false && feed?.view.snapshot.isMoving == true
    note = (goesOn ? tr("press \(key) again to quit; operations go on") : tr("press \(key) again to quit"), false)
    return [.startTimer("quit", after: .seconds(3))]
  }

  func quit() -> [ConsoleEffect] {
    for entry in stack { keepDraft(of: entry.screen) }
    return [.quit(farewell: farewell)]
  }

  /// Actions of the global map; nil when it is the screen's own.
  mutating func global(_ action: ActionID) -> [ConsoleEffect]? {
    switch action {
    case "back":
      if top.unwind() { return [] }
      if stack.count > 1 { return back() }
      if environment.site == nil { return quit() }
      return top.tab == .overview ? [] : root(.overview)
    case "leave":
      if environment.site == nil, stack.count == 1 { return quit() }
      if stack.count == 1 { return quit(confirming: book["global"].keys(for: "leave").first?.label ?? "q") }
      isQuitArmed = false
      return back()
    case "history.back": return historyBack()
    case "history.forward": return historyForward()
    case "tab.next": return cycleTab(1)
    case "tab.previous": return cycleTab(-1)
    case "command":
      prompt.begin("")
      return []
    case "help":
      return open(HelpScreen(about: top, keys: book, hasTabs: tabs != nil))
    case "commands": return open(CommandLogScreen())
    case "mouse":
      var settings = environment.settings
      settings.mouse = !hasMouse
      note = (hasMouse ? tr("mouse off") : tr("mouse on"), false)
      return take(settings)
    case "copy": return copyPage()
    case "budget": return [.toggleBudget]
    case "quit": return quit()
    default: return nil
    }
  }

  var tabs: (titles: [String], selected: Int)? {
    if let own = top.tabs { return own }
    guard environment.site != nil, stack.count == 1 else { return nil }
    let shown = RootTab.shown(feed?.view)
    return (shown.map(\.title), shown.firstIndex(of: top.tab) ?? 0)
  }

  mutating func openTab(_ index: Int) -> [ConsoleEffect] {
    guard let tabs, tabs.titles.indices.contains(index) else { return [] }
    if top.tabs != nil {
      top.openTab(index, surroundings)
      return begin()
    }
    return root(RootTab.shown(feed?.view)[index])
  }

  private mutating func cycleTab(_ step: Int) -> [ConsoleEffect] {
    guard let tabs, !tabs.titles.isEmpty else { return [] }
    return openTab((tabs.selected + step + tabs.titles.count) % tabs.titles.count)
  }

  /// The page as text, without frames: `lines` of the linear mode are what a reader wants in a ticket.
  private mutating func copyPage() -> [ConsoleEffect] {
    var screen = top
    let text = screen.lines(surroundings).map(\.text).joined(separator: "\n")
    let count = text.utf8.count
    note = (tr(count, one: "copied \(count) byte", other: "copied \(count) bytes"), false)
    return [.copy(text)]
  }

  private mutating func answer(_ key: Key) -> [ConsoleEffect] {
    guard var asked = question else { return [] }
    switch asked.dialog.handle(key) {
    case .open:
      question = asked
      return []
    case .cancelled:
      question = nil
      return []
    case .confirmed:
      question = nil
      return run(asked.requests(feed?.view), from: asked.from)
    }
  }

  private mutating func choose(_ key: Key) -> [ConsoleEffect] {
    guard var open = menu else { return [] }
    let outcome = open.handle(book.movement(key) == .left ? .escape : key)
    menu = outcome == .open ? open : nil
    guard case .chosen(let action) = outcome else { return [] }
    let number = stack[stack.count - 1].number
    return run(top.perform(action, surroundings), from: number)
  }

  private mutating func handlePrompt(_ key: Key) -> [ConsoleEffect] {
    switch prompt.handle(key, surroundings) {
    case .open, .closed: return []
    case .chosen(let destination):
      let (environment, history) = (environment, prompt.history)
      let keep: ConsoleEffect = .perform {
        await environment.onThread {
          environment.keepDraft(CommandPrompt.historyName, history.joined(separator: "\n"))
          return nil
        }
      }
      return [keep] + go(destination)
    }
  }

  mutating func paste(_ text: String) {
    if question != nil {
      question?.dialog.paste(text)
    } else if prompt.isOpen {
      prompt.paste(text, surroundings)
    } else if top.isTyping {
      top.paste(text)
    } else {
      note = (tr("pasted text is never taken as keys"), false)
    }
  }

  mutating func handle(_ mouse: Mouse) -> [ConsoleEffect] {
    guard question == nil, menu == nil, !prompt.isOpen else { return [] }
    if mouse.position.y == 1, bodyTop > 1, mouse.action == .press, let tabs {
      guard
        let hit = TabBar(tabBarTitles(tabs.titles), selected: tabs.selected).hit(x: mouse.position.x, width: size.width)
      else { return [] }
      return openTab(hit)
    }
    guard mouse.position.y >= bodyTop else { return [] }
    let number = stack[stack.count - 1].number
    var moved = mouse
    moved.position.y -= bodyTop
    return run(top.handle(moved, surroundings), from: number)
  }
}
