import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// What every screen must keep on every terminal: meaning without colour, a selection that is seen, ASCII where nothing else
/// is shown.
struct LookTests {
  static let themes: [Theme] = {
    let library = ThemeLibrary(directories: [])
    return library.names.compactMap { try? library.load($0) }
  }()

  /// A piece of a line in one role, without blanks around it.
  private struct Run {
    var text: String
    var role: Role
    var x: Int
  }

  private static func runs(of grid: Grid, row y: Int) -> [Run] {
    var runs: [Run] = []
    var x = 0
    while x < grid.size.width {
      let (start, role) = (x, grid[x, y].style.role)
      var text = ""
      while x < grid.size.width, grid[x, y].style.role == role {
        if grid[x, y].glyph.base != 0 { text += grid[x, y].glyph.text }
        x += 1
      }
      while text.last == " " { text.removeLast() }
      let leading = text.prefix { $0 == " " }.count
      text.removeFirst(leading)
      if text.contains(where: { $0.isLetter || $0.isNumber }) {
        runs.append(Run(text: text, role: role, x: start + leading))
      }
    }
    // A name with its state beside it, in one style, is told by the state.
    if runs.count > 1, runs[0].role == runs[1].role { runs[0].text += " " + runs.remove(at: 1).text }
    return runs
  }

  @Test func `no two states are told apart by colour alone`() async throws {
    var everywhere: [String: [Role: String]] = [:]
    for (name, _) in GoldenTests.places {
      for size in GoldenTests.sizes {
        let player = try #require(await GoldenTests.player(in: name, at: size))
        // What lies over a screen cuts its words.
        guard player.user.app.menu == nil, player.user.app.question == nil, !player.user.app.prompt.isOpen else {
          continue
        }
        let grid = player.user.grid
        var columns: [String: Set<Role>] = [:]
        for run in (0..<size.height).flatMap({ Self.runs(of: grid, row: $0) }) {
          columns["\(run.text)\u{1F}\(run.x)", default: []].insert(run.role)
          if [.ok, .warning, .critical, .info].contains(run.role) {
            everywhere[run.text, default: [:]][run.role] = "\(name) at \(size.width)x\(size.height)"
          }
        }
        for (text, roles) in columns where roles.count > 1 {
          let isTold = roles.isDisjoint(with: [.warning, .critical])
          #expect(isTold, "\(text.prefix { $0 != "\u{1F}" }) in one column of \(name) is \(roles)")
        }
      }
    }
    #expect(everywhere.count > 20, "the screens do tell states")
    for (text, roles) in everywhere { #expect(roles.count == 1, "\(text) is said in \(roles)") }
  }

  @Test func `each state of a thing has a word of its own`() {
    func differ(_ said: [String], _ what: String) {
      #expect(Set(said).count == said.count, "\(what): \(said)")
      #expect(said.allSatisfy { !$0.isEmpty }, "\(what): \(said)")
    }
    let steps: [Operation.StepState] = [.waiting, .doing, .blocked, .stopped, .done, .skipped]
    differ(steps.map(\.word), "steps")
    differ(
      [.yes, .no, .unknown].map { Condition(type: "Ready", status: $0, reason: "", since: .zero).word }, "conditions")
    differ(
      [Host.Phase.ready, .notReady, .unknown].map { Fixture.host(1, phase: $0).statusPhrase(isCordoned: false).text },
      "hosts")
    differ(
      [Cluster.Phase.provisioning, .running, .scaling, .upgrading, .deleting, .failed].map {
        Fixture.cluster("edge", version: "v1.31.4", control: 1, workers: 1, phase: $0).statusPhrase.text
      }, "clusters")
  }

  @Test func `what is selected is seen on every tier of every theme, and has its sign`() async throws {
    for theme in Self.themes {
      for tier in ColourTier.allCases {
        let plain = theme.look(.plain, tier)
        for style: Style in [.selection, Style(.activeTab), .input, .alert, .banner, Style(.match)] {
          #expect(theme.look(style, tier) != plain, "\(theme.name), \(tier.rawValue), \(style.role.name)")
        }
        #expect(theme.look(Style(.activeTab), tier) != theme.look(Style(.tab), tier), "\(theme.name), \(tier.rawValue)")
        for role in Role.allCases {
          // Black, and what a few colours make of it, cannot be seen on most terminals' own background.
          let look = theme.look(Style(role), tier)
          let isSeen = look.background != -1 || ![0, 8, 16].contains(look.foreground)
          #expect(isSeen, "\(theme.name), \(tier.rawValue), \(role.name): \(look.text)")
        }
      }
    }
    for (name, _) in GoldenTests.places {
      let player = try #require(await GoldenTests.player(in: name))
      let grid = player.user.grid
      let signs = Glyph.selected.text(in: .unicode)
      for y in 0..<grid.size.height {
        let row = (0..<grid.size.width).map { grid[$0, y] }
        guard row.contains(where: { $0.style.role == .selection }) else { continue }
        #expect(row.contains { $0.glyph.text == signs && $0.style.role == .selection }, "\(name), row \(y)")
      }
    }
  }

  /// Text that has to be read; bars and frames need less, and say nothing that does not stand beside them.
  @Test(arguments: themes.map(\.name))
  func `where a theme fixes both colours the text can be read`(name: String) throws {
    let theme = try #require(Self.themes.first { $0.name == name })
    for role in Role.allCases where ![.border, .track].contains(role) {
      for tier in ColourTier.allCases {
        guard let contrast = theme.contrast(role, tier) else { continue }
        let needed = role == .bar ? 3 : 4.5
        #expect(contrast >= needed, "\(name), \(role.name), \(tier.rawValue) colours")
      }
    }
  }

  @Test func `an ASCII terminal gets nothing but ASCII on any screen`() async throws {
    for (name, _) in GoldenTests.places {
      for size in GoldenTests.sizes {
        let player = try #require(await GoldenTests.player(in: name, at: size, glyphs: .ascii))
        let foreign = Set(player.screen.unicodeScalars.filter { $0.value > 0x7E || $0.value < 0x20 && $0 != "\n" })
        #expect(foreign.isEmpty, "\(name) at \(size.width)x\(size.height): \(foreign)")
      }
    }
  }

  @Test func `the looks of the shipped themes are as they were`() throws {
    var lines: [String] = []
    for theme in Self.themes.sorted(by: { $0.name < $1.name }) {
      lines.append("\(theme.name): 256 colours | 16 | 8 | mono")
      for role in Role.allCases {
        let looks = [ColourTier.indexed, .sixteen, .eight, .mono].map { theme.look(Style(role), $0).text }
        lines.append("  \(role.name): " + looks.joined(separator: " | "))
      }
    }
    try Golden.compare(lines.joined(separator: "\n"), with: "themes")
  }
}
