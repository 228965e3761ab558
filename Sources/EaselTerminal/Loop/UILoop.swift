import CSys
import Glibc

/// Runs an application on the terminal: one thread that waits for the terminal, for other threads and for signals, and does
/// nothing while nothing happens.
///
/// - All input that has come is handled before one picture is drawn: at once after keys, at most every
///   `TerminalOptions.dataFrame` when only data has changed.
/// - A terminal that does not keep up gets fewer pictures, always the newest; keys are never lost.
/// - The terminal is never set to O_NONBLOCK: the descriptor is shared, and ncurses would spin.
package struct UILoop<App: Application> {
  private var stage: Stage<App>
  private let screen: Screen
  private let options: TerminalOptions
  private let signals: Int32
  private let start = ContinuousClock.now
  private var decoder = KeyDecoder()
  private var escapeDeadline: Duration?
  /// When the last picture was painted that counts against the limit of pictures a second.
  private var lastFrame: Duration = .seconds(-3600)
  private var isUrgent = true
  private var budget = BudgetLine()

  /// What is left when the application has ended.
  package struct Outcome {
    /// Its last state.
    package let app: App
    /// The exit status: 129 after a hang-up, 143 after SIGTERM, else what the application gave.
    package let status: Int32
    /// The terminal that was used.
    package let facts: TerminalFacts
    /// What was sent to it.
    package let statistics: ScreenStatistics
  }

  /// Runs until the application quits or the terminal is gone; the calling thread, best the main one, becomes the
  /// UI thread. Throws `TerminalError` when the screen cannot be opened.
  package static func run(_ app: App, mailbox: Mailbox<App.Message>, options: TerminalOptions) throws -> Outcome {
    let log = StandardErrorLog(options.log)
    if !options.terminfoDirectories.isEmpty {
      // An empty element stands for the system's own directories, which come first.
      let before = options.environment["TERMINFO_DIRS"] ?? ""
      setenv("TERMINFO_DIRS", ([before] + options.terminfoDirectories).joined(separator: ":"), 1)
    }
    // Before the screen: ncurses takes the signals that nobody has, and ends the program with status 1 on a Ctrl-C that
    // comes before the terminal is raw.
    let signals = csys_tty_signals_open()
    let screen: Screen
    do {
      screen = try Screen(options)
    } catch {
      csys_tty_signals_close(signals, false)
      log.close()
      throw error
    }
    options.onOpen?(screen.facts)
    UIExecutor.shared.bind(true)
    mailbox.onPost { _ = csys_eventfd_signal(UIExecutor.shared.wake) }
    var loop = UILoop(stage: Stage(app, mailbox), screen: screen, options: options, signals: signals)
    loop.run()
    mailbox.onPost(nil)
    UIExecutor.shared.bind(false)
    screen.close()
    csys_tty_signals_close(signals, true)
    log.close()
    let result = loop.stage.result
    if let farewell = result?.farewell, !farewell.isEmpty { print(farewell) }
    return Outcome(
      app: loop.stage.app, status: result?.status ?? 0, facts: screen.facts, statistics: screen.statistics)
  }

  private init(stage: Stage<App>, screen: Screen, options: TerminalOptions, signals: Int32) {
    self.stage = stage
    self.screen = screen
    self.options = options
    self.signals = signals
  }

  private var now: Duration { ContinuousClock.now - start }

  private mutating func run() {
    stage.deliver(.started(screen.size), at: now)
    while stage.result == nil {
      runOutside()
      if stage.result != nil { break }
      let bits = wait()
      if bits & CSYS_POLL_SIGNAL != 0 { readSignals() }
      if bits & CSYS_POLL_TTY_IN != 0 { readTerminal(bits & CSYS_POLL_TTY_HANGUP != 0) }
      if bits & CSYS_POLL_TTY_HANGUP != 0, bits & CSYS_POLL_TTY_IN == 0 { stage.deliver(.ending(.hangUp), at: now) }
      if bits & CSYS_POLL_WAKE != 0 { _ = csys_eventfd_clear(UIExecutor.shared.wake) }
      UIExecutor.shared.runJobs()
      stage.deliverMail(at: now)
      stage.fireTimers(at: now)
      if let deadline = escapeDeadline, now >= deadline {
        escapeDeadline = nil
        for input in decoder.flush() { deliver(input) }
      }
      guard bits & CSYS_POLL_TTY_OUT != 0 else { continue }
      if screen.isBehind { screen.sendRest() } else if frameIsDue { paint() }
    }
    runOutside()
  }

  private var frameIsDue: Bool {
    stage.isDirty && !screen.isBehind && (isUrgent || now >= lastFrame + options.dataFrame)
  }

  private func wait() -> Int32 {
    var deadlines = [stage.nextDeadline, escapeDeadline].compactMap { $0 }
    if stage.isDirty, !frameIsDue, !screen.isBehind { deadlines.append(lastFrame + options.dataFrame) }
    var timeout: Int32 = -1
    if let next = deadlines.min() {
      let left = next - now
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      // One more, so that it does not wake too early and turn in circles.
      timeout = Int32(clamping: max(0, left <= .zero ? 0 : milliseconds + 1))
    }
    return csys_tty_poll(0, 1, frameIsDue || screen.isBehind ? 1 : 0, UIExecutor.shared.wake, signals, timeout)
  }

  private mutating func paint() {
    let began = now
    let grid = stage.draw(size: screen.size, glyphs: screen.facts.glyphs)
    budget.draw(on: grid.canvas, screen.statistics, waiting: stage.mailbox.depth)
    screen.show(grid)
    let ended = now
    // After a pause two pictures are not held back: what was drawn first may be only the beginning of what has changed.
    lastFrame = max(lastFrame + options.dataFrame, ended - options.dataFrame * 2)
    isUrgent = false
    screen.timed(ended - began)
  }

  private mutating func readTerminal(_ hungUp: Bool) {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = read(0, &bytes, bytes.count)
    if count <= 0 {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { stage.deliver(.ending(.hangUp), at: now) }
      return
    }
    for input in decoder.feed(bytes[..<count]) { deliver(input) }
    escapeDeadline = decoder.isWaiting ? now + options.escapeDelay : nil
  }

  private mutating func deliver(_ input: Input) {
    isUrgent = true
    switch input {
    case .key(.control("z")): suspend()
    case .key(.control("l")):
      screen.repaint()
      stage.deliver(.key(.control("l")), at: now)
    case .key(let key): stage.deliver(.key(key), at: now)
    case .paste(let text): stage.deliver(.paste(text), at: now)
    case .mouse(let mouse): stage.deliver(.mouse(mouse), at: now)
    }
    runOutside()
  }

  /// Acts on the signals that have come; after a stop, the ones that say that it is over have done their work.
  private mutating func readSignals(afterStop: Bool = false) {
    while true {
      let signal = csys_tty_signals_next(signals)
      switch signal {
      case 0: return
      case SIGWINCH: if !afterStop { resized() }
      case SIGTSTP: if !afterStop { suspend() }
      case SIGCONT:
        guard !afterStop else { continue }
        // Stopped and continued from outside: the shell has changed the terminal's mode meanwhile.
        screen.leave()
        resumed()
      case SIGINT: deliver(.key(.interrupt))
      case SIGTERM: stage.deliver(.ending(.terminated), at: now)
      case SIGHUP: stage.deliver(.ending(.hangUp), at: now)
      default: break
      }
    }
  }

  private mutating func resized() {
    screen.resize()
    isUrgent = true
    stage.deliver(.resized(screen.size), at: now)
  }

  private mutating func suspend() {
    screen.leave()
    csys_tty_stop_self()
    readSignals(afterStop: true)
    resumed()
  }

  private mutating func resumed() {
    screen.enter()
    isUrgent = true
    stage.deliver(.resized(screen.size), at: now)
    stage.deliver(.resumed, at: now)
  }

  /// Does what the application wants of the terminal.
  private mutating func runOutside() {
    while !stage.outside.isEmpty {
      switch stage.outside.removeFirst() {
      case .copy(let text): screen.send(Clipboard.sequence(for: text))
      case .setMouse(let on): screen.setMouse(on)
      case .setTheme(let theme): screen.apply(theme)
      case .bell: screen.send("\u{07}")
      case .repaint: screen.repaint()
      case .toggleBudget: budget.isShown.toggle()
      case .suspend: suspend()
      case .runProgram(let arguments, let then):
        let status = runProgram(arguments)
        resumed()
        if let message = then(status) { stage.deliver(.message(message), at: now) }
      case .quit, .startTimer, .stopTimer, .perform, .begin: break
      }
    }
  }

  private func runProgram(_ arguments: [String]) -> Int32 {
    guard !arguments.isEmpty else { return -1 }
    screen.leave()
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return csys_tty_run_child(0, &pointers)
  }
}
