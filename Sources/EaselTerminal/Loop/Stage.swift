/// An application with its timers and its mailbox, and nothing of a terminal: the part that the real loop and the scripted
/// one share. Time is a duration since any fixed moment, given by the caller.
struct Stage<App: Application> {
  var app: App
  let mailbox: Mailbox<App.Message>
  private var timers: [String: Duration] = [:]
  /// Whether the picture may have changed since it was last drawn.
  private(set) var isDirty = true
  /// Set when the application, or the end of the terminal, has ended it.
  private(set) var result: (status: Int32, farewell: String)?
  /// Effects that need a terminal; the caller takes them out.
  var outside: [Effect<App.Message>] = []

  init(_ app: App, _ mailbox: Mailbox<App.Message>) {
    self.app = app
    self.mailbox = mailbox
  }

  /// When the next timer is due; nil when none runs.
  var nextDeadline: Duration? { timers.values.min() }

  mutating func deliver(_ event: Event<App.Message>, at now: Duration) {
    guard result == nil else { return }
    isDirty = true
    for effect in app.handle(event) { perform(effect, at: now) }
    guard case .ending(let ending) = event, result == nil else { return }
    result = (ending == .hangUp ? 129 : 143, "")
  }

  /// Lets the application change in another way than by an event.
  mutating func act(at now: Duration, _ change: (inout App) -> [Effect<App.Message>]) {
    guard result == nil else { return }
    isDirty = true
    for effect in change(&app) { perform(effect, at: now) }
  }

  private mutating func perform(_ effect: Effect<App.Message>, at now: Duration) {
    switch effect {
    case .quit(let status, let farewell): if result == nil { result = (status, farewell) }
    case .startTimer(let name, let delay): timers[name] = now + delay
    case .stopTimer(let name): timers[name] = nil
    case .perform(let work): mailbox.perform(work)
    case .begin(let work): mailbox.begin(work)
    default: outside.append(effect)
    }
  }

  /// Delivers the timers that are due, the earliest first; returns whether there was one.
  @discardableResult
  mutating func fireTimers(at now: Duration) -> Bool {
    let due = timers.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    for (name, _) in due {
      timers[name] = nil
      deliver(.timer(name), at: now)
    }
    return !due.isEmpty
  }

  /// Delivers what the mailbox holds; returns whether there was something.
  @discardableResult
  mutating func deliverMail(at now: Duration) -> Bool {
    let mail = mailbox.take()
    for message in mail { deliver(.message(message), at: now) }
    return !mail.isEmpty
  }

  /// Says that what can be seen is up to date.
  mutating func markClean() { isDirty = false }

  /// Draws the picture.
  mutating func draw(size: Size, glyphs: GlyphSet) -> Grid {
    isDirty = false
    let grid = Grid(size: size, glyphs: glyphs)
    app.draw(on: grid.canvas)
    return grid
  }
}
