/// The string literals of a Swift file, with what calls them: enough of a lexer to tell texts from code and comments.
struct SwiftTexts {
  struct Literal {
    /// With `{1}`, `{2}` in the places of what is put into it.
    var text: String
    /// 1-based.
    var line: Int
    /// The call whose parentheses the literal stands in first, for example `tr`; empty where there is none.
    var call: String
    /// The argument's label; empty where there is none.
    var label: String
  }

  private(set) var literals: [Literal] = []
  private let source: [Character]
  private var place = 0
  private var line = 1

  init(_ text: String) {
    source = Array(text)
    scan(until: nil)
  }

  private func at(_ word: String) -> Bool {
    let letters = Array(word)
    return place + letters.count <= source.count && Array(source[place..<(place + letters.count)]) == letters
  }

  private mutating func step(_ count: Int = 1) {
    for _ in 0..<count where place < source.count {
      if source[place] == "\n" { line += 1 }
      place += 1
    }
  }

  /// Reads code up to the closing parenthesis that belongs to it, or the end.
  private mutating func scan(until close: Character?) {
    var calls: [String] = []
    var word = ""
    var label = ""
    while place < source.count {
      let character = source[place]
      if at("//") {
        while place < source.count, source[place] != "\n" { step() }
      } else if at("/*") {
        while place < source.count, !at("*/") { step() }
        step(2)
      } else if character == "\"" {
        read(call: calls.last ?? "", label: label)
        (word, label) = ("", "")
      } else if character == "(" || character == "[" || character == "{" {
        calls.append(character == "(" ? word : character == "{" ? "{" : calls.last ?? "")
        (word, label) = ("", "")
        step()
      } else if character == ")" || character == "]" || character == "}" {
        if calls.isEmpty, character == close { return }
        _ = calls.popLast()
        (word, label) = ("", "")
        step()
      } else {
        if character.isLetter || character.isNumber || character == "_" {
          word.append(character)
        } else if character == ":" {
          (label, word) = (word, "")
        } else if character == "," {
          (word, label) = ("", "")
        } else {
          word = ""
        }
        step()
      }
    }
  }

  /// Reads one literal, single-line or of several lines, with the literals inside its interpolations.
  private mutating func read(call: String, label: String) {
    let start = line
    let quotes = at("\"\"\"") ? "\"\"\"" : "\""
    var text = ""
    var arguments = 0
    step(quotes.count)
    if quotes.count == 3 { step() }
    while place < source.count, !at(quotes) {
      if at("\\(") {
        arguments += 1
        text += "{\(arguments)}"
        step(2)
        scan(until: ")")
        step()
      } else if at("\\\n") {
        step(2)
        while place < source.count, source[place] == " " { step() }
      } else if at("\\n") {
        text += "\n"
        step(2)
      } else if source[place] == "\\" {
        step()
        text.append(source[place])
        step()
      } else {
        text.append(source[place])
        step()
      }
    }
    step(quotes.count)
    if quotes.count == 3 {
      // The closing quotes stand in a line of their own, whose indentation all lines have.
      let indent = text.reversed().prefix { $0 == " " }.count
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.count > 1 { lines.removeLast() }
      text = lines.map { $0.hasPrefix(String(repeating: " ", count: indent)) ? String($0.dropFirst(indent)) : $0 }
        .joined(separator: "\n")
    }
    literals.append(Literal(text: text, line: start, call: call, label: label))
  }
}
