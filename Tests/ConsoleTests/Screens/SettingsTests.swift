import EaselModel
import EaselTerminal
import Testing

@testable import EaselConsole

/// What an operator chooses about the console itself.
struct SettingsTests {
  @Test func `the time is chosen once and said everywhere`() async {
    let desk = Desk()
    let player = await Player.atDesk(FrozenSite(Fixture.site), desk)
    #expect(player.shows("14:21:07 UTC"))
    await player.press(.c("8"), .c("z"), .c("l"))
    #expect(player.shows("15:21:07 CET"))
    #expect(desk.settings?.time == .local)
    await player.press(.c("6"))
    #expect(player.shows("TIME (CET)") && player.shows("2026-09-21 15:20:36"))
    player.user.resize(Size(width: 160, height: 24))
    await player.go("time both")
    #expect(player.shows("TIME (UTC, CET)") && player.shows("14:20:36Z 15:20:36"))
    #expect(player.shows("14:21:07 UTC 15:21:07 CET"))
    await player.go("audit")
    #expect(player.shows("TIME (UTC, CET)"))
  }

  @Test func `a theme is seen before it is kept, and leaving puts the old one back`() async {
    let desk = Desk()
    let player = await Player.atDesk(FrozenSite(Fixture.site), desk)
    await player.press(.c("8"), .c("t"))
    let before = player.user.theme?.name
    await player.press(.down)
    let seen = player.user.theme?.name
    #expect(seen != nil && seen != before)
    #expect(desk.settings == nil, "nothing is kept by looking")
    await player.press(.escape)
    #expect(player.user.theme?.name != seen)
    await player.press(.c("t"), .down, .enter)
    #expect(player.user.theme?.name == seen)
    #expect(desk.settings?.theme != nil)
  }

  @Test func `the menu of times starts on what is set and marks it`() async {
    let player = await Player.atDesk(FrozenSite(Fixture.site), Desk())
    await player.go("time both")
    await player.press(.c("8"), .c("z"))
    #expect(player.user.app.menu?.scroll.selected == 2 && player.shows("(*) both"), "\(player.screen)")
    await player.press(.enter)
    #expect(player.user.app.environment.settings.time == .both)
  }

  @Test func `what a theme is for is said in full, beside a selected row`() async {
    let player = await Player.atDesk(FrozenSite(Fixture.site), Desk())
    await player.press(.c("8"), .c("t"), .home)
    let words = player.screen.split { " \n".contains($0) }.joined(separator: " ")
    #expect(words.contains("instead of green, yellow and red; for dark backgrounds"), "\(player.screen)")
    #expect(player.shows("the selected row"))
  }

  @Test func `the mouse is switched and remembered`() async {
    let desk = Desk()
    let player = await Player.atDesk(FrozenSite(Fixture.site), desk)
    await player.press(.c("M"))
    #expect(desk.settings?.mouse == true)
    await player.press(.c("8"))
    #expect(player.shows("Mouse                 on"))
  }

  @Test func `the content tab is there only where there is content`() async {
    let player = await Player.atDesk(FrozenSite(Fixture.site), Desk())
    await player.press(.c("9"))
    #expect(player.shows("[1 Overview]"))
    #expect(!player.shows("Content"))
  }

  @Test func `a settings file is read and written without loss of its comments`() {
    var problems: [String] = []
    let text = "# mine\ntheme = dark\ncolour = blue\ntime = noon\n\nmouse = on\n"
    var settings = ConsoleSettings(file: text, problems: &problems)
    #expect(settings.theme == "dark" && settings.time == .utc && settings.mouse == true)
    #expect(problems.count == 2 && problems[0].contains("line 3") && problems[1].contains("line 4"))
    settings.theme = nil
    settings.time = .both
    let written = settings.file(over: text)
    #expect(written.hasPrefix("# mine\ncolour = blue\ntime = both\n"))
    var none: [String] = []
    #expect(ConsoleSettings(file: written, problems: &none) == settings)
  }
}
