import EaselModel
import Synchronization

@testable import EaselConsole

/// A site that always says the same, or fails.
final class FrozenSite: SiteAccess {
  private let state: Mutex<(view: SiteView, failure: EaselError?)>

  init(_ view: SiteView) { state = Mutex((view, nil)) }

  func fail(_ error: EaselError?) { state.withLock { $0.failure = error } }
  func show(_ view: SiteView) { state.withLock { $0.view = view } }

  private func answer<T>(_ body: (SiteView) -> T) throws -> T {
    let (view, failure) = state.withLock { $0 }
    if let failure { throw failure }
    return body(view)
  }

  func snapshot() throws -> SiteSnapshot { try answer(\.snapshot) }
  func submit(_ intent: Intent, as actor: Actor) throws -> Submission {
    throw EaselError(.refused, "Frozen", "this site changes nothing", advice: "try another one")
  }
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    try answer { view in view.events.reversed().filter { $0.sequence > sequence } }
  }
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try answer { view in view.audit.reversed().filter { $0.sequence > sequence } }
  }
  func log(ofTask name: String, from line: Int) throws -> [String] {
    let lines = ["pulling registry.k8s.io/kube-proxy:v1.33.4", "error: no space left on device"]
    return Array(lines.dropFirst(line))
  }
}
