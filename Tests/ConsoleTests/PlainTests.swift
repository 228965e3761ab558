import EaselModel
import Synchronization
import Testing

@testable import EaselConsole

/// The linear mode drives the same cycle, line by line.
struct PlainTests {
  private func play(
    _ site: (any SiteAccess)?, _ lines: [String], at desk: Desk? = nil,
    before: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> [String] {
    let left = Mutex(lines)
    let said = Mutex<[String]>([])
    var environment = ConsoleEnvironment(site: site, actor: Actor(name: "alice"))
    environment.createSite = { _ in PlaySite(hosts: 6) }
    if let desk {
      desk.furnish(&environment)
      environment.runProgram = { desk.run($0) }
    }
    let console = PlainConsole(
      environment,
      input: {
        guard let line = left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        before(line)
        return line
      },
      output: { line in said.withLock { $0.append(line) } })
    console.pause = { (site as? PlaySite)?.finish() }
    console.pauseForEngine = { (site as? PlaySite)?.advance() }
    let status = await console.run()
    #expect(status == 0)
    return said.withLock { $0 }
  }

  @Test func `a cluster is created, scaled, upgraded and deleted with words and numbers`() async throws {
    let site = PlaySite(hosts: 6)
    // The console looks at the site when time has passed: here each line brings the site forward.
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "back",
        "scale edge", "1", "3", "next", "yes", "watch", "back",
        "upgrade edge", "next", "yes", "watch", "back",
        "delete edge", "wrong", "edge", "watch", "quit",
      ])
    let text = said.joined(separator: "\n")
    #expect(text.contains("1. Name (permanent): edge"))
    #expect(text.contains("create-edge-1"))
    #expect(text.contains("$ easel scale cluster edge --control-plane 3"))
    #expect(text.contains("upgrade-edge-3"))
    #expect(text.contains("nothing was done: type edge to go ahead"))
    #expect(text.contains("delete-edge-4"))
    #expect(try site.snapshot().clusters.isEmpty)
  }

  @Test func `help says how lines are typed, on a page and in a form`() async {
    let said = await play(PlaySite(hosts: 6), ["help", "create cluster", "help", "3", "one", "quit"])
    #expect(said.contains("  a number opens what stands behind it"))
    #expect(said.contains("  c: Create a cluster"))
    #expect(said.contains { $0.hasSuffix("Create a cluster, Step 1 of 4: Basics") })
    #expect(said.contains("  3. Kubernetes: v1.31.12"))
    #expect(said.contains("  a number asks for the value of the field behind it"))
    #expect(said.contains { $0.hasPrefix("  nothing was changed: type a number from 1 to ") })
    #expect(!said.contains { $0.hasSuffix(", ") })
  }

  @Test func `lines are numbered and the number opens`() async {
    let said = await play(FrozenSite(Fixture.site), ["hosts", "3", "hardware", "quit"])
    #expect(said.contains { $0.contains("3. name sim-3, status Unknown, cluster edge") })
    #expect(said.contains { $0.contains("02:00:00:00:00:03") })
  }

  @Test func `the start page makes a site`() async {
    let said = await play(nil, ["1", "next", "yes", "quit"])
    #expect(said.contains { $0.contains("1. Try it: a simulated site") })
    #expect(said.contains { $0.contains("SIMULATED") })
  }

  @Test func `nothing that is said holds a control character`() async {
    var snapshot = Fixture.site.snapshot
    snapshot.hosts[0].metadata.name = "\u{1B}[2Jx\u{07}"
    let said = await play(FrozenSite(SiteView(snapshot)), ["hosts", "quit"])
    #expect(!said.joined().unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func `a question is answered by yes or by the name`() async throws {
    let site = PlaySite(hosts: 2)
    let said = await play(site, ["hosts", "m", "m 2", "no", "m 1", "yes", "quit"])
    #expect(try site.snapshot().hosts.map(\.spec.maintenance) == [true, false])
    #expect(said.contains("  m is about a row: type it with a number, such as m 2"))
    // The page after the answer says what is so now.
    #expect(said.contains { $0.contains("status Maintenance") })
  }

  @Test func `a definition is edited, compared, planned and changed line by line`() async throws {
    let site = PlaySite(hosts: 6)
    let desk = Desk()
    desk.will(replacing("replicas: 2", "replicas: 3"))
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "back",
        "edit edge", "enter", "yes", "watch", "back", "compare edge", "quit",
      ], at: desk)
    let text = said.joined(separator: "\n")
    #expect(text.contains("~ changed   pools[workers].replicas"))
    #expect(text.contains("before scale-edge-2"))
    #expect(text.contains(" begins, on the whole screen"), "what takes the screen is said before")
    #expect(text.contains("actions: enter plan, "))
    #expect(try site.snapshot().clusters[0].spec.pools[0].replicas == 3)
  }

  @Test func `settings are read and changed line by line`() async {
    let desk = Desk()
    let said = await play(PlaySite(hosts: 2), ["settings", "2", "2", "save page.txt", "Y", "quit"], at: desk)
    let text = said.joined(separator: "\n")
    #expect(text.contains("2. Times in: UTC"))
    #expect(text.contains("Times in: local time"))
    #expect(desk.settings?.time == .local)
    #expect(desk.file("page.txt")?.contains("Times in: local time") == true)
    #expect(text.contains("there is no clipboard here"))
  }

  // What is typed wrong

  @Test(arguments: ["99999", "20000000", "9999999999", "99999999999999999999", "0"])
  func `a number that is not on the page is refused`(number: String) async {
    let said = await play(PlaySite(hosts: 6), ["hosts", number, "quit"])
    #expect(said.contains("  there is no \(number) here: 1 to 6"))
    #expect(said.count { $0.hasPrefix("PAGE: ") } == 2)
  }

  @Test func `an overlong line is refused at once, also as a value`() async {
    let long = String(repeating: "x", count: 300_000)
    let said = await play(PlaySite(hosts: 6), [long, "create cluster", "1", long, "quit"])
    #expect(said.count { $0 == "  nothing was done: that line has 300000 bytes, and at most 1000 are taken" } == 2)
    #expect(said.contains("  1. Name (permanent): empty, for example edge-1"))
  }

  @Test func `what is refused is answered without the page`() async {
    let said = await play(PlaySite(hosts: 6), ["hosts", "nothing-like-it", "k", "Y", "enter", "x 9", "quit"])
    #expect(said.count { $0.hasPrefix("PAGE: ") } == 2)
    #expect(said.contains { $0.hasPrefix("  there is nothing of that name") })
    #expect(said.contains("  k is for the screen; help lists what can be typed here"))
    #expect(said.contains { $0.contains("there is no clipboard here") } && !said.contains { $0.contains("copied") })
    #expect(said.contains("  there is no 9 here: 1 to 6"))
  }

  @Test(arguments: ["dr", "drain", "theme", "no", "sim", "te", "clu x"])
  func `an incomplete word does nothing`(word: String) async {
    let said = await play(
      PlaySite(hosts: 6),
      ["create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", word, "quit"])
    #expect(said.count { $0.hasPrefix("PAGE: ") } == 7)
    #expect(!said.contains { $0.hasPrefix("QUESTION: ") })
    #expect(
      said.contains { $0.hasPrefix("  \(word) is not enough") || $0.hasPrefix("  there is nothing of that name") })
  }

  @Test func `a place that one word can mean alone, or an object's name, is gone to`() async {
    let said = await play(PlaySite(hosts: 2), ["sett", "sim-2", "mouse", "quit"])
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.hasSuffix("Settings") })
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.hasSuffix("sim-2, tab Overview") })
    #expect(said.contains("  mouse is for the screen; help lists what can be typed here"))
  }

  @Test func `help explains one word, and on the start page only what is there`() async {
    let said = await play(nil, ["help", "back", "help quit", "help zzz", "1", "next", "yes", "help c", "quit"])
    #expect(!said.contains { $0.contains("upgrade edge") })
    #expect(said.contains("  there is nothing to go back to; quit leaves"))
    #expect(said.contains("  quit: leaves Easel; operations go on"))
    #expect(said.contains("  there is no word zzz; help lists what can be typed here"))
    #expect(said.contains("  c: Create a cluster"))
  }

  @Test func `Ctrl-C says how to leave, and twice it leaves`() async {
    let said = await play(
      PlaySite(hosts: 2),
      [
        "hosts", "m 1", PlainConsole.interruption, "hosts", PlainConsole.interruption, PlainConsole.interruption,
        "hosts",
      ])
    #expect(said.contains("  nothing was done"))
    #expect(said.count { $0 == "  quit leaves, Ctrl-C once more does too; operations go on" } == 2)
    #expect(said.count { $0.hasPrefix("PAGE: ") } == 3)
  }

  // What was done

  @Test func `what was accepted is said, and an engine has taken it up when the page is said`() async {
    let said = await play(
      PlaySite(hosts: 6),
      [
        "hosts", "m 6", "yes", "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "watch",
        "quit",
      ])
    #expect(said.contains("  host sim-6 is now in maintenance"))
    #expect(said.contains { $0.hasPrefix("  6. name sim-6, status Maintenance") })
    #expect(said.count { $0.hasPrefix("  5. name sim-5") } == 1, "rows that did not change are not said again")
    #expect(said.contains { $0.contains("(operation create-edge-1)") })
    #expect(said.contains { $0.hasPrefix("  create-edge-1: Running") } && !said.contains { $0.contains("Pending") })
    #expect(said.last { $0.hasPrefix("  create-edge-1 has ended") } == "  create-edge-1 has ended: Succeeded")
    // The second watch says nothing else.
    #expect(said.count { $0.hasSuffix("create-edge-1 has ended: Succeeded; Enter says the page") } == 1)
  }

  @Test func `steps of a plan have no numbers that look like choices`() async {
    let said = await play(PlaySite(hosts: 6), ["create cluster", "1", "edge", "next", "next", "next", "next", "quit"])
    #expect(said.contains { $0.hasPrefix("  step 1: ") })
  }

  @Test func `an action about a row takes its number, and says when that row cannot be meant`() async {
    let said = await play(
      PlaySite(hosts: 6),
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "cluster edge nodes", "a", "a 2",
        "back", "quit",
      ])
    #expect(said.contains("  a is about a row: type it with a number, such as a 2"))
    #expect(said.contains { $0.hasPrefix("MENU: Actions on edge and ") })
  }

  @Test func `a unit's log is named, followed line by line, and left for the units`() async {
    let said = await play(PlaySite(hosts: 2), ["host sim-1", "units", "1", "watch", "back", "quit"])
    #expect(said.contains { $0.hasPrefix("  Log of ") && $0.hasSuffix(" on sim-1") })
    #expect(said.contains("  following; Enter ends that"))
    #expect(said.last { $0.hasPrefix("PAGE: ") }?.hasSuffix("sim-1, tab Units") == true)
  }

  @Test func `the theme that is chosen is named`() async {
    let said = await play(PlaySite(hosts: 2), ["settings", "1", "quit"])
    #expect(said.count { $0.contains(" (chosen): ") } == 1)
  }

  @Test func `a page that is gone back to is not said again`() async {
    let said = await play(PlaySite(hosts: 6), ["hosts", "3", "back", "2", "quit"])
    #expect(said.count { $0.hasPrefix("  3. name sim-3") } == 1)
    #expect(said.contains { $0.hasSuffix("as before; Enter says all of it") })
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.hasSuffix("sim-2, tab Overview") })
  }

  // Lists

  @Test func `a filter is asked for, named, and can hide all without a lie`() async {
    let said = await play(PlaySite(hosts: 6), ["hosts", "/", "zzz", "/", "", "filter sim-3", "quit"])
    #expect(said.contains("  no row matches zzz (6 hidden)"))
    #expect(said.contains { $0.contains("only what matches zzz: 0 of 6") })
    #expect(said.contains { $0.contains("only what matches sim-3: 1 of 6") })
    #expect(said.count { $0.contains("6. name sim-6") } == 2)
    #expect(!said.contains { $0.contains("No hosts yet") })
  }

  @Test func `a log is searched, and what hides its lines is named`() async {
    let said = await play(
      PlaySite(hosts: 2), ["host sim-1", "L", "/", "no-such-word", "logs", "/", "", "quit"])
    #expect(said.contains { $0.hasPrefix("  only what matches no-such-word: 0 of ") })
    #expect(!said.contains { $0.contains("unit kubelet") })
  }

  @Test func `the line behind a colon is asked for`() async {
    let said = await play(PlaySite(hosts: 6), [":", "host sim-2", "Q"])
    #expect(said.contains("  go to, or do: "))
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.contains("sim-2, tab Overview") })
  }

  @Test func `a long list is read in pages whose numbers go on`() async {
    let said = await play(PlaySite(hosts: 120), ["hosts", "more", "more", "more", "less", "120", "quit"])
    #expect(said.contains("  1 to 50 of 120, more: next page"))
    #expect(said.contains("  51 to 100 of 120, more: next page, less: page before"))
    #expect(said.contains("  101 to 120 of 120, less: page before"))
    #expect(said.contains("  there is no more"))
    let last = said.first { $0.hasPrefix("  120. name ") }?.dropFirst("  120. name ".count).prefix { $0 != "," } ?? "?"
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.contains("\(last), tab Overview") })
  }

  @Test func `a number means the row that was read, also when the rows have moved since`() async {
    let said = await play(PlaySite(hosts: 6), ["hosts", "sort name down", "1", "quit"])
    #expect(said.contains { $0.contains("1. name sim-6") })
    #expect(said.contains("  sorted by name, downwards"))
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.contains("sim-6, tab Overview") })
  }

  @Test func `several rows are marked by their numbers for one action`() async {
    let said = await play(PlaySite(hosts: 6), ["hosts", "mark 2 4", "m", "no", "unmark 2", "m 1 6", "no", "", "quit"])
    #expect(
      said.contains { $0.contains("2. marked, name sim-2") } && said.contains { $0.contains("4. marked, name sim-4") })
    let asked = said.filter { $0.hasPrefix("  No new work") }
    #expect(asked.count == 2 && asked.last?.contains("sim-1") == true && asked.last?.contains("sim-6") == true)
    // The marks that were there stay.
    #expect(said.last { $0.contains("sim-4,") }?.contains("4. marked") == true)
    #expect(said.last { $0.contains("sim-1,") }?.contains("marked") == false)
  }

  @Test func `only what can be opened has a number on the page of an operation`() async {
    let site = PlaySite(hosts: 6)
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "help", "foo", "yes", "watch", "L", "log 2",
        "quit",
      ])
    #expect(said.contains { $0.hasPrefix("  1.   ") } && said.contains { $0.hasPrefix("  2.   ") })
    #expect(!said.contains { $0.hasPrefix("  2. Check hosts") })
    #expect(said.contains("  L is about a row: type it with a number, such as L 2"))
    #expect(said.contains { $0.hasPrefix("PAGE: ") && $0.contains("edge-cp-1: Check hosts") })
    #expect(said.contains("  yes: go ahead with this plan"))
    #expect(said.contains("  steps: What is done inside each task on each host"))
  }

  // Values

  @Test func `nothing keeps a value, and a dash empties it`() async {
    let said = await play(PlaySite(hosts: 6), ["create cluster", "1", "edge", "1", "", "", "1", "-", "quit"])
    #expect(said.contains("  Name (now edge; nothing keeps it, - empties it): "))
    #expect(said.count { $0 == "  1. Name (permanent): edge" } == 2)
    #expect(said.last { $0.hasPrefix("  1. Name") } == "  1. Name (permanent): empty, for example edge-1")
  }

  @Test func `of a form only what has changed is said, and all of it when it is asked for`() async {
    let said = await play(
      PlaySite(hosts: 6),
      ["create cluster", "1", "edge", "next", "next", "1", "3", "1", "2", "2", "1 sim-2", "again", "quit"])
    // The number is the value that was typed, not its place.
    #expect(said.count { $0 == "  1. Machines: 3" } == 2)
    #expect(said.contains("  nothing was changed: type 1, 3, 5"))
    #expect(said.count { $0 == "  2. Hosts: sim-1, sim-2" } == 2)
    #expect(said.count { $0 == "  2. Profile: kubeadm" } == 1)
    #expect(!said.contains { $0.contains("Space") })
  }

  @Test func `what keeps a form from going on is said each time`() async {
    let said = await play(PlaySite(hosts: 2), ["apply /no/such/file", "next", "quit"])
    #expect(said.count { $0.hasPrefix("     WRONG: ") } == 2)
  }

  @Test func `what a screen says above its fields is said, and a fault stands at its field`() async {
    let said = await play(
      PlaySite(hosts: 6),
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "scale edge", "1", "7", "next",
        "back", "upgrade edge", "back", "add host", "quit",
      ])
    let place = said.firstIndex { $0 == "  1. Control plane: 7" }
    #expect(place.map { said[$0 + 1] }?.hasPrefix("     WRONG: 6 more machines needed") == true)
    #expect(said.contains { $0.contains("3 hosts free; now: Control plane 1, Pool workers 2") })
    #expect(said.contains { $0.hasPrefix("  edge is at v") })
    #expect(said.contains("  A simulated host: name and address are enough"))
  }

  // Ends

  @Test func `at the end of the input it says what goes on`() async {
    let said = await play(
      PlaySite(hosts: 6), ["create cluster", "1", "edge", "next", "next", "next", "next", "yes"])
    #expect(said.last?.hasPrefix("operation create-edge-1 goes on") == true)
  }

  @Test func `a program is not started where there is no terminal`() async {
    let site = PlaySite(hosts: 6)
    let said = await play(
      site,
      [
        "create cluster", "1", "edge", "next", "next", "next", "next", "yes", "watch", "back", "edit edge", "back",
        "cluster edge", "help", "quit",
      ])
    #expect(said.contains { $0.contains("needs a terminal, and there is none here") })
    #expect(said.contains("  u: Upgrade Kubernetes") && !said.contains { $0.contains("in $EDITOR") })
  }

  @Test func `a watch ends with a line, with the input, or when nothing new comes`() async throws {
    let site = PlaySite(hosts: 2)
    // More hosts than there are: the operation waits until somebody adds some.
    let version = try #require(KubernetesVersion("v1.31.4"))
    var spec = Cluster.Spec(profile: .init(name: "kubeadm", version: "1.0.0"), kubernetesVersion: version)
    spec.pools = [Cluster.Pool(name: "workers", replicas: 8)]
    _ = try site.submit(.createCluster(name: "edge", spec: spec, labels: [:]), as: Actor(name: "alice"))
    let said = await play(site, ["operation create-edge-1", "watch", "quit"])
    #expect(said.contains { $0.contains("create-edge-1 still waits, perhaps for you") })
  }
}
