import EaselModel
import Testing

@testable import EaselConsole
@testable import EaselTerminal

/// Text from hosts, files and other people never drives the terminal, never traps and never moves a column.
struct HostileTests {
  static let texts: [(name: String, text: String)] = [
    ("clear and title", "\u{1B}[2J\u{1B}]0;owned\u{07}x"), ("clipboard", "a\u{1B}]52;c;QUJD\u{1B}\\b"),
    ("8 bit", "\u{9B}31m\u{9D}0;t\u{9C}\u{85}x"), ("device control", "\u{1B}Pq#0;2;0;0;0\u{1B}\\x"),
    ("bidi", "\u{202E}live\u{2066}\u{2069}\u{200F}"), ("zero width", "a\u{200B}\u{200D}\u{2060}\u{FEFF}b"),
    ("wide", "日本語ホスト"), ("combining", "a\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}"), ("emoji", "👩‍👩‍👧‍👦🏳️‍🌈"),
    ("markup", "[red]x[/red]%s%n{0}"), ("long", String(repeating: "long", count: 200)),
    ("lines", "one\r\ntwo\nthree\ttab\u{0B}\u{0C}"), ("controls", "\u{00}\u{08}\u{7F}\u{0E}\u{1A}x"),
    ("separators", "a\u{2028}b\u{2029}c"), ("private", "\u{E000}\u{FFFF}\u{10FFFF}"), ("empty", ""),
  ]

  /// The site in trouble, with a text in every place that hosts, files and people fill.
  static func site(saying text: String) -> FrozenSite {
    let site = Fixture.site
    var snapshot = site.snapshot
    snapshot.site.metadata.name = text
    for index in snapshot.hosts.indices {
      snapshot.hosts[index].metadata.name = "\(text)\(index)"
      snapshot.hosts[index].spec.address = text
      snapshot.hosts[index].status.agentVersion = text
      snapshot.hosts[index].status.inventory?.hostname = text
      snapshot.hosts[index].status.inventory?.operatingSystem = text
      snapshot.hosts[index].status.inventory?.kernel = text
      for disk in snapshot.hosts[index].status.inventory?.disks.indices ?? 0..<0 {
        snapshot.hosts[index].status.inventory?.disks[disk].mountPoint = text
      }
      for port in snapshot.hosts[index].status.inventory?.interfaces.indices ?? 0..<0 {
        snapshot.hosts[index].status.inventory?.interfaces[port].name = text
        snapshot.hosts[index].status.inventory?.interfaces[port].addresses = [text, text]
      }
      snapshot.hosts[index].status.conditions = [
        Condition(type: "Reachable", status: .no, reason: "X", message: text, since: Fixture.ago(5))
      ]
    }
    for index in snapshot.clusters.indices {
      snapshot.clusters[index].metadata.name = "\(text)\(index)"
      snapshot.clusters[index].spec.controlPlane.endpoint = text
      snapshot.clusters[index].status.observed?.message = text
      snapshot.clusters[index].status.conditions = [
        Condition(type: "Ready", status: .no, reason: "X", message: text, since: Fixture.ago(5))
      ]
      for node in snapshot.clusters[index].status.observed?.nodes.indices ?? 0..<0 {
        snapshot.clusters[index].status.observed?.nodes[node].name = text
        snapshot.clusters[index].status.observed?.nodes[node].kubeletVersion = text
      }
      for member in snapshot.clusters[index].status.observed?.etcd.indices ?? 0..<0 {
        snapshot.clusters[index].status.observed?.etcd[member].name = text
      }
      for certificate in snapshot.clusters[index].status.observed?.certificates.indices ?? 0..<0 {
        snapshot.clusters[index].status.observed?.certificates[certificate].name = text
        snapshot.clusters[index].status.observed?.certificates[certificate].node = text
      }
    }
    for index in snapshot.machines.indices {
      snapshot.machines[index].metadata.name = "\(text)\(index)"
      snapshot.machines[index].spec.nodeName = text
      snapshot.machines[index].spec.address = text
      snapshot.machines[index].spec.pool = text
    }
    for index in snapshot.operations.indices {
      snapshot.operations[index].spec.actor = text
      snapshot.operations[index].status.message = text
      for step in snapshot.operations[index].status.steps.indices {
        snapshot.operations[index].status.steps[step].title = text
        snapshot.operations[index].status.steps[step].message = text
        for item in snapshot.operations[index].status.steps[step].items.indices {
          snapshot.operations[index].status.steps[step].items[item].message = text
        }
      }
    }
    for index in snapshot.tasks.indices {
      snapshot.tasks[index].status.failure?.message = text
      snapshot.tasks[index].spec.step = text
    }
    for index in snapshot.profiles.indices { snapshot.profiles[index].metadata.name = text }
    var (events, audit) = (site.events, site.audit)
    for index in events.indices {
      events[index].message = text
      events[index].object.name = text
    }
    for index in audit.indices {
      audit[index].actor = text
      audit[index].detail = text
      audit[index].object.name = text
    }
    return FrozenSite(
      SiteView(snapshot, events: events, audit: audit), log: [text, "before \(text) after", text + text])
  }

