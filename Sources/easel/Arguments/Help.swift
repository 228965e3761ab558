/// The help of a command, made from its definition.
func helpText(_ command: CommandDefinition, path: String) -> String {
  var lines = [command.summary, ""]
  var usage = path
  if !command.subcommands.isEmpty { usage += command.run == nil ? " VERB" : " [VERB]" }
  for argument in command.arguments {
    let name = argument.name + (argument.repeats ? "..." : "")
    usage += argument.required ? " \(name)" : " [\(name)]"
  }
  if !command.options.isEmpty { usage += " [options]" }
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
  section("options:", command.options.filter { !$0.hidden }.map(optionRow))
  section("everywhere:", globalOptions.map(optionRow))
  return lines.joined(separator: "\n")
}

private func optionRow(_ option: OptionDefinition) -> (String, String) {
  let short = option.short.map { "-\($0), " } ?? "    "
  let value = option.value.map { " \($0)" } ?? ""
  return ("\(short)--\(option.name)\(value)", option.help)
}
