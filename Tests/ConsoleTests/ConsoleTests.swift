import EaselModel
import EaselTerminal
import Synchronization
import Testing

@testable import EaselConsole

/// The frame around the screens: staleness, quitting, history, the command line, lists.
struct ConsoleTests {
  private func player(_ change: (inout ConsoleEnvironment) -> Void = { _ in }) async -> (Player, FrozenSite) {
    let site = FrozenSite(Fixture.site)
    let player = Player(site, change: change)
    await player.user.settle()
    return (player, site)
  }

  @Test func `no map binds a key twice, a reserved key, or a change to a control key`() {
    #expect(KeyBook().problems.isEmpty)
  }

  @Test func `keys from a file replace the defaults, and conflicts are said`() async {
    let book = KeyBook(changes: ["cluster.create": ["n"], "no.such": ["x"], "help": ["nokey"]])
    #expect(book["clusters"].action(for: .c("n")) == "cluster.create")
    #expect(book.problems.contains("keys: there is no action no.such"))
    #expect(book.problems.contains { $0.contains("no such key") })
    #expect(KeyBook(changes: ["cluster.create": ["D"]]).problems.contains { $0.contains("cluster.delete") })
    let (player, _) = await player { $0.keys = ["quit": ["f9"]] }
    await player.press(.c("Q"))
    #expect(player.user.status == nil)
    await player.press(.function(9))
    #expect(player.user.status == 0)
  }

  @Test func `a site that stops answering is announced within two seconds and recovers`() async {
    let (player, site) = await player()
    site.fail(EaselError(.failed, "Locked", "the state file is locked"))
    await player.look()
    #expect(player.shows("UTC: the state file is locked"))
    #expect(player.shows("upgrade-lab-2"), "what was known stays")
    site.fail(nil)
    await player.look()
    #expect(!player.shows("no fresh data"))
  }

  @Test func `a site that hangs is announced after two seconds`() {
    let site = FrozenSite(Fixture.site)
    let player = Player(site) { $0.blocking = { _ in } }
    player.user.advance(by: .seconds(1))
    #expect(!player.shows("not answered yet"))
    // Nothing is awaited: the look at the site never ends.
    player.user.press(.c(":"))
    player.user.type("edge")
    player.user.press(.enter)
    #expect(player.shows("Enter tries again") && !player.shows("nothing of that name"))
    player.user.press(.escape)
    player.user.advance(by: .seconds(1))
    #expect(player.shows("not answered yet"))
  }