  /// All that can be reached by keys alone, from each main tab through what opens there and its tabs.
  static func walk(_ player: Player, _ visit: (String) -> Void) async {
    for tab in RootTab.allCases {
      var inner = 0
      repeat {
        await player.go(tab.rawValue)
        visit(tab.rawValue)
        await player.press(.enter, .c(Character("\(inner + 1)")))
        visit("\(tab.rawValue), tab \(inner + 1)")
        await player.press(.enter)
        visit("\(tab.rawValue), tab \(inner + 1), opened")
        inner += 1
        // What other lists open is what these open.
      } while [.clusters, .hosts].contains(tab) && inner < 9
    }
    for action: ActionID in [
      "operation.retry", "operation.abort", "operation.log", "cluster.delete", "host.drain", "help",
    ] {
      for tab in ["operations", "clusters", "hosts"] {
        await player.go(tab)
        await player.press(.enter)
        if let key = player.user.app.keys.keys(for: action).first { await player.press(key) }
        visit("\(tab), \(action.rawValue)")
        await player.press(.escape, .escape)
      }
    }
  }

  /// What reorders, joins or hides characters on a terminal, and breaks lines.
  private static let forbidden: Set<UInt32> = [
    0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067,
    0x2068,
    0x2069, 0xFEFF,
  ]

  @Test(arguments: texts.map(\.name))
  func `hostile text reaches no cell as a control, in any place that shows it`(name: String) async throws {
    let text = try #require(Self.texts.first { $0.name == name }?.text)
    for size in [Size(width: 80, height: 24), Size(width: 33, height: 9), Size(width: 200, height: 60)] {
      let player = Player(Self.site(saying: text), size: size)
      await player.user.settle()
      await Self.walk(player) { place in
        let grid = player.user.grid
        for scalar in grid.text.unicodeScalars {
          let isHarmless =
            scalar == "\n"
            || scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !Self.forbidden.contains(scalar.value)
          if !isHarmless { Issue.record("U+\(String(scalar.value, radix: 16)) on \(place)") }
        }
        for y in 0..<size.height {
          // A row of the grid is exactly as wide as the terminal: what stands right of the text keeps its column.
          let columns = grid.row(y).reduce(0) { $0 + Int($1.glyph.width) }
          if columns != size.width { Issue.record("\(columns) columns in row \(y) of \(place)") }
        }
        #expect(player.user.status == nil)
      }
      for copied in player.user.copied { #expect(!copied.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }) }
    }
  }

  /// The address column stands where it stands, whatever the names before it are made of.
  @Test(arguments: texts.map(\.name))
  func `columns stay aligned beside hostile names`(name: String) async throws {
    let text = try #require(Self.texts.first { $0.name == name }?.text)
    let player = Player(Self.site(saying: text), size: Size(width: 200, height: 60))
    await player.user.settle()
    await player.go("hosts")
    let grid = player.user.grid
    let header = (0..<grid.size.width).map { grid[$0, 2].glyph.text }.joined()
    let x = try #require(header.indices.first { header[$0...].hasPrefix("STATUS") }).utf16Offset(in: header)
    let rows = (3..<9).map { y in (x..<(x + 5)).map { grid[$0, y].glyph.text }.joined() }
    #expect(rows == ["Ready", "Ready", "Unkno", "Ready", "Ready", "Ready"], "\(player.screen)")
  }

  @Test func `a paste is text, never keys`() async {
    let site = PlaySite(hosts: 6)
    let player = Player(site)
    await player.user.settle()
    player.user.paste("Qc:quit\n")
    await player.user.settle()
    #expect(player.user.status == nil)
    #expect(player.shows("never taken as keys"))
    await player.go("create cluster")
    player.user.paste("edge\u{1B}[A\n")
    #expect(player.shows("edge"))
    player.user.paste(String(repeating: "x", count: 100_000))
    #expect(player.user.status == nil)
  }
}
