import EaselModel

/// Opens the console on the site, or on the start page when there is none.
func openConsole(_ invocation: Invocation) throws {
  throw EaselError(.failed, "NotBuilt", "the console is not built yet", advice: "use the verbs: easel --help")
}
