/// How the terminal is to be opened.
package struct TerminalOptions: Sendable {
  /// The environment that TERM, NO_COLOR, TMUX and SSH_TTY are read from.
  package var environment: [String: String]
  /// Nil chooses one that suits the terminal.
  package var theme: Theme?
  /// No colours, as `NO_COLOR` does.
  package var noColour = false
  /// ASCII only, whatever the locale says.
  package var asciiOnly = false
  /// Nil: on, but off over SSH, where it takes away the terminal's own selection.
  package var mouse: Bool?
  /// Directories with compiled terminal descriptions that are tried after the system's.
  package var terminfoDirectories: [String] = []
  /// Where standard error goes while the screen is up; nil leaves it alone.
  package var log: String?
  /// How long a lone ESC byte waits for the rest of a key.
  package var escapeDelay: Duration = .milliseconds(25)
  /// The shortest time between two pictures that only data has changed.
  package var dataFrame: Duration = .milliseconds(100)

  /// Told what the terminal can do, once it is open.
  package var onOpen: (@Sendable (TerminalFacts) -> Void)?

  package init(environment: [String: String]) { self.environment = environment }

  /// Whether the program was reached over SSH.
  package var isRemote: Bool { environment["SSH_TTY"] != nil || environment["SSH_CONNECTION"] != nil }
  /// The terminal that TERM names; empty when it is not set.
  package var term: String { environment["TERM"] ?? "" }
  /// Whether colours are switched off, by option or by `NO_COLOR`.
  package var isColourless: Bool { noColour || !(environment["NO_COLOR"] ?? "").isEmpty }
}

/// What is known about the terminal that is in use, for `about` and for benchmarks.
package struct TerminalFacts: Sendable {
  /// What TERM says.
  package var wanted: String
  /// The description in use; another one when TERM's is not installed.
  package var term: String
  /// The character set of the locale in use.
  package var codeset: String
  /// Which characters it can show.
  package var glyphs: GlyphSet
  /// How many colours it has.
  package var tier: ColourTier
  /// Colour pairs that the terminal refused.
  package var refusedPairs = 0
}

/// Why a screen could not be opened.
package enum TerminalError: Error, CustomStringConvertible {
  case notATerminal
  case noDescription(String)
  case system(String)

  package var description: String {
    switch self {
    case .notATerminal:
      "Opening the screen: standard input or output is not a terminal; use --plain, or a command such as `easel get`."
    case .noDescription(let term):
      "Opening the screen: no terminal description for `\(CellText.sanitised(term))` nor any that resembles it is "
        + "installed; install ncurses-base, set TERM, or use --plain."
    case .system(let what): "Opening the screen: \(what)."
    }
  }
}

/// Which families of terminals a name belongs to.
enum TerminalFamily {
  /// Descriptions to try, the first one first.
  static func ladder(_ term: String) -> [String] {
    var ladder = term.isEmpty ? [] : [term]
    let modern = [
      "xterm", "kitty", "ghostty", "alacritty", "foot", "wezterm", "rio", "contour", "konsole", "vte", "st-",
    ]
    if term.hasPrefix("tmux") || term.hasPrefix("screen") {
      ladder += ["tmux-256color", "screen-256color", "screen"]
    } else if modern.contains(where: term.contains) || term.hasSuffix("-256color") || term == "st" {
      ladder += ["xterm-256color", "xterm"]
    } else if term.hasPrefix("linux") {
      ladder += ["linux"]
    } else if term.hasPrefix("vt") {
      ladder += ["vt220", "vt100"]
    }
    // Nearly everything made since 1978 understands these.
    ladder += ["ansi", "vt100", "linux"]
    var seen: Set<String> = []
    return ladder.filter { seen.insert($0).inserted }
  }

  /// Whether it knows bracketed paste and SGR mouse reports.
  static func hasModes(_ term: String) -> Bool {
    !["linux", "vt", "ansi", "dumb", "cons", "sun", "hurd", "mach"].contains(where: term.hasPrefix)
  }
}
