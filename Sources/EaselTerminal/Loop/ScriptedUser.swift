/// Runs an application in memory: feeds it keys, lets its work finish, and shows what is on the screen. Time stands still
/// unless it is advanced.
package final class ScriptedUser<App: Application> {
  private var stage: Stage<App>
  private var now: Duration = .zero
  /// The size of the screen.
  package private(set) var size: Size
  /// The characters that the screen can show.
  package let glyphs: GlyphSet
  /// Posts to the application; `deliverMail` delivers.
  package let mailbox: Mailbox<App.Message>
  /// What went to the terminal instead of to the application's own state.
  package private(set) var copied: [String] = []
  /// The programs that were run, with their arguments.
  package private(set) var programs: [[String]] = []
  /// The theme that was chosen last; nil when none was.
  package private(set) var theme: Theme?
  /// The exit status that `.runProgram` gets.
  package var programStatus: Int32 = 0
  /// Runs the programs and returns their exit status; nil only notes them.
  package var runs: (([String]) -> Int32)?

  package init(
    _ app: App, size: Size = Size(width: 80, height: 24), glyphs: GlyphSet = .unicode,
    mailbox: Mailbox<App.Message> = Mailbox()
  ) {
    stage = Stage(app, mailbox)
    self.size = size
    self.glyphs = glyphs
    self.mailbox = mailbox
    deliver(.started(size))
  }

  /// The application as it is now.
  package var app: App { stage.app }
  /// The exit status; nil while it runs.
  package var status: Int32? { stage.result?.status }
  /// What is printed after the screen is gone; nil while it runs.
  package var farewell: String? { stage.result?.farewell }

  /// The screen as it is now.
  package var grid: Grid { stage.draw(size: size, glyphs: glyphs) }
  /// The characters on the screen.
  package var screen: String { grid.text }

  /// Presses keys one after the other.
  package func press(_ keys: Key...) { for key in keys { deliver(.key(key)) } }
  /// Types each character of a text.
  package func type(_ text: String) { for character in text { deliver(.key(.character(character))) } }
  /// Pastes a text.
  package func paste(_ text: String) { deliver(.paste(text)) }
  /// Sends a mouse report.
  package func mouse(_ mouse: Mouse) { deliver(.mouse(mouse)) }

  /// Gives the screen another size.
  package func resize(_ size: Size) {
    self.size = size
    deliver(.resized(size))
  }

  /// Hangs up or terminates.
  package func end(_ ending: Ending) { deliver(.ending(ending)) }

  /// Lets virtual time pass; timers fire in order on the way.
  package func advance(by duration: Duration) {
    let end = now + duration
    while let next = stage.nextDeadline, next <= end, status == nil {
      now = max(now, next)
      stage.fireTimers(at: now)
      runOutside()
    }
    now = end
  }

  /// Waits until all work that the application started has ended and its results are delivered: the idle barrier.
  package func settle() async {
    repeat {
      await mailbox.untilIdle()
    } while deliverMail()
  }

  /// Delivers what other threads have posted; returns whether there was something.
  @discardableResult
  package func deliverMail() -> Bool {
    let any = stage.deliverMail(at: now)
    runOutside()
    return any
  }

  private func deliver(_ event: Event<App.Message>) {
    stage.deliver(event, at: now)
    runOutside()
  }

  private func runOutside() {
    while !stage.outside.isEmpty {
      switch stage.outside.removeFirst() {
      case .copy(let text): copied.append(text)
      case .setTheme(let theme): self.theme = theme
      case .runProgram(let arguments, let then):
        programs.append(arguments)
        if let message = then(runs?(arguments) ?? programStatus) { mailbox.post(message) }
        stage.deliver(.resumed, at: now)
        stage.deliverMail(at: now)
      case .suspend: stage.deliver(.resumed, at: now)
      default: break
      }
    }
  }
}
