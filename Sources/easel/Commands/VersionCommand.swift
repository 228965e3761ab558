import EaselModel

/// What this build calls itself; the agent is compared with it.
enum Build {
  static let version = "0.1.0"
}

let versionCommand = CommandDefinition(name: "version", summary: "Print the version") { invocation in
  if OutputFormat(invocation) == .json { return Terminal.out(try jsonText(["version": Build.version])) }
  Terminal.out("easel \(Build.version)")
}
