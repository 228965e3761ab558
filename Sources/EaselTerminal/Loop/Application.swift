/// What an application is told. `Message` is what its own work and the rest of the program send to it.
package enum Event<Message: Sendable>: Sendable {
  /// The first event, with the size of the screen.
  case started(Size)
  case key(Key)
  /// Pasted text: never commands.
  case paste(String)
  case mouse(Mouse)
  case resized(Size)
  /// A timer that the application set has come due.
  case timer(String)
  case message(Message)
  /// The program was suspended or another one had the screen; time has passed.
  case resumed
  /// SIGTERM, SIGHUP or a closed terminal: keep drafts now; the loop ends after the effects of this event.
  case ending(Ending)
}

/// Why the loop is about to end without the application's asking.
package enum Ending: Sendable, Equatable {
  case hangUp, terminated
}

/// What an application wants done. Effects are the only way by which it touches anything.
package enum Effect<Message: Sendable>: Sendable {
  /// End with an exit status; the text is printed after the screen is gone.
  case quit(status: Int32 = 0, farewell: String = "")
  /// Start, or start again, the timer of this name.
  case startTimer(String, after: Duration)
  case stopTimer(String)
  /// Work off the UI thread; its result comes back as a message, in the order in which results are ready.
  case perform(@Sendable () async -> Message?)
  /// The same for work that finds a thread itself and calls what it is given with the result, once. For work that comes back all
  /// the time: Swift's own threads wake up each second from the first time on that they were needed.
  case begin(@Sendable (@escaping @Sendable (Message?) -> Void) -> Void)
  /// Leave the screen, run a program on the terminal, come back; the message is made from its exit status (-1: not started).
  case runProgram([String], then: @Sendable (Int32) -> Message?)
  /// Put a text into the terminal's clipboard (OSC 52); at most 74 KB.
  case copy(String)
  case setMouse(Bool)
  case setTheme(Theme)
  case bell
  /// Paint everything again.
  case repaint
  /// Show what each picture costs in the last line, or no longer.
  case toggleBudget
  /// Stop as Ctrl-Z does; `.resumed` follows.
  case suspend
}

/// A program with a screen: state that events change and that a drawing is made from. It neither blocks nor does I/O, so
/// that the same value runs on a terminal and under a scripted user.
package protocol Application {
  associatedtype Message: Sendable
  mutating func handle(_ event: Event<Message>) -> [Effect<Message>]
  /// Draws everything that can be seen; the canvas is blank and may be of any size, 1x1 included.
  mutating func draw(on canvas: Canvas)
}
