import EaselModel

/// Turns words into an invocation of one of the commands, or into a usage error that names the nearest right word.
struct ArgumentParser {
  var root: CommandDefinition

  /// Reads the words after the program's name. Options may stand anywhere; `--` ends them.
  func parse(_ words: [String]) throws -> Invocation {
    var invocation = Invocation(path: root.name, command: root)
    var index = 0
    var optionsEnded = false
    while index < words.count {
      let word = words[index]
      index += 1
      if !optionsEnded, word == "--" {
        optionsEnded = true
      } else if !optionsEnded, word.hasPrefix("--") {
        try long(word, words, &index, &invocation)
      } else if !optionsEnded, word.hasPrefix("-"), word.count > 1 {
        try short(word, words, &index, &invocation)
      } else if !invocation.command.subcommands.isEmpty, invocation.arguments.isEmpty {
        try descend(word, &invocation)
      } else {
        invocation.arguments.append(word)
      }
    }
    if !invocation.has("help") { try check(invocation) }
    return invocation
  }

  private func descend(_ word: String, _ invocation: inout Invocation) throws {
    if let next = invocation.command.subcommand(word) {
      invocation.command = next
      invocation.path += " \(next.name)"
    } else if !invocation.command.arguments.isEmpty {
      invocation.arguments.append(word)
    } else {
      let names = invocation.command.subcommands.filter { !$0.hidden }.map(\.name)
      throw EaselError(
        .usage, "UnknownVerb", "\(invocation.path) has no verb \"\(word)\"",
        advice: suggestion(word, among: names) ?? "one of: \(names.joined(separator: ", "))")
    }
  }

  private func long(_ word: String, _ words: [String], _ index: inout Int, _ invocation: inout Invocation) throws {
    let body = word.dropFirst(2)
    let name = String(body.prefix { $0 != "=" })
    let attached = body.contains("=") ? String(body.dropFirst(name.count + 1)) : nil
    guard let option = option(in: invocation, where: { $0.name == name }) else {
      let names = (invocation.command.options + globalOptions).map(\.name)
      throw EaselError(
        .usage, "UnknownOption", "\(invocation.path) has no option --\(name)",
        advice: suggestion(name, among: names).map { "\($0.replacing("mean ", with: "mean --"))" }
          ?? "see: \(invocation.path) --help")
    }
    try take(option, shown: "--\(name)", attached, words, &index, &invocation)
  }

  private func short(_ word: String, _ words: [String], _ index: inout Int, _ invocation: inout Invocation) throws {
    let letter = word[word.index(after: word.startIndex)]
    guard let option = option(in: invocation, where: { $0.short == letter }) else {
      throw EaselError(
        .usage, "UnknownOption", "\(invocation.path) has no option -\(letter)", advice: "see: \(invocation.path) --help"
      )
    }
    let rest = String(word.dropFirst(2))
    let attached = rest.isEmpty ? nil : rest.hasPrefix("=") ? String(rest.dropFirst()) : rest
    try take(option, shown: "-\(letter)", attached, words, &index, &invocation)
  }

  private func option(in invocation: Invocation, where matches: (OptionDefinition) -> Bool) -> OptionDefinition? {
    (invocation.command.options + globalOptions).first(where: matches)
  }

  private func take(
    _ option: OptionDefinition, shown: String, _ attached: String?, _ words: [String], _ index: inout Int,
    _ invocation: inout Invocation
  ) throws {
    guard option.value != nil else {
      if attached != nil { throw invocation.usage("\(shown) takes no value") }
      invocation.values[option.name, default: []].append("")
      return
    }
    var value = attached
    if value == nil, index < words.count {
      value = words[index]
      index += 1
    }
    guard let value else { throw invocation.usage("\(shown) needs a value (\(option.value ?? ""))") }
    if !option.choices.isEmpty, !option.choices.contains(value) {
      throw invocation.usage("\(shown) takes \(option.choices.joined(separator: ", ")), not \"\(value)\"")
    }
    if !option.repeats, invocation.has(option.name) { throw invocation.usage("\(shown) is given twice") }
    invocation.values[option.name, default: []].append(value)
  }

  private func check(_ invocation: Invocation) throws {
    let definitions = invocation.command.arguments
    let given = invocation.arguments.count
    if invocation.command.run == nil {
      let names = invocation.command.subcommands.filter { !$0.hidden }.map(\.name)
      throw invocation.usage("\(invocation.path) needs one of: \(names.joined(separator: ", "))")
    }
    for (index, definition) in definitions.enumerated() where definition.required && index >= given {
      throw invocation.usage("\(invocation.path) needs \(definition.name): \(definition.help)")
    }
    if given > definitions.count, definitions.last?.repeats != true {
      throw invocation.usage(
        "\(invocation.path) does not know what to do with \"\(invocation.arguments[definitions.count])\"")
    }
  }
}

/// `did you mean NAME?` when a name is within two edits of the word.
func suggestion(_ word: String, among names: [String]) -> String? {
  let best = names.map { (name: $0, distance: editDistance(word, $0)) }.min { $0.distance < $1.distance }
  guard let best, best.distance <= 2, best.distance < best.name.count else { return nil }
  return "did you mean \(best.name)?"
}

private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
