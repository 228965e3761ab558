import EaselModel
import EaselRuntime
import EaselStore
import FoundationEssentials

/// How long the engine takes to create many clusters at once in the simulated world, with the real store on this disk.
enum EngineBench {
  /// What one engine process reports about its run.
  struct Report: Codable {
    var wall: Double
    var cpu: Double
    var peakBytes: Int
    var decisions: Int
    var commits: Int
    var conflicts: Int
    var tasks: Int
  }

  static func rows(clusters: Int, machines: Int, runs: Int) throws -> [[String]] {
    var rows: [[String]] = []
    let fsync = try Measurement.fsyncSeconds(in: ScratchFolder().path)
    rows.append(["disk: one write of 4 KiB with fsync", "\(Measurement.short(fsync * 1e6)) us", ""])
    for factor in [1, 10] {
      let delay = Int(fsync * 1e6) * (factor - 1)
      let reports = try (0..<runs).map { _ in
        try run(clusters: clusters, machines: machines, delayMicroseconds: delay)
      }
      func median(_ value: (Report) -> Double) -> Double { Measurement.median(reports.map(value)) }
      let title = factor == 1 ? "engine" : "engine, fsync \(factor) times slower"
      rows.append([
        "\(title): \(clusters) clusters of \(machines), create to Running",
        "\(Measurement.short(median { $0.wall })) s", "goal 60 s on 2 cores",
      ])
      rows.append(["\(title): processor time", "\(Measurement.short(median { $0.cpu })) s", ""])
      rows.append(["\(title): peak memory", "\(Int(median { Double($0.peakBytes) }) >> 20) MiB", ""])
      rows.append([
        "\(title): decisions per second", Measurement.short(median { Double($0.decisions) / $0.wall }),
        "\(Int(median { Double($0.decisions) })) decisions, \(Int(median { Double($0.tasks) })) tasks",
      ])
      rows.append([
        "\(title): commits", "\(Int(median { Double($0.commits) }))",
        "\(Int(median { Double($0.conflicts) })) decided again",
      ])
    }
    return rows
  }

  private static func run(clusters: Int, machines: Int, delayMicroseconds: Int) throws -> Report {
    let folder = try ScratchFolder()
    let directory = StateDirectory(given: folder.path + "/site")
    try prepare(directory, clusters: clusters, machines: machines)
    let ended = try Children.run([
      EngineStarter.thisProgram(), "--state", directory.path, "engine", "--until-idle", "--report",
      "--fsync-delay", "\(delayMicroseconds)",
    ])
    guard ended.status == 0, let report = try? JSONDecoder().decode(Report.self, from: Data(ended.output.utf8)) else {
      throw EaselError(.failed, "BenchFailed", "the engine's run ended with status \(ended.status): \(ended.errors)")
    }
    let store = try SQLiteStore.open(directory: directory.path, create: false)
    let up = try store.read { try $0.records(.cluster, scope: nil) }.compactMap(\.asCluster)
      .filter { $0.status.phase == .running }
    guard up.count == clusters else {
      throw EaselError(.failed, "BenchFailed", "only \(up.count) of \(clusters) clusters are Running")
    }
    return report
  }

  /// A site with enough free hosts, and one accepted request per cluster; no engine runs yet.
  private static func prepare(_ directory: StateDirectory, clusters: Int, machines: Int) throws {
    let actor = Actor.current()
    let store = try SiteLoading.load(
      in: directory, name: "bench", clusters: 0, machines: machines, freeHosts: clusters * machines,
      version: KubernetesVersion(major: 1, minor: 31, patch: 4), as: actor)
    let gate = SiteGate(directory: directory, store: store, starter: nil)
    let controlPlanes = machines >= 5 ? 3 : 1
    for number in 1...clusters {
      var spec = Cluster.Spec(
        profile: Cluster.ProfileReference(name: "kubeadm", version: "1.0.0"),
        kubernetesVersion: KubernetesVersion(major: 1, minor: 31, patch: 4))
      spec.controlPlane.replicas = controlPlanes
      if machines > controlPlanes { spec.pools = [Cluster.Pool(name: "workers", replicas: machines - controlPlanes)] }
      _ = try gate.submit(.createCluster(name: "cluster\(number)", spec: spec, labels: [:]), as: actor)
    }
  }
}
