import EaselModel
import Synchronization

/// Looks at one host again and again: every 15 s while it answers, less and less often while it does not.
///
/// A host that answered is not called silent on the word of one look: its agent restarts when it is upgraded or taken over, and a
/// connection that broke is opened again by the next look. Only `patience` looks that failed in a row are told.
final class HostHealthPoll: Sendable {
  /// Seconds between looks at a host that answers.
  static let interval = 15.0
  /// Seconds before the look that follows the first one that failed; each further pause is twice as long.
  static let shortest = 1.0
  static let longest = 60.0
  /// Looks in a row that must fail before a host that answered is called silent.
  static let patience = 3

  private let sleeper = Mutex<Task<Void, Never>?>(nil)
  private let loop = Mutex<Task<Void, Never>?>(nil)

  /// Looks at once, by the way that the host's definition says.
  init(_ session: HostSession, host: Host, inbox: Inbox) {
    let (uid, source) = (host.uid, "agent/\(host.name)")
    let task = Task { [weak self] in
      await session.update(host)
      var failures = host.status.phase == .ready ? 0 : Self.patience
      while !Task.isCancelled {
        do {
          let seen = try await HostWays.observe(session.client())
          inbox.put(.host(seen), about: uid, source: source)
          failures = 0
        } catch {
          if Task.isCancelled { return }
          failures += 1
          if failures >= Self.patience {
            let failure = Setback(error).failure
            let seen = HostObservation(reachable: false, reason: failure.code, message: failure.message)
            inbox.put(.host(seen), about: uid, source: source)
          }
        }
        guard let rest = self?.rest(Self.pause(after: failures)) else { return }
        await rest.value
      }
    }
    loop.withLock { $0 = task }
  }

  deinit { stop() }

  private static func pause(after failures: Int) -> Double {
    failures == 0 ? interval : min(shortest * Double(1 << min(failures - 1, 16)), longest)
  }

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
