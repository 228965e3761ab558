/// The help of a command, made from its definition.
func helpText(_ command: CommandDefinition, path: String) -> String {
  var lines = [command.summary, ""]
  var usage = path
  if !command.subcommands.isEmpty { usage += command.run == nil ? " VERB" : " [VERB]" }
  for argument in command.arguments {
    let name = argument.name + (argument.repeats ? "..." : "")
    usage += argument.required ? " \(name)" : " [\(name)]"
  }
  if !command.shownOptions.isEmpty { usage += " [options]" }
  lines.append("usage: \(usage)")
  if !command.discussion.isEmpty { lines += ["", command.discussion] }
  func section(_ title: String, _ rows: [(String, String)]) {
    guard !rows.isEmpty else { return }
    let width = min(30, (rows.map(\.0.count).max() ?? 0) + 2)
    lines += ["", title]
    for (left, right) in rows {
      let gap = String(repeating: " ", count: max(1, width - left.count))
      lines.append("  \(left)\(gap)\(right)")
    }
  }
  section("verbs:", command.subcommands.filter { !$0.hidden }.map { ($0.name, $0.summary) })
  section("arguments:", command.arguments.map { ($0.name, $0.help) })
  section("options:", command.shownOptions.map(optionRow))
  section("everywhere:", globalOptions.map(optionRow))
  return lines.joined(separator: "\n")
}

/// `easel help VERB` is what `easel VERB --help` prints.
let helpCommand = CommandDefinition(
  name: "help", summary: "Explain a verb",
  arguments: [ArgumentDefinition(name: "VERB", help: "A verb, and what follows it", required: false, repeats: true)],
  run: explainVerb)

private func explainVerb(_ invocation: Invocation) throws {
  let asked = try ArgumentParser(root: rootCommand).parse(invocation.arguments + ["--help"])
  Terminal.out(helpText(asked.command, path: asked.path))
}

private func optionRow(_ option: OptionDefinition) -> (String, String) {
  let short = option.short.map { "-\($0), " } ?? "    "
  let value = option.value.map { " \($0)" } ?? ""
  return ("\(short)--\(option.name)\(value)", option.help)
}
