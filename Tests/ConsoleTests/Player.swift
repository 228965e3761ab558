import EaselModel
import EaselTerminal
import Synchronization

@testable import EaselConsole

/// Somebody at the console: keys in, the screen out, the idle barrier after each step.
final class Player {
  let user: ScriptedUser<ConsoleApp>
  let drafts: Drafts

  final class Drafts: Sendable {
    let kept = Mutex<[String: String]>([:])
  }

  init(
    _ site: (any SiteAccess)?, size: Size = Size(width: 80, height: 24), drafts: Drafts = Drafts(),
    glyphs: GlyphSet = .unicode, change: (inout ConsoleEnvironment) -> Void = { _ in }
  ) {
    self.drafts = drafts
    var environment = ConsoleEnvironment(site: site, actor: Actor(name: "alice"))
    if site is FrozenSite { environment.preview = { changes, _, _ in try changes.intents.map(Fixture.plan) } }
    environment.keepDraft = { name, text in drafts.kept.withLock { $0[name] = text } }
    environment.draft = { name in drafts.kept.withLock { $0[name] } }
    let mailbox = Mailbox<ConsoleMessage>()
    environment.post = { mailbox.post(newest: $0, topic: "site") }
    change(&environment)
    user = ScriptedUser(ConsoleApp(environment), size: size, glyphs: glyphs, mailbox: mailbox)
  }

  var screen: String { user.screen }
  func shows(_ text: String) -> Bool { screen.contains(text) }

  func press(_ keys: Key...) async {
    for key in keys {
      user.press(key)
      await user.settle()
    }
  }

  func type(_ text: String) async {
    user.type(text)
    await user.settle()
  }

  /// Lets the console look at the site again.
  func look() async {
    user.advance(by: .seconds(1))
    await user.settle()
  }

  /// Goes somewhere by the command line.
  func go(_ words: String) async {
    await press(.character(":"))
    await type(words)
    await press(.enter)
  }
}

extension Key {
  static func c(_ character: Character) -> Key { .character(character) }
}
