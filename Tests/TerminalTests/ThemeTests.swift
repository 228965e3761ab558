import FoundationEssentials
import Testing

@testable import EaselTerminal

@Suite struct ThemeTests {
  @Test(arguments: ["default", "dark", "light", "high-contrast", "colour-blind-safe", "linux-console"])
  func everyShippedThemeIsValidAndSaysWhatItIsFor(_ name: String) throws {
    let theme = try ThemeLibrary(directories: []).load(name)
    #expect(!theme.summary.isEmpty)
    // What an operator must tell apart looks different on every tier, attributes included.
    for tier in ColourTier.allCases {
      for role in [Role.critical, .warning, .selection, .banner, .alert, .match] {
        #expect(theme.shown(role, tier) != theme.shown(.plain, tier), "\(name) \(role) \(tier)")
      }
    }
    for tier in ColourTier.allCases where tier != .mono {
      #expect(theme.shown(.critical, tier) != theme.shown(.ok, tier), "\(name) \(tier)")
      #expect(theme.shown(.critical, tier) != theme.shown(.warning, tier), "\(name) \(tier)")
    }
  }

  @Test func everyProblemOfAFileIsNamedWithItsLine() throws {
    let text = """
      # a theme
      name = Broken
      critcal = red
      ok = gren
      warning = yellow
      warning = red
      info.512 = blue
      key = red blue
      just words
      """
    let error = #expect(throws: ThemeError.self) { try Theme(file: "my.theme", text: text) }
    #expect(error?.problems.map(\.line) == [3, 4, 6, 7, 8, 9])
    #expect(error?.problems[0].description.hasPrefix("my.theme:3: there is no role `critcal`") == true)
    #expect(throws: ThemeError.self) { try Theme(file: "x", text: "ok = green") }
  }

  @Test func aTierWithoutALineTakesTheNextRicherOne() throws {
    let theme = try Theme(
      file: "t", text: "name = T\nok = #00d700 bold\nok.16 = bright-green\nselection = white on blue\ninput = 208")
    #expect(theme.rendering(.ok, .true).foreground.number(in: .true) == 0x00D700)
    #expect(Colour.terminal(3).number(in: .true) == 3 && Colour.terminal(9).number(in: .true) == 0xFF0000)
    #expect(theme.rendering(.ok, .indexed).foreground.number(in: .indexed) == 40)
    #expect(theme.rendering(.ok, .sixteen).foreground.number(in: .sixteen) == 10)
    #expect(theme.rendering(.ok, .eight).foreground.number(in: .eight) == 2)
    #expect(theme.rendering(.ok, .mono).foreground.number(in: .mono) == -1)
    #expect(theme.rendering(.selection, .mono).attributes == .reverse)
    #expect((0..<8).contains(theme.rendering(.input, .eight).foreground.number(in: .eight)))
  }

  @Test func aFileOfTheUserOverridesABuiltInTheme() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "themes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data("name = Mine\nok = blue\n".utf8).write(to: directory.appending(path: "dark.theme"))
    try Data("name = Extra\n".utf8).write(to: directory.appending(path: "extra.theme"))
    let library = ThemeLibrary(directories: ["/nonexistent", directory.path])
    #expect(try library.load("dark").name == "Mine")
    #expect(try library.load("light").name == "Light")
    #expect(library.names.contains("extra"))
    #expect(throws: ThemeError.self) { try library.load("../dark") }
    #expect(throws: ThemeError.self) { try library.load("none") }
  }
}

extension Theme {
  fileprivate struct Shown: Hashable {
    let foreground, background: Int32
    let attributes: Attributes
  }

  fileprivate func shown(_ role: Role, _ tier: ColourTier) -> Shown {
    let rendering = rendering(role, tier)
    return Shown(
      foreground: rendering.foreground.number(in: tier), background: rendering.background.number(in: tier),
      attributes: rendering.attributes)
  }
}
