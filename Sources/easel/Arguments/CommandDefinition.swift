import EaselModel

/// An option of a command: `--name`, perhaps `-n`, perhaps with a value.
struct OptionDefinition: Sendable {
  var name: String
  var short: Character?
  /// What stands for the value in help, for example `DIR`; nil for a switch.
  var value: String?
  var help: String
  /// May be given more than once.
  var repeats = false
  var choices: [String] = []
  var completes: Completes = .nothing

  static func flag(_ name: String, _ help: String, short: Character? = nil) -> OptionDefinition {
    OptionDefinition(name: name, short: short, value: nil, help: help)
  }

  static func value(
    _ name: String, _ value: String, _ help: String, short: Character? = nil, repeats: Bool = false,
    choices: [String] = [], completes: Completes = .nothing
  ) -> OptionDefinition {
    OptionDefinition(
      name: name, short: short, value: value, help: help, repeats: repeats, choices: choices, completes: completes)
  }
}

/// What a shell offers in an argument's place.
enum Completes: Sendable, Hashable {
  case nothing, files, types, clusters, machines, hosts, operations, versions, choices([String])
  /// The names of the objects whose type is the first argument.
  case named
}

/// A positional argument.
struct ArgumentDefinition: Sendable {
  var name: String
  var help: String
  var required = true
  var repeats = false
  var completes: Completes = .nothing
}

/// One verb, with its options and what it runs; help, completion and parsing are all made from it.
struct CommandDefinition: Sendable {
  var name: String
  var aliases: [String] = []
  var summary: String
  /// More words for the command's own help.
  var discussion = ""
  var arguments: [ArgumentDefinition] = []
  var options: [OptionDefinition] = []
  var subcommands: [CommandDefinition] = []
  var hidden = false
  /// The formats that `-o` may ask for; none for a verb that prints plain text alone.
  var formats: [OutputFormat] = []
  var run: (@Sendable (Invocation) throws -> Void)?

  /// Its own options, with `-o` where it prints more than text.
  var shownOptions: [OptionDefinition] {
    if formats.isEmpty { return options }
    let words = formats.map(\.rawValue)
    return options + [
      .value("output", "FORMAT", "How to print: \(words.joined(separator: ", "))", short: "o", choices: words)
    ]
  }

  /// The subcommand of that name or alias.
  func subcommand(_ word: String) -> CommandDefinition? {
    subcommands.first { $0.name == word || $0.aliases.contains(word) }
  }
}

/// Options that every command takes.
let globalOptions: [OptionDefinition] = [
  .value("state", "DIR", "The state directory of the site", completes: .files),
  .flag("help", "Show this help", short: "h"),
]

/// `-o` wherever it stands; which formats a verb has is known when the verb is.
let outputOption = OptionDefinition.value(
  "output", "FORMAT", "", short: "o", choices: ["json", "yaml", "wide", "name"])

/// A command line that was understood.
struct Invocation: Sendable {
  /// `easel scale cluster`, for messages.
  var path: String
  var command: CommandDefinition
  var arguments: [String] = []
  var values: [String: [String]] = [:]

  func has(_ option: String) -> Bool { values[option] != nil }
  func value(_ option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// The positional argument at an index, if it was given.
  func argument(_ index: Int) -> String? { index < arguments.count ? arguments[index] : nil }

  /// A whole number in an option, within a range.
  func integer(_ option: String, in range: ClosedRange<Int> = 0...100_000) throws -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw usage("--\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }

  /// A usage error of this command.
  func usage(_ message: String) -> EaselError {
    EaselError(.usage, "Usage", message, advice: "see: \(path) --help")
  }
}