  @Test func `a dead engine is the first thing that is said, and Enter starts one`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.engineRuns = false
    snapshot.operations[1].status.phase = .running
    let started = Flag()
    let player = Player(FrozenSite(SiteView(snapshot))) { $0.startEngine = { started.set() } }
    await player.user.settle()
    #expect(player.shows("engine NONE"))
    #expect(player.screen.split(separator: "\n")[3].contains("no engine runs; 1 operation waits"))
    await player.press(.enter)
    #expect(started.isSet)
  }

  @Test func `what is blocked says itself what it waits for, and asks for no engine`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.engineRuns = false
    snapshot.operations[1].status.phase = .blocked
    snapshot.operations[1].status.message = "2 hosts are needed and 1 is free"
    let player = Player(FrozenSite(SiteView(snapshot))) { $0.startEngine = {} }
    await player.user.settle()
    #expect(player.shows("engine blocked") && !player.shows("NONE") && !player.shows("no engine runs"))
    #expect(player.shows("upgrade-lab-2 is blocked: 2 hosts"))
  }

  @Test func `a cluster that can lose no further member is named although its host is off by request`() async {
    var snapshot = Fixture.site.snapshot
    var edge = snapshot.clusters[0]
    let said = "2 of 3 ready: edge-cp-3 (host was shut down on request); no further one may fail"
    edge.status.conditions = [
      Condition(
        type: "ControlPlaneReady", status: .no, reason: Condition.awayOnRequest, message: said, since: Fixture.ago(60))
    ]
    snapshot.clusters[0] = edge
    snapshot.hosts[2].status.phase = .notReady
    snapshot.hosts[2].status.absence = Host.Absence(
      reason: "ShutDown", actor: "alice", since: Fixture.ago(70), bootID: "a", until: nil)
    let found = Attention.list(SiteView(snapshot).snapshot)
    #expect(found.contains { $0.subject == "edge" && $0.urgency == .warning && $0.text.contains(said) }, "\(found)")
    let off = found.filter { $0.subject == "sim-3" }
    #expect(off.map(\.urgency) == [.notice] && off.first?.key == "P power on", "\(found)")
    #expect(!found.contains { $0.text.contains("is down") }, "\(found)")
    // With a member to spare it is only something to know.
    edge.status.observed?.etcd.append(
      .init(name: "sim-7", id: "7", voting: true, healthy: true, leader: false, databaseBytes: 1))
    edge.status.observed?.etcd.append(
      .init(name: "sim-8", id: "8", voting: true, healthy: true, leader: false, databaseBytes: 1))
    snapshot.clusters[0] = edge
    #expect(Attention.list(snapshot).first { $0.subject == "edge" && $0.text.contains(said) }?.urgency == .notice)
  }

  @Test func `what is wrong with the key file leads to help by its own key`() async {
    let (player, _) = await player { $0.keys = ["help": ["f2"], "no.such": ["x"], "nor.such": ["x"]] }
    #expect(player.shows("(and 1 more: F2)"), "\(player.screen)")
  }

  @Test(arguments: [Size(width: 60, height: 15), Size(width: 40, height: 10), Size(width: 30, height: 8)])
  func `the buttons of a question are whole, and its keys are hinted at`(size: Size) async {
    let player = Player(FrozenSite(Fixture.site), size: size)
    await player.user.settle()
    await player.go("abort upgrade-lab-2")
    let dialog = player.user.app.question?.dialog
    let (confirm, cancel) = (dialog?.confirm ?? "-", dialog?.cancel ?? "-")
    #expect(player.shows("> \(cancel) <") && player.shows("[ \(confirm) ]"), "\(player.screen)")
    if size.height > 9 { #expect(player.shows("Tab choose"), "\(player.screen)") }
  }

  @Test(arguments: [30, 40])
  func `help on a narrow terminal keeps its keys narrow`(width: Int) async {
    let player = Player(FrozenSite(Fixture.site), size: Size(width: width, height: 40))
    await player.user.settle()
    await player.press(.c("2"), .c("?"))
    let line = player.screen.split(separator: "\n").first { $0.contains("Create a cluster") } ?? ""
    #expect(line.prefix { $0 != "C" }.count <= width / 3 + 4, "\(player.screen)")
  }

  @Test func `quitting says which operation goes on, which stands still and why`() async {
    let (player, _) = await player()
    await player.press(.c("Q"))
    #expect(player.user.status == 0)
    #expect(
      player.user.farewell == "operation upgrade-lab-2 has stopped and needs you; see it with: easel get operations")
    var snapshot = Fixture.site.snapshot
    for (name, phase) in [("run-1", EaselModel.Operation.Phase.running), ("run-2", .running), ("wait-1", .blocked)] {
      var other = snapshot.operations[1]
      (other.metadata.name, other.metadata.uid, other.status.phase) = (name, UID(name), phase)
      snapshot.operations.append(other)
    }
    func said(engine: Bool) async -> String? {
      var now = snapshot
      now.engineRuns = engine
      let player = Player(FrozenSite(SiteView(now)))
      await player.user.settle()
      await player.press(.c("Q"))
      return player.user.farewell
    }
    let rest =
      "operation wait-1 waits until what it needs is there; operation upgrade-lab-2 has stopped and needs you; "
      + "see them with: easel get operations"
    #expect(await said(engine: true) == "operations run-1, run-2 go on; \(rest)")
    #expect(await said(engine: false) == "operations run-1, run-2 stand still, as no engine runs; \(rest)")
  }

  @Test(arguments: [Key.escape, .c("q"), .c("h"), .left, .backspace, .c("[")])
  func `there are many ways back`(key: Key) async {
    let (player, _) = await player()
    await player.go("host sim-6")
    #expect(player.shows("sim-6"))
    await player.press(key)
    #expect(player.shows("Needs attention"))
    await player.press(.c("]"))
    #expect(player.shows("[1 Overview] 2 Hardware"))
  }

  @Test func `the command line goes to a thing by its name alone`() async {
    let (player, _) = await player()
    await player.go("edge")
    #expect(player.shows("api.edge.easel.internal"))
    await player.go("sim-3")
    #expect(player.shows("2 Hardware"))
    await player.go("no-such-thing")
    #expect(player.shows("there is nothing of that name"))
    await player.press(.escape)
    await player.press(.c(":"))
    await player.type("sca")
    await player.press(.tab)
    #expect(player.shows(":scale edge"))
    await player.press(.enter)
    #expect(player.shows("How many machines"))
  }

  @Test func `the command line remembers`() async {
    let (player, _) = await player()
    await player.go("hosts")
    await player.press(.c(":"), .up, .enter)
    #expect(player.shows("[3 Hosts]"))
  }

  @Test(arguments: [
    ("edge", "3 of 6"), ("cluster:lab", "2 of 6"), ("!cluster:free", "5 of 6"), ("~sim-[12]$", "2 of 6"),
    ("nothing", "0 of 6"),
  ])
  func `a list is filtered by text, column and pattern`(filter: String, count: String) async {
    let (player, _) = await player()
    await player.press(.c("3"), .c("/"))
    await player.type(filter)
    #expect(player.shows(count))
  }

  @Test func `a broken pattern is said`() async {
    let (player, _) = await player()
    await player.press(.c("3"), .c("/"))
    await player.type("~(")
    #expect(player.shows("not a regular expression"))
    await player.press(.escape)
    #expect(player.shows("sim-6"))
  }

  @Test func `a list is sorted by column and turned round`() async {
    let (player, _) = await player()
    await player.press(.c("3"), .c("s"), .c("S"))
    let lines = player.screen.split(separator: "\n")
    let first = lines.firstIndex { $0.contains("sim-6") } ?? 99
    let last = lines.firstIndex { $0.contains("sim-1") } ?? 0
    #expect(first < last)
  }

  @Test func `marked hosts are changed together`() async throws {
    let site = PlaySite(hosts: 4)
    let player = Player(site)
    await player.user.settle()
    await player.press(.c("3"), .space, .space, .c("m"))
    #expect(player.shows("2 hosts (sim-1, sim-2)"))
    await player.press(.tab, .enter)
    await player.look()
    #expect(try site.snapshot().hosts.map(\.spec.maintenance) == [true, true, false, false])
  }

  @Test func `a read-only console offers and does nothing that changes`() async throws {
    let site = PlaySite(hosts: 2)
    let player = Player(site) { $0.isReadOnly = true }
    await player.user.settle()
    #expect(player.shows("READ-ONLY"))
    #expect(!player.shows("create"))
    await player.press(.c("2"), .c("c"))
    #expect(player.shows("this console is read-only"))
    await player.press(.c(":"))
    await player.type("create")
    #expect(!player.shows("create cluster"))
  }

  @Test func `what the site refuses is said, with what to do next`() async {
    let (player, _) = await player()
    await player.go("upgrade edge")
    await player.press(.control("n"), .tab, .enter)
    #expect(player.shows("This is refused; nothing has changed."))
    #expect(player.shows("try another one"))
    #expect(player.shows("> Cancel <"))
  }

  final class Asked: Sendable {
    let choices = Mutex<[SiteChoice]>([])
    var none: Bool { choices.withLock { $0.isEmpty } }
  }

  /// A start page, and what it was asked to make.
  private func start(_ hosts: Int = 6, isSimulated: Bool = true) -> (Player, Asked) {
    let asked = Asked()
    let player = Player(nil) { environment in
      environment.statePath = "/var/lib/easel"
      environment.createSite = { choice in
        asked.choices.withLock { $0.append(choice) }
        return PlaySite(hosts: hosts, isSimulated: isSimulated)
      }
    }
    return (player, asked)
  }

  @Test func `the first page makes a simulated site of as many hosts as are asked for`() async {
    let (player, asked) = start()
    await player.press(.enter)
    await player.type("61")
    #expect(player.shows("from 1 to 60"))
    await player.press(.backspace, .backspace)
    await player.type("12")
    await player.press(.enter)
    #expect(player.shows("12 hosts, in memory") && player.shows("The state lies in /var/lib/easel."))
    await player.press(.enter)
    #expect(asked.none, "Cancel has the focus")
    await player.press(.enter, .tab, .enter)
    #expect(asked.choices.withLock { $0 } == [.simulated(hosts: 12)])
    #expect(player.shows("SIMULATED"))
    #expect(player.shows("6 ready, 6 free") && !player.shows("Making the site"))
  }

  @Test func `this machine becomes a host only after a question`() async {
    let (player, asked) = start(1, isSimulated: false)
    await player.press(.c("2"), .right, .c("l"))
    #expect(player.shows("only Enter goes on") && player.user.app.question == nil)
    await player.press(.enter)
    #expect(player.shows("becomes the first host") && asked.none, "\(player.screen)")
    await player.press(.escape)
    #expect(player.shows("Welcome to Easel"))
    await player.press(.enter, .tab, .enter)
    #expect(asked.choices.withLock { $0 } == [.thisMachine])
  }

  @Test(arguments: [Key.escape, .c("q")])
  func `the first page can be left`(key: Key) async {
    let (player, asked) = start()
    await player.press(.c("?"))
    for gone in ["Numbers open the tabs", "Next tab", "Back in the history", ":edge"] { #expect(!player.shows(gone)) }
    await player.press(.escape, key)
    #expect(player.user.status == 0 && asked.none)
  }

  @Test func `the history goes through main tabs too`() async {
    let (player, _) = await player()
    await player.go("host sim-6")
    await player.press(.c("8"), .c("3"), .c("8"))
    #expect(player.open is HostDetailScreen, "numbers are its own tabs")
    await player.go("settings")
    await player.go("hosts")
    await player.press(.down, .c("["))
    #expect(player.open is SettingsScreen)
    await player.press(.c("["))
    #expect((player.open as? HostDetailScreen)?.name == "sim-6")
    await player.press(.c("["))
    #expect(player.open is OverviewScreen)
    await player.press(.c("["))
    #expect(player.shows("the history begins here"))
    await player.press(.c("]"), .c("]"), .c("]"))
    #expect(player.open is HostsScreen)
    #expect(player.screen.split(separator: "\n").contains { $0.hasPrefix("> sim-2") }, "as it was left")
    await player.press(.c("]"))
    #expect(player.shows("the history ends here"))
  }

  @Test func `a key that does nothing says so in short`() async {
    let (player, _) = await player()
    for key in [Key.control("n"), .control("p"), .c("9"), .c("0"), .left, .function(7)] {
      await player.press(key)
      #expect(player.user.app.note != nil, "\(key.label)")
      #expect(!player.shows("changes nothing here"))
    }
    await player.go("upgrade edge")
    await player.press(.control("p"))
    #expect(player.shows("there is no step before"))
    await player.press(.control("n"), .c("3"))
    #expect(player.plan != nil && player.shows("3 does nothing here"))
    let empty = Player(PlaySite(hosts: 0))
    await empty.user.settle()
    await empty.press(.c("3"), .enter)
    #expect(empty.shows("the list is empty"))
    await empty.press(.c("1"), .enter)
    #expect(empty.user.app.note != nil)
  }

  @Test func `a site over SSH begins with its first host`() async {
    let (player, _) = start(0, isSimulated: false)
    await player.press(.c("3"), .enter, .tab, .enter)
    #expect(player.shows("A machine that you can log in to with ssh"))
  }

  @Test func `a site that cannot be made is told`() async {
    let player = Player(nil)
    await player.press(.enter, .enter, .tab, .enter)
    #expect(player.shows("That did not work"))
  }

  @Test func `a log follows, and is copied`() async {
    let (player, _) = await player()
    await player.go("operation upgrade-lab-2")
    await player.press(.c("L"))
    #expect(player.shows("no space left on device"))
    await player.press(.c("y"))
    #expect(player.user.copied.first?.hasPrefix("pulling") == true)
  }

  @Test func `help lists the keys of the place`() async {
    let (player, _) = await player { $0.keys = ["cluster.create": ["n"]] }
    await player.press(.c("2"), .c("?"))
    #expect(player.shows("n                  Create a cluster"))
  }
}

/// A flag that any thread may set.
final class Flag: Sendable {
  private let state = Player.Drafts()
  func set() { state.kept.withLock { $0["set"] = "yes" } }
  var isSet: Bool { state.kept.withLock { $0["set"] != nil } }
}
