internal import EaselTerminal

/// Words that go somewhere or do something. Nobody sees here what an incomplete word would be completed to, so it does nothing unless
/// it can mean one place only.
extension PlainConsole {
  /// Goes where the words say, or does it.
  func go(_ text: String) async -> Outcome {
    let words = text.hasPrefix(":") ? String(text.dropFirst()) : text
    let surroundings = user.app.surroundings
    let meant = Destination.brief(words)
    if Destination.typed(meant, surroundings) != nil { return await hand(words) }
    let found = Destination.matches(meant, surroundings)
    if let destination = Self.meaning(of: meant, among: found) {
      if case .global(let action) = destination.action, let refusal = refusal(of: action, destination.words) {
        return refusal
      }
      if case .ask(let verb) = destination.action { return await hand(verb) }
      return await hand(destination.words)
    }
    if surroundings.site == nil, surroundings.environment.site != nil {
      say("  " + tr("the site has not answered yet: type it again"))
      return .said
    }
    let candidates = found.filter { destination in
      if case .ask(let verb) = destination.action, !verb.hasPrefix(meant.lowercased()) { return false }
      return !isOfScreens(destination)
    }.map(\.words)
    if candidates.isEmpty {
      let near = Destination.near(meant, in: Destination.all(surroundings)).filter { !isOfScreens($0) }.map(\.words)
      say(
        "  " + tr("there is nothing of that name") + near.joined(separator: ", ").prefixed("; " + tr("near it:") + " "))
      return .said
    }
    let more = candidates.count > 6 ? ", ..." : ""
    say("  " + tr("\(words) is not enough; type it in full: \(candidates.prefix(6).joined(separator: ", "))\(more)"))
    return .said
  }

  /// What is said in full, the one object of that name, or the one place that begins so; never something that changes the site.
  private static func meaning(of text: String, among found: [Destination]) -> Destination? {
    let text = text.lowercased()
    let whole = found.first { destination in
      if case .ask(let verb) = destination.action, verb == text { return true }
      return destination.words.lowercased() == text
    }
    if let whole { return whole }
    let named = found.filter {
      ["cluster \(text)", "host \(text)", "operation \(text)"].contains($0.words.lowercased())
    }
    if !named.isEmpty { return named.count == 1 ? named[0] : nil }
    let count = text.split(separator: " ").count
    let begun = found.filter { destination in
      guard !destination.changes, destination.words.split(separator: " ").count == count else { return false }
      switch destination.action {
      case .open, .root: return destination.words.lowercased().hasPrefix(text)
      default: return false
      }
    }
    return begun.count == 1 ? begun[0] : nil
  }

  /// Hands words to the line behind `:`, which has been made sure of what they mean.
  private func hand(_ words: String) async -> Outcome {
    await press(.character(":"))
    user.paste(words)
    await press(.enter)
    return await finishTyping()
  }

  private func isOfScreens(_ destination: Destination) -> Bool {
    if case .global(let action) = destination.action {
      Self.ofScreens.contains(action) || Self.ofClipboards.contains(action)
    } else {
      false
    }
  }

  // Help

  /// What one word, or one letter, does here.
  func explain(_ word: String) -> Outcome {
    let own: [String: String] = [
      "quit": tr("leaves Easel; operations go on"),
      "back": tr("goes back to the page before, and takes a question back"),
      "help": tr("lists what can be typed here"), "more": tr("says the next part of a long page"),
      "less": tr("says the part before"), "next": tr("goes to the next step of a form, then to the plan"),
      "previous": tr("goes to the step before"),
      "watch": tr("says what changes in an operation, or comes in a log, until Enter"),
      "again": tr("says a form again; makes a plan again"),
      "mark": tr("chooses rows for what is typed next: mark 2 4"), "unmark": tr("forgets marks"),
      "yes": tr("goes ahead with a question or a plan"),
    ]
    if let text = own[word.lowercased()] {
      say("  \(word): \(text)")
    } else if let binding = binding(word), typedBindings.contains(where: { $0.action == binding.action }) {
      say("  \(word)\(user.app.top.actsOnRow(binding.action) ? " N" : ""): \(binding.help)")
    } else {
      let found = Destination.matches(word, user.app.surroundings).filter { destination in
        destination.words.split(separator: " ").first.map { $0 == word.lowercased() } == true
          && !isOfScreens(destination)
      }
      guard let first = found.first else {
        say("  " + tr("there is no word \(word); help lists what can be typed here"))
        return .said
      }
      say("  \(first.words): \(first.detail)")
    }
    return .said
  }
}
