import EaselEngine
import EaselModel
import EaselSimulation
import FoundationEssentials
import Testing

/// Prints what the engine alone costs; nothing is asserted on time. `EASEL_BENCH=N` creates N clusters of ten machines.
@Suite struct BenchTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["EASEL_BENCH"] != nil))
  func whatTheEngineAloneCosts() throws {
    let clusters = ProcessInfo.processInfo.environment["EASEL_BENCH"].flatMap { Int($0) } ?? 100
    let scene = try Scene(hosts: clusters * 10)
    let site = try scene.site.snapshot()
    var world = scene.site.world
    var state = try scene.site.store.read { try SiteState(reading: $0) }
    var version: Int64 = 1_000_000
    var dirty: Set<Scope> = []
    func stamped(_ records: [Record]) -> [Record] {
      records.map { record in
        version += 1
        var copy = record
        copy.version = version
        return copy
      }
    }
    for number in 0..<clusters {
      var count = 0
      let admitted = try Admission.admit(
        .createCluster(name: "c\(number)", spec: scene.spec(3, 7), labels: [:]), as: Actor(name: "bench"), in: site,
        now: Scene.start
      ) {
        count += 1
        return UID("bench-\(number)-\(count)")
      }
      for record in stamped(admitted.writes) { dirty.formUnion(state.apply(record)) }
    }
    var now = Scene.start
    var timers: [Scope: Timestamp] = [:]
    var decisions = 0
    var nanoseconds: [String: Duration] = [:]
    let clock = ContinuousClock()
    func timed<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
      let start = clock.now
      defer { nanoseconds[name, default: .zero] += clock.now - start }
      return try body()
    }
    while true {
      for scope in dirty {
        timers[scope] = nil
        guard let snapshot = timed("snapshot", { state.snapshot(for: scope, epoch: 1) }) else { continue }
        let decision = timed("decide") { Engine.decide(snapshot, now: now) }
        decisions += 1
        if !decision.isEmpty { _ = timed("apply") { state.apply(decision, written: stamped(decision.writes)) } }
        timed("world") {
          for task in decision.newTasks { world.start(task, from: HostOwner(site: "site", epoch: 1), now: now) }
          for look in decision.looks { world.look(look, now: now) }
        }
        if let again = decision.lookAgain { timers[scope] = again }
      }
      dirty = []
      guard let next = [world.nextEvent(), timers.values.min()].compactMap({ $0 }).min() else { break }
      now = max(now, next)
      let seen = timed("world") { world.advance(to: now) }
      for one in seen { timed("apply") { dirty.formUnion(state.apply(one)) } }
      for (scope, due) in timers where due <= now { dirty.insert(scope) }
    }
    let running = state.clusters.values.count { $0.status.phase == .running }
    print("bench: \(running) of \(clusters) clusters Running, \(decisions) decisions")
    for (name, duration) in nanoseconds.sorted(by: { $0.key < $1.key }) {
      let micro = Double(duration.components.attoseconds) / 1e12 + Double(duration.components.seconds) * 1e6
      print("bench: \(name) \(Int(micro / 1000)) ms, \(Int(micro / Double(max(1, decisions)))) us per decision")
    }
  }
}
