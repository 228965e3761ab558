import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// A real site that is looked at is observed: the console has an engine started when none runs.
struct WatchOverTests {
  private func starts(
    simulated: Bool = false, runs: Bool = false, readOnly: Bool = false, looks: Int = 3
  ) async -> Int {
    var snapshot = Fixture.site.snapshot
    if !simulated { snapshot.site.spec.simulation = nil }
    snapshot.engineRuns = runs
    let started = Mutex(0)
    let player = Player(FrozenSite(SiteView(snapshot))) { environment in
      environment.startEngine = { started.withLock { $0 += 1 } }
      environment.isReadOnly = readOnly
    }
    await player.user.settle()
    for _ in 0..<looks { await player.look() }
    return started.withLock { $0 }
  }

  @Test func `an engine is started once, and again only after a while`() async {
    #expect(await starts() == 1)
    #expect(await starts(looks: 25) > 1)
  }

  @Test func `none is started where one runs, nothing changes by itself, or nothing may be changed`() async {
    #expect(await starts(runs: true) == 0)
    #expect(await starts(simulated: true) == 0)
    #expect(await starts(readOnly: true) == 0)
  }

  @Test func `an engine that was just started is not missed yet`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.operations = snapshot.operations.filter { !$0.status.phase.isFinal }
    for index in snapshot.operations.indices { snapshot.operations[index].status.phase = .running }
    snapshot.engineRuns = false
    for (expected, word) in [(nil, "engine NONE"), (Timestamp.wallClock().adding(seconds: 60), "engine starts")] {
      snapshot.engineExpectedUntil = expected
      let player = Player(FrozenSite(SiteView(snapshot)))
      await player.user.settle()
      #expect(player.shows(word), "\(player.screen)")
      #expect(player.shows("no engine runs") == (expected == nil), "\(player.screen)")
    }
    let later = snapshot.at(Timestamp.wallClock().adding(seconds: 61))
    #expect(later.lacksEngine && !snapshot.lacksEngine)
  }
}
