import EaselModel
import EaselPlans
import EaselTerminal
import Testing

@testable import EaselConsole

/// The content folder, looked at and verified.
struct ContentTests {
  private func player(_ size: Size = Size(width: 80, height: 24)) async -> Player {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.contentDirectory = "/srv/content"
    let version = KubernetesVersion(major: 1, minor: 31, patch: 4)
    var index = ContentIndex.synthetic(versions: [version])
    index.items.removeAll { $0.name == "kubectl" }
    let found = index
    let player = Player(FrozenSite(SiteView(snapshot)), size: size) { environment in
      environment.content = { _ in found }
      environment.verify = { item, _ in
        if item.name == "kubelet" { throw EaselError(.failed, "WrongDigest", "is another file") }
      }
    }
    await player.user.settle()
    await player.press(.c("9"))
    return player
  }

  @Test func `the content folder looks as it did`() async throws {
    for size in GoldenTests.sizes {
      let player = await player(size)
      try Golden.compare(player.user.grid, with: "content.\(size.width)x\(size.height)")
      await player.press(.c("v"))
      try Golden.compare(player.user.grid, with: "content-verified.\(size.width)x\(size.height)")
      await player.press(.c("m"))
      try Golden.compare(player.user.grid, with: "content-versions.\(size.width)x\(size.height)")
    }
  }

  @Test func `files are listed, verified, and what is wrong is named`() async {
    let player = await player()
    #expect(player.shows("[9 Content]"))
    #expect(player.shows("not yet"))
    await player.press(.c("v"))
    #expect(player.shows("1 file not as the index says"))
    await player.press(.c("/"))
    await player.type("kubelet")
    #expect(player.shows("is another file"))
    await player.press(.enter, .escape, .c("1"), .c("9"))
    #expect(player.shows("2026-09-21 14:21:07"), "when it was verified is remembered")
  }

  @Test func `what a version lacks is named`() async {
    let player = await player()
    await player.press(.c("m"))
    #expect(player.shows("v1.31.4") && player.shows("binary kubectl v1.31.4"))
  }
}
