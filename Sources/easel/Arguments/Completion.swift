/// Completion scripts for the three common shells, made from the command definitions: they ask `easel` itself for the names of objects.
enum Completion {
  static func script(for shell: String) -> String {
    switch shell {
    case "zsh": "#compdef easel\nautoload -U +X bashcompinit && bashcompinit\n" + bash()
    case "fish": fish()
    default: bash()
    }
  }

  // Bash

  /// Three tables by the path of verbs: what follows it (verbs and options), the values of its options, and its arguments by their place.
  private static func bash() -> String {
    var words: [String] = []
    var values: [String] = []
    var names: [String] = []
    walk(rootCommand, path: "easel") { command, path in
      let options = command.shownOptions + globalOptions
      let next = command.subcommands.filter { !$0.hidden }.map(\.name) + options.map { "--\($0.name)" }
      words.append("    '\(path)') words='\(next.joined(separator: " "))' ;;")
      for option in options where option.value != nil {
        let keys = ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
        let patterns = keys.map { "'\(path) \($0)'" }.joined(separator: "|")
        values.append("    \(patterns)) values=\(value(option)) ;;")
      }
      for (place, argument) in command.arguments.enumerated() {
        let list = list(of: argument.completes)
        guard !list.isEmpty else { continue }
        // One that may be given again stands for all that follow.
        let places = argument.repeats ? "[\(place)-9]*" : "\(place)"
        names.append("    '\(path) '\(places)) names=\"\(list)\" ;;")
      }
    }
    return """
      # Completion for easel. Load it with: source <(easel completion bash)
      _easel_value() {
        case "$1 $2" in
      \(values.joined(separator: "\n"))
          *) return 1 ;;
        esac
      }
      _easel() {
        local path=easel word words='' names='' values='' current=${COMP_WORDS[COMP_CWORD]} state=() arguments=()
        local index
        COMPREPLY=()
        for ((index = 1; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          case $word in
            --state) state=(--state "${COMP_WORDS[index + 1]}"); ((index++)) ;;
            -*) if _easel_value "$path" "$word"; then ((index++)); fi ;;
            *)
              case " \(allPaths().joined(separator: " ; ")) " in
                *" $path $word "*) path="$path $word" ;;
                *) arguments+=("$word") ;;
              esac ;;
          esac
        done
        values=''
        if _easel_value "$path" "${COMP_WORDS[COMP_CWORD - 1]}"; then
          # Without words of its own, an option is given a file.
          if [[ $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current")); fi
          return
        fi
        case $path in
      \(words.joined(separator: "\n"))
        esac
        case "$path ${#arguments[@]}" in
      \(names.joined(separator: "\n"))
        esac
        COMPREPLY=($(compgen -W "$words $names" -- "$current"))
      }
      complete -o default -F _easel easel
      """
  }

  private static func value(_ option: OptionDefinition) -> String {
    if !option.choices.isEmpty { return "'\(option.choices.joined(separator: " "))'" }
    return "\"\(list(of: option.completes))\""
  }

  // Fish

  private static func fish() -> String {
    var lines = ["# Completion for easel. Load it with: easel completion fish | source", "complete -c easel -f"]
    for option in globalOptions { lines.append(fish(option, condition: nil)) }
    let verbs = rootCommand.subcommands.filter { !$0.hidden }
    for verb in verbs {
      lines.append("complete -c easel -n __fish_use_subcommand -a \(verb.name) -d \(quoted(verb.summary))")
      let condition = "__fish_seen_subcommand_from \(verb.name)"
      for next in verb.subcommands where !next.hidden {
        lines.append("complete -c easel -n '\(condition)' -a \(next.name) -d \(quoted(next.summary))")
        lines += arguments(of: next, condition: "\(condition); and __fish_seen_subcommand_from \(next.name)")
      }
      var seen: Set<String> = []
      for option in verb.shownOptions + verb.subcommands.flatMap(\.shownOptions) where seen.insert(option.name).inserted
      {
        lines.append(fish(option, condition: condition))
      }
      lines += arguments(of: verb, condition: condition)
    }
    return lines.joined(separator: "\n")
  }

  private static func arguments(of command: CommandDefinition, condition: String) -> [String] {
    command.arguments.map { fishList(of: $0.completes) }.filter { !$0.isEmpty }.map {
      "complete -c easel -n '\(condition)' -a '\($0)'"
    }
  }

  private static func fish(_ option: OptionDefinition, condition: String?) -> String {
    var line = "complete -c easel" + (condition.map { " -n '\($0)'" } ?? "") + " -l \(option.name)"
    if let short = option.short { line += " -s \(short)" }
    if option.value != nil { line += " -r" }
    let values = option.choices.isEmpty ? fishList(of: option.completes) : option.choices.joined(separator: " ")
    if !values.isEmpty { line += " -a '\(values)'" }
    if option.completes == .files { line += " -F" }
    return line + " -d \(quoted(option.help))"
  }

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "\\'"))'" }

  private static func fishList(of completes: Completes) -> String {
    if completes == .named { return "(easel get (commandline -opc)[3] -o name 2>/dev/null | cut -d/ -f2)" }
    return list(of: completes).replacing("$(", with: "(").replacing("\"${state[@]}\" ", with: "")
  }

  // Both

  private static func list(of completes: Completes) -> String {
    switch completes {
    case .nothing, .files: ""
    case .types: ObjectType.plurals.joined(separator: " ")
    case .choices(let words): words.joined(separator: " ")
    case .clusters: names(of: "clusters")
    case .machines: names(of: "machines")
    case .hosts: names(of: "hosts")
    case .operations: names(of: "operations")
    case .named: names(of: "\"${arguments[0]}\"")
    case .versions: "$(easel \"${state[@]}\" versions 2>/dev/null)"
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
