import EaselModel
import EaselTerminal
import Foundation
import Testing

@testable import EaselConsole

/// The pages of docs/ and the screens in the README that are made from the code. `make docs` writes them anew.
struct DocsTests {
  static let root = String(#filePath.dropLast("Tests/ConsoleTests/DocsTests.swift".count))
  static let updates = ProcessInfo.processInfo.environment["EASEL_UPDATE_DOCS"] == "1"

  private func compare(_ text: String, with path: String) throws {
    if Self.updates { return try Data(text.utf8).write(to: URL(filePath: Self.root + path)) }
    let found = FileManager.default.contents(atPath: Self.root + path).map { String(decoding: $0, as: UTF8.self) }
    #expect(found == text, "\(path) differs from what the code says: make docs")
  }

  private func block(_ text: String) -> [String] {
    ["```"] + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["```"]
  }

  // Keys

  @Test func `the key sheet is what the key maps say`() throws {
    let book = KeyBook()
    var lines = [
      "# Keys", "", "Made from the key maps of the console by `make docs`. Every action can be given other keys in",
      "`$XDG_CONFIG_HOME/easel/keys`: one line `ACTION = KEY KEY` each; `easel --print-keys` prints that file with all actions.",
      "", FormKeys.note, "",
    ]
    for map in [KeyBook.global, KeyBook.move] + KeyBook.screens where !book[map.name].bindings.isEmpty {
      lines += [
        "## \(map.name.prefix(1).uppercased() + map.name.dropFirst())", "", "| keys | what they do | action |",
        "| --- | --- | --- |",
      ]
      for binding in book[map.name].bindings {
        let keys = binding.keys.map { "`\($0.label)`".replacing("|", with: "\\|") }.joined(separator: " ")
        lines.append("| \(keys) | \(binding.help) | `\(binding.action.rawValue)` |")
      }
      lines.append("")
    }
    try compare(lines.joined(separator: "\n"), with: "docs/keys.md")
  }

  // Command line

  private static func help(_ words: [String]) -> String {
    guard
      let file = popen("COLUMNS=80 '\(TmuxTerminal.easel)' \(words.joined(separator: " ")) --help </dev/null 2>&1", "r")
    else { return "" }
    defer { pclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The verbs that a help text lists.
  private static func verbs(in help: String) -> [String] {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "verbs:") else { return [] }
    return lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
  }

  @Test func `the reference of the command line is what help says`() throws {
    var lines = ["# Command line", "", "What `easel ... --help` prints, by `make docs`."]
    var count = 0
    func add(_ words: [String]) {
      let help = Self.help(words)
      count += 1
      lines += [
        "",
        "\(words.isEmpty ? "##" : "###") easel \(words.joined(separator: " "))".trimmingCharacters(in: .whitespaces),
        "",
      ]
      // What works everywhere is said once, at the top.
      let text = words.isEmpty ? help : help.components(separatedBy: "\neverywhere:\n")[0]
      lines += block(text.trimmingCharacters(in: .newlines))
      for verb in Self.verbs(in: help) where words.count < 3 { add(words + [verb]) }
    }
    add([])
    #expect(count > 30, "help names the verbs")
    try compare(lines.joined(separator: "\n") + "\n", with: "docs/cli.md")
  }

  // Screens

  @Test func `the pictures of the screens are what the console draws`() async throws {
    var lines = [
      "# Screens", "",
      "Each screen at 80 by 24, drawn by the console itself from one made-up site in trouble: `make docs`. How they look at",
      "other sizes and with fewer colours is in `Tests/ConsoleTests/Goldens`.",
    ]
    for (name, _) in GoldenTests.places {
      let player = try #require(await GoldenTests.player(in: name))
      lines += ["", "## \(name.replacing("-", with: " "))", ""] + block(player.screen)
    }
    lines += ["", "## start", ""] + block(Player(nil).screen)
    try compare(lines.joined(separator: "\n") + "\n", with: "docs/screens.md")
  }

  /// The two pictures of the README: a cluster that is being made, and the overview when it is there.
  private func readme() async throws -> [String: String] {
    let site = PlaySite(hosts: 6)
    let player = Player(site)
    await player.user.settle()
    await player.planCluster()
    await player.confirmPlan()
    var pictures: [String: String] = [:]
    for _ in 0..<400 {
      site.advance()
      await player.look()
      if player.screen.contains("Join workers  0/2"), player.screen.contains("write the kubeadm configuration") {
        break
      }
    }
    pictures["operation"] = player.screen
    site.finish()
    await player.look()
    await player.go("overview")
    pictures["overview"] = player.screen
    return pictures
  }

  @Test func `the screens in the README are what the console draws`() async throws {
    let pictures = try await readme()
    let again = try await readme()
    #expect(pictures == again, "the same story is drawn alike")
    var text = String(
      decoding: try #require(FileManager.default.contents(atPath: Self.root + "README.md")), as: UTF8.self)
    for (name, picture) in pictures {
      let (start, end) = ("<!-- screen: \(name) -->\n", "<!-- end of screen -->")
      let from = try #require(text.range(of: start), "the README has a place for \(name)")
      let to = try #require(text.range(of: end, range: from.upperBound..<text.endIndex))
      text.replaceSubrange(from.upperBound..<to.lowerBound, with: block(picture).joined(separator: "\n") + "\n")
    }
    try compare(text, with: "README.md")
  }
}
