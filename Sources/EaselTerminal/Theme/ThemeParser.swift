/// Why a theme file was refused, with the place.
package struct ThemeProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// Counted from 1.
  package let line: Int
  package let message: String

  package var description: String { "\(file):\(line): \(message)" }
}

/// All problems of one theme file.
package struct ThemeError: Error, Sendable, CustomStringConvertible {
  package let problems: [ThemeProblem]

  package var description: String {
    "Reading a theme: " + problems.map(\.description).joined(separator: "\n") + "\nThe theme was not changed."
  }
}

extension Theme {
  /// Reads a theme file. Its lines:
  /// ```
  /// # comment
  /// name = High contrast
  /// summary = For bright rooms
  /// selection = black on #ffd700 bold      general form, made to fit each tier
  /// selection.8 = black on yellow          for 8 colours and, if nothing else is said, only there
  /// selection.mono = reverse
  /// ```
  /// Tiers are `true`, `256`, `16`, `8` and `mono`. Throws `ThemeError` with every problem in the file.
  package init(file: String, text: String) throws {
    var parser = ThemeParser(file: file)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      parser.read(line, index + 1)
    }
    if parser.theme.name.isEmpty { parser.problem(1, "there is no line `name = ...`; add one") }
    guard parser.problems.isEmpty else { throw ThemeError(problems: parser.problems) }
    self = parser.theme
  }
}

struct ThemeParser {
  let file: String
  var theme = Theme(name: "", summary: "", renderings: [:])
  var problems: [ThemeProblem] = []
  private var seen: Set<String> = []

  init(file: String) { self.file = file }

  mutating func problem(_ line: Int, _ message: String) {
    problems.append(ThemeProblem(file: file, line: line, message: message))
  }

  mutating func read(_ line: Substring, _ number: Int) {
    let text = line.trimmed
    guard !text.isEmpty, !text.hasPrefix("#") else { return }
    guard let equals = text.firstIndex(of: "=") else {
      return problem(number, "expected `role = colours`, found `\(CellText.sanitised(String(text)))`")
    }
    let left = text[..<equals].trimmed
    let right = text[text.index(after: equals)...].trimmed
    guard seen.insert(String(left)).inserted else { return problem(number, "`\(left)` is set twice; keep one line") }
    switch left {
    case "name": theme.name = String(right)
    case "summary": theme.summary = String(right)
    default: readRole(left, right, number)
    }
  }

  private mutating func readRole(_ left: Substring, _ right: Substring, _ number: Int) {
    let parts = left.split(separator: ".", maxSplits: 1)
    guard let first = parts.first, let role = Role(name: first) else {
      let known = Role.allCases.map(\.name).joined(separator: ", ")
      return problem(number, "there is no role `\(CellText.sanitised(String(left)))`; roles are \(known)")
    }
    var tier = ColourTier.true
    if parts.count == 2 {
      guard let named = ColourTier(rawValue: String(parts[1])) else {
        return problem(number, "there is no tier `\(parts[1])`; tiers are true, 256, 16, 8 and mono")
      }
      tier = named
    }
    guard let rendering = rendering(right, number) else { return }
    theme.renderings[role, default: [:]][tier] = rendering
  }

  private mutating func rendering(_ text: Substring, _ number: Int) -> Rendering? {
    var result = Rendering()
    var background = false
    var foregroundSeen = false
    for word in text.split(whereSeparator: \.isWhitespace) {
      if word == "on" {
        background = true
      } else if let attribute = Attributes.names.first(where: { $0.name == word })?.attribute {
        result.attributes.insert(attribute)
      } else if let colour = Colour(word: word) {
        if background {
          result.background = colour
        } else if foregroundSeen {
          problem(number, "`\(word)` is a second foreground; write `on \(word)` for a background")
          return nil
        } else {
          result.foreground = colour
          foregroundSeen = true
        }
      } else {
        problem(
          number,
          "`\(CellText.sanitised(String(word)))` is neither a colour (default, red, bright-red, 0-255, #rrggbb)"
            + " nor an attribute (bold, dim, italic, underline, reverse)")
        return nil
      }
    }
    return result
  }
}

extension Substring {
  /// Without blanks at both ends.
  var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
