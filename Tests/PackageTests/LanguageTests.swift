import FoundationEssentials
import Testing

/// All texts of the console are in one place for translators: `assets/easel.pot`, in gettext's form. `make texts` writes it.
@Suite struct LanguageTests {
  /// Where texts for people stand.
  private static let folders = ["Sources/EaselConsole", "Sources/EaselTerminal/Widgets"]
  private static let template = "assets/easel.pot"

  private struct Entry: Hashable {
    var one: String
    var other: String?
  }

  private static func entries() throws -> [Entry: [String]] {
    var found: [Entry: [String]] = [:]
    for file in folders.flatMap({ Checkout.files(below: $0, ending: ".swift") }) {
      var one: SwiftTexts.Literal?
      for literal in SwiftTexts(try Checkout.text(file)).literals where literal.call == "tr" {
        let place = String(file.dropFirst("Sources/".count))
        switch literal.label {
        case "one": one = literal
        case "other":
          found[Entry(one: try #require(one, "\(file):\(literal.line)").text, other: literal.text), default: []]
            .append(place)
        default: found[Entry(one: literal.text), default: []].append(place)
        }
      }
    }
    return found
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"\(escaped)\""
  }

  static func templateText() throws -> String {
    var lines = [
      "# The texts of Easel's console. {1}, {2} ... stand for what is put in; their order is free.", "msgid \"\"",
      "msgstr \"\"", "\"Content-Type: text/plain; charset=UTF-8\\n\"", "",
    ]
    for (entry, places) in try entries().sorted(by: {
      ($0.key.one, $0.key.other ?? "") < ($1.key.one, $1.key.other ?? "")
    }) {
      lines += Set(places).sorted().map { "#: \($0)" }
      lines.append("msgid \(quoted(entry.one))")
      if let other = entry.other {
        lines += ["msgid_plural \(quoted(other))", "msgstr[0] \"\"", "msgstr[1] \"\"", ""]
      } else {
        lines += ["msgstr \"\"", ""]
      }
    }
    return lines.joined(separator: "\n")
  }

  @Test func `the template of the translations lists what the code says`() throws {
    let text = try Self.templateText()
    if ProcessInfo.processInfo.environment["EASEL_UPDATE_TEXTS"] == "1" {
      try Data(text.utf8).write(to: URL(filePath: "\(Checkout.root)/\(Self.template)"))
      return
    }
    #expect(text == (try? Checkout.text(Self.template)), "\(Self.template) differs from the code: make texts")
  }

  /// What is typed on a command line is the same in every language.
  private static let commands = ["Site/CommandText.swift", "Command/Destination.swift"]

  /// Two words beside each other are a text that somebody reads.
  @Test func `no sentence for people stands outside the catalogue`() throws {
    let sentence = /[A-Za-z']{2,} [A-Za-z']{2,}/
    for file in Self.folders.flatMap({ Checkout.files(below: $0, ending: ".swift") })
    where !Self.commands.contains(where: file.hasSuffix) {
      for literal in SwiftTexts(try Checkout.text(file)).literals where literal.call != "tr" {
        let isCommand = literal.text.hasPrefix("{1} get ")
        let isShown = try !isCommand && sentence.firstMatch(in: literal.text) != nil
        #expect(!isShown, "\(file):\(literal.line): \(literal.text)")
      }
    }
  }

  @Test func `the lexer tells texts, calls and labels`() {
    let source = #"""
      let a = tr("one \(x(y, "in \(z)")) two") // "no"
      let b = tr(n, one: "1 host", other: "\(n) hosts")
      let c = Span("plain", tr(
        """
        long \
        line
        """))
      """#
    let found = SwiftTexts(source).literals.map { "\($0.call)/\($0.label)/\($0.text)" }
    #expect(
      found == [
        "x//in {1}", "tr//one {1} two", "tr/one/1 host", "tr/other/{1} hosts", "Span//plain", "tr//long line",
      ])
  }
}
