internal import EaselTerminal

/// In which time the console says when something was.
package enum TimeDisplay: String, Sendable, Hashable, CaseIterable {
  case utc, local, both
}

/// What an operator has chosen about the console itself; kept in a file of lines `NAME = VALUE`.
package struct ConsoleSettings: Sendable, Hashable {
  /// Nil: the one that suits the terminal.
  package var theme: String?
  package var time = TimeDisplay.utc
  /// Nil: on, but off over SSH.
  package var mouse: Bool?

  package init() {}

  /// Reads a settings file; what is wrong in it is told by line and the rest is used.
  package init(file text: String, problems: inout [String]) {
    for (index, line) in Self.lines(text).enumerated() {
      guard let (name, value) = Self.entry(line) else {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if !trimmed.isEmpty, !trimmed.hasPrefix("#") {
          problems.append(tr("settings, line \(index + 1): expected NAME = VALUE"))
        }
        continue
      }
      switch name {
      case "theme": theme = value
      case "time":
        guard let display = TimeDisplay(rawValue: value) else {
          problems.append(tr("settings, line \(index + 1): time is utc, local or both, not \(value)"))
          continue
        }
        time = display
      case "mouse":
        guard value == "on" || value == "off" else {
          problems.append(tr("settings, line \(index + 1): mouse is on or off, not \(value)"))
          continue
        }
        mouse = value == "on"
      default: problems.append(tr("settings, line \(index + 1): there is no setting \(name)"))
      }
    }
  }

  /// The settings written into a settings file: its comments and order stay.
  package func file(over text: String) -> String {
    var values = [("theme", theme), ("time", time.rawValue), ("mouse", mouse.map { $0 ? "on" : "off" })]
    var lines: [String] = []
    for line in Self.lines(text) {
      guard let (name, _) = Self.entry(line), let place = values.firstIndex(where: { $0.0 == name }) else {
        lines.append(String(line))
        continue
      }
      if let value = values.remove(at: place).1 { lines.append("\(name) = \(value)") }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    for case (let name, let value?) in values { lines.append("\(name) = \(value)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static func entry(_ line: Substring) -> (name: String, value: String)? {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count == 3, words[1] == "=", !words[0].hasPrefix("#") else { return nil }
    return (String(words[0]), String(words[2]))
  }
}
