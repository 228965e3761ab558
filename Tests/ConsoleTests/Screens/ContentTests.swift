import EaselModel
import EaselPlans
import EaselTerminal
import Testing

@testable import EaselConsole

/// The content folder, looked at and verified.
struct ContentTests {
  private func player(_ size: Size = Size(width: 80, height: 24)) async -> Player {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
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
    #expect(player.shows("2026-09-21 14:21:07"), "when it was verified is remembered: \(player.screen)")
  }

  @Test func `what a version lacks is named`() async {
    let player = await player()
    await player.press(.c("m"))
    #expect(player.shows("v1.31.4") && player.shows("binary kubectl v1.31.4"))
  }

  @Test func `a real site without a folder says what is missing, and takes one that is named`() async throws {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
    snapshot.site.spec.contentDirectory = nil
    let index = ContentIndex.synthetic(versions: [KubernetesVersion(major: 1, minor: 31, patch: 4)])
    let frozen = FrozenSite(SiteView(snapshot))
    let player = Player(frozen, size: Size(width: 80, height: 24)) { environment in
      environment.readContent = { path in
        if path != "/srv/content" { throw EaselError(.failed, "ContentUnreadable", "there is no content.json in it") }
        return (path, index)
      }
    }
    await player.user.settle()
    #expect(player.shows("no folder to install from is named"))
    await player.press(.c("9"))
    try Golden.compare(player.user.grid, with: "content-none.80x24")
    await player.press(.c("c"))
    await player.type("/nowhere")
    await player.press(.enter)
    #expect(player.shows("there is no content.json in it"))
    for _ in "/nowhere" { await player.press(.backspace) }
    await player.type("/srv/content")
    await player.press(.enter)
    #expect(player.shows("Kubernetes v1.31.4 can be made of it."))
    try Golden.compare(player.user.grid, with: "content-folder.80x24")
    await player.press(.tab, .enter)
    #expect(frozen.submitted == [.setContent(folder: "/srv/content")])
  }

  @Test func `a folder that is named while the page is open is read`() async throws {
    let site = PlaySite(hosts: 2, isSimulated: false)
    let index = ContentIndex.synthetic(versions: [KubernetesVersion(major: 1, minor: 31, patch: 4)])
    let player = Player(site) { environment in
      environment.content = { $0.site.spec.contentDirectory == nil ? nil : index }
    }
    await player.user.settle()
    await player.press(.c("9"))
    #expect(player.shows("No content folder is named"), "\(player.screen)")
    try site.elsewhere(.setContent(folder: "/srv/content"))
    await player.look()
    await player.look()
    #expect(player.shows("kubelet") && !player.shows("No content folder"), "\(player.screen)")
  }

  @Test func `the wizard does not go on where nothing can be installed`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.site.spec.simulation = nil
    snapshot.site.spec.contentDirectory = nil
    let player = Player(FrozenSite(SiteView(snapshot)), size: Size(width: 80, height: 24))
    await player.user.settle()
    await player.press(.c("2"), .c("c"))
    await player.type("plant")
    await player.press(.control("n"))
    #expect(player.shows("Step 1 of 4"))
    #expect(player.shows("no content folder yet: name one on the page Content"))
  }
}
