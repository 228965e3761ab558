import EaselModel
import EaselTerminal
import FoundationEssentials
import Testing

@testable import EaselConsole

/// Every screen as it looks, at three sizes. `EASEL_UPDATE_GOLDENS=1 swift test --filter Golden` writes the files anew.
struct GoldenTests {
  static let sizes = [Size(width: 80, height: 24), Size(width: 200, height: 60), Size(width: 40, height: 10)]

  /// How each screen is reached.
  static let places: [(name: String, go: @Sendable (Player) async -> Void)] = [
    ("overview", { _ in }),
    ("clusters", { await $0.press(.c("2")) }),
    ("cluster-overview", { await $0.go("cluster edge") }),
    ("cluster-nodes", { await $0.go("cluster edge nodes") }),
    ("cluster-etcd", { await $0.go("cluster edge etcd") }),
    ("cluster-progress", { await $0.go("cluster lab progress") }),
    ("cluster-events", { await $0.go("cluster lab events") }),
    ("cluster-certificates", { await $0.go("cluster edge certificates") }),
    (
      "cluster-actions",
      { player in
        await player.go("cluster edge nodes")
        await player.press(.c("a"))
      }
    ),
    ("hosts", { await $0.press(.c("3")) }),
    ("host-overview", { await $0.go("host sim-3") }),
    (
      "host-hardware",
      { player in
        await player.go("host sim-3")
        await player.press(.c("2"))
      }
    ),
    ("host-units", { await $0.go("units sim-2") }),
    ("host-logs", { await $0.go("logs sim-2") }),
    (
      "host-logs-filter",
      { player in
        await player.go("logs sim-2")
        await player.press(.c("/"))
        await player.type("~not +found")
        await player.press(.enter)
      }
    ),
    (
      "host-logs-units",
      { player in
        await player.go("logs sim-2")
        await player.press(.c("u"))
      }
    ),
    ("host-reboot", { await $0.go("reboot sim-2") }),
    ("host-shutdown", { await $0.go("shutdown sim-6") }),
    ("host-reset", { await $0.go("reset sim-6") }),
    (
      "host-tasks",
      { player in
        await player.go("host sim-5")
        await player.press(.c("5"))
      }
    ),
    ("operations", { await $0.press(.c("4")) }),
    ("operation", { await $0.go("operation upgrade-lab-2") }),
    ("operation-done", { await $0.go("operation create-edge-1") }),
    (
      "operation-abort",
      { player in
        await player.go("operation upgrade-lab-2")
        await player.press(.c("A"))
      }
    ),
    (
      "create-wrong",
      { player in
        await player.go("create cluster")
        await player.type("North_1")
      }
    ),
    (
      "filter-complete",
      { player in
        await player.press(.c("3"), .c("/"))
        await player.type("c")
        await player.press(.tab)
      }
    ),
    (
      "operation-retry",
      { player in
        await player.go("operation upgrade-lab-2")
        await player.press(.c("r"))
      }
    ),
    (
      "log",
      { player in
        await player.go("operation upgrade-lab-2")
        await player.press(.c("L"))
      }
    ),
    ("profiles", { await $0.press(.c("5")) }),
    ("events", { await $0.press(.c("6")) }),
    ("audit", { await $0.press(.c("7")) }),
    ("settings", { await $0.press(.c("8")) }),
    (
      "settings-theme",
      { player in
        await player.press(.c("8"), .c("t"))
      }
    ),
    ("cluster-profile", { await $0.go("cluster edge profile") }),
    ("compare", { await $0.go("compare lab") }),
    (
      "plan-steps",
      { player in
        await player.go("upgrade edge")
        await player.press(.control("n"), .c("s"))
      }
    ),
    ("apply", { await $0.press(.c("2"), .c("f")) }),
    ("create-basics", { await $0.go("create cluster") }),
    (
      "create-network",
      { player in
        await player.go("create cluster")
        await player.type("north")
        await player.press(.control("n"))
      }
    ),
    (
      "create-control-plane",
      { player in
        await player.go("create cluster")
        await player.type("north")
        await player.press(.control("n"), .control("n"))
      }
    ),
    (
      "create-workers",
      { player in
        await player.go("create cluster")
        await player.type("north")
        await player.press(.control("n"), .control("n"), .control("n"))
      }
    ),
    ("scale", { await $0.go("scale edge") }),
    ("upgrade", { await $0.go("upgrade edge") }),
    (
      "help-form",
      { player in
        await player.go("upgrade edge")
        await player.press(.function(1))
      }
    ),
    (
      "plan",
      { player in
        await player.go("upgrade edge")
        await player.press(.control("n"))
      }
    ),
    ("delete", { await $0.go("delete edge") }),
    ("add-host", { await $0.go("add host") }),
    (
      "help",
      { player in
        await player.press(.c("2"))
        await player.press(.c("?"))
      }
    ),
    ("commands", { await $0.press(.c("@")) }),
    (
      "command-line",
      { player in
        await player.press(.c(":"))
        await player.type("e")
      }
    ),
    (
      "filter",
      { player in
        await player.press(.c("3"), .c("/"))
        await player.type("cluster:edge")
      }
    ),
  ]

  static func player(at size: Size, glyphs: GlyphSet = .unicode) async -> Player {
    let player = Player(FrozenSite(Fixture.site), size: size, glyphs: glyphs)
    await player.user.settle()
    return player
  }

  /// A player who has gone to a place; nil when there is none of that name.
  static func player(in name: String, at size: Size = sizes[0], glyphs: GlyphSet = .unicode) async -> Player? {
    guard let place = places.first(where: { $0.name == name }) else { return nil }
    let player = await player(at: size, glyphs: glyphs)
    await place.go(player)
    return player
  }

  @Test(arguments: places.map(\.name))
  func `a screen looks as it did`(name: String) async throws {
    for size in Self.sizes {
      let player = try #require(await Self.player(in: name, at: size))
      try Golden.compare(player.user.grid, with: "\(name).\(size.width)x\(size.height)")
    }
  }

  @Test func `an ASCII terminal shows the overview`() async throws {
    let player = await Self.player(at: Self.sizes[0], glyphs: .ascii)
    try Golden.compare(player.screen, with: "overview.ascii")
  }

  @Test func `an aborted operation says how far it came`() async throws {
    var snapshot = Fixture.site.snapshot
    snapshot.operations[1].status.phase = .aborted
    snapshot.operations[1].status.message = "aborted; what stands: 1 control plane at v1.33.4, 1 worker at v1.32.1"
    snapshot.operations[1].status.finishedAt = Fixture.ago(20)
    for size in Self.sizes {
      let player = Player(FrozenSite(SiteView(snapshot)), size: size)
      await player.user.settle()
      await player.go("operation upgrade-lab-2")
      try Golden.compare(player.user.grid, with: "operation-aborted.\(size.width)x\(size.height)")
    }
  }

  @Test func `the first page offers three kinds of site`() async throws {
    for size in Self.sizes {
      let player = Player(nil, size: size)
      try Golden.compare(player.user.grid, with: "start.\(size.width)x\(size.height)")
    }
  }

  @Test func `an empty site says what to press`() async throws {
    let player = Player(PlaySite(hosts: 0))
    await player.user.settle()
    try Golden.compare(player.user.grid, with: "overview-empty.80x24")
    await player.press(.c("2"))
    #expect(player.shows("Press c to create"))
    await player.press(.c("3"))
    #expect(player.shows("Press a to add"))
  }
}
