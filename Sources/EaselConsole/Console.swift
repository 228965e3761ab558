internal import EaselModel
package import EaselTerminal

/// The door into the console.
package enum Console {
  /// A file of all keys as they are, for the operator to change.
  package static var keyFile: String { KeyBook().file }

  /// Opens the console on the terminal and returns when the operator leaves it; running operations are not touched, and
  /// which ones go on is printed after the screen is gone.
  ///
  /// Call it on the main thread, before other threads start (see `UILoop.run`). It runs from `environment` alone.
  ///
  /// - Returns: the exit status: 0, or 129 and 143 after a hang-up or a SIGTERM.
  /// - Throws: `TerminalError` when there is no terminal to draw on: offer `PlainConsole` then.
  package static func run(_ environment: ConsoleEnvironment, options: TerminalOptions) throws -> Int32 {
    var options = options
    if let mouse = environment.settings.mouse ?? environment.mouse { options.mouse = mouse }
    let mailbox = Mailbox<ConsoleMessage>()
    var environment = environment
    environment.post = { mailbox.post(newest: $0, topic: "site") }
    environment.watchThemes? { mailbox.post(.themeChanged($0)) }
    return try UILoop.run(ConsoleApp(environment), mailbox: mailbox, options: options).status
  }
}
