internal import Synchronization

/// The lines that are typed, read one at a time, and while something is watched also in passing.
final class LineReader: Sendable {
  private struct State {
    /// Lines that came while something was watched.
    var ahead: [String] = []
    var isAtEnd = false
    var isReading = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let input: @Sendable () -> String?
  private let environment: ConsoleEnvironment

  init(_ environment: ConsoleEnvironment, _ input: @escaping @Sendable () -> String?) {
    (self.environment, self.input) = (environment, input)
  }

  /// The next line; nil at the end.
  func next() async -> String? {
    while true {
      let (line, isOver) = state.withLock { state -> (String?, Bool) in
        if !state.ahead.isEmpty { return (state.ahead.removeFirst(), true) }
        return (nil, state.isAtEnd)
      }
      if isOver { return line }
      begin()
      await withCheckedContinuation { continuation in
        let isRead = state.withLock { state in
          if state.isReading { state.waiters.append(continuation) }
          return !state.isReading
        }
        if isRead { continuation.resume() }
      }
    }
  }

  /// Begins to read a line unless that goes on already.
  private func begin() {
    let isMine = state.withLock { state in
      if state.isReading || state.isAtEnd { return false }
      state.isReading = true
      return true
    }
    guard isMine else { return }
    environment.blocking { [self] in
      let line = input()
      let waiters = state.withLock { state in
        if let line { state.ahead.append(line) } else { state.isAtEnd = true }
        state.isReading = false
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters { waiter.resume() }
    }
  }

  /// What has come while something is watched: what was typed ahead comes at once and waits for its turn; what comes after a look
  /// that found nothing was meant for what is watched.
  struct Passing {
    private let reader: LineReader
    private var isAwaited = false

    init(_ reader: LineReader) { self.reader = reader }

    /// Whether a line was typed, or the input has ended, since the look before.
    mutating func isInterrupted() -> Bool {
      let (isReading, isAtEnd) = reader.state.withLock { ($0.isReading, $0.isAtEnd) }
      if isReading {
        isAwaited = true
        return false
      }
      if isAwaited { return true }
      if !isAtEnd { reader.begin() }
      return false
    }
  }

  var passing: Passing { Passing(self) }

  /// Whether a line waits for its turn, or none can come any more.
  var hasNext: Bool { state.withLock { !$0.ahead.isEmpty || $0.isAtEnd } }

  /// Takes a line away that came while something was watched and says nothing more than that it is enough.
  func dropEmpty() {
    state.withLock { state in
      guard let last = state.ahead.last else { return }
      if last == PlainConsole.interruption || last.allSatisfy({ $0 == " " }) { state.ahead.removeLast() }
    }
  }
}
