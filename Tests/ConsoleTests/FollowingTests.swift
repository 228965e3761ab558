import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// A site that tells of its changes, and counts how often it is asked.
private final class TellingSite: SiteAccess {
  private struct State {
    var snapshot: SiteSnapshot
    var failure: EaselError?
    var looks = 0
    var answers = 0
    var told: (@Sendable () -> Void)?
    var tells = true
  }

  private let state: Mutex<State>
  private let clock: (@Sendable () -> Timestamp)?

  /// - Parameter clock: by which its engine holds the lease; nil where time stands still.
  init(_ snapshot: SiteSnapshot, clock: (@Sendable () -> Timestamp)? = nil) {
    state = Mutex(State(snapshot: snapshot))
    self.clock = clock
  }

  var looks: Int { state.withLock { $0.looks } }
  /// How often it was asked whether it still answers.
  var answers: Int { state.withLock { $0.answers } }
  func answer() throws { state.withLock { $0.answers += 1 } }
  func fail(_ error: EaselError?) { state.withLock { $0.failure = error } }
  func stopTelling() { state.withLock { $0.tells = false } }

  /// Changes something, and tells whoever asked for it.
  func change(_ change: (inout SiteSnapshot) -> Void = { _ in }) {
    let told = state.withLock { state in
      state.snapshot.version += 1
      change(&state.snapshot)
      defer { state.told = nil }
      return state.told
    }
    told?()
  }

  /// Changes what the site says without having been written to.
  func knows(_ change: (inout SiteSnapshot) -> Void) { state.withLock { change(&$0.snapshot) } }

  func tellOfChange(_ told: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      state.told = state.tells ? told : nil
      return state.tells
    }
  }

  func snapshot() throws -> SiteSnapshot {
    try state.withLock { state in
      state.looks += 1
      if let failure = state.failure { throw failure }
      return clock.map { state.snapshot.at($0()) } ?? state.snapshot
    }
  }

  func submit(
    _ intents: [Intent], as actor: Actor, placing: (Int, EaselError) -> EaselError
  ) throws -> [Submission] { throw EaselError(.refused, "No", "no") }
  func events(after sequence: Int64, object: UID?, limit: Int) throws -> [EaselModel.Event] { [] }
  func auditRecords(after sequence: Int64, limit: Int) throws -> [AuditRecord] { [] }
  func log(ofTask name: String, from line: Int) throws -> [String] { [] }
  func units(ofHost name: String) throws -> [HostUnit] { [] }
  func log(ofUnit unit: String, onHost name: String, after cursor: String?, lines: Int) throws -> HostLogPage {
    HostLogPage(lines: [], cursor: "")
  }
}

/// When a site that tells of its changes is looked at, and what moves on the screen meanwhile.
struct FollowingTests {
  /// Real time, which goes on with the player's.
  private final class Clock: Sendable {
    let now: Mutex<Timestamp>
    init(_ now: Timestamp) { self.now = Mutex(now) }
  }

  private final class Flag: Sendable { let isSet = Mutex(false) }

  private let clock = Clock(Fixture.site.snapshot.now)

  private func player(_ site: any SiteAccess, _ change: (inout ConsoleEnvironment) -> Void = { _ in }) -> Player {
    Player(site) { [clock] environment in
      environment.clock = { clock.now.withLock { $0 } }
      change(&environment)
    }
  }

