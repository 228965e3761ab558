import EaselModel
import Synchronization

@testable import EaselConsole

/// A site that always says the same, or fails.
final class FrozenSite: SiteAccess {
  private let state: Mutex<(view: SiteView, failure: EaselError?)>

  private let lines: [String]
  private let asked = Mutex<[Intent]>([])
  /// What was asked for, and refused.
  var submitted: [Intent] { asked.withLock { $0 } }

  init(
    _ view: SiteView,
    log lines: [String] = ["pulling registry.k8s.io/kube-proxy:v1.33.4", "error: no space left on device"]
  ) {
    state = Mutex((view, nil))
    self.lines = lines
  }

  func fail(_ error: EaselError?) { state.withLock { $0.failure = error } }
  func show(_ view: SiteView) { state.withLock { $0.view = view } }

  private func answer<T>(_ body: (SiteView) -> T) throws -> T {
    let (view, failure) = state.withLock { $0 }
    if let failure { throw failure }
    return body(view)
  }

  func snapshot() throws -> SiteSnapshot { try answer(\.snapshot) }
  func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError
  ) throws -> [Submission] {
    asked.withLock { $0 += intents }
    throw EaselError(.refused, "Frozen", "this site changes nothing", advice: "try another one")
  }
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [Event] {
    try answer { view in view.events.reversed().filter { $0.sequence > sequence } }
  }
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] {
    try answer { view in view.audit.reversed().filter { $0.sequence > sequence } }
  }
  func log(ofTask name: String, from line: Int) throws -> [String] {
    Array(lines.dropFirst(line))
  }

  func units(ofHost name: String) throws -> [HostUnit] {
    try answer { view in
      [
        HostUnit(
          name: "kubelet.service", title: "kubelet: The Kubernetes Node Agent", state: "active", detail: "running",
          since: view.now.adding(seconds: -7000)),
        HostUnit(
          name: "containerd.service", title: "containerd container runtime", state: "failed", detail: "failed",
          since: view.now.adding(seconds: -130)),
        HostUnit(
          name: "easel-agent.service", title: "Easel agent", state: "active", detail: "running",
          since: view.now.adding(seconds: -80_000)),
        HostUnit(
          name: "/var/log/pods/kube-system_etcd-\(name)_1/etcd/2.log", title: "the container etcd, by its log",
          state: "container", detail: "restarted 2 times"),
      ]
    }
  }

  func log(ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int) throws -> HostLogPage {
    try answer { _ in
      let lines = [
        "2026-09-21T14:20:05+0000 \(name) kubelet[811]: I0921 14:20:05.1 server.go:415] \"Kubelet version\" v1.31.4",
        "2026-09-21T14:20:06+0000 \(name) kubelet[811]: E0921 14:20:06.7 kubelet.go:2412] node \"\(name)\" not found",
        "2026-09-21T14:20:08+0000 \(name) kubelet[811]: I0921 14:20:08.2 kubelet_node_status.go:73] registered \(name)",
      ]
      return HostLogPage(lines: cursor == nil ? lines : [], cursor: "3")
    }
  }
}
