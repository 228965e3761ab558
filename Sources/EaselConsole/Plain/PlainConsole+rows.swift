internal import EaselTerminal

/// Rows by their numbers, and actions on them: `3`, `R 3`, `log 5`, `mark 2 4`.
extension PlainConsole {
  /// Actions of the screen that mean nothing in lines.
  static let ofScreens: Set<ActionID> = [
    "mouse", "budget", "command", "tab.next", "tab.previous", "operation.follow", "log.follow", "log.wrap", "log.next",
    "log.previous", "list.reverse", "move.left", "move.right", "steps.fold", "text.wrap",
  ]

  /// Those that put something on the clipboard, which lines have not.
  static let ofClipboards: Set<ActionID> = ["copy", "plan.copy", "log.copy", "commands.copy"]

  /// Those that run a program on the terminal.
  private static let ofPrograms: Set<ActionID> = ["plan.pager", "log.pager", "page.pager", "cluster.edit"]

  /// What can be typed on this page, in the order of the key map. An action on rows is offered by its rows, not by the one that a
  /// screen would have selected.
  var typedBindings: [Binding] {
    let app = user.app
    var hidden = Self.ofScreens.union(Self.ofClipboards).union([
      "open", "list.mark", "list.unmark", "leave", "help", "quit",
    ])
    if !app.environment.hasTerminal { hidden.formUnion(Self.ofPrograms) }
    let own = Set(app.top.keyMap.bindings.map(\.action))
    return app.keys.bindings.filter { binding in
      let action = binding.action
      if hidden.contains(action) { return false }
      if app.top.actsOnRow(action) { return page.count > 0 }
      return !own.contains(action) || app.top.offers(action)
    }
  }

  /// What Enter does where it is not about a row.
  var enterBinding: Binding? {
    let top = user.app.top
    guard page.count == 0, top.plainList == nil, top.offers("open") else { return nil }
    return user.app.keys.bindings.first { binding in
      binding.action == "open" && top.keyMap.bindings.contains { $0.action == "open" }
    }
  }

  /// The action of a key, or of a word: that of the command line, or the last of its name.
  func binding(_ word: String) -> Binding? {
    let bindings = user.app.keys.bindings
    if word.count == 1, let key = word.first {
      return bindings.first { $0.keys.contains(.character(key)) }
    }
    let own = Set(user.app.top.keyMap.bindings.map(\.action))
    return bindings.first { binding in
      guard own.contains(binding.action), !binding.keys.isEmpty else { return false }
      return Self.word(of: binding.action) == word.lowercased()
    }
  }

  static func word(of action: ActionID) -> String {
    ObjectVerb.words[action] ?? action.rawValue.split(separator: ".").last.map(String.init) ?? ""
  }

  /// The row that a number stands for now; nil, and why, where there is none.
  private func row(_ word: String) -> Int? {
    let now = TimeWords.$current.withValue(user.app.times) { currentLines().filter { $0.choice != nil } }
    guard !now.isEmpty else {
      say("  " + tr("nothing has a number on this page"))
      return nil
    }
    guard let number = Int(word), number > 0, number <= max(now.count, page.numbered.keys.max() ?? 0) else {
      say("  " + tr("there is no \(word) here: 1 to \(now.count)"))
      return nil
    }
    let same = now.indices.contains(number - 1) ? now[number - 1] : nil
    guard let told = page.numbered[number], let identity = told.identity else { return same?.choice }
    if same?.identity == identity { return same?.choice }
    guard let moved = now.first(where: { $0.identity == identity }) else {
      say("  " + tr("\(word) is not there any more; Enter says what is"))
      return nil
    }
    return moved.choice
  }

  func open(_ word: String) async -> Outcome {
    guard let row = row(word) else { return .said }
    await select(row)
    await press(.enter)
    return .changes
  }

  /// Does the action that the first word names, on the rows that the others number; nil where the words mean something else.
  func act(_ words: [String]) async -> Outcome? {
    let numbers = Array(words.dropFirst())
    let isBare = numbers.isEmpty
    guard isBare || numbers.allSatisfy(\.isDigits) else { return nil }
    if words[0] == "enter", isBare { return await enter() }
    guard let binding = binding(words[0]) else {
      guard isBare, words[0].count == 1, let key = words[0].first else { return nil }
      if user.app.book.movement(.character(key)) != nil { return isOfScreens(words[0]) }
      await press(.character(key))
      return .changes
    }
    let action = binding.action
    if let refusal = refusal(of: action, words[0]) { return refusal }
    if action == "open" { return isBare ? await enter() : await open(numbers[0]) }
    let marks = user.app.top.plainList.flatMap { $0.hasMarks ? $0.table.marked : nil }
    if isBare {
      if user.app.top.actsOnRow(action), marks?.isEmpty != false || action == "list.mark" {
        guard page.count == 1, action != "list.mark" else {
          say("  " + tr("\(words[0]) is about a row: type it with a number, such as \(words[0]) 2"))
          return .said
        }
        return await act(["\(words[0])", "1"])
      }
      await press(binding.keys[0])
      return await finishTyping()
    }
    var rows: [Int] = []
    for number in numbers {
      guard let row = row(number) else { return .said }
      rows.append(row)
    }
    return await act(binding, on: rows, marks: marks)
  }

  /// - Parameter marks: the rows that are marked; nil where none can be.
  private func act(_ binding: Binding, on rows: [Int], marks: Set<String>?) async -> Outcome {
    let list = user.app.top.plainList
    let chosen = Set(rows.compactMap { list?.identity(at: $0) })
    switch binding.action {
    case "list.mark", "list.unmark":
      guard let marks else {
        say("  " + tr("there are no marks in this list"))
        return .said
      }
      await select(nil, marks: binding.action == "list.mark" ? marks.union(chosen) : marks.subtracting(chosen))
      return .changes
    default: break
    }
    guard rows.count == 1 || marks != nil else {
      say("  " + tr("that takes one number"))
      return .said
    }
    // The rows that were named and no others; what was marked before stays so.
    let number = user.app.stack[user.app.stack.count - 1].number
    await select(rows[0], marks: marks == nil ? nil : rows.count == 1 ? [] : chosen)
    await press(binding.keys[0])
    if let marks { await select(nil, marks: marks, on: number) }
    return await finishTyping()
  }

  /// Enter, where it is not about a row.
  private func enter() async -> Outcome {
    guard page.count == 0 else {
      say("  " + tr("type the number of what is to be opened"))
      return .said
    }
    await press(.enter)
    return .changes
  }

  /// Why an action means nothing in lines; nil where it does.
  func refusal(of action: ActionID, _ word: String) -> Outcome? {
    if Self.ofClipboards.contains(action) {
      say("  " + tr("there is no clipboard here; write the page to a file with: save FILE"))
      return .said
    }
    guard Self.ofScreens.contains(action), action != "command", action != "list.reverse" else { return nil }
    return isOfScreens(word)
  }

  private func isOfScreens(_ word: String) -> Outcome {
    say("  " + tr("\(word) is for the screen; help lists what can be typed here"))
    return .said
  }

  private func select(_ row: Int?, marks: Set<String>? = nil, on number: Int? = nil) async {
    let top = user.app.stack[user.app.stack.count - 1].number
    user.mailbox.post(.select(row: row, marks: marks, on: number ?? top))
    await user.settle()
  }
}