  private func pass(_ milliseconds: Int, _ player: Player) async {
    for _ in 0..<milliseconds / 50 {
      clock.now.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + 50) }
      player.user.advance(by: .milliseconds(50))
      await player.user.settle()
    }
  }

  private static func quiet(simulated: Bool) -> SiteSnapshot {
    var snapshot = Fixture.emptySnapshot(hosts: 3)
    if !simulated { snapshot.site.spec.simulation = nil }
    snapshot.site.status.simulatedNow = simulated ? snapshot.now : nil
    snapshot.lease = Lease(epoch: 1, holder: "it", expiresAt: snapshot.now.adding(seconds: 100_000))
    snapshot.engineRuns = true
    return snapshot
  }

  @Test(arguments: [true, false])
  func `an engine that was killed while something is on its way is missed before its lease has run out`(
    _ simulated: Bool
  ) async {
    var snapshot = Fixture.site.snapshot
    for index in snapshot.operations.indices where snapshot.operations[index].status.phase == .stopped {
      snapshot.operations[index].status.phase = .running
    }
    if !simulated { snapshot.site.spec.simulation = nil }
    snapshot.lease = Lease(epoch: 1, holder: "it", expiresAt: snapshot.now.adding(seconds: 100_000))
    let site = TellingSite(snapshot)
    let gone = Flag()
    let player = player(site) { $0.isLeaderGone = { _ in gone.isSet.withLock { $0 } } }
    await player.user.settle()
    await pass(1_000, player)
    #expect(player.screen.contains("engine working"), "\(player.screen)")
    gone.isSet.withLock { $0 = true }
    site.knows { $0.engineRuns = false }
    await pass(2_000, player)
    #expect(player.screen.contains("engine NONE"), "\(player.screen)")
  }

  @Test func `a site that tells is asked when it has told, and else now and then`() async {
    let site = TellingSite(Self.quiet(simulated: true))
    let player = player(site)
    await player.user.settle()
    #expect(site.looks == 1)
    await pass(3_900, player)
    #expect(site.looks == 1)
    await pass(200, player)
    #expect(site.looks == 2, "nobody tells of everything")
    await pass(2000, player)
    site.change { $0.hosts.packed.removeLast() }
    await player.user.settle()
    #expect(site.looks == 3, "at once")
    await player.press(.c("3"))
    #expect(player.shows("sim-2") && !player.shows("sim-3"))
    #expect(!player.shows("no fresh data"))
  }

  @Test func `a site that tells of nothing is asked each second`() async {
    let site = TellingSite(Self.quiet(simulated: true))
    site.stopTelling()
    let player = player(site)
    await player.user.settle()
    await pass(5000, player)
    #expect(site.looks >= 5)
  }

  @Test func `a storm of changes costs a look a second, and the last change is seen`() async {
    let site = TellingSite(Self.quiet(simulated: true))
    let player = player(site)
    await player.user.settle()
    await player.press(.c("3"))
    for number in 0..<200 {
      site.change { snapshot in if number == 199 { snapshot.hosts.packed.removeLast() } }
      await pass(50, player)
    }
    #expect((8...13).contains(site.looks), "\(site.looks)")
    await pass(1000, player)
    #expect(player.shows("sim-2") && !player.shows("sim-3"))
  }

  @Test func `the clock of a real site goes on without a look`() async {
    let site = TellingSite(Self.quiet(simulated: false))
    let player = player(site)
    await player.user.settle()
    for second in 1...8 {
      await pass(1000, player)
      #expect(player.shows(Words.clock(Fixture.site.snapshot.now.adding(seconds: Double(second)))))
    }
    #expect(site.looks == 1)
  }

  @Test(arguments: [true, false])
  func `an engine whose lease runs out is missed without a word from it`(simulated: Bool) async {
    var snapshot = Self.quiet(simulated: simulated)
    snapshot.operations = Fixture.site.snapshot.operations
    for index in snapshot.operations.indices { snapshot.operations[index].status.phase = .running }
    snapshot.lease.expiresAt = snapshot.now.adding(seconds: 3)
    let site = TellingSite(snapshot, clock: { [clock] in clock.now.withLock { $0 } })
    let player = player(site)
    await player.user.settle()
    #expect(player.shows("engine working"))
    await pass(2500, player)
    #expect(player.shows("engine working"))
    await pass(1600, player)
    #expect(player.shows("engine NONE"))
    #expect(site.looks == 2)
  }

  @Test func `a site that has told of a change and does not answer is a banner within two seconds`() async {
    let site = TellingSite(Self.quiet(simulated: true))
    let holds = Mutex(false)
    let player = player(site) { environment in
      environment.blocking = { work in if !holds.withLock({ $0 }) { work() } }
    }
    await player.user.settle()
    await pass(1500, player)
    holds.withLock { $0 = true }
    site.change()
    player.user.deliverMail()
    player.user.advance(by: .milliseconds(1900))
    #expect(!player.shows("no fresh data"))
    player.user.advance(by: .milliseconds(100))
    #expect(player.shows("no fresh data"))
  }

  @Test func `a real site that stops answering without a word is a banner within two seconds, until it answers`() async
  {
    let site = TellingSite(Self.quiet(simulated: false))
    let held = Mutex<[@Sendable () -> Void]?>(nil)
    let player = player(site) { environment in
      environment.blocking = { work in
        let isHeld = held.withLock { held in
          held?.append(work)
          return held != nil
        }
        if !isHeld { work() }
      }
    }
    func pass(_ milliseconds: Int) {
      for _ in 0..<milliseconds / 50 {
        clock.now.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + 50) }
        player.user.deliverMail()
        player.user.advance(by: .milliseconds(50))
      }
    }
    await player.user.settle()
    pass(5500)
    #expect(site.looks == 1 && site.answers == 5 && !player.shows("no fresh data"))
    held.withLock { $0 = [] }
    pass(2050)
    #expect(player.shows("no fresh data"), "\(player.screen)")
    pass(20_000)
    let waiting = held.withLock { held in
      defer { held = nil }
      return held ?? []
    }
    #expect(waiting.count == 2, "what hangs is not asked again and again")
    for work in waiting { work() }
    await player.user.settle()
    #expect(!player.shows("no fresh data"))
    pass(3000)
    #expect(site.looks == 2 && !player.shows("no fresh data"))
  }

  @Test func `a site that fails after a change is asked each second until it answers`() async {
    let site = TellingSite(Self.quiet(simulated: false))
    let player = player(site)
    await player.user.settle()
    await pass(1500, player)
    site.fail(EaselError(.failed, "Locked", "the state file is locked"))
    site.change()
    await pass(100, player)
    #expect(player.shows("no fresh data since"))
    let before = player.screen
    await pass(1800, player)
    #expect(player.screen == before, "its clock stands still")
    site.fail(nil)
    await pass(1100, player)
    #expect(!player.shows("no fresh data"))
  }

  @Test func `a list that is only a second older keeps its order, and shows its ages anew`() {
    final class Count: Sendable { let keys = Mutex(0) }
    let count = Count()
    var asked: Int { count.keys.withLock { $0 } }
    var list = EaselConsole.ObjectList<(name: Int, age: Int)>(
      [
        ListColumn(
          Column("n", "NAME", ideal: 10),
          key: {
            count.keys.withLock { $0 += 1 }
            return .number(Double(-$0.name))
          }, { TableCell("\($0.name) is \($0.age)") })
      ], empty: "", identity: { "\($0.name)" })
    func rows(age: Int) -> [(name: Int, age: Int)] { (0..<100).map { ($0, age) } }
    list.table.sortColumn = "n"
    list.update(rows(age: 1), serial: 1)
    let before = asked
    list.update(rows(age: 2), serial: 1)
    #expect(asked == before)
    let grid = Grid(size: Size(width: 40, height: 5))
    list.draw(on: grid.canvas)
    #expect(grid.text.contains("99 is 2"))
    list.update(rows(age: 2), serial: 2)
    #expect(asked > before)
  }
}
