/// Completion scripts for the three common shells, made from the command definitions: one function that asks `easel` itself for
/// the names of objects.
enum Completion {
  static func script(for shell: String) -> String {
    switch shell {
    case "zsh": "#compdef easel\nautoload -U +X bashcompinit && bashcompinit\n" + bash()
    case "fish": fish()
    default: bash()
    }
  }

  /// One case for each verb (and verb of a verb): its verbs, options, and where names come from.
  private static func bash() -> String {
    var cases: [String] = []
    walk(rootCommand, path: "easel") { command, path in
      let words = command.subcommands.filter { !$0.hidden }.map(\.name) + options(of: command).map { "--\($0.name)" }
      let names = command.arguments.first.map { list(of: $0.completes) } ?? ""
      cases.append(
        "    '\(path)') words='\(words.joined(separator: " "))'; names=\(names.isEmpty ? "''" : "\"\(names)\"") ;;")
    }
    return """
      # Completion for easel. Load it with: source <(easel completion bash)
      _easel() {
        local path=easel word words='' names='' current=${COMP_WORDS[COMP_CWORD]} state=()
        local index
        for ((index = 1; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          case $word in
            --state) state=(--state "${COMP_WORDS[index + 1]}"); ((index++)) ;;
            -*) ;;
            *) case " \(allPaths().joined(separator: " ; ")) " in *" $path $word "*) path="$path $word" ;; esac ;;
          esac
        done
        case $path in
      \(cases.joined(separator: "\n"))
        esac
        COMPREPLY=($(compgen -W "$words $names" -- "$current"))
      }
      complete -o default -F _easel easel
      """
  }

  private static func fish() -> String {
    var lines = ["# Completion for easel. Load it with: easel completion fish | source", "complete -c easel -f"]
    for option in globalOptions { lines.append(fish(option, condition: nil)) }
    let verbs = rootCommand.subcommands.filter { !$0.hidden }
    for verb in verbs {
      lines.append("complete -c easel -n __fish_use_subcommand -a \(verb.name) -d \(quoted(verb.summary))")
      let condition = "__fish_seen_subcommand_from \(verb.name)"
      for next in verb.subcommands where !next.hidden {
        lines.append("complete -c easel -n '\(condition)' -a \(next.name) -d \(quoted(next.summary))")
      }
      for option in verb.options + verb.subcommands.flatMap(\.options) where !option.hidden {
        lines.append(fish(option, condition: condition))
      }
      let arguments = verb.arguments.first ?? verb.subcommands.first?.arguments.first
      if let names = arguments.map({ list(of: $0.completes) }), !names.isEmpty {
        lines.append(
          "complete -c easel -n '\(condition)' -a '\(names.replacing("$(", with: "(").replacing("\"${state[@]}\" ", with: ""))'"
        )
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func fish(_ option: OptionDefinition, condition: String?) -> String {
    var line = "complete -c easel" + (condition.map { " -n '\($0)'" } ?? "") + " -l \(option.name)"
    if let short = option.short { line += " -s \(short)" }
    if option.value != nil { line += " -r" }
    if !option.choices.isEmpty { line += " -a '\(option.choices.joined(separator: " "))'" }
    if option.completes == .files { line += " -F" }
    return line + " -d \(quoted(option.help))"
  }

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "\\'"))'" }

  private static func options(of command: CommandDefinition) -> [OptionDefinition] {
    command.options.filter { !$0.hidden } + globalOptions
  }

  private static func list(of completes: Completes) -> String {
    switch completes {
    case .nothing, .files: ""
    case .types: ObjectType.plurals.joined(separator: " ")
    case .choices(let words): words.joined(separator: " ")
    case .clusters: names(of: "clusters")
    case .machines: names(of: "machines")
    case .hosts: names(of: "hosts")
    case .operations: names(of: "operations")
    }
  }

  private static func names(of type: String) -> String {
    "$(easel \"${state[@]}\" get \(type) -o name 2>/dev/null | cut -d/ -f2)"
  }

  private static func allPaths() -> [String] {
    var paths: [String] = []
    walk(rootCommand, path: "easel") { _, path in paths.append(path) }
    return paths
  }

  private static func walk(_ command: CommandDefinition, path: String, _ visit: (CommandDefinition, String) -> Void) {
    visit(command, path)
    for next in command.subcommands where !next.hidden { walk(next, path: "\(path) \(next.name)", visit) }
  }
}

let completionCommand = CommandDefinition(
  name: "completion", summary: "Print a completion script for a shell",
  arguments: [
    ArgumentDefinition(name: "SHELL", help: "bash, zsh or fish", completes: .choices(["bash", "zsh", "fish"]))
  ]
) { invocation in
  let shell = invocation.arguments[0]
  guard ["bash", "zsh", "fish"].contains(shell) else {
    throw invocation.usage("there is no completion for \"\(shell)\": bash, zsh or fish")
  }
  Terminal.out(Completion.script(for: shell))
}
