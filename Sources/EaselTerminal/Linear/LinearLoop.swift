import CSys
import Glibc

/// Runs an application line by line on standard input and output, which need not be a terminal: pages are appended, lines
/// are read, nothing is ever drawn over. It does nothing while nothing happens.
package struct LinearLoop<App: LinearApplication> {
  private var stage: Stage<App>
  private var painter = LinearPainter()
  private var pending: [UInt8] = []
  private let start = ContinuousClock.now
  private let signals: Int32

  /// Runs until the application or the operator ends it, or the input does; returns the exit status.
  package static func run(_ app: App, mailbox: Mailbox<App.Message>) -> (app: App, status: Int32) {
    UIExecutor.shared.bind(true)
    mailbox.onPost { _ = csys_eventfd_signal(UIExecutor.shared.wake) }
    let signals = csys_tty_signals_open()
    var loop = LinearLoop(stage: Stage(app, mailbox), signals: signals)
    loop.run()
    csys_tty_signals_close(signals)
    mailbox.onPost(nil)
    UIExecutor.shared.bind(false)
    if let farewell = loop.stage.result?.farewell, !farewell.isEmpty { loop.write([farewell]) }
    return (loop.stage.app, loop.stage.result?.status ?? 0)
  }

  private init(stage: Stage<App>, signals: Int32) {
    self.stage = stage
    self.signals = signals
  }

  private var now: Duration { ContinuousClock.now - start }

  private mutating func run() {
    stage.deliver(.started(Size(width: 80, height: 24)), at: now)
    while stage.result == nil {
      runOutside()
      if stage.isDirty {
        write(painter.lines(for: stage.app.page))
        stage.markClean()
      }
      let timeout = stage.nextDeadline.map { deadline -> Int32 in
        let left = (deadline - now).components
        return Int32(clamping: max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1))
      }
      let bits = csys_tty_poll(0, -1, 0, UIExecutor.shared.wake, signals, timeout ?? -1)
      if bits & CSYS_POLL_SIGNAL != 0 { readSignals() }
      if bits & (CSYS_POLL_TTY_IN | CSYS_POLL_TTY_HANGUP) != 0 { readLines() }
      if bits & CSYS_POLL_WAKE != 0 { _ = csys_eventfd_clear(UIExecutor.shared.wake) }
      UIExecutor.shared.runJobs()
      stage.deliverMail(at: now)
      stage.fireTimers(at: now)
    }
  }

  private mutating func readSignals() {
    while true {
      switch csys_tty_signals_next(signals) {
      case 0: return
      case SIGTERM, SIGINT: stage.deliver(.ending(.terminated), at: now)
      case SIGHUP: stage.deliver(.ending(.hangUp), at: now)
      case SIGTSTP:
        csys_tty_stop_self()
        stage.deliver(.resumed, at: now)
      default: break
      }
    }
  }

  private mutating func readLines() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(0, &bytes, bytes.count)
    guard count > 0 else {
      if count == 0 { act(.quit) } else { stage.deliver(.ending(.hangUp), at: now) }
      return
    }
    pending += bytes[..<count]
    while let end = pending.firstIndex(of: 0x0A), stage.result == nil {
      let line = String(decoding: pending[..<end], as: UTF8.self)
      pending.removeSubrange(...end)
      act(painter.read(line, on: stage.app.page))
      // What a choice has led to is told before the next line is understood.
      if !pending.isEmpty, stage.isDirty {
        write(painter.lines(for: stage.app.page))
        stage.markClean()
      }
    }
  }

  private mutating func act(_ input: LinearPainter.Input) {
    switch input {
    case .choose(let choice): stage.act(at: now) { $0.choose(choice) }
    case .answer(let text): stage.act(at: now) { $0.answer(text) }
    case .again: write(painter.lines(for: stage.app.page, everything: true))
    case .quit: stage.act(at: now) { _ in [.quit()] }
    case .unclear(let help): write([help])
    }
  }

  private mutating func runOutside() {
    while !stage.outside.isEmpty {
      switch stage.outside.removeFirst() {
      case .copy(let text): write(CellText.wrap(text, width: 10_000))
      case .runProgram(let arguments, let then):
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        let status = arguments.isEmpty ? -1 : csys_tty_run_child(0, &pointers)
        for pointer in pointers { free(pointer) }
        if let message = then(status) { stage.deliver(.message(message), at: now) }
      default: break
      }
    }
  }

  private func write(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      sent += count
    }
  }
}
