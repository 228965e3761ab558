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
    invocation.arguments = invocation.arguments.enumerated().map { index, word in
      plainName(word, index, of: invocation.command)
    }
    return invocation
  }

  private func descend(_ word: String, _ invocation: inout Invocation) throws {
    // `delete cluster/edge` is `delete cluster edge`, as everywhere in kubectl.
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    if let next = invocation.command.subcommand(word) ?? parts.first.flatMap(invocation.command.subcommand),
      parts.count < 2 || !next.arguments.isEmpty
    {
      invocation.command = next
      invocation.path += " \(next.name)"
      if parts.count == 2 { invocation.arguments.append(parts[1]) }
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
    (invocation.command.options + globalOptions + [outputOption]).first(where: matches)
  }

  /// A name as `-o name` prints it, `operation/create-edge-1`, without its type where only that type can be meant.
  private func plainName(_ word: String, _ index: Int, of command: CommandDefinition) -> String {
    let definition = index < command.arguments.count ? command.arguments[index] : command.arguments.last
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let type = definition.flatMap({ ObjectType($0.completes) }),
      (try? ObjectType(word: parts[0])) == type
    else {
      return word
    }
    return parts[1]
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
    if value.isEmpty, option.completes == .files {
      throw invocation.usage("\(shown) names nothing: it needs \(option.value ?? "a value")")
    }
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
    if let word = invocation.value("output"), !invocation.command.formats.contains(where: { $0.rawValue == word }) {
      let formats = invocation.command.formats.map(\.rawValue).joined(separator: ", ")
      throw invocation.usage(
        formats.isEmpty
          ? "\(invocation.path) prints plain text alone: it takes no -o \(word)"
          : "\(invocation.path) -o takes \(formats), not \"\(word)\"")
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
