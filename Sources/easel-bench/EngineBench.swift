import EaselModel
import EaselRuntime
import EaselStore
import Glibc

/// 1000 clusters of 10 machines from the intents to Running: the simulated world, the real engine loop, the real SQLite store.
///
/// The intents are handed in at once, as `easel apply` does with a file of 1000 clusters.
///
/// Each run is a process of its own, so that its memory is its own.
enum EngineBench {
  private static let clusters = 1000
  private static let machines = 10
  private static let goalSeconds = 60.0
  private static let runs = 3

  static func run() throws -> Report {
    var report = Report(
      "Engine: \(clusters) clusters x \(machines) machines, applied as one file, to Running (median of \(runs) runs)")
    let sync = try withTemporaryFolder { try fsyncSeconds(in: $0) }
    report.row("this disk's fsync of 4 KiB", seconds(sync))
    for slower in [1.0, 10.0] {
      var results: [[String: Double]] = []
      for _ in 0..<runs { results.append(try child(slower: Int(slower))) }
      func middle(_ key: String) -> Double { median(results.map { $0[key] ?? 0 }) }
      let disk = slower == 1 ? "" : ", each fsync \(short(slower)) times as long"
      report.row(
        "wall\(disk)", seconds(middle("wall")),
        beside: "goal \(short(goalSeconds)) s, ratio \(short(middle("wall") / goalSeconds))")
      report.row("processor time\(disk)", seconds(middle("cpu")))
      report.row("peak memory\(disk)", mebibytes(Int64(middle("peak"))))
      report.row(
        "decisions a second\(disk)", short(middle("decisions") / middle("wall")),
        beside: "\(Int(middle("decisions"))) in all")
      report.row("commits\(disk)", String(Int(middle("commits"))), beside: "\(Int(middle("tasks"))) tasks")
    }
    return report
  }

  /// Runs this program anew for one measurement and reads what it prints.
  private static func child(slower: Int) throws -> [String: Double] {
    try withTemporaryFolder { folder in
      let output = folder + "/result"
      let status = try runProgram(
        ["/proc/self/exe", "--engine-run", folder + "/state", String(slower)], output: output)
      guard status == 0 else {
        throw BenchError("the engine's run ended with status \(status): \(try readFile(output))")
      }
      var result: [String: Double] = [:]
      for line in try readFile(output).split(separator: "\n") {
        let parts = line.split(separator: " ")
        if parts.count == 2, let value = Double(parts[1]) { result[String(parts[0])] = value }
      }
      return result
    }
  }

  /// One measurement in this process: `--engine-run DIRECTORY TIMES`, where TIMES is how many times as long each fsync takes.
  static func runOnce(_ path: String, slower: Int) throws {
    SlowDisk.slow(slower)
    let directory = StateDirectory(given: path)
    let actor = Actor(name: "bench")
    let real = try SiteFounding.found(
      in: directory, name: "bench", simulation: Site.Simulation(), contentDirectory: nil, as: actor)
    try addHosts(to: real)
    let store = MeasuredStore(real)
    let gate = SiteGate(directory: directory, store: store, starter: nil)
    var options = EngineOptions()
    options.untilIdle = true
    options.tellsProgress = false
    let engine = EngineProcess(
      directory: directory, store: store, options: options, log: EngineLog(path: directory.engineLog))
    let cost = try measure {
      _ = try gate.submit((1...clusters).map(intent), as: actor)
      try engine.run(until: { false })
    }
    let phases = try store.read { try $0.records(.cluster, scope: nil) }.map { record -> Cluster.Phase? in
      if case .cluster(let cluster) = record { cluster.status.phase } else { nil }
    }
    guard phases.count == clusters, phases.allSatisfy({ $0 == .running }) else {
      throw BenchError("only \(phases.count { $0 == .running }) of \(clusters) clusters are Running")
    }
    print("wall \(cost.wall)\ncpu \(cost.cpu)\npeak \(cost.peakBytes)\ncommits \(store.commits)")
    print("decisions \(engine.statistics.decisions)\ntasks \(engine.statistics.tasks)")
  }

  private static func intent(_ number: Int) -> Intent {
    let version = KubernetesVersion(major: 1, minor: 31, patch: 4)
    let spec = Cluster.Spec(
      profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"), kubernetesVersion: version,
      controlPlane: Cluster.ControlPlane(replicas: 3),
      pools: [Cluster.Pool(name: "workers", replicas: machines - 3)])
    return .createCluster(name: "cluster-\(number)", spec: spec, labels: [:])
  }

  private static func addHosts(to store: SQLiteStore) throws {
    let now = Timestamp.wallClock()
    try store.write(epoch: nil) { writer in
      for number in 1...clusters * machines {
        let (name, spec) = SiteFounding.simulatedHost(number)
        var host = Host(metadata: Metadata(name: name, uid: UID("host-\(number)"), createdAt: now), spec: spec)
        host.status.phase = .ready
        host.status.lastSeen = now
        try writer.put(.host(host), expecting: 0)
      }
    }
  }
}
