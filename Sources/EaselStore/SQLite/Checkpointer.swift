import CSQLite
import CSys
import EaselModel
import Glibc
import Synchronization

/// Moves the write-ahead log back into the database beside the writer, on a thread and a connection of its own, so that a commit
/// waits for the flush of its own pages and not for that of all pages since the last time.
///
/// SQLite starts the log anew only when all of it has been moved and nobody reads from it. Where commits leave time between them a pass
/// gets that far; where they do not, it always misses the newest ones, and the writer moves those itself: when they are few, or the
/// log is long.
/// The thread is started by the first log that is long enough: short commands never have one.
final class Checkpointer: Sendable {
  /// Pages of 4 KiB in the log from which on it is moved: 8 MiB. Whoever opens the site after a crash reads as much again.
  private static let start = 2048
  /// Pages that were written during a pass and are few enough to let the next commit wait for them.
  private static let few = 128
  /// Pages in the log from which on the writer moves the newest ones however many they are: 64 MiB.
  private static let long = 16_384

  private enum Stage { case idle, passing, writersTurn, ending }

  private struct State {
    var stage = Stage.idle
    /// Pages in the log after the newest commit.
    var pages = 0
    /// Pages that the log must have for the next time: more than `start` while a reader keeps it from starting anew.
    var next = Checkpointer.start
    var hasThread = false
  }

  private let state = Mutex(State())
  /// Held by whoever moves pages.
  private let moving = Mutex(())
  private let wake = csys_eventfd(false)
  private let ended = csys_eventfd(false)
  private let connect: @Sendable () throws -> Connection

  /// - Parameter connect: opens the thread's own connection.
  init(connect: @escaping @Sendable () throws -> Connection) { self.connect = connect }

  deinit {
    close(wake)
    close(ended)
  }

  /// To be called by the writer after each commit.
  func committed(on writer: Connection) {
    enum Work { case none, wake, move }
    let work = state.withLock { state -> Work in
      if writer.logPages < state.pages {
        state.next = Self.start
        if state.stage == .writersTurn { state.stage = .idle }
      }
      state.pages = writer.logPages
      guard state.pages >= state.next else { return .none }
      if state.stage == .writersTurn || state.pages >= max(Self.long, state.next) { return .move }
      guard state.stage == .idle, startThread(&state) else { return .none }
      state.stage = .passing
      return .wake
    }
    switch work {
    case .none: break
    case .wake: _ = csys_eventfd_signal(wake)
    case .move:
      moving.exclusively { _ = writer.checkpoint() }
      // Where that does not let the log start anew, because somebody reads from it, trying at each commit does not either.
      state.withLock { state in
        if state.stage == .writersTurn { state.stage = .idle }
        state.next = state.pages + Self.start
      }
    }
  }

  /// Ends the thread and waits until its connection is closed.
  func end() {
    let waits = state.withLock { state in
      state.stage = .ending
      return state.hasThread
    }
    guard waits else { return }
    _ = csys_eventfd_signal(wake)
    _ = csys_eventfd_wait(ended)
  }

  private func startThread(_ state: inout State) -> Bool {
    guard !state.hasThread else { return true }
    guard wake >= 0, ended >= 0 else { return false }
    let body: @convention(c) (UnsafeMutableRawPointer?) -> Void = { raw in
      guard let raw else { return }
      let checkpointer = Unmanaged<Checkpointer>.fromOpaque(raw).takeRetainedValue()
      checkpointer.run()
      _ = csys_eventfd_signal(checkpointer.ended)
    }
    let own = Unmanaged.passRetained(self)
    guard csys_thread_start("checkpoint", body, own.toOpaque()) == 0 else {
      own.release()
      return false
    }
    state.hasThread = true
    return true
  }

  private func run() {
    var connection: Connection?
    var last: Int?
    while csys_eventfd_wait(wake) == 0, state.withLock({ $0.stage }) != .ending {
      if connection == nil { connection = try? connect() }
      repeat {
        let moved = moving.exclusively { connection?.checkpoint() }
        // Another process moves them, somebody reads, the disk is full: what stays in the log is safe there, and tried again later.
        let isStuck = moved == nil || moved == last
        last = moved
        state.withLock { state in
          guard state.stage == .passing else { return }
          let left = state.pages - (moved ?? 0)
          if isStuck || left <= 0 || state.pages < Self.start {
            state.stage = .idle
            state.next = state.pages + Self.start
          } else if left <= Self.few {
            state.stage = .writersTurn
          }
        }
      } while state.withLock({ $0.stage }) == .passing
    }
  }
}
