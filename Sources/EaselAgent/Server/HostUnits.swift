import CSys
import EaselAgentProtocol
import EaselHostPlan
import EaselProcess
import Glibc

/// The units that a host of a cluster lives by, as systemd has them now, and the control plane's containers by their logs.
struct HostUnits {
  static let names = ["kubelet.service", "containerd.service", "easel-agent.service", "ssh.service", "sshd.service"]
  /// Containers whose logs are offered: those that a cluster cannot be without.
  private static let containers = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]

  var searchPath: String
  var pods = "/var/log/pods"

  func read() async throws -> UnitsReply {
    let runner = CommandRunner(
      searchPath: searchPath, marker: "units", secrets: [:], redactor: Redactor(), graceSeconds: 1)
    let command = Command.reading(
      ["systemctl", "show", "--property=Id,Description,LoadState,ActiveState,SubState,StateChangeTimestampMonotonic"]
        + HostUnits.names)
    let outcome: CommandRunner.Outcome
    do {
      outcome = try await runner.run(command, milliseconds: 20_000, capture: true) { _ in }
    } catch let error as SystemError {
      throw RPCFailure("NoSystemd", "the units cannot be read: \(error)")
    }
    guard outcome.succeeded(command) else {
      throw RPCFailure(
        "NoSystemd", "the units cannot be read: \(outcome.lastErrors.last ?? outcome.status.description)")
    }
    let text = String(decoding: outcome.output, as: UTF8.self)
    return UnitsReply(
      units: HostUnits.parse(
        text, wallMilliseconds: csys_wall_milliseconds(), monotonicMilliseconds: HostUnits.monotonicMilliseconds())
        + containerLogs())
  }

  /// The clock of systemd's monotonic time stamps, which stands still while the host sleeps.
  private static func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    guard clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return csys_boot_milliseconds() }
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// What `systemctl show` printed of several units: blocks of `KEY=VALUE` with an empty line between. A unit that is not
  /// there is left out, and one that goes by two names is shown once.
  static func parse(_ text: String, wallMilliseconds: Int64, monotonicMilliseconds: Int64) -> [UnitsReply.Unit] {
    var units: [UnitsReply.Unit] = []
    for block in text.blocks {
      var values: [Substring: Substring] = [:]
      for line in block {
        let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2 { values[pair[0]] = pair[1] }
      }
      guard let name = values["Id"], values["LoadState"] == "loaded", !units.contains(where: { $0.name == name }) else {
        continue
      }
      let changed = values["StateChangeTimestampMonotonic"].flatMap { Int64($0) } ?? 0
      units.append(
        UnitsReply.Unit(
          name: String(name), title: String(values["Description"] ?? ""), state: String(values["ActiveState"] ?? ""),
          detail: String(values["SubState"] ?? ""),
          sinceMilliseconds: changed > 0 ? wallMilliseconds - monotonicMilliseconds + changed / 1000 : nil))
    }
    return units
  }

  /// The newest log of each container, from directories `NAMESPACE_POD_UID/CONTAINER/N.log`.
  private func containerLogs() -> [UnitsReply.Unit] {
    var found: [UnitsReply.Unit] = []
    for pod in (Files.names(in: pods) ?? []).sorted() where pod.hasPrefix("kube-system_") {
      for container in HostUnits.containers {
        let folder = "\(pods)/\(pod)/\(container)"
        let logs = (Files.names(in: folder) ?? []).compactMap { name in
          name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
        }
        guard let newest = logs.max() else { continue }
        found.append(
          UnitsReply.Unit(
            name: "\(folder)/\(newest).log", title: "the container \(container), by its log", state: "container",
            detail: newest == 0 ? "" : "restarted \(newest) times"))
      }
    }
    return found
  }
}

extension String {
  /// The parts between empty lines.
  fileprivate var blocks: [[Substring]] {
    split(separator: "\n", omittingEmptySubsequences: false).split(separator: "").map { Array($0) }
  }
}
