/// Turns pages into lines that are only ever appended, and typed lines into choices.
package struct LinearPainter: Sendable {
  private var last: LinearPage?

  package init() {}

  /// What a typed line means.
  package enum Input: Hashable, Sendable {
    case choose(String)
    case answer(String)
    /// An empty line: say everything again.
    case again
    case quit
    /// It means nothing here; the text says what would.
    case unclear(String)
  }

  /// The lines to print for a page: all of it when it is another one, else only what has changed.
  package mutating func lines(for page: LinearPage, everything: Bool = false) -> [String] {
    defer { last = page }
    guard !everything, let last, last.title == page.title, last.prompt == page.prompt, last.choices == page.choices
    else { return Self.whole(page) }
    let known = Set(last.lines)
    return page.lines.filter { !known.contains($0) }.map { "Now: " + CellText.sanitised($0) }
  }

  private static func whole(_ page: LinearPage) -> [String] {
    var lines = ["", "== " + CellText.sanitised(page.title)]
    lines += page.lines.map(CellText.sanitised)
    for (index, choice) in page.choices.enumerated() {
      let reason = choice.disabledReason.map { " (not now: \(CellText.sanitised($0)))" } ?? ""
      lines.append("\(index + 1). \(CellText.sanitised(choice.label))\(reason)")
    }
    if let prompt = page.prompt {
      lines.append(CellText.sanitised(prompt) + ":")
    } else {
      lines.append(page.choices.isEmpty ? "Type q to leave:" : "Type a number, or q to leave:")
    }
    return lines
  }

  /// What a typed line means on a page. With a question, a number that starts with `#` still chooses (`#2`).
  package func read(_ line: String, on page: LinearPage) -> Input {
    let text = String(line[...].trimmed)
    if page.prompt != nil, !text.hasPrefix("#") { return text == "q" ? .quit : .answer(text) }
    if text.isEmpty { return .again }
    if text == "q" || text == "quit" { return .quit }
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard let number = Int(digits), page.choices.indices.contains(number - 1) else {
      return .unclear(
        page.choices.isEmpty
          ? "There is nothing to choose here; type q to leave." : "Type a number from 1 to \(page.choices.count).")
    }
    let choice = page.choices[number - 1]
    if let reason = choice.disabledReason { return .unclear("\(choice.label) is not possible now: \(reason)") }
    return .choose(choice.id)
  }
}
