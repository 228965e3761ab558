import EaselAgentProtocol
import Synchronization

/// Lets through at most two notes a second, but each step's first.
final class ProgressThrottle: Sendable {
  private struct State {
    var step = 0
    var shownAt: Int64 = 0
  }

  private let state = Mutex(State())
  private let show: @Sendable (ProgressNote) -> Void

  init(show: @escaping @Sendable (ProgressNote) -> Void) { self.show = show }

  func take(_ note: ProgressNote) {
    let now = MonotonicClock.milliseconds()
    let due = state.withLock { state in
      guard note.step != state.step || now - state.shownAt >= 500 else { return false }
      (state.step, state.shownAt) = (note.step, now)
      return true
    }
    if due { show(note) }
  }
}
