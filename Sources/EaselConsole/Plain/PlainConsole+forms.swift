internal import EaselTerminal

/// Questions, menus, plans and forms in lines.
extension PlainConsole {
  func answer(question words: String) async -> Outcome {
    if let obstacle = user.app.question?.dialog.obstacle {
      say("  " + obstacle)
      await press(.escape)
    } else if let name = user.app.question?.dialog.typedName {
      guard words == name else {
        await press(.escape)
        return .page
      }
      user.type(name)
      await press(.enter, .enter)
    } else {
      await press(words == "yes" ? [.tab, .enter] : [.escape])
    }
    return .page
  }

  func choose(in menu: Menu, _ words: String) async -> Outcome {
    guard words.isDigits else {
      await press(.escape)
      return .page
    }
    guard let number = Int(words), menu.items.indices.contains(number - 1) else {
      say("  " + tr("there is no \(words) here: 1 to \(menu.items.count)"))
      return .said
    }
    if let reason = menu.items[number - 1].disabledReason {
      say("  " + tr("not now: \(reason)"))
      return .said
    }
    await press([.home] + Array(repeating: .down, count: number - 1) + [.enter])
    return .page
  }

  // Plans

  /// What can be asked of a plan before it is confirmed.
  func planWords(_ app: ConsoleApp) -> [String] {
    ["again", "steps", "compare", "command"].filter { word in binding(word).map { app.top.offers($0.action) } ?? false }
  }

  func confirm(_ plan: PlanScreen, _ words: String) async -> Outcome {
    if words == plan.typed ?? "yes" {
      guard plan.awaitsConfirmation else {
        say("  " + tr("nothing was done: this plan cannot go ahead as it is"))
        return .said
      }
      guard let name = plan.typed else {
        await press(.tab, .enter)
        return .page
      }
      if !plan.isTyping { await press(.tab) }
      await press(.end, .control("u"))
      user.type(name)
      guard plan.isLastName else {
        await press(.enter)
        say("  " + tr("one more name must be typed"))
        return .said
      }
      await press(.enter, .enter)
      return .page
    }
    let action = binding(words)?.action
    let isAbout = action?.rawValue.hasPrefix("plan.") == true
    if isAbout || words.hasPrefix("save ") {
      // Letters are text where a name is typed.
      if plan.isTyping { await press(.tab) }
      return isAbout ? await act([words]) ?? .said : await go(words)
    }
    say(
      "  "
        + (plan.typed.map { tr("nothing was done: type \($0) to go ahead, or back") }
          ?? tr("nothing was done: type yes to go ahead, or back")))
    return .said
  }

  // Forms

  /// A line for each field, with what is wrong with it below it.
  func lines(of form: Form) -> [String] {
    var said: [String] = []
    for (number, field) in form.fields.enumerated() {
      let value =
        field.text.isEmpty
        ? field.placeholder.isEmpty
          ? isChoice(field) ? tr("none chosen") : tr("empty") : tr("empty, for example \(field.placeholder)")
        : words(of: field)
      let label = label(field)
      said.append(
        "  \(number + 1). " + (field.isPermanent ? tr("\(label) (permanent): \(value)") : "\(label): \(value)")
          + (field.error.map { "\n     " + tr("WRONG: \($0)") } ?? ""))
    }
    return said
  }

  /// Labels may end in blanks that set values apart on a screen.
  private func label(_ field: Field) -> String { field.label.split(separator: " ").joined(separator: " ") }

  /// The value as a screen names it.
  private func words(of field: Field) -> String {
    guard case .choice(let choice) = field.value else { return field.text }
    return choice.options.filter { choice.chosen.contains($0.id) }.map(\.label).joined(separator: ", ")
  }

  private func isChoice(_ field: Field) -> Bool { if case .choice = field.value { true } else { false } }

  func answer(_ form: Form, _ words: String) async -> Outcome {
    switch words {
    case "next":
      await press(.control("n"))
      return .changes
    case "anew" where user.app.top.draft != nil:
      await press(.control("r"))
      return .page
    case "previous":
      await press(.control("p"))
      return .changes
    case "again": return .page
    default: break
    }
    guard words.isDigits else {
      say("  " + tr("type the number of a field, next, previous, again or back"))
      return .said
    }
    guard let number = Int(words), form.fields.indices.contains(number - 1) else {
      say("  " + tr("there is no field \(words): 1 to \(form.fields.count)"))
      return .said
    }
    return await fill(form, number - 1)
  }

  private func fill(_ form: Form, _ index: Int) async -> Outcome {
    let field = form.fields[index]
    await press(Array(repeating: index < form.focus ? .backTab : .tab, count: abs(index - form.focus)))
    say("  \(field.help)")
    switch field.value {
    case .text:
      let question =
        field.text.isEmpty
        ? label(field) : tr("\(label(field)) (now \(field.text); nothing keeps it, - empties it)")
      guard let value = await ask(question), !value.isEmpty else {
        say("  " + tr("nothing was changed"))
        return .said
      }
      await press(.end, .control("u"))
      user.type(value == "-" ? "" : value)
      await user.settle()
    case .flag: await press(.space)
    case .choice(let choice): return await choose(choice, label(field))
    }
    return .changes
  }

  private func choose(_ choice: Choice, _ label: String) async -> Outcome {
    let options = choice.options
    // Beside values that are numbers, numbers of places would be taken for them.
    let hasNumbers = options.contains { !$0.label.isDigits }
    for (number, option) in options.enumerated() {
      let mark = choice.chosen.contains(option.id) ? [tr("chosen")] : []
      let detail = option.disabledReason.map { tr("not possible: \($0)") } ?? option.detail
      let said = [option.label] + mark + (detail.isEmpty ? [] : [detail])
      say("    " + (hasNumbers ? "\(number + 1). " : "") + said.joined(separator: ", "))
    }
    let text = await ask(choice.allowsSeveral ? tr("\(label) (a number or a name chooses or removes)") : label) ?? ""
    let words = text.split { $0 == " " || $0 == "," }.map(String.init)
    let places = words.map { word -> Int? in
      if let named = options.firstIndex(where: { $0.label == word || $0.id == word }) { return named }
      return hasNumbers ? Int(word).map { $0 - 1 } : nil
    }
    let known = places.compactMap { $0 }.filter(options.indices.contains)
    guard !words.isEmpty, known.count == words.count, known.count == 1 || choice.allowsSeveral else {
      let values = hasNumbers ? tr("a number from 1 to \(options.count)") : options.map(\.label).joined(separator: ", ")
      say("  " + tr("nothing was changed: type \(values)"))
      return .said
    }
    for place in known {
      if let reason = options[place].disabledReason {
        say("  " + tr("not possible: \(reason)"))
      } else {
        await press([.home] + Array(repeating: .down, count: place) + [.space])
      }
    }
    return .changes
  }
}
