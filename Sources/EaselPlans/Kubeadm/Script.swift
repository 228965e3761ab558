internal import EaselHostPlan

/// A shell script that is fixed at build time. What varies goes in as positional parameters and is never pasted into the text,
/// so no name or label can become part of a command. Used only where one program's output decides about the next.
struct Script: Sendable {
  var text: String

  init(_ text: String) { self.text = text }

  func command(_ arguments: [String] = [], changesHost: Bool = true) -> Command {
    Command(["/bin/sh", "-c", text, "easel"] + arguments, changesHost: changesHost)
  }

  func reading(_ arguments: [String] = []) -> Command { command(arguments, changesHost: false) }

  func check(_ arguments: [String] = []) -> StepCheck { .command(command(arguments).arguments) }

  /// The command of `$2...` prints exactly `$1`.
  static let prints = Script(#"want=$1; shift; test "$("$@")" = "$want""#)
  /// The command of `$1...` works and prints nothing.
  static let printsNothing = Script(#"out=$("$@") && test -z "$out""#)
  /// The command of `$1...` works and prints something.
  static let printsSomething = Script(#"out=$("$@") && test -n "$out""#)
  /// One of the lines that the command of `$2...` prints is exactly `$1`.
  static let printsLine = Script(#"want=$1; shift; "$@" | grep -qxF -e "$want""#)
}
