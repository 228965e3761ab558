import EaselModel
import Synchronization

/// Looks at one host again and again: every 15 s while it answers, less and less often while it does not.
final class HostHealthPoll: Sendable {
  static let interval = 15.0
  static let longest = 60.0

  private let sleeper = Mutex<Task<Void, Never>?>(nil)
  private let loop = Mutex<Task<Void, Never>?>(nil)

  init(_ session: HostSession, host: Host, inbox: Inbox) {
    let (uid, source) = (host.uid, "agent/\(host.name)")
    let task = Task { [weak self] in
      var pause = Self.interval
      while !Task.isCancelled {
        do {
          let seen = try await session.withLink { try await $0.observe() }
          inbox.put(.host(seen), about: uid, source: source)
          pause = Self.interval
        } catch {
          if Task.isCancelled { return }
          let failure = HostFailure(error).failure
          let seen = HostObservation(reachable: false, reason: failure.code, message: failure.message)
          inbox.put(.host(seen), about: uid, source: source)
          pause = min(pause * 1.5, Self.longest)
        }
        guard let rest = self?.rest(pause) else { return }
        await rest.value
      }
    }
    loop.withLock { $0 = task }
  }

  deinit { stop() }

  /// Looks now.
  func hurry() { sleeper.withLock { $0?.cancel() } }

  func stop() {
    loop.withLock { $0?.cancel() }
    hurry()
  }

  /// A pause that `hurry` ends.
  private func rest(_ seconds: Double) -> Task<Void, Never> {
    let task = Task<Void, Never> { try? await Task.sleep(for: .seconds(seconds)) }
    sleeper.withLock { $0 = task }
    return task
  }
}
